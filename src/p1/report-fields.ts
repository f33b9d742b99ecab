// What a report says of a recipient: report type, reason and diagnostic codes (X.411 06/1999, 8.3.1.2.1.10
// to 8.3.1.2.1.13). The codes live here, once; the report room's table gives them their use.

import { ORName } from '../address/index.ts';
import {
  ctx,
  choice,
  type Infer,
  namedInteger,
  optional,
  retainedOr,
  set,
  withDefault,
} from '../asn1/index.ts';
import { Time } from './fields.ts';

/**
 * A name that is only told: the originator finds its recipient by its number, so that a name that is no O/R
 * name keeps no report from it. Read as a name without attributes, and relayed as it came.
 */
export const ReportedORName = retainedOr(ORName, { builtInStandardAttributes: {} });

export const typesOfMTSUser = {
  public: 0,
  private: 1,
  ms: 2,
  dl: 3,
  pdau: 4,
  'physical-recipient': 5,
  other: 6,
} as const;
export const TypeOfMTSUser = namedInteger(typesOfMTSUser);

export const nonDeliveryReasonCodes = {
  'transfer-failure': 0,
  'unable-to-transfer': 1,
  'conversion-not-performed': 2,
  'physical-rendition-not-performed': 3,
  'physical-delivery-not-performed': 4,
  'restricted-delivery': 5,
  'directory-operation-unsuccessful': 6,
  'deferred-delivery-not-performed': 7,
  'transfer-failure-for-security-reason': 8,
} as const;
export const NonDeliveryReasonCode = namedInteger(nonDeliveryReasonCodes);
export type NonDeliveryReasonCode = Infer<typeof NonDeliveryReasonCode>;

export const nonDeliveryDiagnosticCodes = {
  'unrecognised-OR-name': 0,
  'ambiguous-OR-name': 1,
  'mts-congestion': 2,
  'loop-detected': 3,
  'recipient-unavailable': 4,
  'maximum-time-expired': 5,
  'encoded-information-types-unsupported': 6,
  'content-too-long': 7,
  'conversion-impractical': 8,
  'implicit-conversion-prohibited': 9,
  'implicit-conversion-not-subscribed': 10,
  'invalid-arguments': 11,
  'content-syntax-error': 12,
  'size-constraint-violation': 13,
  'protocol-violation': 14,
  'content-type-not-supported': 15,
  'too-many-recipients': 16,
  'no-bilateral-agreement': 17,
  'unsupported-critical-function': 18,
  'conversion-with-loss-prohibited': 19,
  'line-too-long': 20,
  'page-split': 21,
  'pictorial-symbol-loss': 22,
  'punctuation-symbol-loss': 23,
  'alphabetic-character-loss': 24,
  'multiple-information-loss': 25,
  'recipient-reassignment-prohibited': 26,
  'redirection-loop-detected': 27,
  'dl-expansion-prohibited': 28,
  'no-dl-submit-permission': 29,
  'dl-expansion-failure': 30,
  'physical-rendition-attributes-not-supported': 31,
  'undeliverable-mail-physical-delivery-address-incorrect': 32,
  'undeliverable-mail-physical-delivery-office-incorrect-or-invalid': 33,
  'undeliverable-mail-physical-delivery-address-incomplete': 34,
  'undeliverable-mail-recipient-unknown': 35,
  'undeliverable-mail-recipient-deceased': 36,
  'undeliverable-mail-organization-expired': 37,
  'undeliverable-mail-recipient-refused-to-accept': 38,
  'undeliverable-mail-recipient-did-not-claim': 39,
  'undeliverable-mail-recipient-changed-address-permanently': 40,
  'undeliverable-mail-recipient-changed-address-temporarily': 41,
  'undeliverable-mail-recipient-changed-temporary-address': 42,
  'undeliverable-mail-new-address-unknown': 43,
  'undeliverable-mail-recipient-did-not-want-forwarding': 44,
  'undeliverable-mail-originator-prohibited-forwarding': 45,
  'secure-messaging-error': 46,
  'unable-to-downgrade': 47,
  'unable-to-complete-transfer': 48,
  'transfer-attempts-limit-reached': 49,
  'incorrect-notification-type': 50,
  'dl-expansion-prohibited-by-security-policy': 51,
  'forbidden-alternate-recipient': 52,
  'security-policy-violation': 53,
  'security-services-refusal': 54,
  'unauthorised-dl-member': 55,
  'unauthorised-dl-name': 56,
  'unauthorised-originally-intended-recipient-name': 57,
  'unauthorised-originator-name': 58,
  'unauthorised-recipient-name': 59,
  'unreliable-system': 60,
  'authentication-failure-on-subject-message': 61,
  'decryption-failed': 62,
  'decryption-key-unobtainable': 63,
  'double-envelope-creation-failure': 64,
  'double-enveloping-message-restoring-failure': 65,
  'failure-of-proof-of-message': 66,
  'integrity-failure-on-subject-message': 67,
  'invalid-security-label': 68,
  'key-failure': 69,
  'mandatory-parameter-absence': 70,
  'operation-security-failure': 71,
  'repudiation-failure-of-message': 72,
  'security-context-failure': 73,
  'token-decryption-failed': 74,
  'token-error': 75,
  'unknown-security-label': 76,
  'unsupported-algorithm-identifier': 77,
  'unsupported-security-policy': 78,
} as const;
export const NonDeliveryDiagnosticCode = namedInteger(nonDeliveryDiagnosticCodes);
export type NonDeliveryDiagnosticCode = Infer<typeof NonDeliveryDiagnosticCode>;

export const DeliveryReport = set({
  messageDeliveryTime: ctx(0, Time),
  typeOfMTSUser: withDefault(ctx(1, TypeOfMTSUser), 'public'),
});
export interface DeliveryReport extends Infer<typeof DeliveryReport> {}

export const NonDeliveryReport = set({
  nonDeliveryReasonCode: ctx(0, NonDeliveryReasonCode),
  nonDeliveryDiagnosticCode: optional(ctx(1, NonDeliveryDiagnosticCode)),
});
export interface NonDeliveryReport extends Infer<typeof NonDeliveryReport> {}

export const ReportType = choice({
  delivery: ctx(0, DeliveryReport),
  nonDelivery: ctx(1, NonDeliveryReport),
});
export type ReportType = Infer<typeof ReportType>;
