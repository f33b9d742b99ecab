// The MPDUs of P1 in 1984 (X.411, Red Book, section 3 and figures 17 to 25): user MPDU, delivery report MPDU
// and probe MPDU, under the names given there. Where 1988 only added to a type, its declaration serves both:
// so an O/R name, a trace element or an identifier crosses from one to the other octet for octet. What a peer
// adds, as the EAN system did, is kept in `unknown`. Not what to do with them: upgrade.ts and downgrade.ts.

import { AdministrationDomainName, CountryName, MTSIdentifier, ORName, ub } from '../address/index.ts';
import {
  app,
  bitString,
  bitsOf,
  choice,
  ctx,
  type Infer,
  integer,
  named,
  namedInteger,
  optional,
  printableString,
  raw,
  retained,
  sequence,
  sequenceOf,
  set,
  withDefault,
} from '../asn1/index.ts';
import { perRecipientIndicatorBits } from './envelopes.ts';
import {
  BuiltInContentType,
  Content,
  ContentIdentifier,
  ContentLength,
  G3FacsimileNonBasicParameters,
  Priority,
  TeletexNonBasicParameters,
  Time,
} from './fields.ts';
import { NonDeliveryDiagnosticCode, NonDeliveryReasonCode, ReportedORName } from './report-fields.ts';
import { TraceInformation } from './trace.ts';

export const MPDUIdentifier = MTSIdentifier;
export interface MPDUIdentifier extends Infer<typeof MPDUIdentifier> {}

export const encodedInformationTypeBits1984 = {
  undefined: 0,
  tLX: 1,
  iA5Text: 2,
  g3Fax: 3,
  tIF0: 4,
  tTX: 5,
  videotex: 6,
  voice: 7,
  sFD: 8,
  tIF1: 9,
} as const;
const basicTypes = bitString({
  names: encodedInformationTypeBits1984,
  size: [0, ub.ubBuiltInEncodedInformationTypes],
});

/** `unmarked` is the bit string without its tag [0], as the EAN system sent it. */
export const EncodedInformationTypes1984 = app(
  5,
  set({
    basic: optional(ctx(0, basicTypes)),
    g3NonBasicParams: optional(ctx(1, G3FacsimileNonBasicParameters)),
    teletexNonBasicParams: optional(ctx(2, TeletexNonBasicParameters)),
    presentationCapabilities: optional(ctx(3, set({}))),
    unmarked: optional(basicTypes),
  }),
);
export interface EncodedInformationTypes1984 extends Infer<typeof EncodedInformationTypes1984> {}

export const perMessageFlagBits = {
  discloseRecipients: 0,
  conversionProhibited: 1,
  alternateRecipientAllowed: 2,
  contentReturnRequest: 3,
} as const;
export const PerMessageFlag = app(8, bitString({ names: perMessageFlagBits, size: [0, ub.ubBitOptions] }));

/** The bits are those of 1988, where they have names. */
export const PerRecipientFlag = bitString({ names: perRecipientIndicatorBits, size: 8 });
export const ExtensionIdentifier = integer({ min: 0, max: ub.ubRecipients });

export const PerDomainBilateralInfo = sequence({
  country: CountryName,
  administrationDomainName: AdministrationDomainName,
  bilateralInfo: raw(),
});
export interface PerDomainBilateralInfo extends Infer<typeof PerDomainBilateralInfo> {}
const bilateral = sequenceOf(PerDomainBilateralInfo, { size: [0, ub.ubTransfers] });

export const explicitConversions1984 = { iA5TextTeletex: 0, teletexTelex: 1 } as const;
export const RecipientInfo = retained(
  set({
    recipient: ORName,
    extensionIdentifier: ctx(0, ExtensionIdentifier),
    perRecipientFlag: ctx(1, PerRecipientFlag),
    explicitConversion: optional(ctx(2, namedInteger(explicitConversions1984))),
  }),
);
export interface RecipientInfo extends Infer<typeof RecipientInfo> {}

const recipients = sequenceOf(RecipientInfo, { size: [1, ub.ubRecipients] });

