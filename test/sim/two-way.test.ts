// Mail both ways over associations that one MTA alone opens (X.218 two-way alternate): the other is never
// called, and has only the turn to send its own. Normal and X.410-1984 mode; fair weather, faults, deaths.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Random } from '../../src/base/random.ts';
import { seconds } from '../../src/base/time.ts';
import type { Weather } from './virtual-socket.ts';
import { seeds, World } from './world.ts';

const modes = ['normal', 'x410-1988', 'x410-1984'] as const;
type Mode = (typeof modes)[number];

/** A opens, B is never told where A is. */
function world(seed: number, mode: Mode = 'normal'): World {
  const rts = 'rts: { checkpoint: 1KiB, window: 3, dialogue: two-way-alternate }';
  return new World(seed, [
    { name: 'A', links: [{ to: 'B', extra: `mode: ${mode}\n${rts}` }] },
    { name: 'B', links: [{ to: 'A', extra: `mode: ${mode}`, onlyAnswered: true }] },
  ]);
}

for (const mode of modes) {
  test(`${mode}: in fair weather mail goes both ways over what A opens`, async () => {
    const two = world(1, mode);
    const { random } = two;
    for (let count = 0; count < 30; count += 1) {
      two.submit('A', 'B', random.between(1, 9000));
      two.submit('B', 'A', random.between(1, 9000));
    }
    await two.drain(30_000);
    two.checkNothingLost();
    two.checkLaws();
    two.checkTurns(true);
    assert.equal(two.mta('A').delivered.length, 30);
    assert.equal(two.mta('B').delivered.length, 30);
    assert.deepEqual(two.mta('A').events('turn-not-given'), []);
    // At rest the turn is the opener's again, and its association is released when its lifetime is over.
    await two.pass(seconds(60));
    assert.equal(two.mta('A').events('association-lost').length, 0);
    assert.ok(two.mta('A').events('association-closed').length > 0);
    assert.equal(two.network.connections('A'), 0);
    await two.stop();
  });
}

test('neither end starves the other: with long queues on both, both move', async () => {
  const two = world(2);
  for (let count = 0; count < 200; count += 1) {
    two.submit('A', 'B', 500);
    two.submit('B', 'A', 500);
  }
  await two.pass(100);
  let widest = 0;
  while (two.queued() > 0) {
    await two.pass(50);
    if (two.mta('A').disk.copies.size === 0 || two.mta('B').disk.copies.size === 0) break;
    widest = Math.max(widest, Math.abs(two.mta('A').delivered.length - two.mta('B').delivered.length));
  }
  // Three associations, each of which changes hands after eight transfers, and what is under way.
  assert.ok(widest <= 60, `one end was ${widest} messages behind`);
  await two.drain(60_000);
  two.checkNothingLost();
  await two.stop();
});

for (const mode of modes) {
  for (const seed of seeds(100, 6)) {
    test(`${mode}: faults of network and disk, seed ${seed}`, () => underFaults(world(seed, mode), false));
  }
  for (const seed of seeds(200, 4)) {
    test(`${mode}: faults of network, disk and life, seed ${seed}`, () =>
      underFaults(world(seed, mode), true));
  }
}

/** Ten minutes of mail both ways under changing weather; then everything heals. */
async function underFaults(two: World, deaths: boolean): Promise<void> {
  const { random } = two;
  const mtas = [two.mta('A'), two.mta('B')];
  for (let step = 0; step < 30; step += 1) {
    if (random.chance(0.5)) two.network.setWeather(['A', 'B'], weatherOf(random));
    for (const mta of mtas) {
      mta.diskWeather.refusalChance = random.chance(0.2) ? 0.3 : 0;
      if (!deaths) continue;
      if (!mta.alive) mta.start();
      else if (random.chance(0.1)) mta.kill();
    }
    const [from, to] = random.chance(0.5) ? (['A', 'B'] as const) : (['B', 'A'] as const);
    for (let count = random.between(0, 8); count > 0 && two.mta(from).alive; count -= 1) {
      two.submit(from, to, random.chance(0.3) ? random.between(5000, 30_000) : random.between(1, 3000));
    }
    await two.pass(random.between(100, 20_000));
    two.checkTurns();
  }
  two.network.setWeather(['A', 'B'], {});
  for (const mta of mtas) {
    mta.diskWeather.refusalChance = 0;
    if (!mta.alive) mta.start();
  }
  // B is not able to call: what it has waits for A, which polls when it has mail of its own.
  await two.pass(seconds(60));
  two.submit('A', 'B', 10);
  await two.drain();
  two.checkNothingLost();
  two.checkLaws();
  two.checkTurns(true);
  await two.stop();
}

function weatherOf(random: Random): Partial<Weather> {
  return random.pick<Partial<Weather>>([
    {},
    { cuts: true },
    { resetChance: 0.05, cuts: true },
    { resetChance: 0.2 },
    { halfCloseChance: 0.05 },
    { connect: 'refuse' },
    { stalled: true },
    { delay: [200, 3000] },
  ]);
}

for (const mode of modes) {
  test(`${mode}: what B was sending goes on from its last point over the next association`, async () => {
    const two = world(5, mode);
    two.submit('B', 'A', 60_000);
    two.submit('A', 'B', 10);
    await two.pass(1);
    const under = () =>
      two
        .mta('B')
        .agent.hops.links.get('to-A')
        ?.views.some((view) => view.transferring === 'out');
    await two.clock.runWhile(() => under() !== true, two.clock.now());
    await two.pass(60);
    assert.ok(under(), 'B is sending');
    two.network.resetAll('A');
    await two.pass(100);
    two.submit('A', 'B', 10);
    await two.drain(60_000);
    two.checkNothingLost();
    two.checkLaws();
    const [resumed] = two.mta('A').events('recovery-started');
    assert.ok(Number(resumed?.fields.octets) > 1000, 'from a point, not from the beginning');
    await two.stop();
  });
}
