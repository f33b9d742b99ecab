// The life of a link's scheduler: a copy's way through it, commands, the window, inputs about the past.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench, copyOf, kinds, only, pool, started, defaults } from './driven-scheduler.ts';
import type { SchedulerAction } from './service.ts';

test('a secured copy opens an association, goes over it, and after its lifetime it is closed', () => {
  const bench = new Bench();
  assert.ok(bench.scheduler.wouldTake('normal', bench.now));
  assert.deepEqual(bench.secured(copyOf(1)), [{ kind: 'open-association', association: 1 }]);
  assert.deepEqual(bench.opened(1), [{ kind: 'start-transfer', association: 1, copy: 1 }]);
  assert.deepEqual(bench.confirmed(1, 1), []);
  const { actions, waited } = bench.wait();
  assert.equal(waited, 300_000);
  assert.deepEqual(actions, [{ kind: 'close-association', association: 1 }]);
  bench.do({ kind: 'association-closed', association: 1 });
  assert.ok(bench.scheduler.drained);
  assert.equal(bench.scheduler.nextTimeout(), undefined);
});

test('disabled: nothing is opened, what is in transfer may end; enabled again: called at once', () => {
  const bench = new Bench(pool(3, 1));
  bench.secured(copyOf(1), copyOf(2), copyOf(3), copyOf(4));
  bench.opened(1);
  const actions = bench.do({ kind: 'disable', by: 'operator' });
  assert.deepEqual(kinds(actions), ['emit', 'abort-association', 'release-claims']);
  assert.deepEqual(bench.secured(copyOf(5)), [{ kind: 'release-claims', copies: [5] }]);
  assert.deepEqual(kinds(bench.confirmed(1, 1)), ['close-association']);
  bench.do({ kind: 'association-closed', association: 1 });
  assert.equal(bench.scheduler.nextTimeout(), undefined);
  assert.deepEqual(kinds(bench.do({ kind: 'enable' })), ['emit', 'open-association', 'load']);
});

test('stop: transfers end, associations are released, then it is drained', () => {
  const bench = new Bench();
  bench.secured(copyOf(1), copyOf(2));
  bench.opened(1);
  assert.deepEqual(bench.do({ kind: 'stop' }), [{ kind: 'release-claims', copies: [2] }]);
  assert.deepEqual(kinds(bench.confirmed(1, 1)), ['close-association']);
  assert.equal(bench.scheduler.drained, false);
  bench.do({ kind: 'association-closed', association: 1 });
  assert.ok(bench.scheduler.drained);
});

test('a peer without an address is never called', () => {
  const bench = new Bench({ ...defaults, callable: false });
  assert.equal(bench.scheduler.wouldTake('normal', bench.now), false);
  assert.deepEqual(bench.do({ kind: 'copies-waiting', priority: 'normal', copies: 5 }), []);
  assert.deepEqual(bench.do({ kind: 'connect-now' }), []);
  assert.equal(bench.scheduler.nextTimeout(), undefined);
  assert.equal(bench.scheduler.snapshot().state, 'answering-only');
});

test('only a window of the queue is asked for, and more when half of it is gone', () => {
  const bench = new Bench(pool(1, 50));
  const first = bench.do({ kind: 'copies-waiting', priority: 'normal', copies: 100_000 });
  assert.deepEqual(only(first, 'load'), [{ kind: 'load', priority: 'normal', limit: 200 }]);
  bench.opened(1);
  let actions = bench.loaded(
    'normal',
    Array.from({ length: 200 }, (_, index) => copyOf(index)),
    true,
  );
  let copy = started(actions)[0];
  let confirmed = 0;
  while (only(actions, 'load').length === 0) {
    actions = bench.confirmed(1, copy);
    copy = started(actions)[0];
    confirmed += 1;
  }
  assert.equal(confirmed, 99);
  assert.deepEqual(only(actions, 'load'), [{ kind: 'load', priority: 'normal', limit: 100 }]);
});

test('what is announced while a load is under way is not forgotten when it comes back empty', () => {
  const bench = new Bench();
  bench.do({ kind: 'copies-waiting', priority: 'normal', copies: 1 });
  bench.do({ kind: 'copies-waiting', priority: 'normal', copies: 1 });
  bench.opened(1);
  const actions = bench.loaded('normal', []);
  assert.deepEqual(kinds(actions), ['load']);
  assert.deepEqual(kinds(bench.loaded('normal', [])), []);
});

test('what is said about associations and transfers of the past is ignored', () => {
  const bench = new Bench();
  bench.secured(copyOf(1));
  bench.opened(1);
  bench.confirmed(1, 1);
  const before = bench.scheduler.snapshot();
  for (const actions of [
    bench.confirmed(1, 1),
    bench.broke(1, 1, 'transient'),
    bench.lost(99),
    bench.failed(1),
    bench.opened(1),
  ]) {
    assert.deepEqual(actions, []);
  }
  assert.deepEqual(bench.scheduler.snapshot(), { ...before, lateInputs: before.lateInputs + 5 });
});

test('a copy that an operator took away is not sent', () => {
  const bench = new Bench(pool(1, 50));
  bench.secured(copyOf(1), copyOf(2), copyOf(3));
  bench.opened(1);
  bench.do({ kind: 'copy-withdrawn', copy: 2 });
  assert.deepEqual(started(bench.confirmed(1, 1)), [3]);
});

test('what a copy costs does not grow with the copies before it: 100,000 over ten associations', () => {
  relayed(5000);
  const few = relayed(10_000);
  const many = relayed(100_000);
  assert.ok(many < 40 * few, `${few} ms of the processor for 10,000, ${many} ms for ten times as many`);
});

/** Secures, transfers and confirms as many copies. Answers the processor's milliseconds. */
function relayed(copies: number): number {
  const bench = new Bench(pool(10, 1));
  const start = process.cpuUsage();
  let next = 0;
  const busy = new Map<number, number>();
  const opening: number[] = [];
  const note = (actions: readonly SchedulerAction[]) => {
    for (const action of actions) {
      if (action.kind === 'start-transfer') busy.set(action.association, action.copy);
      if (action.kind === 'open-association') opening.push(action.association);
    }
  };
  while (next < copies || busy.size > 0) {
    while (
      next < copies &&
      bench.scheduler.wouldTake('normal', bench.now) &&
      busy.size + opening.length < 30
    ) {
      if (bench.scheduler.snapshot().waiting > 50) break;
      note(bench.secured(copyOf(next)));
      next += 1;
    }
    const association = opening.shift();
    if (association !== undefined) note(bench.opened(association));
    for (const [number, copy] of [...busy]) {
      busy.delete(number);
      note(bench.confirmed(number, copy));
    }
  }
  assert.equal(bench.scheduler.snapshot().waiting, 0);
  return process.cpuUsage(start).user / 1000;
}
