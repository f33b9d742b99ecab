// RT-D1: two links; the peer of one accepts and then never reads, answers nothing, or resets what it has
// taken: the other's throughput is within 5 % of what it is alone. On virtual time, where nothing else can
// make a difference; with real processes and a hundred links it is test/alone/isolation.test.ts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { after, millis } from '../../src/base/time.ts';
import type { Weather } from '../sim/virtual-socket.ts';
import { World } from '../sim/world.ts';

const MESSAGES = 80;
const plans = [
  { name: 'HUB', links: [{ to: 'A' }, { to: 'B' }] },
  { name: 'A', links: [{ to: 'HUB' }] },
  { name: 'B', links: [{ to: 'HUB' }] },
];

/** Virtual milliseconds until B has everything, with that weather on the link to A. */
async function timeOfB(seed: number, weather: Partial<Weather> | undefined): Promise<number> {
  const world = new World(seed, plans);
  world.network.setWeather(['HUB', 'B'], { delay: [2, 2] });
  for (const name of ['HUB', 'B']) world.mta(name).diskWeather.delay = [1, 1];
  await world.pass(1000);
  if (weather !== undefined) {
    for (let count = 0; count < 40; count += 1) world.submit('HUB', 'A', 5000);
    // Its associations stand, and are full, before it falls ill.
    await world.pass(20);
    world.network.setWeather(['HUB', 'A'], weather);
    await world.pass(30_000);
  }
  const begun = world.now();
  for (let count = 0; count < MESSAGES; count += 1) world.submit('HUB', 'B', 5000);
  const b = world.mta('B');
  await world.clock.runWhile(() => b.delivered.length < MESSAGES, after(begun, millis(600_000)));
  assert.equal(b.delivered.length, MESSAGES);
  return world.now() - begun;
}

const ills: Readonly<Record<string, Partial<Weather>>> = {
  'never reads': { stalled: true },
  'answers nothing': { connect: 'silent', stalled: true },
  'resets what it has taken': { resetChance: 0.5 },
};
for (const [what, weather] of Object.entries(ills)) {
  test(`RT-D1: a peer that ${what} takes nothing from the other`, async () => {
    let [alone, beside] = [0, 0];
    for (const seed of [11, 12, 13]) {
      alone += await timeOfB(seed, undefined);
      beside += await timeOfB(seed, weather);
    }
    assert.ok(beside <= alone * 1.05, `alone ${alone} ms, beside it ${beside} ms`);
  });
}
