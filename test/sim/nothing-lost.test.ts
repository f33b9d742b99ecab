// Three MTAs in a row under faults of network, disk and life, each run from a printed seed: nothing is lost,
// nothing is confirmed before it is secured, duplicates only after a loss, and everything comes to rest.

import { test } from 'node:test';
import { heal, weatherOf } from './storms.ts';
import { seeds, World } from './world.ts';

const plans = [
  { name: 'A', links: [{ to: 'B', spaces: [{ address: '/A= /C=GB/', cost: 10 }] }] },
  { name: 'B', links: [{ to: 'A' }, { to: 'C' }] },
  { name: 'C', links: [{ to: 'B', spaces: [{ address: '/A= /C=GB/', cost: 10 }] }] },
];

test('in fair weather every message arrives once, and no timer or association remains', async () => {
  const world = new World(1, plans);
  for (let count = 0; count < 40; count += 1) world.submit('A', 'C', world.random.between(1, 9000));
  await world.drain(60_000);
  world.checkNothingLost();
  world.checkLaws();
  await world.stop();
});

for (const seed of seeds(1, 10)) {
  test(`faults of network and disk, seed ${seed}`, async () => {
    const world = new World(seed, plans);
    await underFaults(world, { deaths: false });
  });
}

for (const seed of seeds(10_001, 8)) {
  test(`faults of network, disk and life, seed ${seed}`, async () => {
    const world = new World(seed, plans);
    await underFaults(world, { deaths: true });
  });
}

/** Ten minutes of mail both ways under changing weather; then everything heals. */
async function underFaults(world: World, faults: { readonly deaths: boolean }): Promise<void> {
  const { random } = world;
  const names = ['A', 'B', 'C'] as const;
  for (let step = 0; step < 30; step += 1) {
    for (const between of [
      ['A', 'B'],
      ['B', 'C'],
    ] as const) {
      if (random.chance(0.4)) world.network.setWeather(between, weatherOf(random));
    }
    for (const name of names) {
      const mta = world.mta(name);
      mta.diskWeather.refusalChance = random.chance(0.2) ? 0.3 : 0;
      mta.deliveryFailureChance = random.chance(0.2) ? 0.3 : 0;
      if (!faults.deaths) continue;
      if (!mta.alive) mta.start();
      else if (random.chance(0.1)) mta.kill();
    }
    const [from, to] = random.chance(0.5) ? (['A', 'C'] as const) : (['C', 'A'] as const);
    if (world.mta(from).alive) {
      for (let count = random.between(0, 6); count > 0; count -= 1) {
        world.submit(from, to, random.chance(0.3) ? random.between(5000, 30_000) : random.between(1, 3000));
      }
    }
    await world.pass(random.between(100, 20_000));
  }
  heal(world);
  await world.drain();
  world.checkNothingLost();
  world.checkLaws();
  await world.stop();
}
