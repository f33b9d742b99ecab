// Opening and closing: retries, jitter, calling peers, growth, the urgent association (design: links,
// routing, scheduling), on virtual time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '../base/time.ts';
import { Bench, copyOf, isJittered, kinds, only, pool, retrying, started } from './driven-scheduler.ts';
import type { SchedulerAction } from './service.ts';

test('a release that is not over in time is broken off', () => {
  const bench = new Bench();
  bench.do({ kind: 'connect-now' });
  bench.opened(1);
  bench.wait();
  const { actions, waited } = bench.wait();
  assert.equal(waited, 120_000);
  assert.deepEqual(actions, [{ kind: 'abort-association', association: 1, why: 'disconnect-timeout' }]);
  assert.ok(bench.scheduler.drained);
});

test('a dead link is called once an interval, with one association, and holds no claims', () => {
  const bench = new Bench();
  bench.secured(...Array.from({ length: 190 }, (_, index) => copyOf(index)));
  for (let attempt = 1; attempt <= 300; attempt += 1) {
    const actions = bench.failed(attempt);
    if (attempt === 1) assert.equal(only(actions, 'release-claims')[0].copies.length, 190);
    assert.equal(bench.scheduler.snapshot().waiting, 0);
    assert.equal(kinds(actions).includes('unhealthy'), attempt === 145, `attempt ${attempt}`);
    assert.equal(bench.scheduler.wouldTake('urgent', bench.now), false);
    const { actions: next, waited } = bench.wait();
    assert.ok(isJittered(waited, 600_000), `${waited}`);
    assert.deepEqual(next, [{ kind: 'open-association', association: attempt + 1 }]);
    assert.equal(bench.scheduler.snapshot().associations.opening, 1);
  }
});

test('jitter differs from one wait to the next', () => {
  const bench = new Bench();
  bench.secured(copyOf(1));
  const waits = new Set<number>();
  for (let attempt = 1; attempt <= 20; attempt += 1) {
    bench.failed(attempt);
    waits.add(bench.wait().waited);
  }
  assert.ok(waits.size > 10);
});

test('open retries run out: unhealthy once, called on, and healthy again when it answers', () => {
  const bench = new Bench(retrying(2));
  bench.secured(copyOf(1));
  bench.failed(1);
  bench.wait();
  bench.failed(2);
  bench.wait();
  assert.deepEqual(only(bench.failed(3), 'unhealthy'), [{ kind: 'unhealthy', error: 'refused' }]);
  assert.equal(bench.scheduler.snapshot().healthy, false);
  bench.wait();
  assert.deepEqual(only(bench.failed(4), 'unhealthy'), []);
  bench.wait();
  const actions = bench.opened(5);
  assert.deepEqual(kinds(actions).slice(0, 2), ['emit', 'healthy']);
  assert.deepEqual(only(actions, 'load'), [{ kind: 'load', priority: 'normal', limit: 200 }]);
  assert.equal(bench.scheduler.snapshot().openFailures, 0);
});

test('no open retries: the first failure is the last', () => {
  const bench = new Bench(retrying(0));
  bench.secured(copyOf(1));
  assert.equal(only(bench.failed(1), 'unhealthy').length, 1);
});

test('a peer that calls us is tried at once, but not over and over', () => {
  const bench = new Bench();
  bench.secured(copyOf(1));
  bench.failed(1);
  bench.now = instant(60_000);
  assert.deepEqual(kinds(bench.do({ kind: 'peer-called' })), ['open-association']);
  bench.failed(2);
  bench.now = instant(61_000);
  assert.deepEqual(bench.do({ kind: 'peer-called' }), []);
  const { actions, waited } = bench.wait();
  assert.deepEqual([kinds(actions), waited], [['open-association'], 9_000]);
});

test('connect-now calls at once, with or without anything to send', () => {
  const bench = new Bench();
  assert.deepEqual(kinds(bench.do({ kind: 'connect-now' })), ['open-association']);
  bench.failed(1);
  assert.equal(bench.scheduler.nextTimeout(), undefined);
  assert.deepEqual(kinds(bench.do({ kind: 'connect-now' })), ['open-association']);
});

test('one more association for every 50 that wait, nine at most, none before the first stands', () => {
  const bench = new Bench();
  const first = bench.secured(...Array.from({ length: 51 }, (_, index) => copyOf(index)));
  assert.deepEqual(kinds(first), ['open-association']);
  assert.deepEqual(kinds(bench.opened(1)), ['start-transfer', 'open-association']);
  assert.deepEqual(kinds(bench.secured(copyOf(51))), []);
  const many = bench.do({ kind: 'copies-waiting', priority: 'normal', copies: 1000 });
  assert.equal(only(many, 'open-association').length, 7);
  assert.equal(bench.scheduler.snapshot().associations.opening, 8);
  const threshold1 = new Bench(pool(10, 1));
  threshold1.secured(...[1, 2, 3].map((copy) => copyOf(copy)));
  assert.deepEqual(kinds(threshold1.opened(1)), ['start-transfer', 'open-association', 'open-association']);
});

