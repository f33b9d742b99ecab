// What the non-delivery reason and diagnostic codes mean (X.411 06/1999, 8.3.1.2.1.10 and .11), one line
// each, in one table. The numbers and names are declared once, in p1; a code without a meaning here does not
// compile. Pure table.

import { nonDeliveryDiagnosticCodes, nonDeliveryReasonCodes } from '../p1/index.ts';

export interface CodeDescription {
  readonly number: number;
  /** As in the module; the number as text where X.411 (1999) has none. */
  readonly name: string;
  readonly meaning: string;
}

export const reasonMeanings = {
  'transfer-failure': 'Communication failed while the message was being transferred or delivered.',
  'unable-to-transfer': 'The message itself, or its recipient, cannot be transferred or delivered.',
  'conversion-not-performed': 'A conversion that delivery needs could not be done.',
  'physical-rendition-not-performed': 'The message could not be put on paper.',
  'physical-delivery-not-performed': 'The physical delivery system could not deliver it.',
  'restricted-delivery': 'The recipient has restricted what is delivered to it.',
  'directory-operation-unsuccessful': 'A directory operation that was needed did not succeed.',
  'deferred-delivery-not-performed': 'Deferred delivery was asked for and could not be done.',
  'transfer-failure-for-security-reason': 'A security service or policy forbade transfer or delivery.',
} as const satisfies Readonly<Record<keyof typeof nonDeliveryReasonCodes, string>>;

