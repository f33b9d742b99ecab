// Transfers that fail, and the order of those that wait (design: links, routing, scheduling), on virtual
// time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '../base/time.ts';
import { Bench, copyOf, isJittered, kinds, only, pool, started } from './driven-scheduler.ts';

test('urgent first, lower ones never starve', () => {
  const bench = new Bench(pool(1, 1000));
  for (let index = 0; index < 60; index += 1) {
    bench.secured(copyOf(index, { priority: 'urgent' }));
    bench.secured(copyOf(100 + index), copyOf(200 + index, { priority: 'non-urgent' }));
  }
  const order: number[] = started(bench.opened(1)).slice();
  while (order.length < 180) order.push(...started(bench.confirmed(1, order.at(-1) ?? 0)));
  assert.ok(order.slice(0, 16).every((copy) => copy < 100));
  assert.equal(order[16], 100);
  const firstLowest = order.findIndex((copy) => copy >= 200);
  assert.ok(firstLowest > 0 && firstLowest < 160, `${firstLowest}`);
  assert.equal(new Set(order).size, 180);
  for (const low of [0, 100, 200]) {
    const level = order.filter((copy) => copy >= low && copy < low + 60);
    assert.deepEqual(
      level,
      [...level].sort((a, b) => a - b),
    );
  }
});

test('a copy that fails for the time being waits on its own clock, and later ones pass', () => {
  const bench = new Bench(pool(1, 50));
  bench.secured(copyOf(1), copyOf(2));
  bench.opened(1);
  const actions = bench.broke(1, 1, 'transient');
  const [attempt] = only(actions, 'record-attempt');
  assert.deepEqual([attempt.copy, attempt.counts, attempt.handBack], [1, true, true]);
  assert.ok(isJittered(attempt.notBefore ?? 0, 120_000));
  assert.deepEqual(started(actions), [2]);
  bench.confirmed(1, 2);
  const { actions: due } = bench.wait();
  assert.equal(bench.now, attempt.notBefore);
  assert.deepEqual(kinds(due), ['load', 'load', 'load']);
  assert.deepEqual(started(bench.loaded('normal', [copyOf(1, { attempts: 1 })])), [1]);
});

test('a copy that could not be tried waits on its own clock; no attempt, and no word of the link', () => {
  const bench = new Bench(pool(1, 50));
  bench.secured(copyOf(1, { attempts: 2 }), copyOf(2));
  bench.opened(1);
  const actions = bench.broke(1, 1, 'not-tried');
  const [attempt] = only(actions, 'record-attempt');
  assert.deepEqual([attempt.copy, attempt.counts, attempt.handBack], [1, false, true]);
  assert.ok(isJittered(attempt.notBefore ?? 0, 120_000));
  assert.deepEqual(only(actions, 'try-alternates'), []);
  assert.deepEqual(only(actions, 'unhealthy'), []);
  assert.deepEqual(started(actions), [2], 'and later ones pass');
});

test('transfer retries run out: alternates for the copy; unhealthy only if nothing gets through', () => {
  const bench = new Bench(pool(1, 50));
  bench.secured(
    copyOf(1, { attempts: 1 }),
    copyOf(2, { attempts: 2 }),
    copyOf(3),
    copyOf(4, { attempts: 2 }),
  );
  bench.opened(1);
  assert.deepEqual(only(bench.broke(1, 1, 'transient'), 'try-alternates'), []);
  const second = bench.broke(1, 2, 'transient');
  assert.deepEqual(only(second, 'try-alternates'), [{ kind: 'try-alternates', copy: 2 }]);
  assert.deepEqual(only(second, 'unhealthy'), []);
  bench.broke(1, 3, 'transient');
  const fourth = bench.broke(1, 4, 'transient');
  assert.equal(only(fourth, 'unhealthy').length, 1);
  assert.equal(bench.scheduler.snapshot().healthy, false);
  bench.secured(copyOf(5));
  assert.equal(only(bench.confirmed(1, 5), 'healthy').length, 1);
});

test('an attempt that made progress, or ended with the association, does not count', () => {
  const bench = new Bench(pool(1, 50));
  bench.secured(copyOf(1, { attempts: 2 }), copyOf(2));
  bench.opened(1);
  const progressed = bench.broke(1, 1, 'progressed');
  assert.deepEqual(
    only(progressed, 'record-attempt').map(({ counts, handBack }) => [counts, handBack]),
    [[false, false]],
  );
  assert.deepEqual(started(progressed), [1]);
  const lost = bench.lost(1);
  assert.equal(only(lost, 'record-attempt')[0].counts, false);
  assert.deepEqual([only(lost, 'try-alternates'), kinds(lost).at(-1)], [[], 'open-association']);
  assert.deepEqual(started(bench.opened(2)), [1]);
  const again = only(bench.lost(2), 'record-attempt')[0];
  assert.deepEqual([again.counts, again.handBack], [false, true]);
});

test('an expired copy is not sent, and is handed out to be reported', () => {
  const bench = new Bench(pool(1, 50));
  bench.secured(copyOf(1), copyOf(2, { expiresAt: instant(1000) }), copyOf(3));
  bench.opened(1);
  bench.now = instant(2000);
  const actions = bench.confirmed(1, 1);
  assert.deepEqual(only(actions, 'expired'), [{ kind: 'expired', copy: 2 }]);
  assert.deepEqual(started(actions), [3]);
});
