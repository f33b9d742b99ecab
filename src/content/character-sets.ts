// The registered character sets that texts designate (ISO 2375; ISO/IEC 2022): by registration number and
// by the final character of the designating sequence. The table of what each 7-bit code means in Unicode.
// ISO 8859 comes from the runtime's decoder, less what was added to a part after its registration; national
// versions of IA5 are differences from ASCII; the supplementary sets of T.61 and ISO 6937 have their own
// file.

import { fromLatin1 } from '../base/octets.ts';
import { nonSpacingMarks, supplementary6937, supplementaryT61 } from './supplementary-sets.ts';

export interface CharacterSet {
  readonly registration: number;
  /** Codes 2/1 to 7/14, or 2/0 to 7/15. */
  readonly size: 94 | 96;
  /** The last character of the sequence that designates it. */
  readonly final: string;
  /** By 7-bit code; undefined where nothing is assigned. */
  readonly characters: readonly (string | undefined)[];
  /** By 7-bit code: marks that stand before the letter that they belong to. */
  readonly marks?: ReadonlyMap<number, string>;
}

const ascii: readonly (string | undefined)[] = Array.from({ length: 128 }, (_, code) =>
  code > 0x20 && code < 0x7f ? String.fromCharCode(code) : undefined,
);

/** ASCII with other characters at some codes; without any where the other is undefined. */
function variant(
  registration: number,
  final: string,
  others: Readonly<Record<string, string>>,
): CharacterSet {
  return { registration, size: 94, final, characters: ascii.map((each) => each && (others[each] ?? each)) };
}

/** The right half of a part of ISO 8859; `later` are codes that the registration does not have. */
function rightHalf([part, registration, final, later]: Part): CharacterSet {
  const octets = String.fromCharCode(...Array.from({ length: 96 }, (_, at) => 0xa0 + at));
  const half = part === 1 ? octets : new TextDecoder(`iso-8859-${part}`).decode(fromLatin1(octets));
  const characters = Array.from({ length: 128 }, (_, code) => {
    const character = code < 0x20 ? '\ufffd' : half[code - 0x20];
    return character === '\ufffd' || later.includes(code + 0x80) ? undefined : character;
  });
  return { registration, size: 96, final, characters };
}

/** A part of ISO 8859: its number, its registration, final character, and codes of later editions. */
type Part = readonly [number, number, string, readonly number[]];
const parts: readonly Part[] = [
  [1, 100, 'A', []],
  [2, 101, 'B', []],
  [3, 109, 'C', []],
  [4, 110, 'D', []],
  [5, 144, 'L', []],
  [6, 127, 'G', []],
  [7, 126, 'F', [0xa4, 0xa5, 0xaa]],
  [8, 138, 'H', [0xaf, 0xfd, 0xfe]],
  [9, 148, 'M', []],
  [10, 157, 'V', []],
  [13, 179, 'Y', []],
  [14, 199, '_', []],
  [15, 203, 'b', []],
  [16, 226, 'f', []],
];

/** The primary set of T.61 lacks six characters of ASCII, and has the currency sign at 2/4. */
const primaryT61: CharacterSet = {
  registration: 102,
  size: 94,
  final: 'u',
  characters: ascii.map((each) => (each === '$' ? '¤' : each && /[\\^`{}~]/.test(each) ? undefined : each)),
};

/** ISO 6937 of 1992 and of 1983, which also lies in the 94 set of registration 90. */
function of6937(registration: number, size: 94 | 96, final: string): CharacterSet {
  return { registration, size, final, characters: supplementary6937, marks: nonSpacingMarks };
}

const nordic = { '[': 'Ä', '\\': 'Ö', ']': 'Å', '{': 'ä', '|': 'ö', '}': 'å' };

export const characterSets: readonly CharacterSet[] = [
  { registration: 6, size: 94, final: 'B', characters: ascii },
  variant(2, '@', { $: '¤', '~': '‾' }),
  variant(4, 'A', { '#': '£', '~': '‾' }),
  variant(10, 'G', { $: '¤', ...nordic, '~': '‾' }),
  variant(11, 'H', { $: '¤', '@': 'É', ...nordic, '^': 'Ü', '`': 'é', '~': 'ü' }),
  variant(21, 'K', {
    '@': '§',
    '[': 'Ä',
    '\\': 'Ö',
    ']': 'Ü',
    '{': 'ä',
    '|': 'ö',
    '}': 'ü',
    '~': 'ß',
  }),
  variant(60, '`', { '[': 'Æ', '\\': 'Ø', ']': 'Å', '{': 'æ', '|': 'ø', '}': 'å', '~': '‾' }),
  primaryT61,
  { registration: 103, size: 94, final: 'v', characters: supplementaryT61, marks: nonSpacingMarks },
  of6937(90, 94, 'l'),
  of6937(142, 96, 'J'),
  of6937(156, 96, 'R'),
  ...parts.map(rightHalf),
];

const byRegistration: ReadonlyMap<number, CharacterSet> = new Map(
  characterSets.map((each) => [each.registration, each]),
);
const byFinal: ReadonlyMap<string, CharacterSet> = new Map(
  characterSets.map((each) => [`${each.size}${each.final}`, each]),
);

/** The set that a sequence designates, if it is known here. */
export function designatedSet(size: 94 | 96, final: string): CharacterSet | undefined {
  return byFinal.get(`${size}${final}`);
}

/** The set of a registration number, if it is known here. */
export function registeredSet(registration: number): CharacterSet | undefined {
  return byRegistration.get(registration);
}

/** The registration of the right half of a part of ISO 8859. */
export function registrationOf8859(part: number): number | undefined {
  return parts.find(([number]) => number === part)?.[1];
}
