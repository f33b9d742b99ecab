// The door of the delivery room: local delivery into directories, and the thread that converts contents.

export type { ContentReader } from './content-source.ts';
export { ConverterAside } from './converter-aside.ts';
export * from './directory-delivery.ts';
export type { DeliveryRecord, TraceStep } from './record.ts';
export { ensureDirectory } from './stable-file.ts';
export type { ReportedNonDelivery, ReportedOutcome } from './reported-outcome.ts';
export { MemberFiles } from './member-file.ts';