export const diagnosticMeanings = {
  'unrecognised-OR-name': 'The recipient’s O/R name is not known.',
  'ambiguous-OR-name': 'The recipient’s O/R name names more than one user.',
  'mts-congestion': 'The MTS could not proceed because of congestion.',
  'loop-detected': 'The message came round to where it had been.',
  'recipient-unavailable': 'The recipient was not available for delivery.',
  'maximum-time-expired': 'The time allowed for delivery ran out.',
  'encoded-information-types-unsupported': 'The recipient takes none of the encoded information types.',
  'content-too-long': 'The content is longer than a system on the way, or the recipient, takes.',
  'conversion-impractical': 'The conversion that is needed is not practical.',
  'implicit-conversion-prohibited': 'A conversion is needed, and the originator prohibited it.',
  'implicit-conversion-not-subscribed': 'A conversion is needed that the recipient has not subscribed to.',
  'invalid-arguments': 'An argument of the message is not valid.',
  'content-syntax-error': 'The content is not well-formed.',
  'size-constraint-violation': 'A value is larger or smaller than the service allows.',
  'protocol-violation': 'An argument that is required is missing or contradicts the protocol.',
  'content-type-not-supported': 'A system on the way, or the recipient, does not take this content type.',
  'too-many-recipients': 'The message has more recipients than a system on the way takes.',
  'no-bilateral-agreement': 'Two domains on the way have no agreement to exchange such messages.',
  'unsupported-critical-function': 'A function marked critical is not supported.',
  'conversion-with-loss-prohibited': 'Conversion would lose information, and the originator prohibited that.',
  'line-too-long': 'Conversion failed: a line is too long.',
  'page-split': 'Conversion failed: a page would be split.',
  'pictorial-symbol-loss': 'Conversion failed: pictorial symbols would be lost.',
  'punctuation-symbol-loss': 'Conversion failed: punctuation would be lost.',
  'alphabetic-character-loss': 'Conversion failed: letters would be lost.',
  'multiple-information-loss': 'Conversion failed: several kinds of information would be lost.',
  'recipient-reassignment-prohibited':
    'The recipient is reassigned to another, and the originator prohibited that.',
  'redirection-loop-detected': 'Redirection would lead back to an earlier recipient.',
  'dl-expansion-prohibited':
    'The recipient is a distribution list, and the originator prohibited its expansion.',
  'no-dl-submit-permission': 'The originator, or a list before this one, may not send to this list.',
  'dl-expansion-failure': 'A distribution list could not be expanded.',
  'physical-rendition-attributes-not-supported':
    'The physical rendition attributes asked for are not supported.',
  'undeliverable-mail-physical-delivery-address-incorrect': 'Physical mail: the address is wrong.',
  'undeliverable-mail-physical-delivery-office-incorrect-or-invalid':
    'Physical mail: the delivery office is wrong or does not exist.',
  'undeliverable-mail-physical-delivery-address-incomplete': 'Physical mail: the address is incomplete.',
  'undeliverable-mail-recipient-unknown': 'Physical mail: the recipient is not known at the address.',
  'undeliverable-mail-recipient-deceased': 'Physical mail: the recipient is dead.',
  'undeliverable-mail-organization-expired': 'Physical mail: the organization exists no more.',
  'undeliverable-mail-recipient-refused-to-accept': 'Physical mail: the recipient refused it.',
  'undeliverable-mail-recipient-did-not-claim': 'Physical mail: the recipient did not collect it.',
  'undeliverable-mail-recipient-changed-address-permanently': 'Physical mail: the recipient has moved.',
  'undeliverable-mail-recipient-changed-address-temporarily':
    'Physical mail: the recipient has moved for a time.',
  'undeliverable-mail-recipient-changed-temporary-address':
    'Physical mail: the recipient has left the temporary address.',
  'undeliverable-mail-new-address-unknown':
    'Physical mail: the recipient has moved and the new address is not known.',
  'undeliverable-mail-recipient-did-not-want-forwarding':
    'Physical mail: the recipient has moved and wants nothing forwarded.',
  'undeliverable-mail-originator-prohibited-forwarding':
    'Physical mail: the recipient has moved, and the originator prohibited forwarding.',
  'secure-messaging-error': 'The message is not secured as it has to be, or securing it failed.',
  'unable-to-downgrade': 'The message cannot be made into one that the next system takes.',
  'unable-to-complete-transfer':
    'A transfer that had begun could not be completed, for its size for example.',
  'transfer-attempts-limit-reached': 'The number of attempts that are made ran out.',
  'incorrect-notification-type': 'The content is a notification of a kind that does not fit.',
  'dl-expansion-prohibited-by-security-policy': 'The security policy prohibits expanding the list.',
  'forbidden-alternate-recipient': 'The security policy forbids the alternate recipient.',
  'security-policy-violation': 'The message violates the security policy.',
  'security-services-refusal': 'The security services asked for are not available.',
  'unauthorised-dl-member': 'The security policy forbids a member of the list.',
  'unauthorised-dl-name': 'The security policy forbids the list.',
  'unauthorised-originally-intended-recipient-name':
    'The security policy forbids the recipient that was first intended.',
  'unauthorised-originator-name': 'The security policy forbids the originator.',
  'unauthorised-recipient-name': 'The security policy forbids the recipient.',
  'unreliable-system': 'A system on the way is not trusted enough.',
  'authentication-failure-on-subject-message': 'The origin of the message could not be authenticated.',
  'decryption-failed': 'The message could not be decrypted.',
  'decryption-key-unobtainable': 'The key for decryption could not be had.',
  'double-envelope-creation-failure': 'The outer envelope could not be made.',
  'double-enveloping-message-restoring-failure':
    'The inner message could not be restored from its outer envelope.',
  'failure-of-proof-of-message': 'The proof that belongs to the message failed.',
  'integrity-failure-on-subject-message': 'The message was changed on its way.',
  'invalid-security-label': 'The security label is not valid.',
  'key-failure': 'A key is not valid, or not the right one.',
  'mandatory-parameter-absence': 'A parameter that security needs is missing.',
  'operation-security-failure': 'A security operation failed.',
  'repudiation-failure-of-message': 'Non-repudiation could not be given.',
  'security-context-failure': 'The message does not fit the security context.',
  'token-decryption-failed': 'The message token could not be decrypted.',
  'token-error': 'The message token is in error.',
  'unknown-security-label': 'The security label is not known.',
  'unsupported-algorithm-identifier': 'A security algorithm is not supported.',
  'unsupported-security-policy': 'The security policy asked for is not supported.',
} as const satisfies Readonly<Record<keyof typeof nonDeliveryDiagnosticCodes, string>>;

/** A reason code, which may be of a later edition, in numbers and words. */
export function describeReason(code: keyof typeof nonDeliveryReasonCodes | number): CodeDescription {
  return typeof code === 'number'
    ? unnamed(code)
    : { number: nonDeliveryReasonCodes[code], name: code, meaning: reasonMeanings[code] };
}

/** A diagnostic code, which may be of a later edition, in numbers and words. */
export function describeDiagnostic(code: keyof typeof nonDeliveryDiagnosticCodes | number): CodeDescription {
  return typeof code === 'number'
    ? unnamed(code)
    : { number: nonDeliveryDiagnosticCodes[code], name: code, meaning: diagnosticMeanings[code] };
}

function unnamed(number: number): CodeDescription {
  return { number, name: String(number), meaning: 'A code that X.411 (1999) does not have.' };
}
