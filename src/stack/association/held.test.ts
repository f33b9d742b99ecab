// TPDUs that wait for an answer of our user, and those that do not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { octets } from '../../../test/support/associations.ts';
import { toHex } from '../../base/octets.ts';
import { HeldTpdus } from './held.ts';

test('everything waits for our user, in order', () => {
  const held = new HeldTpdus();
  for (const hex of ['02f0800100', '02f0801903110105', '068000010001']) held.add(octets(hex));
  assert.equal(held.next(true), undefined);
  assert.ok(held.octets > 0);
  const taken = [held.next(false), held.next(false), held.next(false)];
  assert.deepEqual(
    taken.map((tpdu) => tpdu && toHex(tpdu)),
    ['02f0800100', '02f0801903110105', '068000010001'],
  );
  assert.deepEqual([held.next(false), held.octets], [undefined, 0]);
});

test('but what takes something back: ABORT, ACTIVITY INTERRUPT and DISCARD', () => {
  for (const [hex, waits] of [
    ['02f0801903110103', false],
    ['02f080010019033201ff', false],
    ['02f08001003903320100', false],
    ['02f080020039', false],
    ['02f0000100', true],
    ['02f0800100', true],
    ['02f08001002d0529030201' + '01', true],
    ['02f0800913110101', true],
    ['02f080', true],
  ] as const) {
    const held = new HeldTpdus();
    held.add(octets(hex));
    assert.equal(held.next(true) === undefined, waits, hex);
  }
});
