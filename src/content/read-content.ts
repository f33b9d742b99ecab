// Reading a P2 or P22 content: decoding it, with or without octets after it, and printing it as a person
// would want to see it, or as the full tree. Never throws on input; a content that does not decode is relayed
// all the same.

import { type DecodeError, decode, decodePrefix, print, rawOctets } from '../asn1/index.ts';
import { printORAddress, textOfT61, textOfUniversal, UniversalOrBMPString } from '../address/index.ts';
import { ok, type Result } from '../base/result.ts';
import { bodyPartName, bodyPartText } from './body-text.ts';
import { idHexExtendedSubject, type IPM, type IPMIdentifier, type ORDescriptor } from './ipm.ts';
import { InformationObject, type IPN } from './ipn.ts';

export interface ReadContent {
  readonly object: InformationObject;
  /** Where the information object ends; less than the content's length where octets follow it. */
  readonly end: number;
}

/** The interpersonal message or notification at the front of the content. */
export function readContent(content: Uint8Array): Result<ReadContent, DecodeError> {
  const whole = decodePrefix(InformationObject, content);
  return whole.ok ? ok({ object: whole.value.value, end: whole.value.end }) : whole;
}

/** The subject of a message as Unicode: the extended one where there is one, else that of T.61 characters. */
export function subjectOf(ipm: IPM): string | undefined {
  const extended = ipm.heading.extensions.find((each) => each.type === idHexExtendedSubject)?.value;
  if (extended !== undefined) {
    const subject = decode(UniversalOrBMPString, rawOctets(extended));
    if (subject.ok) return textOfUniversal(subject.value);
  }
  return ipm.heading.subject === undefined ? undefined : textOfT61(ipm.heading.subject);
}

/** The whole tree, field by field. */
export function printContentTree(object: InformationObject): string {
  return print(InformationObject, object);
}

/** Heading lines, an empty line, the body parts. */
export function printContent(object: InformationObject): string {
  return object.kind === 'ipm' ? printIPM(object.value) : printIPN(object.value);
}

function printIPM(ipm: IPM): string {
  const { heading } = ipm;
  const lines = [
    field('This-IPM', identifierText(heading.thisIPM)),
    field('From', heading.originator && descriptorText(heading.originator)),
    ...(heading.authorizingUsers ?? []).map((each) => field('Authorized-by', descriptorText(each))),
    ...heading.primaryRecipients.map((each) => field('To', descriptorText(each.recipient))),
    ...heading.copyRecipients.map((each) => field('Cc', descriptorText(each.recipient))),
    ...(heading.blindCopyRecipients ?? []).map((each) => field('Bcc', descriptorText(each.recipient))),
    field('In-reply-to', heading.repliedToIPM && identifierText(heading.repliedToIPM)),
    field('Subject', subjectOf(ipm)),
    field('Importance', heading.importance === 'normal' ? undefined : `${heading.importance}`),
    field('Sensitivity', heading.sensitivity?.toString()),
    field('Auto-forwarded', heading.autoForwarded ? 'yes' : undefined),
  ];
  const parts = (ipm.body ?? []).map((part) => {
    if (part.kind === 'message') return `[message]\n${indent(printIPM(part.value.data))}`;
    return `[${bodyPartName(part)}]\n${(bodyPartText(part) ?? '').replaceAll('\r\n', '\n')}`;
  });
  return `${lines.join('')}\n${parts.join('\n')}`;
}

function printIPN(ipn: IPN): string {
  const { choice } = ipn;
  const lines = [
    field('Notification-of', identifierText(ipn.subjectIPM)),
    field('From', ipn.ipnOriginator && descriptorText(ipn.ipnOriginator)),
    field('Intended-recipient', ipn.ipmIntendedRecipient && descriptorText(ipn.ipmIntendedRecipient)),
  ];
  switch (choice.kind) {
    case 'receiptFields':
      lines.push(field('Received', `${choice.value.receiptTime} (${choice.value.acknowledgmentMode})`));
      break;
    case 'nonReceiptFields':
      lines.push(field('Not-received', `${choice.value.nonReceiptReason}`));
      lines.push(field('Discard-reason', choice.value.discardReason?.toString()));
      lines.push(field('Comment', choice.value.autoForwardComment));
      break;
    case 'otherNotificationTypeFields':
      lines.push(field('Other-notification', choice.value.map((each) => each.type).join(', ')));
      break;
  }
  return lines.join('');
}

function field(name: string, value: string | undefined): string {
  return value === undefined ? '' : `${name}: ${value}\n`;
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}

function identifierText(identifier: IPMIdentifier): string {
  const user = identifier.user === undefined ? '' : ` ${printORAddress(identifier.user)}`;
  return `${identifier.userRelativeIdentifier}${user}`;
}

function descriptorText(descriptor: ORDescriptor): string {
  const { formalName, freeFormName, telephoneNumber } = descriptor;
  const known = [
    freeFormName === undefined ? undefined : `"${textOfT61(freeFormName)}"`,
    formalName === undefined ? undefined : printORAddress(formalName),
    telephoneNumber === undefined ? undefined : `tel. ${telephoneNumber}`,
  ];
  return known.filter((each) => each !== undefined).join(' ');
}
