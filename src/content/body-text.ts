// The readable text of body parts: IA5 text, teletex, general text and the texts inside extended body parts
// (X.420 06/1999, 7.3 and annexes; general text designates its sets by ISO 2022 escape sequences). A part
// without text gives its name and size. For tracking, printing and gateways; the relayed octets are never
// touched.

import { textOfT61 } from '../address/index.ts';
import {
  decode,
  ia5String,
  generalString,
  rawOctets,
  sequenceOf,
  teletexString,
  type Type,
} from '../asn1/index.ts';
import { fromLatin1 } from '../base/octets.ts';
import type { BodyPart, ExtendedBodyPart, IPM } from './ipm.ts';

/** Object identifiers of extended body part types (X.420, IPMSObjectIdentifiers, id-et). */
export const extendedBodyPartTypes: Readonly<Record<string, string>> = {
  '2.6.1.4.0': 'ia5-text',
  '2.6.1.4.2': 'g3-facsimile',
  '2.6.1.4.3': 'g4-class1',
  '2.6.1.4.4': 'teletex',
  '2.6.1.4.5': 'videotex',
  '2.6.1.4.6': 'encrypted',
  '2.6.1.4.7': 'message',
  '2.6.1.4.8': 'mixed-mode',
  '2.6.1.4.9': 'bilaterally-defined',
  '2.6.1.4.10': 'nationally-defined',
  '2.6.1.4.11': 'general-text',
  '2.6.1.4.12': 'file-transfer',
  '2.6.1.4.14': 'report',
  '2.6.1.4.15': 'notification',
  '2.6.1.4.16': 'voice',
  '2.6.1.4.18': 'pkcs7',
};

/** What the body part is called. */
export function bodyPartName(part: BodyPart): string {
  if (part.kind !== 'extended') return part.kind;
  const oid = part.value.data.directReference ?? '';
  return extendedBodyPartTypes[oid] ?? `extended ${oid}`;
}

/**
 * The text of a body part, or undefined if it has none. A forwarded message's text is that of its own parts.
 */
export function bodyPartText(part: BodyPart): string | undefined {
  switch (part.kind) {
    case 'ia5Text':
      return part.value.data;
    case 'teletex':
      return part.value.data.map(textOfT61).join('\f');
    case 'message':
      return ipmText(part.value.data);
    case 'extended':
      return extendedText(part.value);
    default:
      return undefined;
  }
}

/** The texts of all parts that have one, a blank line between them. */
export function ipmText(ipm: IPM): string {
  return (ipm.body ?? [])
    .map(bodyPartText)
    .filter((text) => text !== undefined)
    .join('\r\n');
}

function extendedText(part: ExtendedBodyPart): string | undefined {
  const { directReference, encoding } = part.data;
  if (encoding.kind === 'arbitrary') return undefined;
  const octets = encoding.kind === 'octetAligned' ? encoding.value : rawOctets(encoding.value);
  switch (extendedBodyPartTypes[directReference ?? '']) {
    case 'ia5-text':
      return read(ia5String(), octets);
    case 'teletex':
      return read(sequenceOf(teletexString()), octets)?.map(textOfT61).join('\f');
    case 'general-text': {
      const text = read(generalString(), octets);
      return text === undefined ? undefined : textOfGeneralString(text);
    }
    default:
      return undefined;
  }
}

function read<V>(type: Type<V>, octets: Uint8Array): V | undefined {
  const decoded = decode(type, octets);
  return decoded.ok ? decoded.value : undefined;
}

/**
 * The parts of ISO 8859 by the final character of the sequence that designates their right half (ISO 2022).
 */
const rightHalves: Readonly<Record<string, string>> = {
  A: 'latin1',
  B: 'iso-8859-2',
  C: 'iso-8859-3',
  D: 'iso-8859-4',
  F: 'iso-8859-7',
  G: 'iso-8859-6',
  H: 'iso-8859-8',
  L: 'iso-8859-5',
  b: 'iso-8859-15',
};

/**
 * After ESC, a designation of G0 to G3 or of a control set: intermediate characters, a final one (ISO 2022
 * 13.3).
 */
const designation = /^([ -/]+)([0-~])/;

/**
 * The text of a GeneralString, for printing: left halves are taken for ASCII, right halves of other sets and
 * without a designation for Latin-1. `readTextPart` reads all sets, and tells what it cannot.
 */
export function textOfGeneralString(octets: string): string {
  const [first, ...pieces] = octets.split('\u001b');
  let text = first;
  let right = 'latin1';
  for (const piece of pieces) {
    const found = designation.exec(piece);
    if (found !== null && /[-./]/.test(found[1])) right = rightHalves[found[2]] ?? 'latin1';
    const run = piece.slice(found === null ? 0 : found[0].length);
    text += right === 'latin1' ? run : new TextDecoder(right).decode(fromLatin1(run));
  }
  return text;
}
