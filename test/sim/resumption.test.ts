// Transfers that are broken off in the middle go on from the last confirmed checkpoint (X.228 7.8): after a
// loss of the connection, after the death of the receiver, after the death of the sender. Whole MTAs in a
// simulated world.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SitePlan, World } from './world.ts';

const modes = ['normal', 'x410-1988', 'x410-1984'] as const;
type LinkMode = (typeof modes)[number];
const size = 120_000;
const runs = modes.flatMap((mode) => [1, 2, 3].map((seed) => ({ seed, mode, how: `${mode}, seed ${seed}` })));

function plansIn(mode: LinkMode): SitePlan[] {
  const extra = `mode: ${mode}`;
  return [
    { name: 'A', links: [{ to: 'B', extra }] },
    { name: 'B', links: [{ to: 'A', extra }] },
  ];
}

/** One large message under way from A to B, somewhere in its middle. */
async function inTheMiddle(seed: number, mode: LinkMode): Promise<World> {
  const world = new World(seed, plansIn(mode));
  world.network.setWeather(['A', 'B'], { delay: [20, 60] });
  world.submit('A', 'B', size);
  const limit = 600;
  for (let step = 0; step < limit && pointsOf(world) < 5; step += 1) await world.pass(50);
  assert.ok(pointsOf(world) >= 5, 'a transfer with confirmed points is under way');
  assert.equal(world.mta('B').delivered.length, 0);
  return world;
}

/** The last checkpoint that B has on its disk. */
function pointsOf(world: World): number {
  let last = 0;
  for (const { key, direction, data } of world.mta('B').disk.recovery.values()) {
    if (direction !== 'in' || key.includes('#')) continue;
    const { checkpoints } = JSON.parse(new TextDecoder().decode(data));
    last = Math.max(last, checkpoints.at(-1)?.serialNumber ?? 0);
  }
  return last;
}

async function arrivesOnce(world: World): Promise<void> {
  await world.drain(600_000);
  world.checkNothingLost();
  assert.equal(world.mta('B').delivered.length, 1, 'delivered once');
  world.checkLaws();
}

/** Afterwards nothing is remembered any more, and nothing is left behind. */
async function forgets(world: World): Promise<void> {
  await world.pass(300_000);
  for (const mta of world.mtas.values()) {
    assert.equal(mta.disk.recovery.size, 0, 'no recovery point remains');
    assert.equal(mta.disk.spools.size, 0, 'no spool remains');
  }
  await world.stop();
}

for (const { seed, mode, how } of runs) {
  test(`a connection is reset: the transfer goes on from its last point (${how})`, async () => {
    const world = await inTheMiddle(seed, mode);
    world.network.resetAll('A');
    await arrivesOnce(world);
    assert.ok(world.mta('A').events('recovery-started').length > 0, 'A goes on');
    const resumed = world.mta('B').events('recovery-started');
    assert.ok(resumed.length > 0, 'B goes on');
    assert.ok(Number(resumed[0].fields.octets) > 1000, 'from a point, not from the beginning');
    assert.equal(world.mta('A').disk.copies.size, 0);
    await forgets(world);
  });

  test(`the receiver dies and returns: the transfer goes on from its last point (${how})`, async () => {
    const world = await inTheMiddle(seed + 100, mode);
    world.mta('B').kill();
    await world.pass(3000);
    world.mta('B').start();
    await arrivesOnce(world);
    assert.ok(world.mta('B').events('recovery-started').length > 0, 'B goes on');
    await forgets(world);
  });

  test(`the sender dies and returns: the transfer goes on from its last point (${how})`, async () => {
    const world = await inTheMiddle(seed + 200, mode);
    world.mta('A').kill();
    await world.pass(1000);
    world.mta('A').start();
    await arrivesOnce(world);
    assert.ok(world.mta('B').events('recovery-started').length > 0, 'B goes on');
    await forgets(world);
  });
}

test('away beyond the recovery timeout: the transfer begins anew, under the same identifier', async () => {
  const world = await inTheMiddle(9, 'normal');
  world.mta('B').kill();
  await world.pass(400_000);
  world.mta('B').start();
  await arrivesOnce(world);
  assert.equal(world.mta('A').events('recovery-failed').length, 1);
  await forgets(world);
});
