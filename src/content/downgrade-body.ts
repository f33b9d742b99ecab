// Body parts of P22 as P2 of 1984 has them (X.420 annex B for extended parts that have a basic form; RFC 1328
// 6, RFC 1496 3.1). An extended part with a basic form is put together from its parameters and data; general
// text becomes IA5 text, or teletex where T.61 has its characters. What has no form in 1984, cannot be read,
// or would lose a character is a refusal of the whole content.

import {
  decode,
  encode,
  octetString,
  type Raw,
  raw,
  rawOctets,
  rawOf,
  sequence,
  set,
  tagClassOf,
  TagClass,
  tagNumberOf,
  readHeader,
} from '../asn1/index.ts';
import { err, ok, type Result } from '../base/result.ts';
import { builtInEncodedInformationTypeBits } from '../p1/index.ts';
import { bodyPartName } from './body-text.ts';
import { BodyPart, type ExtendedBodyPart, type IPM } from './ipm.ts';
import { lostCharacters } from './text-loss.ts';
import { idEtGeneralText, makeTextPart, readTextPart } from './text-part.ts';

export interface BodyDowngrade {
  /** Whether text may go from one type to another. Forms of the same type are no conversion. */
  readonly conversion: 'allowed' | 'prohibited';
  /** For forwarded messages. */
  readonly message: (ipm: IPM) => Result<IPM, string>;
}

type BasicForm = { readonly tag: number; readonly form: 'parameters and data' | 'data' | 'any' };

/** Extended body part types (id-et) with a basic form, and the tag that the basic one has. */
const basicForms: ReadonlyMap<string, BasicForm> = new Map([
  ['2.6.1.4.0', { tag: 0, form: 'parameters and data' }],
  ['2.6.1.4.2', { tag: 3, form: 'parameters and data' }],
  ['2.6.1.4.3', { tag: 4, form: 'data' }],
  ['2.6.1.4.4', { tag: 5, form: 'parameters and data' }],
  ['2.6.1.4.5', { tag: 6, form: 'parameters and data' }],
  ['2.6.1.4.6', { tag: 8, form: 'parameters and data' }],
  ['2.6.1.4.7', { tag: 9, form: 'parameters and data' }],
  ['2.6.1.4.8', { tag: 11, form: 'data' }],
  ['2.6.1.4.9', { tag: 14, form: 'data' }],
  ['2.6.1.4.10', { tag: 7, form: 'any' }],
] as const);

/** The body part in a form of 1984, or why it has none. */
export function downgradeBodyPart(part: BodyPart, rules: BodyDowngrade): Result<BodyPart, string> {
  if (part.kind === 'message') {
    const inner = rules.message(part.value.data);
    return inner.ok ? ok({ kind: 'message', value: { ...part.value, data: inner.value } }) : inner;
  }
  if (part.kind !== 'extended') return ok(part);
  const type = part.value.data.directReference ?? '';
  const basic = basicForms.get(type);
  if (basic !== undefined) {
    const made = basicPart(part.value, basic);
    return made === undefined
      ? err(`body part ${bodyPartName(part)} is malformed`)
      : made.kind === 'message'
        ? downgradeBodyPart(made, rules)
        : ok(made);
  }
  if (type !== idEtGeneralText) return err(`body part ${bodyPartName(part)} has no form in 1984`);
  if (rules.conversion === 'prohibited') return err('general text would have to be converted');
  return downgradeGeneralText(part);
}

function basicPart(part: ExtendedBodyPart, { tag, form }: BasicForm): BodyPart | undefined {
  const data = elementOf(part.data);
  if (data === undefined) return undefined;
  const octets = form === 'parameters and data' ? joined(part, data) : data;
  const made =
    form === 'any' ? withHeader(tag, octets) : withHeader(tag, contentsOf(octets), isConstructed(octets));
  const decoded = decode(BodyPart, made);
  return decoded.ok && decoded.value.kind !== 'other' ? decoded.value : undefined;
}

