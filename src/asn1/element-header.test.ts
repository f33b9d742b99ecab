// Headers of BER elements: the shortest form of the length (X.690 8.1.3).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex } from '../base/octets.ts';
import { elementHeader, elementHeaderOctets, writeElementHeader } from './element-header.ts';

test('X.690 8.1.3: the short form up to 127, then the long form in as few octets as possible', () => {
  const cases: readonly [number, string][] = [
    [0, '0400'],
    [127, '047f'],
    [128, '048180'],
    [255, '0481ff'],
    [256, '04820100'],
    [65_535, '0482ffff'],
    [65_536, '0483010000'],
    [0x1_0000_0000, '04850100000000'],
  ];
  for (const [octets, hex] of cases) {
    assert.equal(toHex(elementHeader(0x04, octets)), hex);
    assert.equal(elementHeaderOctets(octets), hex.length / 2);
  }
});

test('a header is written where it is wanted', () => {
  const target = new Uint8Array(6);
  assert.equal(writeElementHeader(target, 1, { identifier: 0xa0, octets: 300 }), 5);
  assert.equal(toHex(target), '00a082012c00');
});
