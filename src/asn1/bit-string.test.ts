// Bit strings: bit 0 is the most significant bit of the first octet (X.680 22.2).

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { bitsOf, hasBit, significantBits } from './bit-string.ts';

test('bits by number', () => {
  const value = bitsOf([0, 9], 16);
  assert.deepEqual(value, { octets: Uint8Array.of(0x80, 0x40), bits: 16 });
  assert.deepEqual(
    [0, 1, 9, 15, 16, 1000].map((number) => hasBit(value, number)),
    [true, false, true, false, false, false],
  );
  assert.equal(significantBits(value), 10);
});

test('no bits, and as many as needed', () => {
  assert.deepEqual(bitsOf([]), { octets: Uint8Array.of(), bits: 0 });
  assert.equal(bitsOf([8]).bits, 9);
  assert.equal(significantBits(bitsOf([], 24)), 0);
  assert.throws(() => bitsOf([8], 8));
});
