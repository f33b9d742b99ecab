// Operators' commands about a link, on whole MTAs: each direction by itself, hanging up, delays, limits.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LinkCommand } from '../../src/transfer/index.ts';
import { World } from './world.ts';

const plans = [
  { name: 'A', links: [{ to: 'B' }] },
  { name: 'B', links: [{ to: 'A' }] },
];

async function command(world: World, order: LinkCommand): Promise<void> {
  await world.pass(1);
  const runner = world.mta('A').agent.hops.links.get('to-B');
  assert.ok(runner !== undefined);
  runner.command(order, 'test');
}
const taken = (world: World) => [world.mta('A').delivered.length, world.mta('B').delivered.length];

test('inbound disabled: the peer is refused with an event, its mail waits; ours goes', async () => {
  const world = new World(31, plans);
  await command(world, { kind: 'disable', direction: 'in' });
  world.submit('A', 'B', 1000);
  world.submit('B', 'A', 1000);
  await world.pass(60_000);
  assert.deepEqual(taken(world), [0, 1]);
  assert.ok(world.mta('A').events('link-disabled').length > 0);
  await command(world, { kind: 'enable', direction: 'in' });
  await world.drain();
  assert.deepEqual(taken(world), [1, 1]);
  world.checkNothingLost();
  await world.stop();
});

test('inbound disabled while the peer is connected: its association ends with what it carries', async () => {
  const world = new World(32, plans);
  for (let count = 0; count < 5; count += 1) world.submit('B', 'A', 1000);
  await world.pass(5000);
  await command(world, { kind: 'disable', direction: 'in' });
  world.submit('B', 'A', 1000);
  await world.pass(20_000);
  assert.equal(world.mta('A').agent.inboundAssociations, 0);
  assert.deepEqual(taken(world), [5, 0]);
  await command(world, { kind: 'enable' });
  await world.drain();
  world.checkNothingLost();
  await world.stop();
});

test('outbound disabled: ours waits, the peer is answered', async () => {
  const world = new World(33, plans);
  await command(world, { kind: 'disable', direction: 'out' });
  world.submit('A', 'B', 1000);
  world.submit('B', 'A', 1000);
  await world.pass(60_000);
  assert.deepEqual(taken(world), [1, 0]);
  await command(world, { kind: 'enable', direction: 'out' });
  await world.drain();
  world.checkNothingLost();
  await world.stop();
});

test('disconnect: everything is closed, and called again after its time', async () => {
  const world = new World(34, plans);
  world.submit('A', 'B', 1000);
  await world.pass(5000);
  await command(world, { kind: 'disconnect' });
  await world.pass(5000);
  const [runner] = world.mta('A').agent.hops.links.values();
  assert.deepEqual(runner.views, []);
  world.submit('A', 'B', 1000);
  await world.pass(5000);
  assert.deepEqual(taken(world), [0, 1], 'retry.openInterval, 20 s, is not over');
  await world.pass(20_000);
  assert.deepEqual(taken(world), [0, 2]);
  await world.stop();
});

test('a limit keeps back what it does not name, and all go when it is over', async () => {
  const world = new World(35, plans);
  const until = (world.now() + 600_000) as ReturnType<World['now']>;
  await command(world, { kind: 'limit', limit: { priorities: ['urgent'], until } });
  for (const priority of ['urgent', 'normal', 'non-urgent'] as const) {
    const to = ['/S=u/P=B/A= /C=GB/'];
    void world.mta('A').submit({ to, content: new Uint8Array(9), contentType: '2.6.1.10.1', priority });
  }
  await world.pass(590_000);
  assert.deepEqual(taken(world), [0, 1]);
  await world.pass(15_000);
  assert.deepEqual(taken(world), [0, 3]);
  await world.stop();
});
