// Batches: how much must wait before a link is called (old MTA: Queue Length Threshold, Content Length
// Threshold, Urgent Overrides Thresholds).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant, seconds } from '../base/time.ts';
import { Bench, copyOf, defaults, kinds, started } from './driven-scheduler.ts';
import type { Batch, LinkSchedule } from './service.ts';

const atOnce: Batch = { messages: 1, octets: 0, age: seconds(3600) };
const batching = (normal: Partial<Batch>, urgent: Partial<Batch> = {}): LinkSchedule => ({
  ...defaults,
  batch: {
    urgent: { ...atOnce, ...urgent },
    normal: { ...atOnce, ...normal },
    'non-urgent': { ...atOnce, messages: 100 },
  },
});
const accepted = (copy: number, more: Parameters<typeof copyOf>[1] = {}) =>
  copyOf(copy, { acceptedAt: instant(0), ...more });

test('by count: the third message opens, and all three go', () => {
  const bench = new Bench(batching({ messages: 3 }));
  assert.deepEqual(bench.secured(accepted(1), accepted(2)), []);
  assert.deepEqual(bench.scheduler.snapshot().waitsFor, { for: 'batch', until: 3_600_000 });
  assert.deepEqual(kinds(bench.secured(accepted(3))), ['open-association']);
  assert.deepEqual(started(bench.opened(1)), [1]);
  assert.deepEqual(started(bench.confirmed(1, 1)), [2]);
  assert.deepEqual(started(bench.confirmed(1, 2)), [3]);
  bench.confirmed(1, 3);
  assert.deepEqual(started(bench.secured(accepted(4))), [4], 'while it stands, nothing is held back');
});

test('by octets of content', () => {
  const bench = new Bench(batching({ messages: 100, octets: 50_000 }));
  assert.deepEqual(bench.secured(accepted(1, { contentOctets: 49_999 })), []);
  assert.deepEqual(kinds(bench.secured(accepted(2, { contentOctets: 1 }))), ['open-association']);
});

test('by age, counted from acceptance: a lone message is held no longer', () => {
  const bench = new Bench(batching({ messages: 100, age: seconds(600) }));
  bench.now = instant(100_000);
  bench.secured(accepted(1));
  const { actions, waited } = bench.wait();
  assert.equal(waited, 500_000);
  assert.deepEqual(kinds(actions), ['open-association']);
});

test('urgent messages and reports do not wait unless they are told to, and others go along', () => {
  const bench = new Bench(batching({ messages: 100 }));
  bench.secured(accepted(1));
  assert.deepEqual(kinds(bench.secured(accepted(2, { priority: 'urgent' }))), ['open-association']);
  bench.opened(1);
  assert.deepEqual(started(bench.confirmed(1, 2)), [1]);
  const told = new Bench(batching({}, { messages: 2 }));
  assert.deepEqual(told.secured(accepted(1, { priority: 'urgent' })), []);
});

test('a queue beyond the window is enough; after a failed open the same batch is called for again', () => {
  const bench = new Bench(batching({ messages: 100_000 }));
  bench.do({ kind: 'copies-waiting', priority: 'normal', copies: 1000 });
  const many = Array.from({ length: 200 }, (_, index) => accepted(index));
  assert.deepEqual(kinds(bench.loaded('normal', many, true)), ['open-association']);
  const small = new Bench(batching({ messages: 2 }));
  small.secured(accepted(1), accepted(2));
  small.failed(1);
  assert.deepEqual(kinds(small.wait().actions), ['open-association', 'load']);
});
