// P22 contents as P2 of 1984 (X.420 06/1999; RFC 1328 5 and 6): for links to MTAs of 1984 whose users read no
// other. The one place where the MTA makes a new content, and only where the link asks for it. Heading and
// notification extensions are dropped; an O/R name that 1984 cannot write becomes free text, or goes where it
// is optional.

import { decodePrefix, bitsOf, encode, hasBit } from '../asn1/index.ts';
import { type ORName, printORAddress, t61OfText } from '../address/index.ts';
import { err, ok, type Result } from '../base/result.ts';
import {
  downgradeEncodedInformationTypes,
  downgradeORName,
  type EncodedInformationTypes,
  type NameDowngradeOptions,
  upgradeEncodedInformationTypes,
} from '../p1/index.ts';
import { downgradeBodyPart, encodedInformationTypeBitsOf } from './downgrade-body.ts';
import type {
  BodyPart,
  Heading,
  IPM,
  IPMIdentifier,
  MessageParameters,
  ORDescriptor,
  RecipientSpecifier,
} from './ipm.ts';
import { InformationObject, type IPN } from './ipn.ts';

export interface ContentDowngradeOptions extends NameDowngradeOptions {
  /** Whether general text may become IA5 or teletex: as the envelope's indicators say. Default allowed. */
  readonly conversion?: 'allowed' | 'prohibited';
}

export interface DowngradedContent {
  /** A P2 content: the envelope's content type becomes `interpersonal-messaging-1984`. */
  readonly content: Uint8Array;
  /** What its body parts are; undefined for a notification. */
  readonly encodedInformationTypes: EncodedInformationTypes | undefined;
}

/** The P22 content as P2, or why it cannot be one: then unable-to-downgrade is the verdict. */
export function downgradeContent(
  content: Uint8Array,
  options: ContentDowngradeOptions = {},
): Result<DowngradedContent, string> {
  const read = decodePrefix(InformationObject, content);
  if (!read.ok) return err(`the content does not decode: ${read.error.message}`);
  const { value: object } = read.value;
  if (object.kind === 'ipn') {
    const ipn = downgradeIPN(object.value, options);
    if (!ipn.ok) return ipn;
    return ok({ content: encoded({ kind: 'ipn', value: ipn.value }), encodedInformationTypes: undefined });
  }
  const ipm = downgradeIPM(object.value, options);
  if (!ipm.ok) return ipm;
  const bits = encodedInformationTypeBitsOf(ipm.value);
  const encodedInformationTypes: EncodedInformationTypes = {
    builtInEncodedInformationTypes: bitsOf(bits, 10),
    g3Facsimile: bitsOf([], 0),
    teletex: {},
  };
  return ok({ content: encoded({ kind: 'ipm', value: ipm.value }), encodedInformationTypes });
}

function encoded(object: InformationObject): Uint8Array {
  return encode(InformationObject, object, { constraints: 'tolerant' });
}

function downgradeIPM(ipm: IPM, options: ContentDowngradeOptions): Result<IPM, string> {
  const rules = {
    conversion: options.conversion ?? 'allowed',
    message: (inner: IPM) => downgradeIPM(inner, options),
  };
  const body: BodyPart[] = [];
  for (const part of ipm.body ?? []) {
    const downgraded = downgradeBodyPart(part, rules);
    if (!downgraded.ok) return downgraded;
    const { value } = downgraded;
    body.push(value.kind === 'message' ? withPlainParameters(value, options) : value);
  }
  return ok({ heading: downgradeHeading(ipm.heading, options), body });
}

type MessagePart = Extract<BodyPart, { kind: 'message' }>;

/** The delivery envelope of a forwarded message goes where one of its names is not of 1984. */
function withPlainParameters(part: MessagePart, options: ContentDowngradeOptions): MessagePart {
  const { deliveryTime, deliveryEnvelope } = part.value.parameters;
  const plain = deliveryEnvelope && plainEnvelope(deliveryEnvelope, options);
  const parameters: MessageParameters = {
    ...(deliveryTime !== undefined && { deliveryTime }),
    ...(plain !== undefined && { deliveryEnvelope: plain }),
  };
  return { kind: 'message', value: { parameters, data: part.value.data } };
}

type DeliveryEnvelope = NonNullable<MessageParameters['deliveryEnvelope']>;

function plainEnvelope(
  envelope: DeliveryEnvelope,
  options: ContentDowngradeOptions,
): DeliveryEnvelope | undefined {
  const originator = downgradeORName(envelope.originatorName, options);
  const recipient = downgradeORName(envelope.thisRecipientName, options);
  if (!originator.ok || !recipient.ok || envelope.contentType.kind === 'extended') return undefined;
  const {
    originallyIntendedRecipientName: intended,
    otherRecipientNames: others,
    unknown: _,
    ...kept
  } = envelope;
  const intendedName = intended && nameOf(intended, options);
  const otherNames = others?.map((each) => nameOf(each, options)).filter((each) => each !== undefined);
  const { originalEncodedInformationTypes: original, convertedEncodedInformationTypes: converted } = envelope;
  return {
    ...kept,
    originatorName: originator.value,
    thisRecipientName: recipient.value,
    originallyIntendedRecipientName: intendedName,
    ...(otherNames !== undefined && otherNames.length > 0 && { otherRecipientNames: otherNames }),
    originalEncodedInformationTypes: original && plainTypes(original),
    convertedEncodedInformationTypes: converted && plainTypes(converted),
    extensions: [],
  };
}

