// RT-M1: a clock that is set is told from one that is corrected slowly.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant, millis } from '../base/time.ts';
import { ClockSteps } from './clock-steps.ts';

function hand(monotonic: boolean) {
  const time = { now: 1_000_000, elapsed: 0 };
  const schedule = () => () => undefined;
  const clock = {
    now: () => instant(time.now),
    schedule,
    ...(monotonic && { elapsed: () => millis(time.elapsed) }),
  };
  const pass = (ms: number, step = 0): void => {
    time.now += ms + step;
    time.elapsed += ms;
  };
  return { steps: new ClockSteps(clock), pass };
}

test('RT-M1: an hour forward and an hour back are steps, each told once', () => {
  const { steps, pass } = hand(true);
  pass(5000);
  assert.equal(steps.look(), 0);
  pass(5000, 3_600_000);
  assert.equal(steps.look(), 3_600_000);
  pass(5000);
  assert.equal(steps.look(), 0);
  pass(5000, -3_600_000);
  assert.equal(steps.look(), -3_600_000);
});

test('RT-M1: a slow correction is none, nor is anything where one clock is all there is', () => {
  const { steps, pass } = hand(true);
  for (let second = 0; second < 100; second += 1) {
    pass(1000, 50);
    assert.equal(steps.look(), 0);
  }
  const alone = hand(false);
  alone.pass(1000, 3_600_000);
  assert.equal(alone.steps.look(), 0);
});
