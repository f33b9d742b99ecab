// The door of the p1 room: the MTS-APDUs of X.411 and X.419 and what is done with one of them as a value.

export * from './bind.ts';
export * from './envelopes.ts';
export * from './extension-field.ts';
export * from './extension-types.ts';
export * from './extensions.ts';
export * from './fields.ts';
export * from './report-fields.ts';
export * from './security.ts';
export * from './trace.ts';
export * from './apdu.ts';
export { ContentReader, type ContentReaderState, segment_depth_max } from './content-reader.ts';
export * from './envelope-prefix.ts';
export * from './indicators.ts';
export * from './mts-identifier.ts';
export * from './time.ts';
export * from './trace-procedures.ts';
export * from './print-apdu.ts';
export * from './downgrade.ts';
export {
  type Downgraded,
  type DowngradeFailure,
  type DowngradeOptions,
  failure as downgradeFailure,
} from './downgrade-rules.ts';
export { ExternalOpener, type ExternalOpenerState, external_head_octets_max } from './external-opener.ts';
export { externalContentHead, unwrapExternalContent, wrapExternalContent } from './external-content.ts';
export { downgradeEncodedInformationTypes, upgradeEncodedInformationTypes } from './fields-1984.ts';
export { MPDU, UMPDUEnvelope } from './mpdu-1984.ts';
export type {
  DeliveryReportMPDU,
  EncodedInformationTypes1984,
  ProbeEnvelope,
  RecipientInfo,
  ReportedRecipientInfo,
  UserMPDU,
} from './mpdu-1984.ts';
export * from './or-name-1984.ts';
export * from './p1-1984.ts';
export * from './upgrade.ts';
