// What operators may do to a link beside its configuration: hang up, delay, clear a delay, limit priorities.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '../base/time.ts';
import { Bench, copyOf, kinds, pool, started } from './driven-scheduler.ts';

test('hang up: transfers end, what we opened is closed, and it is called when the time is over', () => {
  const bench = new Bench(pool(3, 1));
  bench.secured(copyOf(1), copyOf(2), copyOf(3));
  bench.opened(1);
  const actions = bench.do({ kind: 'hang-up', until: instant(60_000) });
  assert.deepEqual(kinds(actions), ['abort-association', 'release-claims'], 'the opening one is given up');
  assert.deepEqual(kinds(bench.confirmed(1, 1)), ['close-association']);
  bench.do({ kind: 'association-closed', association: 1 });
  assert.deepEqual(bench.scheduler.snapshot().waitsFor, { for: 'retry', until: 60_000 });
  const { actions: later, waited } = bench.wait();
  assert.equal(waited, 60_000);
  assert.ok(kinds(later).includes('open-association'));
});

test('a delay holds whoever calls us and whatever arrives, until it is over or cleared', () => {
  const bench = new Bench();
  bench.do({ kind: 'delay', until: instant(60_000) });
  assert.deepEqual(bench.do({ kind: 'copies-waiting', priority: 'urgent', copies: 1 }), []);
  assert.deepEqual(bench.do({ kind: 'peer-called' }), []);
  assert.equal(bench.scheduler.snapshot().nextOpenAt, 60_000);
  assert.deepEqual(kinds(bench.do({ kind: 'delay' })), ['open-association', 'load']);
});

test("clearing the delay calls at once after failures; connect now overrides an operator's delay", () => {
  const bench = new Bench();
  bench.secured(copyOf(1));
  bench.failed(1);
  assert.ok(kinds(bench.do({ kind: 'delay' })).includes('open-association'));
  const other = new Bench();
  other.do({ kind: 'delay', until: instant(60_000) });
  assert.deepEqual(kinds(other.do({ kind: 'connect-now' })), ['open-association']);
});

test('a limit keeps lower priorities back for its time, also on an association that stands', () => {
  const bench = new Bench(pool(1, 50));
  bench.secured(copyOf(1), copyOf(2), copyOf(3, { priority: 'urgent' }));
  bench.opened(1);
  const limit = { priorities: ['urgent'] as const, from: instant(0), until: instant(60_000) };
  assert.deepEqual(kinds(bench.do({ kind: 'limit', limit })), ['release-claims']);
  assert.deepEqual(bench.confirmed(1, 3), [], 'the association stays, and carries none of them');
  assert.equal(bench.scheduler.wouldTake('normal', bench.now), false);
  assert.deepEqual(bench.scheduler.snapshot().waitsFor, { for: 'limit', until: 60_000 });
  assert.deepEqual(kinds(bench.wait().actions), ['load']);
  assert.equal(bench.now, 60_000);
  assert.deepEqual(started(bench.loaded('normal', [copyOf(1), copyOf(2)])), [1]);
});

test('a limit that begins later, and one that is lifted', () => {
  const bench = new Bench(pool(1, 50));
  bench.do({ kind: 'limit', limit: { priorities: ['urgent'], from: instant(10_000) } });
  assert.ok(bench.scheduler.wouldTake('normal', bench.now));
  bench.wait();
  assert.equal(bench.now, 10_000);
  assert.equal(bench.scheduler.wouldTake('normal', bench.now), false);
  bench.do({ kind: 'copies-waiting', priority: 'normal', copies: 1 });
  assert.deepEqual(kinds(bench.do({ kind: 'limit' })), ['open-association', 'load']);
});
