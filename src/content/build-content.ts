// Builds a P22 text message (X.420 06/1999): heading, and one body part, IA5 text where ASCII suffices and
// general text with the right half of Latin-1 where it does not. Says which encoded information types the
// envelope names.

import type { ORName } from '../address/index.ts';
import { t61OfText, universalText } from '../address/index.ts';
import {
  bitsOf,
  encode,
  EncodeError,
  generalString,
  integer,
  rawOf,
  setOf,
  type Type,
} from '../asn1/index.ts';
import { UniversalOrBMPString } from '../address/index.ts';
import { err, ok, type Result } from '../base/result.ts';
import { builtInEncodedInformationTypeBits, type EncodedInformationTypes } from '../p1/index.ts';
import {
  type BodyPart,
  type Heading,
  idHexExtendedSubject,
  type IPMSExtension,
  type RecipientSpecifier,
} from './ipm.ts';
import { InformationObject } from './ipn.ts';

export interface TextMessage {
  /** Names the message among those of its originator: PrintableString, at most 64 characters. */
  readonly identifier: string;
  readonly from: ORName;
  readonly to: readonly ORName[];
  readonly cc?: readonly ORName[];
  readonly subject?: string;
  readonly text: string;
  readonly importance?: 'low' | 'normal' | 'high';
}

export interface BuiltContent {
  readonly content: Uint8Array;
  readonly encodedInformationTypes: EncodedInformationTypes;
}

const idEtGeneralText = '2.6.1.4.11';
const idEpGeneralText = '2.6.1.11.11';
/** Registrations of Latin-1 (ISO 2375): C0 set, ASCII, right half of Latin-1. */
const latin1Registrations = [1, 6, 100];
/** id-cs-eit-authority (ISO/IEC 10021-7): a registration number after it names a character set as an EIT. */
export const characterSetEIT = '1.0.10021.7.1.0';
/** ESC 2/13 4/1: registration 100 becomes G1. */
const designateLatin1 = '\x1b-A';
const ubSubjectField = 128;

/** The content octets of a text message, or why it cannot be one. */
export function buildTextContent(message: TextMessage): Result<BuiltContent, string> {
  const text = message.text.replace(/\r\n|\r|\n/g, '\r\n');
  if (/[\u0100-\uffff]/.test(text)) {
    const odd = [...text].find((character) => character > '\u00ff');
    return err(`the text has a character that Latin-1 lacks: "${odd}"`);
  }
  const ascii = !/[\u0080-\uffff]/.test(text);
  const heading = headingOf(message);
  const part = ascii ? ia5Text(text) : generalText(text);
  try {
    const content = encode(InformationObject, { kind: 'ipm', value: { heading, body: [part] } });
    return ok({ content, encodedInformationTypes: ascii ? ia5EITs : latin1EITs });
  } catch (error) {
    if (error instanceof EncodeError) return err(error.message);
    throw error;
  }
}

const ia5EITs = encodedInformationTypes([builtInEncodedInformationTypeBits['ia5-text']], undefined);
const latin1EITs = encodedInformationTypes(
  [],
  latin1Registrations.map((number) => `${characterSetEIT}.${number}`),
);

function encodedInformationTypes(
  bits: readonly number[],
  extended: readonly string[] | undefined,
): EncodedInformationTypes {
  return {
    builtInEncodedInformationTypes: bitsOf(bits),
    g3Facsimile: bitsOf([], 0),
    teletex: {},
    ...(extended !== undefined && { extendedEncodedInformationTypes: extended }),
  };
}

function headingOf(message: TextMessage): Heading {
  const subject = message.subject === undefined ? undefined : t61OfText(message.subject);
  const fits = subject !== undefined && subject.length <= ubSubjectField;
  return {
    thisIPM: { user: message.from, userRelativeIdentifier: message.identifier },
    originator: { formalName: message.from },
    primaryRecipients: message.to.map(recipient),
    copyRecipients: (message.cc ?? []).map(recipient),
    obsoletedIPMs: [],
    relatedIPMs: [],
    ...(fits && { subject }),
    importance: message.importance ?? 'normal',
    autoForwarded: false,
    extensions: fits || message.subject === undefined ? [] : [extendedSubject(message.subject)],
  };
}

function recipient(name: ORName): RecipientSpecifier {
  return { recipient: { formalName: name }, notificationRequests: bitsOf([], 0), replyRequested: false };
}

/** A subject that T.61 cannot hold (X.420 7.2.17, extended-subject). */
function extendedSubject(text: string): IPMSExtension {
  const type: Type<UniversalOrBMPString> = UniversalOrBMPString;
  return { type: idHexExtendedSubject, value: rawOf(encode(type, universalText(text))) };
}

function ia5Text(text: string): BodyPart {
  return { kind: 'ia5Text', value: { parameters: { repertoire: 'ia5' }, data: text } };
}

function generalText(text: string): BodyPart {
  const parameters = encode(setOf(integer()), latin1Registrations);
  const data = encode(generalString(), designateLatin1 + text);
  return {
    kind: 'extended',
    value: {
      parameters: {
        directReference: idEpGeneralText,
        encoding: { kind: 'singleASN1Type', value: rawOf(parameters) },
      },
      data: { directReference: idEtGeneralText, encoding: { kind: 'singleASN1Type', value: rawOf(data) } },
    },
  };
}
