// RT-M1: the system's clock is set while timers wait.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { after, millis } from '../base/time.ts';
import { monotonicClock, systemClock } from './index.ts';

const hour_ms = 3_600_000;

test('RT-M1: a clock that is put back by an hour delays no timer; put forward, none comes early', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 10 * hour_ms });
  const clock = systemClock();
  let fired = 0;
  clock.schedule(after(clock.now(), millis(60_000)), () => {
    fired += 1;
  });
  t.mock.timers.tick(30_000);
  const real = Date.now;
  for (const step of [-hour_ms, hour_ms]) {
    Date.now = () => real() + step;
    t.mock.timers.tick(14_000);
    assert.equal(fired, 0, 'not early');
  }
  Date.now = () => real() - hour_ms;
  t.mock.timers.tick(2000);
  Date.now = real;
  assert.equal(fired, 1, 'and not late');
  assert.equal(clock.armed(), 0);
});

test("RT-M1: the clock of protocol timers does not jump with the system's", () => {
  const clock = monotonicClock();
  const real = Date.now;
  const before = clock.now();
  try {
    Date.now = () => real() + hour_ms;
    assert.ok(clock.now() - before < hour_ms / 2);
    Date.now = () => real() - hour_ms;
    assert.ok(clock.now() >= before);
  } finally {
    Date.now = real;
  }
});

test('the next turn comes after what was set in motion before, and no timer is armed for it', async () => {
  const order: string[] = [];
  const clock = systemClock();
  setImmediate(() => order.push('before'));
  await new Promise<void>((resolve) => {
    clock.nextTurn(resolve);
    assert.deepEqual([clock.armed(), order], [0, []]);
  });
  assert.deepEqual(order, ['before']);
});
