// What waits behind a long transfer: another association is opened for it before `threshold` wait, but not
// for what is only many.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { after, millis } from '../base/time.ts';
import { transfer_patience_ms } from './association-pool.ts';
import { Bench, copyOf, defaults, kinds, pool } from './driven-scheduler.ts';

test('one that waits behind a long transfer gets an association of its own after a while', () => {
  const bench = new Bench();
  bench.secured(copyOf(1), copyOf(2));
  bench.opened(1);
  const { actions, waited } = bench.wait();
  assert.equal(waited, transfer_patience_ms);
  assert.deepEqual(actions, [{ kind: 'open-association', association: 2 }]);
  assert.deepEqual(bench.opened(2), [{ kind: 'start-transfer', association: 2, copy: 2 }]);
  assert.equal(bench.scheduler.nextTimeout(), undefined, 'nothing waits any more');
});

test('where transfers end, what waits for its turn is held up by none', () => {
  const bench = new Bench();
  bench.secured(...Array.from({ length: 40 }, (_, n) => copyOf(n + 1)));
  bench.opened(1);
  for (let copy = 1; copy < 40; copy += 1) {
    bench.now = after(bench.now, millis(transfer_patience_ms - 1));
    assert.deepEqual(kinds(bench.confirmed(1, copy)), ['start-transfer']);
  }
});

test('one more at a time, up to the most that may carry what is not urgent', () => {
  const bench = new Bench(pool(4, 50));
  bench.secured(...Array.from({ length: 10 }, (_, n) => copyOf(n + 1)));
  bench.opened(1);
  for (const next of [2, 3]) {
    assert.deepEqual(bench.wait().actions, [{ kind: 'open-association', association: next }]);
    bench.opened(next);
  }
  const { actions } = bench.wait();
  assert.ok(!kinds(actions).includes('open-association'));
});

test('a peer that takes no more is not asked again at once', () => {
  const bench = new Bench();
  bench.secured(copyOf(1), copyOf(2));
  bench.opened(1);
  bench.wait();
  bench.failed(2);
  const { actions, waited } = bench.wait();
  assert.ok(waited > 0.8 * defaults.retry.openInterval, `${waited} ms`);
  assert.deepEqual(actions, [{ kind: 'open-association', association: 3 }]);
});
