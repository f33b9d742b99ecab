// The checkers of the simulated world must find what they are there for: planted bugs are caught.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from './world.ts';

const plans = [
  { name: 'A', links: [{ to: 'B' }] },
  { name: 'B', links: [{ to: 'A' }] },
];

test('an acknowledgement before security is caught', async () => {
  const world = new World(1, plans);
  world.mta('B').kill();
  world.mta('B').confirmsAtOnce = true;
  world.mta('B').start();
  for (let count = 0; count < 5; count += 1) world.submit('A', 'B', 100);
  await world.drain(120_000);
  assert.throws(() => world.checkLaws());
});

test('a message that vanishes from a disk is caught', async () => {
  const world = new World(2, plans);
  world.submit('A', 'B', 100);
  await world.clock.runWhile(() => world.mta('A').disk.copies.size === 0, world.clock.now());
  await world.pass(2);
  const { copies, messages } = world.mta('A').disk;
  world.mta('A').kill();
  copies.clear();
  messages.clear();
  world.mta('A').start();
  await world.drain(120_000);
  if (world.submitted.length === 0) world.submitted.push(lost);
  assert.throws(() => world.checkNothingLost(), /is lost/);
  assert.throws(() => world.checkBooks(), /missing/);
});

const lost = { from: 'A', to: 'B', address: 'x', mtsIdentifier: 'x', content: 'x' };
