// Content on its way in: what is small stays in memory, what is large goes to a spool, what is too large is
// refused and leaves nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { memoryDisk, openMemoryStore } from '../store/index.ts';
import { takeContent } from './submitted-content.ts';

const limits = { inlineOctetsMax: 1000, contentOctetsMax: 5000, count: 1 };

async function take(octets_count: number, special: Partial<typeof limits> = {}) {
  const disk = memoryDisk();
  let read = 0;
  const pieces = async function* () {
    for (; read < octets_count; read += 100) yield new Uint8Array(Math.min(100, octets_count - read));
  };
  const taken = await takeContent(openMemoryStore({ disk }), pieces(), { ...limits, ...special });
  return { taken, spools: disk.spools.size, read };
}

test('small content stays in memory, large content is in a spool', async () => {
  const small = await take(1000);
  assert.ok(small.taken.ok && small.taken.value instanceof Uint8Array);
  assert.deepEqual([small.taken.value.length, small.spools], [1000, 0]);
  const large = await take(5000);
  assert.ok(large.taken.ok && 'spool' in large.taken.value);
  assert.deepEqual([large.taken.value.length, large.spools], [5000, 1]);
});

test('more than is allowed is read to its end, refused with the limit, and leaves nothing', async () => {
  const { taken, spools, read } = await take(5001);
  assert.ok(!taken.ok && taken.error.kind === 'invalid');
  assert.match(taken.error.problem, /5000 octets, which mta.limits.messageSize allows/);
  assert.deepEqual([spools, read >= 5001], [0, true]);
});

test('content of several messages is in memory, and refused beyond what may be', async () => {
  const several = await take(5000, { count: 2 });
  assert.ok(several.taken.ok && several.taken.value instanceof Uint8Array);
  const octets = 16 * 1024 * 1024 + 1;
  const { taken, spools } = await take(octets, { count: 2, contentOctetsMax: 2 * octets });
  assert.deepEqual([taken.ok, spools], [false, 0]);
});
