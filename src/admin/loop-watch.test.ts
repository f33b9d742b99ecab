// A loop that was held up is told with how long; not more than once a minute, and not where nobody wants it.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { type Instant, millis, seconds } from '../base/time.ts';
import { VirtualClock } from '../../test/sim/virtual-clock.ts';
import { LoopWatch, loop_look_ms } from './loop-watch.ts';

test('a long delay is told once a minute, by the limit of now', async () => {
  const clock = new VirtualClock();
  const told: unknown[] = [];
  let [longest, limit, ended] = [0, millis(1000), false];
  const watch = new LoopWatch({
    clock: clock.of({}),
    emit: (name, { delay }) => told.push([name, delay]),
    limit: () => limit,
    delay: {
      longest: () => longest,
      end: () => {
        ended = true;
      },
    },
  });
  const at = async (delay_ms: number, later_ms = loop_look_ms) => {
    longest = delay_ms;
    told.length = 0;
    await clock.runUntil((clock.now() + later_ms) as Instant);
    return [...told];
  };
  assert.deepEqual(await at(999.4), []);
  assert.deepEqual(await at(1499.6), [['event-loop-slow', 1500]]);
  assert.deepEqual(await at(9000, 55_000), [], 'not again within the minute');
  assert.deepEqual(await at(2000), [['event-loop-slow', 2000]]);
  limit = seconds(0);
  assert.deepEqual(await at(99_000, 120_000), [], '0: never');
  limit = seconds(10);
  watch.stop();
  assert.deepEqual([await at(99_000, 120_000), ended], [[], true]);
});

test('the delay of this process is measured', async (t) => {
  const looks: (() => void)[] = [];
  const told: number[] = [];
  let now = 0;
  const watch = new LoopWatch({
    clock: {
      now: () => {
        now += 100_000;
        return now as Instant;
      },
      schedule: (_, look) => {
        looks.push(look);
        return () => {};
      },
    },
    emit: (_, { delay }) => told.push(Number(delay)),
    limit: () => millis(200),
  });
  t.after(() => watch.stop());
  const turn = () => new Promise((resolve) => setTimeout(resolve, 60));
  await turn();
  const until = performance.now() + 400;
  while (performance.now() < until);
  await turn();
  looks.shift()?.();
  assert.equal(told.length, 1);
  assert.ok(told[0] >= 300, `${told}`);
});