function plainTypes(types: EncodedInformationTypes): EncodedInformationTypes | undefined {
  return upgradeEncodedInformationTypes(downgradeEncodedInformationTypes(types));
}

function nameOf(name: ORName, options: ContentDowngradeOptions): ORName | undefined {
  const downgraded = downgradeORName(name, options);
  return downgraded.ok ? downgraded.value : undefined;
}

function downgradeHeading(heading: Heading, options: ContentDowngradeOptions): Heading {
  const { unknown: _, ...fields } = heading;
  const descriptor = (each: ORDescriptor) => downgradeDescriptor(each, options);
  const identifier = (each: IPMIdentifier) => downgradeIdentifier(each, options);
  const recipients = (all: readonly RecipientSpecifier[]) =>
    all.map((each) => downgradeRecipientSpecifier(each, options));
  return {
    ...fields,
    thisIPM: identifier(heading.thisIPM),
    originator: heading.originator && descriptor(heading.originator),
    authorizingUsers: heading.authorizingUsers?.map(descriptor),
    primaryRecipients: recipients(heading.primaryRecipients),
    copyRecipients: recipients(heading.copyRecipients),
    blindCopyRecipients: heading.blindCopyRecipients && recipients(heading.blindCopyRecipients),
    repliedToIPM: heading.repliedToIPM && identifier(heading.repliedToIPM),
    obsoletedIPMs: heading.obsoletedIPMs.map(identifier),
    relatedIPMs: heading.relatedIPMs.map(identifier),
    replyRecipients: heading.replyRecipients?.map(descriptor),
    extensions: [],
  };
}

function downgradeRecipientSpecifier(
  specifier: RecipientSpecifier,
  options: ContentDowngradeOptions,
): RecipientSpecifier {
  const requests = [0, 1, 2].filter((bit) => hasBit(specifier.notificationRequests, bit));
  return {
    recipient: downgradeDescriptor(specifier.recipient, options),
    notificationRequests: bitsOf(requests),
    replyRequested: specifier.replyRequested,
  };
}

const free_form_name_max = 64;

function downgradeDescriptor(descriptor: ORDescriptor, options: ContentDowngradeOptions): ORDescriptor {
  const { formalName, freeFormName, telephoneNumber } = descriptor;
  const name = formalName && nameOf(formalName, options);
  const lost = formalName !== undefined && name === undefined;
  const free = freeFormName ?? (lost ? t61OfText(printORAddress(formalName)) : undefined);
  return {
    ...(name !== undefined && { formalName: name }),
    ...(free !== undefined && { freeFormName: free.slice(0, free_form_name_max) }),
    ...(telephoneNumber !== undefined && { telephoneNumber }),
  };
}

function downgradeIdentifier(identifier: IPMIdentifier, options: ContentDowngradeOptions): IPMIdentifier {
  const user = identifier.user && nameOf(identifier.user, options);
  const { userRelativeIdentifier } = identifier;
  return { ...(user !== undefined && { user }), userRelativeIdentifier };
}

function downgradeIPN(ipn: IPN, options: ContentDowngradeOptions): Result<IPN, string> {
  const choice = downgradeNotification(ipn.choice, options);
  if (!choice.ok) return choice;
  const { ipnOriginator, ipmIntendedRecipient, conversionEITs } = ipn;
  return ok({
    subjectIPM: downgradeIdentifier(ipn.subjectIPM, options),
    ...(ipnOriginator !== undefined && { ipnOriginator: downgradeDescriptor(ipnOriginator, options) }),
    ...(ipmIntendedRecipient !== undefined && {
      ipmIntendedRecipient: downgradeDescriptor(ipmIntendedRecipient, options),
    }),
    ...(conversionEITs !== undefined && { conversionEITs: plainTypes(conversionEITs) }),
    choice: choice.value,
  });
}

function downgradeNotification(
  choice: IPN['choice'],
  options: ContentDowngradeOptions,
): Result<IPN['choice'], string> {
  switch (choice.kind) {
    case 'receiptFields': {
      const { rnExtensions: _, unknown: __, ...value } = choice.value;
      return ok({ kind: 'receiptFields', value });
    }
    case 'nonReceiptFields': {
      const { nrnExtensions: _, unknown: __, returnedIPM, ...value } = choice.value;
      const returned = returnedIPM && downgradeIPM(returnedIPM, options);
      const kept = returned?.ok === true ? { ...value, returnedIPM: returned.value } : value;
      return ok({ kind: 'nonReceiptFields', value: kept });
    }
    case 'otherNotificationTypeFields':
      return err('a notification of this type has no form in 1984');
  }
}
