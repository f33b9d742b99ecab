// Q193760: one failed link stopped the mail to every site. Here dead, refusing, stalling and flapping peers
// cost a healthy one no virtual time at all: everybody has a queue, a pool and timers of their own.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VirtualMta } from './virtual-mta.ts';
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

for (const connect of ['refuse', 'silent'] as const) {
  test(`a peer that answers no call (${connect}) costs the store nothing for what is queued`, async () => {
    const asked = { commit: 0, claim: 0, show: 0 };
    const prepare = (mta: VirtualMta): void => {
      if (mta.host !== 'A') return;
      mta.plantedStore = (store) => ({
        ...store,
        commit: (transition) => {
          asked.commit += 1;
          return store.commit(transition);
        },
        claim: (request) => {
          if (request.nextHop === 'link/to-DEAD') asked.claim += 1;
          return store.claim(request);
        },
        show: (copy) => {
          asked.show += 1;
          return store.show(copy);
        },
      });
    };
    const world = new World(5, plans, { prepare });
    world.network.setWeather(['A', 'DEAD'], { connect });
    for (let count = 0; count < 200; count += 1) world.submit('A', 'DEAD', 2000);
    await world.pass(60_000);
    Object.assign(asked, { commit: 0, claim: 0, show: 0 });
    const failedBefore = world.mta('A').events('link-open-failed').length;
    await world.pass(600_000);
    const failed = world.mta('A').events('link-open-failed').length - failedBefore;
    assert.ok(failed >= 10, `${failed} calls failed`);
    assert.equal(asked.commit, 0, 'no attempt is written for copies that were not tried');
    assert.equal(asked.show, 0);
    assert.ok(asked.claim <= 2 * failed, `${asked.claim} claims for ${failed} failed calls`);
  });
}
