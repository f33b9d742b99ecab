// Tracking is kept as long as the configuration says, and a reload counts at once.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { type Instant, type Millis, millis } from '../base/time.ts';
import { openMemoryStore } from '../store/index.ts';
import { VirtualClock } from '../../test/sim/virtual-clock.ts';
import { TrackingRetention } from './tracking-retention.ts';

const day = 86_400_000;

test('once an hour what is older than it is kept is removed, until it is stopped', async () => {
  const clock = new VirtualClock();
  const asked: (readonly [Instant, Instant])[] = [];
  const told: unknown[] = [];
  const store = openMemoryStore();
  store.prune = async (before) => {
    asked.push([clock.now(), before]);
    return asked.length - 1;
  };
  let keep: Millis = millis(30 * day);
  const emit = (name: string, fields: { readonly records?: unknown }): void => {
    told.push([name, fields.records]);
  };
  const retention = new TrackingRetention({
    store,
    clock: clock.of({}),
    emit: emit as never,
    keep: () => keep,
  });
  const began = clock.now();
  retention.start();
  await clock.runUntil((began + 59_999) as Instant);
  assert.equal(asked.length, 0, 'a start has other things to do');
  await clock.runUntil((began + 60_001) as Instant);
  keep = millis(2 * day);
  await clock.runUntil((began + 2 * 3_600_000) as Instant);
  assert.deepEqual(
    asked.map(([at, before]) => [at - began, at - before]),
    [
      [60_000, 30 * day],
      [3_660_000, 2 * day],
    ],
  );
  assert.deepEqual(told, [['tracking-pruned', 1]]);
  retention.stop();
  await clock.runUntil((began + 10 * 3_600_000) as Instant);
  assert.equal(asked.length, 2);
});
