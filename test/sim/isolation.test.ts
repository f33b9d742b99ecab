// Q193760: one failed link stopped the mail to every site. Here dead, refusing, stalling and flapping peers
// cost a healthy one no virtual time at all: everybody has a queue, a pool and timers of their own.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from './world.ts';

const others = ['DEAD', 'DENY', 'HANG', 'FLAP'] as const;
const plans = [
  { name: 'A', links: [{ to: 'GOOD' }, ...others.map((to) => ({ to }))] },
  { name: 'GOOD', links: [{ to: 'A' }] },
  ...others.map((name) => ({ name, links: [{ to: 'A' }] })),
];

/** Virtual milliseconds until the healthy peer has everything. */
async function timeOfGood(seed: number, ill: boolean): Promise<number> {
  const world = new World(seed, plans);
  world.network.setWeather(['A', 'GOOD'], { delay: [2, 2] });
  world.mta('A').diskWeather.delay = [1, 1];
  world.mta('GOOD').diskWeather.delay = [1, 1];
  if (ill) {
    world.network.setWeather(['A', 'DEAD'], { connect: 'silent' });
    world.network.setWeather(['A', 'DENY'], { connect: 'refuse' });
    world.network.setWeather(['A', 'FLAP'], { resetChance: 0.2 });
    for (const name of others) for (let count = 0; count < 20; count += 1) world.submit('A', name, 2000);
    await world.pass(30);
    world.network.setWeather(['A', 'HANG'], { stalled: true });
    await world.pass(60_000);
  }
  const begun = world.now();
  for (let count = 0; count < 60; count += 1) world.submit('A', 'GOOD', 2000);
  const good = world.mta('GOOD');
  await world.clock.runWhile(() => good.delivered.length < 60, (begun + 600_000) as typeof begun);
  assert.equal(good.delivered.length, 60);
  return world.now() - begun;
}

test('a healthy link takes no longer for the ill ones beside it', async () => {
  for (const seed of [1, 2, 3]) {
    const alone = await timeOfGood(seed, false);
    const among = await timeOfGood(seed, true);
    assert.ok(among <= alone * 1.1 + 20, `alone ${alone} ms, among ill ones ${among} ms`);
  }
});

test('RT-D3: after healing the ill links drain too', async () => {
  const world = new World(4, plans);
  world.network.setWeather(['A', 'DEAD'], { connect: 'silent' });
  world.network.setWeather(['A', 'DENY'], { connect: 'refuse' });
  world.network.setWeather(['A', 'HANG'], { stalled: true });
  world.network.setWeather(['A', 'FLAP'], { resetChance: 0.2 });
  for (const name of others) for (let count = 0; count < 10; count += 1) world.submit('A', name, 2000);
  await world.pass(300_000);
  for (const name of others) world.network.setWeather(['A', name], {});
  await world.drain();
  world.checkNothingLost();
  world.checkLaws();
  await world.stop();
});
