// The door of the scheduler room: what is sent now, what later.

export * from './expiry.ts';
export type { PriorityLimit } from './priority-limit.ts';
export * from './service.ts';
export * from './link-scheduler.ts';
