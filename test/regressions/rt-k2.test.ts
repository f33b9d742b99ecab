// RT-K2: polling at scheduled times. Whole MTAs on virtual time: a peer that only answers gets its mail out
// because we call it at each slot, with nothing to send ourselves; and nothing is called between the hours.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from '../sim/world.ts';

const minute = 60_000;
const hour = 60 * minute;

/** A calls B by its schedule; B has mail for A and no address to call. It is Monday, 12:00. */
const polling = (schedule: string) => [
  {
    name: 'A',
    links: [{ to: 'B', extra: `rts: { dialogue: two-way-alternate }\nschedule: ${schedule}` }],
  },
  { name: 'B', links: [{ to: 'A', onlyAnswered: true, extra: 'rts: { dialogue: two-way-alternate }' }] },
];

test('RT-K2: a polled link is called at its slots with an empty queue, and fetches mail', async () => {
  const schedule = '{ style: poll, times: ["mon-fri 14:00-15:00"], timeZone: UTC, pollInterval: 15m }';
  const world = new World(1, polling(schedule));
  for (let count = 0; count < 3; count += 1) world.submit('B', 'A', 2000);
  await world.pass(2 * hour - minute);
  assert.equal(world.mta('A').delivered.length, 0, 'not before the hours');
  await world.pass(2 * minute);
  assert.equal(world.mta('A').delivered.length, 3, 'fetched at the first slot');
  await world.pass(6 * hour);
  const calls = world
    .mta('A')
    .events('association-opened')
    .map(({ at }) => Math.round(((at % (24 * hour)) - 14 * hour) / minute));
  assert.deepEqual(calls, [0, 15, 30, 45]);
  const names = world.mta('A').told.map(({ name }) => name);
  assert.equal(names.filter((name) => name === 'schedule-began').length, 1);
  assert.equal(names.filter((name) => name === 'schedule-ended').length, 1);
  world.checkNothingLost();
  await world.stop();
});

test('RT-K2: what is sent after the hours waits for the first slot of the next day', async () => {
  const schedule = '{ style: poll, times: ["12:00-13:00"], timeZone: UTC }';
  const world = new World(2, polling(schedule));
  await world.pass(90 * minute);
  world.submit('B', 'A', 2000);
  world.submit('A', 'B', 2000);
  await world.pass(22 * hour);
  assert.equal(world.queued(), 2, 'both wait');
  await world.pass(hour);
  assert.equal(world.queued(), 0);
  world.checkNothingLost();
  await world.stop();
});
