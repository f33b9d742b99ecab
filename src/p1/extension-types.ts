// The extensions of X.411 (06/1999), "Extension Fields", figure 2 and figure 4: the type, number and
// recommended criticality of each, in one table. Three belong to X.420 (41, 43, 44), one to X.413 (36):
// their values stay open here. Reading and making fields is extensions.ts.

import { GlobalDomainIdentifier, MTAName, Name, ORAddress, ORName, ub } from '../address/index.ts';
import {
  bitString,
  choice,
  ctx,
  enumerated,
  ia5String,
  type Infer,
  integer,
  namedInteger,
  objectIdentifier,
  octetString,
  optional,
  raw,
  sequence,
  sequenceOf,
  setOf,
  teletexString,
} from '../asn1/index.ts';
import { Time } from './fields.ts';
import {
  AlgorithmIdentifier,
  Certificates,
  CertificateSelectors,
  ExtendedCertificates,
  SecurityLabel,
  Signature,
  Token,
} from './security.ts';
import { InternalTraceInformation, TraceInformation } from './trace.ts';

export const RequestedDeliveryMethod = sequenceOf(
  namedInteger({
    'any-delivery-method': 0,
    'mhs-delivery': 1,
    'physical-delivery': 2,
    'telex-delivery': 3,
    'teletex-delivery': 4,
    'g3-facsimile-delivery': 5,
    'g4-facsimile-delivery': 6,
    'ia5-terminal-delivery': 7,
    'videotex-delivery': 8,
    'telephone-delivery': 9,
  }),
);

export const PhysicalDeliveryModes = bitString({
  names: {
    'ordinary-mail': 0,
    'special-delivery': 1,
    'express-mail': 2,
    'counter-collection': 3,
    'counter-collection-with-telephone-advice': 4,
    'counter-collection-with-telex-advice': 5,
    'counter-collection-with-teletex-advice': 6,
    'bureau-fax-delivery': 7,
  },
  size: [0, ub.ubBitOptions],
});

export const RegisteredMailType = namedInteger({
  'non-registered-mail': 0,
  'registered-mail': 1,
  'registered-mail-to-addressee-in-person': 2,
});

export const PhysicalDeliveryReportRequest = namedInteger({
  'return-of-undeliverable-mail-by-PDS': 0,
  'return-of-notification-by-PDS': 1,
  'return-of-notification-by-MHS': 2,
  'return-of-notification-by-MHS-and-PDS': 3,
});

export const ContentCorrelator = choice({ ia5text: ia5String(), octets: octetString() });

export const RedirectionReason = enumerated({
  'recipient-assigned-alternate-recipient': 0,
  'originator-requested-alternate-recipient': 1,
  'recipient-MD-assigned-alternate-recipient': 2,
  'directory-look-up': 3,
  alias: 4,
});
export type RedirectionReason = Infer<typeof RedirectionReason>;

export const Redirection = sequence({
  intendedRecipientName: sequence({ intendedRecipient: ORName, redirectionTime: Time }),
  redirectionReason: RedirectionReason,
});
export interface Redirection extends Infer<typeof Redirection> {}
export const RedirectionHistory = sequenceOf(Redirection, { size: [1, ub.ubRedirections] });

export const DLExpansion = sequence({ dl: ORName, dlExpansionTime: Time });
export interface DLExpansion extends Infer<typeof DLExpansion> {}
export const DLExpansionHistory = sequenceOf(DLExpansion, { size: [1, ub.ubDLExpansions] });

export const OriginatorAndDLExpansion = sequence({
  originatorOrDLName: ORName,
  originationOrExpansionTime: Time,
});
export interface OriginatorAndDLExpansion extends Infer<typeof OriginatorAndDLExpansion> {}
export const OriginatorAndDLExpansionHistory = sequenceOf(OriginatorAndDLExpansion, {
  size: [2, ub.ubOrigAndDLExpansions],
});

export const ReportingMTAName = sequence({
  domain: GlobalDomainIdentifier,
  mtaName: MTAName,
  mtaDirectoryName: optional(ctx(0, Name)),
});
export interface ReportingMTAName extends Infer<typeof ReportingMTAName> {}

