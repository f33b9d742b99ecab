// The repertoires that a text can be written in: IA5 and its national versions, T.61, ISO 6937, and the parts
// of ISO 8859; for each the octets of every character. Pure table, made once for each when first asked for.

import { textRepertoires } from '../config/index.ts';
import { registeredSet, registrationOf8859 } from './character-sets.ts';
import { spacingMarks, nonSpacingMarks } from './supplementary-sets.ts';

export const repertoires = textRepertoires;
export type Repertoire = (typeof repertoires)[number];

export interface RepertoireSets {
  /** Registration of the left half. */
  readonly left: number;
  /** Registration of the right half, if it has one. */
  readonly right?: number;
}

/** Which registered sets a repertoire is made of. */
export function setsOf(repertoire: Repertoire): RepertoireSets {
  switch (repertoire) {
    case 'ia5':
      return { left: 6 };
    case 'ia5-german':
      return { left: 21 };
    case 'ia5-norwegian':
      return { left: 60 };
    case 'ia5-swedish':
      return { left: 11 };
    case 't61':
      return { left: 102, right: 103 };
    case 'iso-6937':
      return { left: 6, right: 156 };
    default: {
      const right = registrationOf8859(Number(repertoire.slice('iso-8859-'.length)));
      return right === undefined ? { left: 6 } : { left: 6, right };
    }
  }
}

export interface WritingTable {
  /** Octets, as characters of the same number, by character. */
  readonly octets: ReadonlyMap<string, string>;
  /** Octets of combining marks, where they stand before their letter. */
  readonly marks: ReadonlyMap<string, string>;
  /** Runs of characters that are their own octets. */
  readonly plain: RegExp;
}

const everywhere = /[\r\n A-Za-z0-9.,:;!?'"()/+*=%&<>_-]+/y;
const withAscii = /[\r\n -~]+/y;

const made = new Map<Repertoire, WritingTable>();

/** How each character is written. */
export function writingTable(repertoire: Repertoire): WritingTable {
  const known = made.get(repertoire);
  if (known !== undefined) return known;
  const { left, right } = setsOf(repertoire);
  const octets = new Map<string, string>([[' ', ' ']]);
  const marks = new Map<string, string>();
  // What the right half has too is written there: T.61 asks so for # and the currency sign.
  for (const [half, registration] of [[0x00, left] as const, [0x80, right] as const]) {
    const set = registration === undefined ? undefined : registeredSet(registration);
    set?.characters.forEach((character, code) => {
      if (character !== undefined) octets.set(character, String.fromCharCode(half | code));
    });
    for (const [code, mark] of set?.marks ?? []) {
      if (!marks.has(mark)) marks.set(mark, String.fromCharCode(half | code));
    }
  }
  for (const [code, mark] of marks.size === 0 ? [] : nonSpacingMarks) {
    const spacing = spacingMarks.get(mark) ?? '';
    if (!octets.has(spacing)) octets.set(spacing, `${String.fromCharCode(0x80 | code)} `);
  }
  const table = { octets, marks, plain: left === 6 ? withAscii : everywhere };
  made.set(repertoire, table);
  return table;
}
