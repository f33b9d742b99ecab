// Values of BIT STRING. Bit 0 is the most significant bit of the first octet (X.680 22.2).

import { assert } from '../base/assert.ts';

export interface BitString {
  readonly octets: Uint8Array;
  /** How many bits count: from 8 × (octets − 1) + 1 to 8 × octets; 0 with no octets. */
  readonly bits: number;
}

/** Whether bit `number` is one. A bit beyond the end is zero. */
export function hasBit(value: BitString, number: number): boolean {
  return number < value.bits && (value.octets[number >> 3] & (0x80 >> (number & 7))) !== 0;
}

/**
 * The string of `length` bits (as many as needed, if not given) in which the bits of these numbers are ones.
 */
export function bitsOf(numbers: readonly number[], length = Math.max(-1, ...numbers) + 1): BitString {
  const octets = new Uint8Array(Math.ceil(length / 8));
  for (const number of numbers) {
    assert(number >= 0 && number < length, `bit ${number} of ${length}`);
    octets[number >> 3] |= 0x80 >> (number & 7);
  }
  return { octets, bits: length };
}

/** How many bits count up to the last one that is a one. */
export function significantBits(value: BitString): number {
  let octets = Math.min(value.octets.length, Math.ceil(value.bits / 8));
  while (octets > 0 && value.octets[octets - 1] === 0) octets -= 1;
  for (let number = Math.min(value.bits, 8 * octets) - 1; number >= 0; number -= 1) {
    if (hasBit(value, number)) return number + 1;
  }
  return 0;
}
