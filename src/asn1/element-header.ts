// The identifier and length octets of a BER element (X.690 8.1) whose contents are pieces that nobody wants
// to copy: RTTR, the presentation data value around it, a content that lies in a spool file. Low tag numbers
// and definite lengths, in their shortest form. What is encoded whole goes by the writer.

import { assert } from '../base/assert.ts';

/**
 * Identifier octet `identifier` (low tag numbers only) and the definite length of `octets` octets of
 * contents.
 */
export function elementHeader(identifier: number, octets: number): Uint8Array {
  const header = new Uint8Array(elementHeaderOctets(octets));
  writeElementHeader(header, 0, { identifier, octets });
  return header;
}

/** How many octets the header before `octets` octets of contents takes. */
export function elementHeaderOctets(octets: number): number {
  if (octets < 0x80) return 2;
  let count = 3;
  for (let rest = octets; rest > 0xff; rest = Math.floor(rest / 256)) count += 1;
  return count;
}

/** Writes a header into `target` at `at` and returns the position after it. */
export function writeElementHeader(
  target: Uint8Array,
  at: number,
  element: { readonly identifier: number; readonly octets: number },
): number {
  const { identifier, octets } = element;
  assert((identifier & 0x1f) !== 0x1f, 'a low tag number');
  const count = elementHeaderOctets(octets);
  target[at] = identifier;
  if (count === 2) {
    target[at + 1] = octets;
    return at + 2;
  }
  target[at + 1] = 0x80 | (count - 2);
  let rest = octets;
  for (let index = at + count - 1; index > at + 1; index -= 1) {
    target[index] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return at + count;
}
