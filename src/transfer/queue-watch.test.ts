// Long and old queues are told once each way, and one that hovers about a mark is told once.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { type Instant, isoTime, millis } from '../base/time.ts';
import type { QueueCount } from '../store/index.ts';
import { VirtualClock } from '../../test/sim/virtual-clock.ts';
import { QueueWatch, queue_look_ms, queuedFor } from './queue-watch.ts';

function bench() {
  const clock = new VirtualClock();
  const told: unknown[] = [];
  let counts: readonly QueueCount[] = [];
  let limits = { copies: 100, age: millis(0) };
  const store = { counts: async () => counts };
  const watch = new QueueWatch({
    store,
    clock: clock.of({}),
    emit: (name, { link, nextHop, queued, oldest }) => told.push([name, link, nextHop, queued, oldest]),
    limits: () => limits,
  });
  watch.start();
  return {
    clock,
    watch,
    store,
    limit: (to: typeof limits) => {
      limits = to;
    },
    /** What is told at the next look, if so much waits then. */
    at: async (now: readonly QueueCount[]) => {
      counts = now;
      told.length = 0;
      await clock.runUntil((clock.now() + queue_look_ms) as Instant);
      return [...told];
    },
  };
}

function waiting(copies: number, more: Partial<QueueCount> = {}): QueueCount {
  const oldestAcceptedAt = 1000 as Instant;
  return {
    nextHop: 'link/b',
    priority: 'normal',
    state: 'queued',
    copies,
    octets: 9,
    oldestAcceptedAt,
    ...more,
  };
}

test('a queue that reaches the mark is told once, and once more when half of that is left', async () => {
  const { at } = bench();
  assert.deepEqual(await at([waiting(99)]), []);
  const urgent = waiting(60, { priority: 'urgent', oldestAcceptedAt: 500 as Instant });
  assert.deepEqual(await at([waiting(40), urgent]), [
    ['queue-backlogged', 'b', 'link/b', 100, isoTime(500 as Instant)],
  ]);
  for (const copies of [400, 99, 101, 51]) assert.deepEqual(await at([waiting(copies)]), [], `${copies}`);
  assert.deepEqual(await at([waiting(50)]), [['queue-subsided', 'b', 'link/b', 50, undefined]]);
  assert.deepEqual(await at([waiting(99)]), [], 'and nothing until it is long again');
});

test('each next hop by itself; one that is empty has subsided', async () => {
  const { at } = bench();
  const deliver = waiting(100, { nextHop: 'deliver/x' });
  const told = await at([deliver, waiting(100)]);
  assert.deepEqual(
    told.map((each) => (each as unknown[])[2]),
    ['deliver/x', 'link/b'],
  );
  assert.deepEqual(await at([deliver]), [['queue-subsided', 'b', 'link/b', 0, undefined]]);
  assert.deepEqual(await at([]), [['queue-subsided', undefined, 'deliver/x', 0, undefined]]);
});

test('what is held or set aside is not a queue that grows', async () => {
  const { at, store } = bench();
  const others = [waiting(500, { state: 'held' }), waiting(500, { state: 'quarantined' }), waiting(7)];
  assert.deepEqual(await at(others), []);
  assert.equal(await queuedFor(store, 'link/b'), 7);
  assert.equal(await queuedFor(store, 'link/c'), 0);
});

test('an old queue is told too, where that is wanted; new limits count at the next look', async () => {
  const { at, limit, clock } = bench();
  const old = (age_ms: number) => [waiting(1, { oldestAcceptedAt: (clock.now() - age_ms) as Instant })];
  const hour = 3_600_000;
  assert.deepEqual(await at(old(100 * hour)), [], 'age is not looked at by default');
  limit({ copies: 100, age: millis(4 * hour) });
  assert.equal((await at(old(4 * hour))).length, 1);
  assert.deepEqual(await at(old(3 * hour)), []);
  assert.deepEqual(
    (await at(old(1 * hour))).map((each) => (each as unknown[])[0]),
    ['queue-subsided'],
  );
  limit({ copies: 0, age: millis(0) });
  assert.deepEqual(await at([waiting(1_000_000)]), [], '0: never');
});

test('once stopped it looks no more', async () => {
  const { at, watch } = bench();
  watch.stop();
  assert.deepEqual(await at([waiting(1000)]), []);
});