const Parts = sequence({ parameters: raw(), data: raw() });

function joined(part: ExtendedBodyPart, data: Uint8Array): Uint8Array {
  const parameters = (part.parameters && elementOf(part.parameters)) ?? encode(set({}), {});
  return encode(Parts, { parameters: rawOf(parameters), data: rawOf(data) });
}

/** The element inside an EXTERNAL; octets aligned are taken for one. */
function elementOf({ encoding }: ExtendedBodyPart['data']): Uint8Array | undefined {
  if (encoding.kind === 'arbitrary') return undefined;
  const octets = encoding.kind === 'octetAligned' ? encoding.value : rawOctets(encoding.value);
  return decode(raw(), octets).ok ? octets : undefined;
}

/** What lies between the header and the end of an element that was decoded before. */
function contentsOf(octets: Uint8Array): Uint8Array {
  const header = readHeader(octets);
  return header.ok ? octets.subarray(header.value.from, header.value.to) : octets;
}

function isConstructed(octets: Uint8Array): boolean {
  return (octets[0] & 0x20) !== 0;
}

/** The element [tag] with these contents. */
function withHeader(tag: number, contents: Uint8Array, constructed = true): Uint8Array {
  const whole = encode(octetString(), contents).slice();
  whole[0] = (constructed ? 0xa0 : 0x80) | tag;
  return whole;
}

/** IA5 text where ASCII suffices, else teletex; a refusal where neither has every character of it. */
function downgradeGeneralText(part: BodyPart): Result<BodyPart, string> {
  const found = readTextPart(part);
  if (typeof found === 'string') return err(`body part ${bodyPartName(part)} is malformed`);
  const { text, unreadable } = found.read();
  if (unreadable > 0) return err('general text has octets that cannot be read');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: IA5 is these 128 characters
  const made = makeTextPart(/^[\u0000-\u007f]*$/.test(text) ? 'ia5' : 't61', text);
  return lostCharacters(made.loss) > 0
    ? err('general text has characters that neither IA5 nor T.61 has')
    : ok(made.part);
}

const bits = builtInEncodedInformationTypeBits;
const typeBits: Readonly<Record<BodyPart['kind'], number>> = {
  ia5Text: bits['ia5-text'],
  g3Facsimile: bits['g3-facsimile'],
  g4Class1: bits['g4-class-1'],
  teletex: bits.teletex,
  videotex: bits.videotex,
  mixedMode: bits['mixed-mode'],
  nationallyDefined: bits.unknown,
  encrypted: bits.unknown,
  message: bits.unknown,
  bilaterallyDefined: bits.unknown,
  extended: bits.unknown,
  other: bits.unknown,
};
/** Telex [1], voice [2], simple formattable document [10]: parts of 1984 that 1988 does not declare. */
const typeBitsOfOthers: ReadonlyMap<number, number> = new Map([
  [1, 1],
  [2, bits.voice],
  [10, bits.sfd],
]);

/** The bits of the encoded information types that a message of 1984 holds, forwarded ones included. */
export function encodedInformationTypeBitsOf(ipm: IPM): readonly number[] {
  const all = (ipm.body ?? []).flatMap((part) => {
    return part.kind === 'message' ? encodedInformationTypeBitsOf(part.value.data) : typeBitOf(part);
  });
  return [...new Set(all)].sort((a, b) => a - b);
}

/** The bit of one body part's type. */
export function typeBitOf(part: BodyPart): number {
  return part.kind === 'other' ? bitOfOther(part.value) : typeBits[part.kind];
}

function bitOfOther(part: Raw): number {
  const header = readHeader(part.buffer, part.start, part.end);
  if (!header.ok || tagClassOf(header.value.tag) !== TagClass.context) return bits.unknown;
  return typeBitsOfOthers.get(tagNumberOf(header.value.tag)) ?? bits.unknown;
}