export const UMPDUEnvelope = retained(
  set({
    mpduIdentifier: MPDUIdentifier,
    originator: ORName,
    original: optional(EncodedInformationTypes1984),
    contentType: BuiltInContentType,
    uaContentId: optional(ContentIdentifier),
    priority: withDefault(Priority, 'normal'),
    perMessageFlag: withDefault(PerMessageFlag, bitsOf([], 0)),
    deferredDelivery: optional(ctx(0, Time)),
    perDomainBilateralInfo: optional(ctx(1, bilateral)),
    recipientInfo: ctx(2, recipients),
    traceInformation: TraceInformation,
  }),
);
export interface UMPDUEnvelope extends Infer<typeof UMPDUEnvelope> {}

export const UserMPDU = retained(sequence({ envelope: UMPDUEnvelope, content: Content }));
export interface UserMPDU extends Infer<typeof UserMPDU> {}

export const ProbeEnvelope = retained(
  set({
    mpduIdentifier: MPDUIdentifier,
    originator: ORName,
    contentType: BuiltInContentType,
    uaContentId: optional(ContentIdentifier),
    original: optional(EncodedInformationTypes1984),
    traceInformation: TraceInformation,
    perMessageFlag: withDefault(PerMessageFlag, bitsOf([], 0)),
    contentLength: optional(ctx(0, ContentLength)),
    perDomainBilateralInfo: optional(ctx(1, bilateral)),
    recipientInfo: ctx(2, recipients),
  }),
);
export interface ProbeEnvelope extends Infer<typeof ProbeEnvelope> {}

export const DeliveryReportEnvelope = retained(
  set({ report: MPDUIdentifier, originator: ORName, traceInformation: TraceInformation }),
);
export interface DeliveryReportEnvelope extends Infer<typeof DeliveryReportEnvelope> {}

export const typesOfUA = { public: 0, private: 1 } as const;
export const DeliveredInfo = set({
  delivery: ctx(0, Time),
  typeOfUA: withDefault(ctx(1, namedInteger(typesOfUA)), 'public'),
});

/** Peers of 1984 send codes of 1988 too. */
export const NonDeliveredInfo = set({
  reasonCode: ctx(0, NonDeliveryReasonCode),
  diagnosticCode: optional(ctx(1, NonDeliveryDiagnosticCode)),
});
export interface NonDeliveredInfo extends Infer<typeof NonDeliveredInfo> {}

export const LastTraceInformation1984 = set({
  arrival: ctx(0, Time),
  converted: optional(EncodedInformationTypes1984),
  report: ctx(1, choice({ delivered: ctx(0, DeliveredInfo), nonDelivered: ctx(1, NonDeliveredInfo) })),
});
export interface LastTraceInformation1984 extends Infer<typeof LastTraceInformation1984> {}

/** X.400-series Implementor's Guide: at most 64 characters. */
export const supplementary_information_max_1984 = 64;

export const ReportedRecipientInfo = retained(
  set({
    recipient: ctx(0, ReportedORName),
    extensionIdentifier: ctx(1, ExtensionIdentifier),
    perRecipientFlag: ctx(2, PerRecipientFlag),
    lastTraceInformation: ctx(3, LastTraceInformation1984),
    intendedRecipient: optional(ctx(4, ReportedORName)),
    supplementaryInformation: optional(
      ctx(5, printableString({ size: [1, supplementary_information_max_1984] })),
    ),
  }),
);
export interface ReportedRecipientInfo extends Infer<typeof ReportedRecipientInfo> {}

export const DeliveryReportContent = retained(
  set({
    original: MPDUIdentifier,
    intermediate: optional(TraceInformation),
    uaContentId: optional(ContentIdentifier),
    reportedRecipientInfo: ctx(0, sequenceOf(ReportedRecipientInfo, { size: [1, ub.ubRecipients] })),
    returned: optional(ctx(1, Content)),
    billingInformation: optional(ctx(2, raw())),
  }),
);
export interface DeliveryReportContent extends Infer<typeof DeliveryReportContent> {}

export const DeliveryReportMPDU = retained(
  sequence({ envelope: DeliveryReportEnvelope, content: DeliveryReportContent }),
);
export interface DeliveryReportMPDU extends Infer<typeof DeliveryReportMPDU> {}

/** The user MPDU, and the two that the Red Book sums up as service MPDU. */
export const MPDU = named(
  'MPDU',
  choice({
    userMPDU: ctx(0, UserMPDU),
    deliveryReportMPDU: ctx(1, DeliveryReportMPDU),
    probeMPDU: ctx(2, ProbeEnvelope),
  }),
);
export type MPDU = Infer<typeof MPDU>;
