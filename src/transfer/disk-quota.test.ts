// The disk quota on a clock of its own: refuses below the low-water mark, goes on refusing until the
// high-water mark, says each once, and takes no answer for no reason to refuse.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Clock, instant } from '../base/time.ts';
import { DiskQuota } from './disk-quota.ts';

function world() {
  const state = { free: 1000 as number | undefined, lowWater: 100, highWater: 200 };
  const events: string[] = [];
  let due: (() => void) | undefined;
  const clock: Clock = {
    now: () => instant(0),
    schedule: (_, callback) => {
      due = callback;
      return () => {
        due = undefined;
      };
    },
  };
  const quota = new DiskQuota({
    free: async () => state.free,
    marks: () => state,
    clock,
    emit: (name) => events.push(name),
    directory: '/store',
  });
  const look = async (free: number | undefined): Promise<string | undefined> => {
    state.free = free;
    due?.();
    await new Promise((resolve) => setImmediate(resolve));
    return quota.refusal;
  };
  return { quota, events, look, state, armed: () => due !== undefined };
}

test('between the marks everything stays as it is', async () => {
  const { quota, events, look } = world();
  await quota.start();
  assert.equal(await look(150), undefined);
  assert.match((await look(99)) ?? '', /99 octets free.*store\.space\.low \(100\)/);
  assert.notEqual(await look(199), undefined);
  assert.equal(await look(200), undefined);
  assert.equal(await look(101), undefined);
  assert.deepEqual(events, ['store-space-low', 'store-space-enough']);
});

test('it refuses from the first look on, where the disk is full at start', async () => {
  const { quota, state } = world();
  state.free = 0;
  await quota.start();
  assert.notEqual(quota.refusal, undefined);
  assert.equal(quota.freeOctets, 0);
});

test('a file system that does not answer refuses nothing, and changes nothing', async () => {
  const { quota, look } = world();
  await quota.start();
  assert.equal(await look(undefined), undefined);
  assert.notEqual(await look(1), undefined);
  assert.notEqual(await look(undefined), undefined);
});

test('marks that change count from the next look on; after stop nothing is looked at', async () => {
  const { quota, look, state, armed } = world();
  await quota.start();
  state.lowWater = 2000;
  state.highWater = 2000;
  assert.notEqual(await look(1000), undefined);
  quota.stop();
  assert.equal(armed(), false);
});
