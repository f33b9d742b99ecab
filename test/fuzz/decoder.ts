// What the fuzzer knows of a decoder: where valid input comes from, and what is done with any input. `take`
// runs the decoder and whatever the program does next with a value; it says whether there was one, and
// throws where a law is broken. It is a function of its octets alone, so that a case can be repeated and
// made smaller.

import assert from 'node:assert/strict';
import { concat } from '../../src/base/octets.ts';
import { type Random, seededRandom } from '../../src/base/random.ts';

export interface Decoder {
  readonly name: string;
  /** How many of a hundred cases it gets, about. */
  readonly weight: number;
  /** Its input is a text; mutations are those of texts. */
  readonly text?: true;
  /** A valid input. */
  readonly valid: (random: Random) => Uint8Array;
  /** True for a value, false for a typed error; throws where a law is broken. */
  readonly take: (octets: Uint8Array) => boolean;
}

const textEncoder = new TextEncoder();
const textDecoder = new TextDecoder();

export function octetsOfText(text: string): Uint8Array {
  return textEncoder.encode(text);
}

export function textOfOctets(octets: Uint8Array): string {
  return textDecoder.decode(octets);
}

/** A generator whose sequence follows from the octets, for cuts that belong to a case. */
export function randomOf(octets: Uint8Array): Random {
  let seed = octets.length;
  for (let at = 0; at < octets.length; at += 1) seed = (Math.imul(seed, 31) + octets[at]) | 0;
  return seededRandom(seed);
}

/** `octets` cut into pieces, a few or many. */
export function cutUp(octets: Uint8Array): Uint8Array[] {
  const random = randomOf(octets);
  const longest = random.pick([1, 3, 20, 4096]);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < octets.length; ) {
    const end = Math.min(octets.length, at + random.between(1, longest));
    pieces.push(octets.subarray(at, end));
    at = end;
  }
  return pieces;
}

export function sameOctets(parts: readonly Uint8Array[], whole: Uint8Array, what: string): void {
  assert.deepEqual(concat([...parts, new Uint8Array()]), concat([whole, new Uint8Array()]), what);
}
