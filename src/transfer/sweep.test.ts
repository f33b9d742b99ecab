// The sweep of every second: again and again until it is stopped, and what follows when the clock was set.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClockInHand, listening, quiet } from '../../test/support/transfer.ts';
import { millis } from '../base/time.ts';
import { openMemoryStore } from '../store/index.ts';
import { Hops } from './hops.ts';
import { Ledger } from './ledger.ts';
import { Sweep } from './sweep.ts';

class SetClock extends ClockInHand {
  set_ms = 0;
  readonly #began = super.now();

  elapsed() {
    return millis(this.time - this.#began - this.set_ms);
  }
}

function bench() {
  const clock = new SetClock();
  const heard = listening();
  const { emit } = heard;
  const ledger = new Ledger({ store: openMemoryStore(), clock, emit, owner: 'me', directory: '/d' });
  const swept: number[] = [];
  const expired = async (): Promise<void> => void swept.push(clock.now());
  return { clock, heard, swept, sweep: new Sweep({ clock, emit, hops: new Hops(ledger), expired }) };
}

test('every second, until it is stopped', async () => {
  const { clock, swept, sweep } = bench();
  sweep.start();
  for (let second = 0; second < 5; second += 1) await clock.pass(1000);
  assert.equal(swept.length, 5);
  sweep.stop();
  await clock.pass(10_000);
  await quiet();
  assert.equal(swept.length, 5);
  assert.equal(clock.pending, 0);
});

test('RT-M1: a clock that was set is told once, by how much', async () => {
  const { clock, heard, sweep } = bench();
  sweep.start();
  await clock.pass(1000);
  clock.set_ms += 3_600_000;
  await clock.pass(3_600_000 + 1000);
  await clock.pass(1000);
  const told = heard.told.filter(([name]) => name === 'clock-stepped');
  assert.deepEqual(
    told.map(([, fields]) => fields.by),
    [3600],
  );
  sweep.stop();
});