test('the last association is for urgent messages and reports, which open one below the threshold', () => {
  const bench = new Bench(pool(3, 1));
  bench.secured(...Array.from({ length: 10 }, (_, index) => copyOf(index)));
  bench.opened(1);
  bench.opened(2);
  assert.equal(bench.scheduler.snapshot().associations.transferring, 2);
  assert.deepEqual(kinds(bench.secured(copyOf(100, { kind: 'report' }))), ['open-association']);
  assert.deepEqual(started(bench.opened(3)), [100]);
  assert.deepEqual(kinds(bench.confirmed(3, 100)), []);
  assert.deepEqual(started(bench.secured(copyOf(101, { priority: 'urgent' }))), [101]);
  const calm = new Bench();
  calm.secured(copyOf(1));
  calm.opened(1);
  assert.deepEqual(calm.secured(copyOf(2)), []);
  assert.deepEqual(kinds(calm.secured(copyOf(3, { priority: 'urgent' }))), ['open-association']);
});

test('a peer that takes no more associations stops the growth, not the link', () => {
  const bench = new Bench(pool(5, 1));
  bench.secured(copyOf(1), copyOf(2), copyOf(3));
  bench.opened(1);
  bench.failed(2);
  bench.failed(3);
  assert.equal(bench.scheduler.snapshot().openFailures, 0);
  assert.deepEqual(started(bench.confirmed(1, 1)), [2]);
  assert.deepEqual(kinds(bench.secured(copyOf(4))), []);
  let actions: readonly SchedulerAction[] = [];
  while (only(actions, 'open-association').length === 0) actions = bench.wait().actions;
  assert.ok(isJittered(bench.now, 600_000), `${bench.now}`);
});

/** Ten copies for a peer that takes two associations of the five that we may open, and refused two more. */
function benchOfTwo(): Bench {
  const bench = new Bench(pool(5, 1));
  bench.secured(...Array.from({ length: 10 }, (_, index) => copyOf(index + 1)));
  for (const association of [1, 2]) bench.opened(association);
  for (const association of [3, 4]) bench.failed(association);
  return bench;
}

test('of a peer that takes fewer than we may open, the last is kept for urgent messages and reports', () => {
  const bench = benchOfTwo();
  assert.deepEqual(started(bench.confirmed(1, 1)), [], 'the one that is free first is kept');
  bench.now = instant(1);
  assert.deepEqual(started(bench.confirmed(2, 2)), [3], 'and the other carries the rest');
  assert.deepEqual(started(bench.secured(copyOf(100, { priority: 'urgent' }))), [100]);
  assert.deepEqual(started(bench.confirmed(1, 100)), []);
  assert.deepEqual(started(bench.secured(copyOf(101, { kind: 'report' }))), [101]);
});

test('what was kept for urgent messages and has closed is opened for the next one at once', () => {
  const bench = benchOfTwo();
  bench.confirmed(1, 1);
  const { actions, waited } = bench.wait();
  assert.deepEqual([kinds(actions), waited], [['close-association'], 300_000]);
  bench.do({ kind: 'association-closed', association: 1 });
  assert.deepEqual(kinds(bench.secured(copyOf(11))), [], 'not for what is normal');
  const urgent = copyOf(100, { priority: 'urgent' });
  assert.deepEqual(bench.secured(urgent), [{ kind: 'open-association', association: 5 }]);
  bench.failed(5);
  assert.deepEqual(kinds(bench.do({ kind: 'timer' })), [], 'refused: not asked over and over');
  assert.deepEqual(started(bench.confirmed(2, 2)), [100], 'it goes first over what there is');
});

test('once the peer takes more, as many as may carry what is not urgent do', () => {
  const bench = new Bench(pool(4, 1));
  bench.secured(...Array.from({ length: 20 }, (_, index) => copyOf(index + 1)));
  bench.opened(1);
  bench.opened(2);
  bench.failed(3);
  bench.confirmed(1, 1);
  bench.do({ kind: 'association-closed', association: 1 });
  let actions: readonly SchedulerAction[] = [];
  while (only(actions, 'open-association').length === 0) actions = bench.wait().actions;
  for (const { association } of only(actions, 'open-association')) bench.opened(association);
  assert.equal(bench.scheduler.snapshot().associations.transferring, 3);
});

test('losses in a row: called again at once, after 2, 5, 10 s and more; then they count', () => {
  const bench = new Bench(retrying(3));
  bench.do({ kind: 'copies-waiting', priority: 'normal', copies: 5 });
  const waits: number[] = [];
  let association = 1;
  let unhealthy = false;
  for (; association < 20 && !unhealthy; association += 1) {
    bench.opened(association);
    const actions = bench.lost(association);
    unhealthy = only(actions, 'unhealthy').length > 0;
    waits.push(only(actions, 'open-association').length > 0 ? 0 : bench.wait().waited);
  }
  const expected = [0, 2, 5, 10, 20, 40, 80, 160].map((value) => value * 1000);
  assert.equal(waits.length, 8);
  for (const [index, wait] of waits.entries()) assert.ok(isJittered(wait, expected[index]), `${waits}`);
});
