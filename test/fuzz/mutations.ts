// Octets that are nearly valid: one to four changes to a valid PDU, of the kinds that have broken decoders.
// Flipped bits, changed lengths and tags, truncation, repetition, nesting, games with the indefinite form,
// and splices of two PDUs. All from a seeded generator. Not here: what a decoder must make of them.

import { concat } from '../../src/base/octets.ts';
import type { Random } from '../../src/base/random.ts';

/** What a mutation may make of a valid PDU at most, in octets. */
export const mutated_octets_max = 256 * 1024;

type Mutation = (octets: Uint8Array, random: Random) => Uint8Array;

const tags = [0x00, 0x02, 0x04, 0x05, 0x06, 0x24, 0x28, 0x30, 0x31, 0x61, 0x80, 0xa0, 0xa1, 0xa3, 0xbf, 0x1f];
const lengths = [0, 1, 2, 0x7f, 0x80, 0x81, 0x82, 0x84, 0x88, 0xfe, 0xff];

function at(octets: Uint8Array, random: Random): number {
  return random.between(0, Math.max(0, octets.length - 1));
}

function replaced(octets: Uint8Array, where: number, by: readonly number[]): Uint8Array {
  const tail = octets.subarray(Math.min(octets.length, where + by.length));
  return concat([octets.subarray(0, where), Uint8Array.from(by), tail]);
}

function inserted(octets: Uint8Array, where: number, what: Uint8Array): Uint8Array {
  return concat([octets.subarray(0, where), what, octets.subarray(where)]);
}

/** Where an element seems to begin: an octet whose successor could be the short length of what follows. */
function elementStart(octets: Uint8Array, random: Random): { readonly from: number; readonly to: number } {
  for (let trial = 0; trial < 8; trial += 1) {
    const from = at(octets, random);
    const to = from + 2 + octets[from + 1];
    if (octets[from + 1] < 0x80 && to <= octets.length) return { from, to };
  }
  const from = at(octets, random);
  return { from, to: Math.min(octets.length, from + random.between(1, 16)) };
}

