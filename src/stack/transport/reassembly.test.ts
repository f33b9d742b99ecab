// X.224 6.3: segments become TSDUs; limits hold.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { TsduReassembly } from './reassembly.ts';

const dt = (endOfTsdu: boolean, ...octets: number[]) =>
  ({ kind: 'DT', endOfTsdu, userData: Uint8Array.from(octets) }) as const;

test('a TSDU in one DT is handed on without a copy', () => {
  const one = dt(true, 1, 2);
  assert.equal(new TsduReassembly(10).take(one), one.userData);
});

test('segments are joined, and an empty last DT ends the TSDU', () => {
  const reassembly = new TsduReassembly(10);
  assert.equal(reassembly.take(dt(false, 1, 2)), undefined);
  assert.equal(reassembly.octetsHeld, 2);
  assert.equal(reassembly.take(dt(false, 3)), undefined);
  assert.deepEqual(reassembly.take(dt(true)), Uint8Array.of(1, 2, 3));
  assert.deepEqual(reassembly.take(dt(true, 9)), Uint8Array.of(9));
  assert.equal(reassembly.octetsHeld, 0);
});

test('a TSDU as long as the limit passes, a longer one does not', () => {
  const reassembly = new TsduReassembly(3);
  reassembly.take(dt(false, 1, 2));
  assert.deepEqual(reassembly.take(dt(true, 3)), Uint8Array.of(1, 2, 3));
  assert.equal(reassembly.take(dt(true, 1, 2, 3, 4)), 'too-long');
  reassembly.take(dt(false, 1, 2));
  assert.equal(reassembly.take(dt(false, 3, 4)), 'too-long');
});

test('many small segments cost time in proportion', () => {
  const reassembly = new TsduReassembly(1_000_000);
  for (let count = 0; count < 100_000; count += 1) reassembly.take(dt(false, count & 255));
  const whole = reassembly.take(dt(true));
  assert.ok(whole instanceof Uint8Array);
  assert.equal(whole.length, 100_000);
  assert.equal(whole[70_000], 70_000 & 255);
});
