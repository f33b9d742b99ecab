// The body parts that hold text: which repertoires one is in, its text, and the part that holds a text in a
// repertoire (X.420 06/1999, 7.3: IA5 text, teletex, general text; and the first two as extended parts). A
// part that is no text, or cannot be read as what it says it is, is told so, and is never touched.

import {
  decode,
  encode,
  generalString,
  ia5String,
  integer,
  rawOctets,
  rawOf,
  sequenceOf,
  setOf,
  teletexString,
  type Type,
} from '../asn1/index.ts';
import { registeredSet } from './character-sets.ts';
import type { BodyPart, ExtendedBodyPart } from './ipm.ts';
import { type Repertoire, repertoires, setsOf } from './repertoires.ts';
import { readingGeneral, readingIA5, type ReadingState, readingT61, TextReader } from './text-reader.ts';
import { noLoss, type TextLoss } from './text-loss.ts';
import { WrappedWriter, type WrittenLines } from './wrapped-writer.ts';

export const idEtIA5Text = '2.6.1.4.0';
export const idEtTeletex = '2.6.1.4.4';
export const idEtGeneralText = '2.6.1.4.11';
export const idEpGeneralText = '2.6.1.11.11';
/** Registrations that every general text has: the C0 set and ASCII; and those if it does not say. */
const generalLeft = [1, 6];
export const generalDefault = [1, 6, 100];
/** Between the pages of a teletex document. */
export const page = '\f';

export interface TextPart {
  /** The repertoires that it says it is in: one, but for general text of several right halves. */
  readonly repertoires: readonly Repertoire[];
  /** Octets of the text as it is. */
  readonly octets_count: number;
  /** Reads it: the text, and how many octets mean nothing in its repertoires. */
  readonly read: () => ReadText;
}

export interface ReadText {
  readonly text: string;
  readonly unreadable: number;
}

/** The text of a part; `no-text` if it holds something else, `unreadable` if it is not what it says. */
export function readTextPart(part: BodyPart): TextPart | 'no-text' | 'unreadable' {
  switch (part.kind) {
    case 'ia5Text':
      return ia5Part(part.value.data);
    case 'teletex':
      return teletexPart(part.value.data);
    case 'extended':
      return extendedPart(part.value);
    default:
      return 'no-text';
  }
}

function ia5Part(data: string): TextPart {
  return { repertoires: ['ia5'], octets_count: data.length, read: () => pagesRead(readingIA5(), [data]) };
}

function teletexPart(pages: readonly string[]): TextPart {
  const octets_count = pages.reduce((sum, { length }) => sum + length, 0);
  return { repertoires: ['t61'], octets_count, read: () => pagesRead(readingT61, pages) };
}

/** Each page begins anew; form feeds part them. */
function pagesRead(state: ReadingState, pages: readonly string[]): ReadText {
  let unreadable = 0;
  const texts = pages.map((each) => {
    const reader = new TextReader(state);
    const text = reader.read(each) + reader.end();
    unreadable += reader.unreadable;
    return text;
  });
  return { text: texts.join(page), unreadable };
}

function extendedPart(part: ExtendedBodyPart): TextPart | 'no-text' | 'unreadable' {
  switch (part.data.directReference) {
    case idEtIA5Text: {
      const data = valueIn(part.data, ia5String());
      return data === undefined ? 'unreadable' : ia5Part(data);
    }
    case idEtTeletex: {
      const data = valueIn(part.data, sequenceOf(teletexString()));
      return data === undefined ? 'unreadable' : teletexPart(data);
    }
    case idEtGeneralText: {
      const data = valueIn(part.data, generalString());
      const registrations = generalRegistrations(part);
      return data === undefined || registrations === undefined
        ? 'unreadable'
        : generalPart(data, registrations);
    }
    default:
      return 'no-text';
  }
}

function generalPart(data: string, registrations: readonly number[]): TextPart {
  const read = () => pagesRead(readingGeneral(registrations), [data]);
  return { repertoires: repertoiresOf(registrations), octets_count: data.length, read };
}

/** The registrations that a general text names; undefined where its parameters cannot be read. */
export function generalRegistrations(part: ExtendedBodyPart): readonly number[] | undefined {
  if (part.parameters === undefined) return generalDefault;
  return valueIn(part.parameters, setOf(integer()));
}

/** Repertoires by their right half; without one, those of Latin-1, of which ASCII is the left half. */
export function repertoiresOf(registrations: readonly number[]): readonly Repertoire[] {
  const halves = registrations.filter((number) => registeredSet(number)?.size === 96);
  const found = halves.flatMap((half) => repertoires.filter((each) => setsOf(each).right === half));
  return found.length === 0 ? ['iso-8859-1'] : found;
}

function valueIn<V>({ encoding }: ExtendedBodyPart['data'], type: Type<V>): V | undefined {
  if (encoding.kind === 'arbitrary') return undefined;
  const octets = encoding.kind === 'octetAligned' ? encoding.value : rawOctets(encoding.value);
  const decoded = decode(type, octets);
  return decoded.ok ? decoded.value : undefined;
}

export interface MadePart {
  readonly part: BodyPart;
  readonly loss: TextLoss;
}

/** The body part that holds this text in a repertoire, and what was lost on the way. */
export function makeTextPart(repertoire: Repertoire, text: string, options: WrittenLines = {}): MadePart {
  if (repertoire === 't61') return madeTeletex(text, options);
  const writer = new WrappedWriter(repertoire, options);
  const octets = writer.write(text) + writer.end();
  const { right } = setsOf(repertoire);
  if (right === undefined) {
    const part: BodyPart = { kind: 'ia5Text', value: { parameters: { repertoire: 'ia5' }, data: octets } };
    return { part, loss: writer.loss };
  }
  return { part: generalText(octets, repertoire, right), loss: writer.loss };
}

function madeTeletex(text: string, options: WrittenLines): MadePart {
  let loss = noLoss;
  const data = text.split(page).map((each) => {
    const writer = new WrappedWriter('t61', options);
    writer.loss = loss;
    const octets = writer.write(each) + writer.end();
    loss = writer.loss;
    return octets;
  });
  return { part: { kind: 'teletex', value: { parameters: { telexCompatible: false }, data } }, loss };
}

/** The registrations that the parameters of a general text in this repertoire name. */
export function generalRegistrationsOf(repertoire: Repertoire): readonly number[] {
  const { left, right } = setsOf(repertoire);
  return [...new Set([...generalLeft, left, ...(right === undefined ? [] : [right])])];
}

/** The sequence that designates a right half, at the front of a text (ISO/IEC 2022, ESC 2/13). */
export function designationOf(right: number): string {
  return `\x1b-${registeredSet(right)?.final ?? 'A'}`;
}

/** General text, its sets named and its right half designated. */
function generalText(octets: string, repertoire: Repertoire, right: number): BodyPart {
  const parameters = encode(setOf(integer()), generalRegistrationsOf(repertoire));
  const data = encode(generalString(), `${designationOf(right)}${octets}`);
  const element = (oid: string, value: Uint8Array) => ({
    directReference: oid,
    encoding: { kind: 'singleASN1Type', value: rawOf(value) } as const,
  });
  return {
    kind: 'extended',
    value: { parameters: element(idEpGeneralText, parameters), data: element(idEtGeneralText, data) },
  };
}
