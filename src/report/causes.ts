// Our own causes of non-delivery, and the reason and diagnostic that each is reported with (X.411 06/1999,
// 8.3.1.2.1.10 and .11). One row a cause; nowhere else is a code chosen. A cause of ours never borrows
// another's code: a message too long is not reported as an unknown recipient. Pure table.

import type { NonDelivery } from './subject.ts';

export const nonDeliveryCauses = {
  'unknown-user': { reason: 'unable-to-transfer', diagnostic: 'unrecognised-OR-name' },
  'no-route': { reason: 'unable-to-transfer', diagnostic: 'unrecognised-OR-name' },
  expired: { reason: 'unable-to-transfer', diagnostic: 'maximum-time-expired' },
  'content-too-long': { reason: 'unable-to-transfer', diagnostic: 'content-too-long' },
  'loop-detected': { reason: 'unable-to-transfer', diagnostic: 'loop-detected' },
  'too-many-recipients': { reason: 'unable-to-transfer', diagnostic: 'too-many-recipients' },
  'content-type-not-supported': { reason: 'unable-to-transfer', diagnostic: 'content-type-not-supported' },
  'unsupported-critical-function': {
    reason: 'unable-to-transfer',
    diagnostic: 'unsupported-critical-function',
  },
  'invalid-arguments': { reason: 'unable-to-transfer', diagnostic: 'invalid-arguments' },
  'unable-to-downgrade': { reason: 'unable-to-transfer', diagnostic: 'unable-to-downgrade' },
  'eits-unsupported': { reason: 'unable-to-transfer', diagnostic: 'encoded-information-types-unsupported' },
  /** An operator returned or deleted it. */
  'returned-by-operator': { reason: 'transfer-failure', diagnostic: undefined },
  /** The peer, or a user's mailbox, said never. */
  'refused-for-good': { reason: 'transfer-failure', diagnostic: 'unable-to-complete-transfer' },
  'delivery-failed': { reason: 'transfer-failure', diagnostic: 'recipient-unavailable' },
  'restricted-delivery': { reason: 'restricted-delivery', diagnostic: undefined },
  'redirection-loop': { reason: 'unable-to-transfer', diagnostic: 'redirection-loop-detected' },
  'reassignment-prohibited': {
    reason: 'unable-to-transfer',
    diagnostic: 'recipient-reassignment-prohibited',
  },
  'dl-expansion-prohibited': { reason: 'unable-to-transfer', diagnostic: 'dl-expansion-prohibited' },
  'dl-submit-prohibited': { reason: 'unable-to-transfer', diagnostic: 'no-dl-submit-permission' },
  'dl-expansion-failed': { reason: 'unable-to-transfer', diagnostic: 'dl-expansion-failure' },
  'implicit-conversion-prohibited': {
    reason: 'conversion-not-performed',
    diagnostic: 'implicit-conversion-prohibited',
  },
  'conversion-impractical': { reason: 'conversion-not-performed', diagnostic: 'conversion-impractical' },
  /** What would be lost is not known: of a probe, or of octets that mean nothing. */
  'conversion-with-loss-prohibited': {
    reason: 'conversion-not-performed',
    diagnostic: 'conversion-with-loss-prohibited',
  },
  /** Lines would have to be broken, and the originator prohibited loss. So too the others. */
  'line-too-long': { reason: 'conversion-not-performed', diagnostic: 'line-too-long' },
  'pictorial-symbol-loss': { reason: 'conversion-not-performed', diagnostic: 'pictorial-symbol-loss' },
  'punctuation-symbol-loss': { reason: 'conversion-not-performed', diagnostic: 'punctuation-symbol-loss' },
  'alphabetic-character-loss': {
    reason: 'conversion-not-performed',
    diagnostic: 'alphabetic-character-loss',
  },
  'multiple-information-loss': {
    reason: 'conversion-not-performed',
    diagnostic: 'multiple-information-loss',
  },
} as const satisfies Readonly<Record<string, NonDelivery>>;

export type NonDeliveryCause = keyof typeof nonDeliveryCauses;

/** The codes that a cause is reported with. */
export function nonDelivery(cause: NonDeliveryCause): NonDelivery {
  return nonDeliveryCauses[cause];
}