const mutations: readonly Mutation[] = [
  // One bit.
  (octets, random) => {
    const where = at(octets, random);
    return replaced(octets, where, [octets[where] ^ (1 << random.between(0, 7))]);
  },
  // Another octet, any or one that means something.
  (octets, random) => replaced(octets, at(octets, random), [random.between(0, 255)]),
  (octets, random) => replaced(octets, at(octets, random), [random.pick(tags)]),
  (octets, random) => replaced(octets, elementStart(octets, random).from, [random.pick(tags)]),
  // Lengths: of something that looks like an element; one more or less; in the long form; absurd.
  (octets, random) => replaced(octets, elementStart(octets, random).from + 1, [random.pick(lengths)]),
  (octets, random) => {
    const where = elementStart(octets, random).from + 1;
    return replaced(octets, where, [(octets[where] + random.pick([-1, 1])) & 0xff]);
  },
  (octets, random) => {
    const { from } = elementStart(octets, random);
    const length = octets[from + 1];
    const long = random.pick([
      [0x81, length],
      [0x82, 0, length],
      [0x84, 0x7f, 0xff, 0xff, 0xff],
      [0x88, 0, 0, 0, 0, 0, 0, 0, length],
      [0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    ]);
    return concat([octets.subarray(0, from + 1), Uint8Array.from(long), octets.subarray(from + 2)]);
  },
  // Cut off, taken out, put in, repeated, swapped.
  (octets, random) => octets.subarray(0, at(octets, random)),
  (octets, random) => octets.subarray(at(octets, random)),
  (octets, random) => {
    const { from, to } = elementStart(octets, random);
    return concat([octets.subarray(0, from), octets.subarray(to)]);
  },
  (octets, random) => inserted(octets, at(octets, random), random.octets(random.between(1, 8))),
  (octets, random) => {
    const { from, to } = elementStart(octets, random);
    const times = random.pick([1, 1, 1, 2, 3, 200]);
    const copies = Array.from({ length: times }, () => octets.subarray(from, to));
    return inserted(octets, to, concat([...copies, new Uint8Array()]));
  },
  (octets, random) => {
    const one = elementStart(octets, random);
    const other = elementStart(octets, random);
    return inserted(octets, other.from, octets.subarray(one.from, one.to));
  },
  // An element becomes empty, with and without what was in it behind it.
  (octets, random) => replaced(octets, elementStart(octets, random).from + 1, [0]),
  (octets, random) => {
    const { from, to } = elementStart(octets, random);
    return concat([octets.subarray(0, from + 1), Uint8Array.of(0), octets.subarray(to)]);
  },
  // Nested in itself, definite or not, closed or not.
  (octets, random) => {
    const depth = random.pick([1, 2, 10, 70, 500]);
    const open = new Uint8Array(2 * depth);
    const tag = random.pick([0x24, 0x30, 0x31, 0xa0, 0x61]);
    for (let index = 0; index < depth; index += 1) open.set([tag, 0x80], 2 * index);
    const close = random.chance(0.7) ? new Uint8Array(2 * depth) : new Uint8Array();
    const { from, to } = random.chance(0.5) ? elementStart(octets, random) : { from: 0, to: octets.length };
    const inner = octets.subarray(from, to);
    return concat([octets.subarray(0, from), open, inner, close, octets.subarray(to)]);
  },
  // The indefinite form where there was a definite one; end-of-contents where it does not belong, or missing.
  (octets, random) => {
    const { from, to } = elementStart(octets, random);
    const end = random.chance(0.7) ? Uint8Array.of(0, 0) : new Uint8Array();
    const head = octets.subarray(0, from + 1);
    const inner = octets.subarray(from + 2, to);
    return concat([head, Uint8Array.of(0x80), inner, end, octets.subarray(to)]);
  },
  (octets, random) => inserted(octets, at(octets, random), Uint8Array.of(0, 0)),
  // A constructed string where there was a primitive one.
  (octets, random) => {
    const { from, to } = elementStart(octets, random);
    const inner = octets.subarray(from, to);
    const wrap = Uint8Array.of(octets[from] | 0x20, 0x80);
    return concat([octets.subarray(0, from), wrap, inner, Uint8Array.of(0, 0), octets.subarray(to)]);
  },
];

/** `octets` with one to four changes. `other` is a second valid PDU, a piece of which may be put in. */
export function mutated(octets: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  let changed = octets;
  for (let left = random.pick([1, 1, 1, 2, 2, 3, 4]); left > 0; left -= 1) {
    const next = random.chance(0.05)
      ? spliced(changed, other, random)
      : random.pick(mutations)(changed, random);
    if (next.length > mutated_octets_max) break;
    changed = next;
  }
  return changed;
}

function spliced(octets: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  return concat([octets.subarray(0, at(octets, random)), other.subarray(at(other, random))]);
}

const letters = ['/', '=', ';', ':', ' ', '"', "'", '{', '}', '[', ']', '\\', '$', '\n', '\t', '\0', ','];
const wideLetters = ['é', 'ß', '中', '\u{1f4ee}', '\ud800', '\u202e', '\ufeff', '\u0130'];

type TextMutation = (text: string, random: Random) => string;

const textMutations: readonly TextMutation[] = [
  (text, random) => textInserted(text, random, random.pick(letters)),
  (text, random) => textInserted(text, random, random.pick(wideLetters)),
  (text, random) => textInserted(text, random, random.pick(letters).repeat(random.pick([2, 16, 1000]))),
  (text, random) => text.slice(0, random.between(0, text.length)),
  (text, random) => text.slice(random.between(0, text.length)),
  (text, random) => {
    const from = random.between(0, text.length);
    const to = Math.min(text.length, from + random.between(1, 30));
    return text.slice(0, to) + text.slice(from, to).repeat(random.pick([1, 2, 50])) + text.slice(to);
  },
  (text, random) => {
    const from = random.between(0, text.length);
    return text.slice(0, from) + text.slice(from + random.between(1, 10));
  },
  (text, random) => {
    const number = random.pick([
      '0',
      '-1',
      '1e999',
      '99999999999999999999',
      '0x10',
      '.5',
      'NaN',
      '~',
      'null',
    ]);
    return text.replace(/\d+/, number);
  },
  (text, random) =>
    textInserted(text, random, random.pick(['&a ', '*a', '<<: ', '!!js ', '- ', '? ', '|\n', '%'])),
];

function textInserted(text: string, random: Random, what: string): string {
  const where = random.between(0, text.length);
  return text.slice(0, where) + what + text.slice(where);
}

/** `text` with one to four changes. */
export function mutatedText(text: string, random: Random): string {
  let changed = text;
  for (let left = random.between(1, 4); left > 0; left -= 1) {
    const next = random.pick(textMutations)(changed, random);
    if (next.length > mutated_octets_max) break;
    changed = next;
  }
  return changed;
}
