// The spool layout: what was sealed reads back, and any flipped bit shows.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';

import { seededRandom } from '../../base/random.ts';
import {
  BlockChecksums,
  block_octets,
  preamble_octets,
  readPreamble,
  readTrailer,
  sealOf,
} from './spool-format.ts';

const random = seededRandom(7);

test('checksums of blocks do not depend on how the content was cut', () => {
  for (const length of [0, 1, block_octets - 1, block_octets, block_octets + 1, 3 * block_octets]) {
    const content = random.octets(length);
    const expected: number[] = [];
    for (let at = 0; at < length; at += block_octets)
      expected.push(crc32(content.subarray(at, at + block_octets)));
    for (const piece of [1009, block_octets, 150_000]) {
      const checksums = new BlockChecksums();
      for (let at = 0; at < length; at += piece) checksums.add(content.subarray(at, at + piece));
      assert.deepEqual(checksums.all(), expected);
      assert.equal(checksums.octets_count, length);
    }
  }
});

test('a seal reads back; every flipped bit of it is noticed', () => {
  const { preamble, trailer } = sealOf([1, 0xffff_ffff], block_octets + 1, random.octets(10));
  assert.equal(preamble.length, preamble_octets);
  const fields = readPreamble(preamble);
  assert.ok(fields !== undefined);
  assert.equal(fields.content_octets, block_octets + 1);
  assert.deepEqual([...(readTrailer(fields, trailer) ?? [])], [1, 0xffff_ffff]);
  for (let bit = 0; bit < 8 * preamble.length; bit += 1)
    assert.equal(readPreamble(flipped(preamble, bit)), undefined);
  for (let bit = 0; bit < 8 * trailer.length; bit += 1) {
    assert.equal(readTrailer(fields, flipped(trailer, bit)), undefined);
  }
});

test('what was never sealed has no preamble', () => {
  assert.equal(readPreamble(new Uint8Array(preamble_octets)), undefined);
  assert.equal(readPreamble(new Uint8Array(3)), undefined);
});

function flipped(octets: Uint8Array, bit: number): Uint8Array {
  const copy = octets.slice();
  copy[bit >> 3] ^= 1 << (bit & 7);
  return copy;
}
