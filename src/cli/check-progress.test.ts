// What is said while a check takes its time: on a clock in hand, of steps as long as the test wants.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { after, type Instant, seconds } from '../base/time.ts';
import type { CheckSlice } from '../store/index.ts';
import { VirtualClock } from '../../test/sim/virtual-clock.ts';
import { CheckProgress } from './check-progress.ts';
import { withSigns } from './signs-of-life.ts';

const none = {
  ...{ messages: 0, copies: 0, records: 0, spools: 0, octets: 0 },
  ...{ damage: 0, known: 0, notes: 0 },
};
const databaseOctets = 2_800_000_000;

function slice(stage: CheckSlice['stage'], progress: number, count = none): CheckSlice {
  return { stage, progress, count, findings: [], databaseOctets };
}

/** Runs the steps, each so many seconds after the one before; what was said, and when. */
async function said(
  steps: readonly (readonly [number, CheckSlice])[],
  interactive: boolean,
): Promise<readonly string[]> {
  const [virtual, life] = [new VirtualClock(), {}];
  const clock = virtual.of(life);
  const began = clock.now();
  const lines: string[] = [];
  const progress = new CheckProgress(
    {
      interactive,
      columns: 110,
      out: async () => undefined,
      err: async (text) => void lines.push(`${(clock.now() - began) / 1000}: ${text.trimEnd()}`),
    },
    clock,
  );
  const slow = async function* (): AsyncGenerator<CheckSlice> {
    for (const [wait, each] of steps) {
      await new Promise<void>((resolve) => clock.schedule(after(clock.now(), seconds(wait)), resolve));
      yield each;
    }
  };
  let taken = 0;
  const all = (async () => {
    const signs = { clock, every: progress.every, sign: () => progress.tell() };
    for await (const each of withSigns(slow(), signs)) {
      taken += 1;
      await progress.say(each);
    }
    await progress.clear();
  })();
  await virtual.runUntil((began + 3_600_000) as Instant);
  await all;
  assert.equal(taken, steps.length, 'every step comes through');
  assert.equal(virtual.pending(life), 0);
  return lines;
}

test('while SQLite verifies the structure, every three seconds: what, how large, since when', async () => {
  const lines = await said(
    [
      [0, slice('log', 1)],
      [0, slice('structure', 0)],
      [10, slice('structure', 1)],
      [1, slice('messages', 0.5, { ...none, messages: 5500 })],
      [2, slice('messages', 1, { ...none, messages: 11_000 })],
    ],
    false,
  );
  const running = (at: number) =>
    `${at}: checking SQLite's structure of 2.6 GiB, in one step: ${at} s so far`;
  assert.deepEqual(lines, [
    ...[3, 6, 9].map(running),
    '13: checking messages: 100 %, 11000 rows, 846 a second, 13 s so far',
  ]);
});

test('quick work says nothing; on a terminal one line is written over, and gone at the end', async () => {
  const quick = [
    [0, slice('log', 1)],
    [1, slice('structure', 0)],
    [1, slice('done', 1)],
  ] as const;
  assert.deepEqual(await said(quick, false), []);
  const lines = await said(quick, true);
  assert.ok(lines.length >= 8, lines.join('\n'));
  assert.ok(lines.every((line) => line.includes('\r\u001b[K')));
  assert.equal(lines.at(-1), '2: \r\u001b[K');
});

test('what ends the work ends it here, too', async () => {
  const clock = new VirtualClock().of({});
  const failing = async function* (): AsyncGenerator<CheckSlice> {
    yield slice('log', 1);
    throw new Error('the disk is gone');
  };
  const seen: string[] = [];
  await assert.rejects(async () => {
    const signs = { clock, every: seconds(3), sign: async () => undefined };
    for await (const { stage } of withSigns(failing(), signs)) seen.push(stage);
  }, /the disk is gone/);
  assert.deepEqual(seen, ['log']);
});