/** The extensions by their names in the module; `critical` is the recommended criticality. */
export const standardExtensions = {
  'recipient-reassignment-prohibited': {
    number: 1,
    type: enumerated({ 'recipient-reassignment-allowed': 0, 'recipient-reassignment-prohibited': 1 }),
    critical: 'for-delivery',
  },
  'originator-requested-alternate-recipient': { number: 2, type: ORName, critical: 'for-submission' },
  'dl-expansion-prohibited': {
    number: 3,
    type: enumerated({ 'dl-expansion-allowed': 0, 'dl-expansion-prohibited': 1 }),
    critical: 'for-delivery',
  },
  'conversion-with-loss-prohibited': {
    number: 4,
    type: enumerated({ 'conversion-with-loss-allowed': 0, 'conversion-with-loss-prohibited': 1 }),
    critical: 'for-delivery',
  },
  'latest-delivery-time': { number: 5, type: Time, critical: 'for-delivery' },
  'requested-delivery-method': { number: 6, type: RequestedDeliveryMethod, critical: undefined },
  'physical-forwarding-prohibited': {
    number: 7,
    type: enumerated({ 'physical-forwarding-allowed': 0, 'physical-forwarding-prohibited': 1 }),
    critical: 'for-delivery',
  },
  'physical-forwarding-address-request': {
    number: 8,
    type: enumerated({
      'physical-forwarding-address-not-requested': 0,
      'physical-forwarding-address-requested': 1,
    }),
    critical: 'for-delivery',
  },
  'physical-delivery-modes': { number: 9, type: PhysicalDeliveryModes, critical: 'for-delivery' },
  'registered-mail-type': { number: 10, type: RegisteredMailType, critical: 'for-delivery' },
  'recipient-number-for-advice': {
    number: 11,
    type: teletexString({ size: [1, ub.ubRecipientNumberForAdviceLength] }),
    critical: 'for-delivery',
  },
  'physical-rendition-attributes': { number: 12, type: objectIdentifier(), critical: 'for-delivery' },
  'originator-return-address': { number: 13, type: ORAddress, critical: undefined },
  'physical-delivery-report-request': {
    number: 14,
    type: PhysicalDeliveryReportRequest,
    critical: 'for-delivery',
  },
  'originator-certificate': { number: 15, type: Certificates, critical: undefined },
  'message-token': { number: 16, type: Token, critical: 'for-delivery' },
  'content-confidentiality-algorithm-identifier': {
    number: 17,
    type: AlgorithmIdentifier,
    critical: 'for-delivery',
  },
  'content-integrity-check': { number: 18, type: Signature, critical: 'for-delivery' },
  'message-origin-authentication-check': { number: 19, type: Signature, critical: 'for-delivery' },
  'message-security-label': { number: 20, type: SecurityLabel, critical: 'for-delivery' },
  'proof-of-submission-request': {
    number: 21,
    type: enumerated({ 'proof-of-submission-not-requested': 0, 'proof-of-submission-requested': 1 }),
    critical: 'for-submission',
  },
  'proof-of-delivery-request': {
    number: 22,
    type: enumerated({ 'proof-of-delivery-not-requested': 0, 'proof-of-delivery-requested': 1 }),
    critical: 'for-delivery',
  },
  'content-correlator': { number: 23, type: ContentCorrelator, critical: undefined },
  'probe-origin-authentication-check': { number: 24, type: Signature, critical: 'for-delivery' },
  'redirection-history': { number: 25, type: RedirectionHistory, critical: undefined },
  'dl-expansion-history': { number: 26, type: DLExpansionHistory, critical: undefined },
  'physical-forwarding-address': { number: 27, type: ORName, critical: undefined },
  'recipient-certificate': { number: 28, type: Certificates, critical: undefined },
  'proof-of-delivery': { number: 29, type: Signature, critical: undefined },
  'originator-and-DL-expansion-history': {
    number: 30,
    type: OriginatorAndDLExpansionHistory,
    critical: undefined,
  },
  'reporting-DL-name': { number: 31, type: ORName, critical: undefined },
  'reporting-MTA-certificate': { number: 32, type: Certificates, critical: 'for-delivery' },
  'report-origin-authentication-check': { number: 33, type: Signature, critical: 'for-delivery' },
  'originating-MTA-certificate': { number: 34, type: Certificates, critical: undefined },
  'proof-of-submission': { number: 35, type: Signature, critical: undefined },
  'forwarding-request': { number: 36, type: integer(), critical: undefined },
  'trace-information': { number: 37, type: TraceInformation, critical: undefined },
  'internal-trace-information': { number: 38, type: InternalTraceInformation, critical: undefined },
  'reporting-MTA-name': { number: 39, type: ReportingMTAName, critical: undefined },
  'multiple-originator-certificates': { number: 40, type: ExtendedCertificates, critical: undefined },
  'blind-copy-recipients': { number: 41, type: sequenceOf(raw()), critical: undefined },
  'dl-exempted-recipients': { number: 42, type: setOf(ORName), critical: undefined },
  'body-part-encryption-token': { number: 43, type: setOf(raw()), critical: 'for-delivery' },
  'forwarded-content-token': { number: 44, type: setOf(raw()), critical: 'for-delivery' },
  'certificate-selectors': { number: 45, type: CertificateSelectors, critical: undefined },
  'certificate-selectors-override': { number: 46, type: CertificateSelectors, critical: undefined },
} as const;

export type ExtensionName = keyof typeof standardExtensions;
export type ExtensionValue<N extends ExtensionName> = Infer<(typeof standardExtensions)[N]['type']>;
