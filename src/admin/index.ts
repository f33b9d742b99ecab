// The door of the admin room: the operations of a running MTA, and the HTTP server that offers them.

export { AgentOperations, type AgentOperationsParts } from './agent-operations.ts';
export { EventCounters } from './event-counters.ts';
export type { LinkOrderJson, LinkVerb } from './link-order.ts';
export * from './operations.ts';
export { type RouteQuestionJson, routeQuestion } from './route-question.ts';
export { type AdminServer, adminApp, startAdminServer } from './server.ts';
export type { AdminServerOptions } from './server-options.ts';
export { type SubmissionJson, submissionMediaType, timeOf } from './routes-messages.ts';
export type { QueueCommandJson, QueueSearchJson } from './routes-queue.ts';
export {
  archiveMediaType,
  type ArchiveOrderJson,
  type ArchiveSearchJson,
  selectionOf,
  selectionText,
} from './routes-archive.ts';
export type { TrackSearchJson } from './routes-tracking.ts';
export { readToken } from './token.ts';
export * from './json-forms.ts';
