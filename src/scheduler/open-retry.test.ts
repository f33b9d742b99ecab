// RT-K1: delays between calls: fixed or growing, with jitter, a least and a most; what kind of failure it
// was; at once when the peer calls.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { millis, seconds } from '../base/time.ts';
import { Bench, copyOf, defaults, isJittered, kinds, only } from './driven-scheduler.ts';
import type { LinkSchedule, OpenFailure } from './service.ts';

const growing: LinkSchedule = {
  ...defaults,
  retry: { ...defaults.retry, backoff: 'exponential', openIntervalFirst: seconds(10) },
};

/** Fails the open that is under way; resolves to what it says, and goes on to the next. */
function fail(bench: Bench, association: number, failure: OpenFailure = 'refused') {
  const actions = bench.do({ kind: 'open-failed', association, failure, detail: `${failure}!` });
  const { waited, actions: after } = bench.wait();
  assert.ok(kinds(after).includes('open-association'));
  return { waited, event: only(actions, 'emit').find(({ event }) => event === 'link-open-failed')?.fields };
}

test('RT-K1: exponential: from the least, doubled, to the most, each drawn out by at most 10 %', () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const bench = new Bench(growing, seed);
    bench.secured(copyOf(1));
    const waits = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((association) => fail(bench, association).waited);
    for (const [index, seconds_] of [10, 20, 40, 80, 160, 320, 600, 600, 600].entries()) {
      assert.ok(isJittered(waits[index], seconds_ * 1000), `seed ${seed}, ${index}: ${waits[index]}`);
    }
  }
});

test('RT-K1: fixed: the interval every time; links that fell together do not rise together', () => {
  const first = [1, 2, 3, 4, 5].map((seed) => {
    const bench = new Bench(defaults, seed);
    bench.secured(copyOf(1));
    const { waited } = fail(bench, 1);
    assert.ok(isJittered(waited, 600_000));
    return waited;
  });
  assert.ok(new Set(first).size > 1);
});

test('RT-K1: it begins anew once an association has stood', () => {
  const bench = new Bench(growing);
  bench.secured(copyOf(1));
  for (const association of [1, 2, 3]) fail(bench, association);
  bench.opened(4);
  bench.confirmed(4, 1);
  bench.wait();
  bench.do({ kind: 'association-closed', association: 4 });
  bench.secured(copyOf(2));
  assert.ok(isJittered(fail(bench, 5).waited, 10_000));
});

test('RT-K1: refused, timeout and policy are told apart; whom we refuse is called seldom', () => {
  const bench = new Bench(growing);
  bench.secured(copyOf(1));
  for (const [index, failure] of (['refused', 'timeout'] as const).entries()) {
    assert.equal(fail(bench, index + 1, failure).event?.failure, failure);
    assert.equal(bench.scheduler.snapshot().lastFailure, failure);
  }
  assert.ok(isJittered(fail(bench, 3, 'policy').waited, 600_000));
  bench.opened(4);
  bench.lost(4);
  assert.equal(bench.scheduler.snapshot().lastFailure, 'lost');
});

test('RT-K1: a peer that calls us is called at once', () => {
  const bench = new Bench(growing);
  bench.secured(copyOf(1));
  for (const association of [1, 2, 3, 4, 5, 6]) fail(bench, association);
  bench.do({ kind: 'open-failed', association: 7, failure: 'timeout', detail: 'silent' });
  bench.now = (bench.now + millis(11_000)) as typeof bench.now;
  assert.ok(kinds(bench.do({ kind: 'peer-called' })).includes('open-association'));
});
