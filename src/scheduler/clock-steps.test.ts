// RT-M1: the clock is set by an hour while a link waits: delays stay as long as they were, times of day do
// not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { after, instant, millis } from '../base/time.ts';
import { Bench, copyOf, kinds, retrying } from './driven-scheduler.ts';

const hour_ms = 3_600_000;

function step(bench: Bench, by: number) {
  bench.now = after(bench.now, millis(by));
  return bench.do({ kind: 'clock-stepped', by: millis(by) });
}
const begin = () => {
  const bench = new Bench(retrying(144));
  bench.now = instant(100 * hour_ms);
  return bench;
};

for (const by of [hour_ms, -hour_ms]) {
  const way = by > 0 ? 'forward' : 'back';

  test(`RT-M1: ${way}: the next call comes when it would have come`, () => {
    const bench = begin();
    bench.secured(copyOf(1));
    bench.failed(1);
    const left = (bench.scheduler.nextTimeout() ?? 0) - bench.now;
    assert.ok(!kinds(step(bench, by)).includes('open-association'));
    const { waited, actions } = bench.wait();
    assert.equal(waited, left);
    assert.ok(kinds(actions).includes('open-association'));
  });

  test(`RT-M1: ${way}: an idle association lives as long as it would have`, () => {
    const bench = begin();
    bench.secured(copyOf(1));
    bench.opened(1);
    bench.confirmed(1, 1);
    assert.deepEqual(step(bench, by), []);
    const { waited, actions } = bench.wait();
    assert.equal(waited, 300_000);
    assert.deepEqual(kinds(actions), ['close-association']);
  });

  test(`RT-M1: ${way}: an operator's delay stays as long`, () => {
    const bench = begin();
    bench.do({ kind: 'delay', until: after(bench.now, millis(60_000)) });
    bench.do({ kind: 'copies-waiting', priority: 'normal', copies: 1 });
    assert.deepEqual(step(bench, by), []);
    assert.equal(bench.wait().waited, 60_000);
  });
}

test('RT-M1: an expiry is a time of day: put forward beyond it, the copy expires', () => {
  const bench = begin();
  bench.secured(copyOf(1, { expiresAt: after(bench.now, millis(1000)) }));
  assert.deepEqual(kinds(step(bench, hour_ms)), ['expired']);
});
