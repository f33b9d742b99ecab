// Long jobs on one event loop: short ones are done at once, long ones take turns and a little time each, and
// what one job's fault is stays that job's.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClockInHand } from '../../test/support/transfer.ts';
import type { Steps } from '../base/steps.ts';
import { type Millis, millis } from '../base/time.ts';
import { heldSteps, Slices } from './slices.ts';

function* job(name: string, steps: number, did: string[]): Steps<string> {
  for (let step = 0; step < steps; step += 1) {
    if (step > 0) yield;
    did.push(name);
  }
  return name;
}

/** Each look at the time passed takes a quarter of a millisecond. */
class TickingClock extends ClockInHand {
  #passed = 0;

  elapsed(): Millis {
    this.#passed += 0.25;
    return millis(this.#passed);
  }
}

test('one step is done at once', () => {
  const clock = new ClockInHand();
  assert.equal(Slices.on(clock).run(job('a', 1, [])), 'a');
  assert.equal(clock.pending, 0);
});

test('jobs take turns, in steps of their own order', async () => {
  const clock = new ClockInHand();
  const did: string[] = [];
  const slices = Slices.on(clock);
  const jobs = [slices.run(job('a', 4, did)), slices.run(job('b', 2, did)), slices.run(job('c', 3, did))];
  assert.equal(clock.pending, 1, 'one timer for all of them');
  await clock.pass(0);
  assert.deepEqual(await Promise.all(jobs), ['a', 'b', 'c']);
  assert.deepEqual(did.join(''), 'abcabcaca');
  assert.equal(clock.pending, 0);
});

test('a turn ends when its time is over, however many jobs there are', async () => {
  const clock = new TickingClock();
  const did: string[] = [];
  const turns: number[] = [];
  const slices = Slices.on(clock);
  const schedule = clock.schedule.bind(clock);
  clock.schedule = (at, callback) =>
    schedule(at, () => {
      const before = did.length;
      callback();
      turns.push(did.length - before);
    });
  for (let n = 0; n < 50; n += 1) void slices.run(job(`${n}`, 20, did));
  await clock.pass(0);
  assert.equal(did.length, 50 * 20);
  assert.equal(Math.max(...turns), 2, 'half a millisecond of a quarter a step');
});

test('a clock that can give the next turn gives it, and no timer is armed', async () => {
  const turns: (() => void)[] = [];
  const clock = Object.assign(new TickingClock(), {
    nextTurn: (callback: () => void): void => void turns.push(callback),
  });
  const did: string[] = [];
  const done = Slices.on(clock).run(job('a', 4, did));
  while (turns.length > 0) {
    assert.equal(clock.pending, 0);
    turns.shift()?.();
  }
  assert.equal(await done, 'a');
});

test('a fault rejects its own job and no other, at its first step and later', async () => {
  const clock = new ClockInHand();
  const slices = Slices.on(clock);
  const did: string[] = [];
  const fails = function* (at: number): Steps<string> {
    for (let step = 0; step < at; step += 1) yield;
    throw new Error(`at step ${at}`);
  };
  assert.throws(() => slices.run(fails(0)), /at step 0/);
  const [failing, good] = [slices.run(fails(2)), slices.run(job('good', 5, did))];
  const rejected = assert.rejects(Promise.resolve(failing), /at step 2/);
  await clock.pass(0);
  await rejected;
  assert.equal(await good, 'good');
});

test('every step of held work is held, and nothing between two of them is', async () => {
  const clock = new ClockInHand();
  const [did, seen]: [string[], string[]] = [[], []];
  let holding = false;
  const held = <T>(work: () => T): T => {
    holding = true;
    try {
      return work();
    } finally {
      holding = false;
    }
  };
  const watched = function* (): Steps<void> {
    for (let step = 0; step < 3; step += 1) {
      seen.push(`${holding}`);
      yield;
    }
  };
  const slices = Slices.on(clock);
  const [one, two] = [slices.run(heldSteps(held, watched())), slices.run(job('x', 3, did))];
  assert.equal(holding, false);
  await clock.pass(0);
  await Promise.all([one, two]);
  assert.deepEqual(seen, ['true', 'true', 'true']);
});
