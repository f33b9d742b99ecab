// Three MTAs in a row under faults of network, disk and life, each run from a printed seed: nothing is lost, nothing is
// confirmed before it is secured, duplicates only after a loss, and everything comes to rest.

import { test } from 'node:test';
import { World } from './world.ts';

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
