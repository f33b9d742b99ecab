// The door of the submission room: requests of local users become messages and probes of P1.

export * from './local-identifier.ts';
export * from './request.ts';
export * from './submit.ts';
