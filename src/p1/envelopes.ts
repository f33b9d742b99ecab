// The transfer envelopes of messages, probes and reports and the content of reports (X.411 06/1999,
// MTAAbstractService; 12.2.1), and the MTS-APDU that carries one of the three (X.419 06/1999). Field names
// are those of the module in camel case. Retained, so that relaying copies what it does not change: O/R
// names, trace elements, extensions, per-recipient fields, the envelopes and the APDUs.

import {
  AdministrationDomainName,
  CountryName,
  MTSIdentifier,
  ORName,
  PrivateDomainIdentifier,
  ub,
} from '../address/index.ts';
import {
  bitString,
  bitsOf,
  choice,
  ctx,
  type Infer,
  integer,
  named,
  optional,
  raw,
  retained,
  sequence,
  sequenceOf,
  set,
  withDefault,
} from '../asn1/index.ts';
import { ExtensionFields } from './extension-field.ts';
import {
  Content,
  ContentIdentifier,
  ContentLength,
  ContentType,
  EncodedInformationTypes,
  ExplicitConversion,
  PerMessageIndicators,
  Priority,
  SupplementaryInformation,
  Time,
} from './fields.ts';
import { ReportedORName, ReportType } from './report-fields.ts';
import { TraceInformation } from './trace.ts';

export const PerDomainBilateralInformation = sequence({
  countryName: CountryName,
  domain: choice({
    administrationDomainName: AdministrationDomainName,
    privateDomain: sequence({
      administrationDomainName: ctx(0, AdministrationDomainName),
      privateDomainIdentifier: ctx(1, PrivateDomainIdentifier),
    }),
  }),
  bilateralInformation: raw(),
});
export interface PerDomainBilateralInformation extends Infer<typeof PerDomainBilateralInformation> {}
const bilateral = sequenceOf(PerDomainBilateralInformation, { size: [1, ub.ubTransfers] });

export const perRecipientIndicatorBits = {
  responsibility: 0,
  'originating-MTA-report': 1,
  'originating-MTA-non-delivery-report': 2,
  'originator-report': 3,
  'originator-non-delivery-report': 4,
  'reserved-5': 5,
  'reserved-6': 6,
  'reserved-7': 7,
} as const;
export const PerRecipientIndicators = bitString({
  names: perRecipientIndicatorBits,
  size: [8, ub.ubBitOptions],
});
export type PerRecipientIndicators = Infer<typeof PerRecipientIndicators>;

const OriginallySpecifiedRecipientNumber = integer({ min: 1, max: ub.ubRecipients });
const extensions = withDefault(ctx(3, ExtensionFields), []);

const perRecipientTransferFields = {
  recipientName: ORName,
  originallySpecifiedRecipientNumber: ctx(0, OriginallySpecifiedRecipientNumber),
  perRecipientIndicators: ctx(1, PerRecipientIndicators),
  explicitConversion: optional(ctx(2, ExplicitConversion)),
  extensions,
};

export const PerRecipientMessageTransferFields = retained(set(perRecipientTransferFields));
export interface PerRecipientMessageTransferFields extends Infer<typeof PerRecipientMessageTransferFields> {}

export const MessageTransferEnvelope = retained(
  set({
    messageIdentifier: MTSIdentifier,
    originatorName: ORName,
    originalEncodedInformationTypes: optional(EncodedInformationTypes),
    contentType: ContentType,
    contentIdentifier: optional(ContentIdentifier),
    priority: withDefault(Priority, 'normal'),
    perMessageIndicators: withDefault(PerMessageIndicators, bitsOf([], 0)),
    deferredDeliveryTime: optional(ctx(0, Time)),
    perDomainBilateralInformation: optional(ctx(1, bilateral)),
    traceInformation: TraceInformation,
    extensions,
    perRecipientFields: ctx(2, sequenceOf(PerRecipientMessageTransferFields, { size: [1, ub.ubRecipients] })),
  }),
);
export interface MessageTransferEnvelope extends Infer<typeof MessageTransferEnvelope> {}

export const Message = retained(sequence({ envelope: MessageTransferEnvelope, content: Content }));
export interface Message extends Infer<typeof Message> {}

export const PerRecipientProbeTransferFields = retained(set(perRecipientTransferFields));
export interface PerRecipientProbeTransferFields extends Infer<typeof PerRecipientProbeTransferFields> {}

export const ProbeTransferEnvelope = retained(
  set({
    probeIdentifier: MTSIdentifier,
    originatorName: ORName,
    originalEncodedInformationTypes: optional(EncodedInformationTypes),
    contentType: ContentType,
    contentIdentifier: optional(ContentIdentifier),
    contentLength: optional(ctx(0, ContentLength)),
    perMessageIndicators: withDefault(PerMessageIndicators, bitsOf([], 0)),
    perDomainBilateralInformation: optional(ctx(1, bilateral)),
    traceInformation: TraceInformation,
    extensions,
    perRecipientFields: ctx(2, sequenceOf(PerRecipientProbeTransferFields, { size: [1, ub.ubRecipients] })),
  }),
);
export interface ProbeTransferEnvelope extends Infer<typeof ProbeTransferEnvelope> {}

export const Probe = ProbeTransferEnvelope;
export interface Probe extends ProbeTransferEnvelope {}

export const ReportTransferEnvelope = retained(
  set({
    reportIdentifier: MTSIdentifier,
    reportDestinationName: ORName,
    traceInformation: TraceInformation,
    extensions: withDefault(ctx(1, ExtensionFields), []),
  }),
);
export interface ReportTransferEnvelope extends Infer<typeof ReportTransferEnvelope> {}

export const LastTraceInformation = set({
  arrivalTime: ctx(0, Time),
  convertedEncodedInformationTypes: optional(EncodedInformationTypes),
  reportType: ctx(1, ReportType),
});
export interface LastTraceInformation extends Infer<typeof LastTraceInformation> {}

export const PerRecipientReportTransferFields = retained(
  set({
    actualRecipientName: ctx(0, ReportedORName),
    originallySpecifiedRecipientNumber: ctx(1, OriginallySpecifiedRecipientNumber),
    perRecipientIndicators: ctx(2, PerRecipientIndicators),
    lastTraceInformation: ctx(3, LastTraceInformation),
    originallyIntendedRecipientName: optional(ctx(4, ReportedORName)),
    supplementaryInformation: optional(ctx(5, SupplementaryInformation)),
    extensions: withDefault(ctx(6, ExtensionFields), []),
  }),
);
export interface PerRecipientReportTransferFields extends Infer<typeof PerRecipientReportTransferFields> {}

export const ReportTransferContent = retained(
  set({
    subjectIdentifier: MTSIdentifier,
    subjectIntermediateTraceInformation: optional(TraceInformation),
    originalEncodedInformationTypes: optional(EncodedInformationTypes),
    contentType: optional(ContentType),
    contentIdentifier: optional(ContentIdentifier),
    returnedContent: optional(ctx(1, Content)),
    additionalInformation: optional(ctx(2, raw())),
    extensions,
    perRecipientFields: ctx(0, sequenceOf(PerRecipientReportTransferFields, { size: [1, ub.ubRecipients] })),
  }),
);
export interface ReportTransferContent extends Infer<typeof ReportTransferContent> {}

export const Report = retained(
  sequence({ envelope: ReportTransferEnvelope, content: ReportTransferContent }),
);
export interface Report extends Infer<typeof Report> {}

export const MTSAPDU = named(
  'MTS-APDU',
  choice({ message: ctx(0, Message), report: ctx(1, Report), probe: ctx(2, Probe) }),
);
export type MTSAPDU = Infer<typeof MTSAPDU>;
