// The checkers of the simulated world must find what they are there for: planted bugs are caught.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packetsIn, spdus } from '../support/tcp-relay.ts';
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

const alternating = 'rts: { checkpoint: 1KiB, window: 3, dialogue: two-way-alternate }';
const twoWay = [
  { name: 'A', links: [{ to: 'B', extra: alternating }] },
  { name: 'B', links: [{ to: 'A', onlyAnswered: true }] },
];

test('a turn that is given and forgotten is caught', async () => {
  const world = new World(3, twoWay);
  world.mta('B').losesTurns = 'given';
  for (let count = 0; count < 5; count += 1) world.submit('B', 'A', 100);
  await world.pass(100);
  world.submit('A', 'B', 100);
  await world.pass(3000);
  assert.throws(() => world.checkTurns(true), /the turn is lost/);
  await assert.rejects(world.drain(600_000), /queues drain/);
});

test('a responder that forgets to ask again, after its gift was lost, is caught', async () => {
  const bugged = giftLostOnce('asked');
  await assert.rejects(bugged.drain(600_000), /queues drain/);
  const sound = giftLostOnce(undefined);
  await sound.drain(60_000);
  sound.checkNothingLost();
  sound.checkTurns(true);
});

/** B asks A for the turn; the connection breaks as A gives it, the first time. */
function giftLostOnce(losesTurns: 'asked' | undefined): World {
  const world = new World(4, twoWay);
  world.mta('B').losesTurns = losesTurns;
  let lostOne = false;
  world.network.watch = (host, octets, socket) => {
    if (host !== 'A' || lostOne || !packetsIn(Buffer.from(octets)).includes(spdus.GTC)) return;
    lostOne = true;
    socket.resetBoth();
  };
  for (let count = 0; count < 5; count += 1) world.submit('B', 'A', 100);
  world.submit('A', 'B', 100);
  return world;
}

const lost = { from: 'A', to: 'B', address: 'x', mtsIdentifier: 'x', content: 'x' };
