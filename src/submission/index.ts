// The door of the submission room: requests of local users become messages and probes of P1.

export type { OriginatorReportRequest } from '../p1/index.ts';
export { bootNonce_octets, type LocalIdentifierSource, localIdentifierSource } from './local-identifier.ts';
export * from './request.ts';
export { submit, type SubmittingMTA } from './submit.ts';
