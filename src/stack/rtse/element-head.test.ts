// Heads of BER elements that come one octet at a time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHex } from '../../base/octets.ts';
import { HeadCollector } from './element-head.ts';

/** What the last octet of a head gave; every one before it must ask for more. */
function collected(hex: string): unknown {
  const collector = new HeadCollector();
  const octets = fromHex(hex);
  assert(octets !== undefined);
  assert.ok(collector.empty);
  for (const octet of octets.subarray(0, -1)) {
    assert.equal(collector.push(octet), 'more', hex);
    assert.deepEqual([collector.empty, collector.first], [false, octets[0]]);
  }
  const last = collector.push(octets[octets.length - 1]);
  if (last !== 'more') assert.ok(collector.empty);
  return last;
}

test('X.690 8.1: short and long tags, short, long and indefinite lengths', () => {
  assert.deepEqual(collected('0405'), { identifier: 0x04, length: 5 });
  assert.deepEqual(collected('04820100'), { identifier: 0x04, length: 256 });
  assert.deepEqual(collected('3080'), { identifier: 0x30, length: undefined });
  assert.deepEqual(collected('1f8101' + '03'), { identifier: 0x1f, length: 3 });
  assert.deepEqual(collected('bf8f7f80'), { identifier: 0xbf, length: undefined });
  assert.deepEqual(collected('04880000000000000001'), { identifier: 0x04, length: 1 });
  assert.deepEqual(collected('0000'), { identifier: 0, length: 0 });
});

test('what is not BER, or too long to be held', () => {
  assert.equal(collected('0480'), 'invalid');
  assert.equal(collected('04ff'), 'invalid');
  assert.equal(collected('0488ffffffffffffffff'), 'invalid');
  assert.equal(collected(`1f${'81'.repeat(14)}`), 'invalid');
});
