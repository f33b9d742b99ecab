// Operators and rerouting against transfers that are just under way: whatever the moment, every message ends
// once.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { after, type Instant, millis } from '../../src/base/time.ts';
import type { QueueCommand } from '../../src/transfer/index.ts';
import { nameOf } from '../support/transfer.ts';
import { seeds, userAt, World } from './world.ts';

const everywhere = [{ address: '/A= /C=GB/', cost: 10 }];
const diamond = [
  {
    name: 'A',
    links: [
      { to: 'B', spaces: [{ address: '/P=D/A= /C=GB/', cost: 1 }], extra: retries(1) },
      { to: 'C', spaces: [{ address: '/P=D/A= /C=GB/', cost: 9 }], extra: retries(1) },
    ],
  },
  { name: 'B', links: [{ to: 'D' }, { to: 'A' }] },
  { name: 'C', links: [{ to: 'D' }, { to: 'A' }] },
  { name: 'D', links: [{ to: 'B', spaces: everywhere }, { to: 'C' }] },
];

function retries(openRetries: number): string {
  const transfers = 'transferInterval: 5s, transferRetries: 2';
  return `retry: { openInterval: 10s, openRetries: ${openRetries}, ${transfers} }`;
}

const commandsAt = (now: Instant): readonly QueueCommand[] => [
  { kind: 'hold' },
  { kind: 'release' },
  { kind: 'reroute' },
  { kind: 'defer', until: after(now, millis(3000)) },
  { kind: 'reroute', link: 'to-C' },
  { kind: 'reroute', link: 'to-B' },
  { kind: 'reroute', link: 'nowhere' },
  { kind: 'redirect', to: nameOf(userAt('D', 'elsewhere')), sameRecipient: true },
  { kind: 'delete' },
  { kind: 'return' },
];

for (const seed of seeds(1, 10)) {
  test(`RT-B3: every message ends once under commands at any moment, seed ${seed}`, async () => {
    const world = new World(seed, diamond);
    const { random } = world;
    const a = world.mta('A');
    for (let step = 0; step < 60; step += 1) {
      for (const to of ['B', 'C']) {
        if (random.chance(0.1)) world.network.setWeather(['A', to], { connect: 'refuse' });
        if (random.chance(0.2)) world.network.setWeather(['A', to], { delay: [1, 400] });
      }
      for (let count = random.between(0, 4); count > 0; count -= 1) world.submit('A', 'D', 2000);
      for (const copy of [...a.disk.copies.keys()]) {
        if (random.chance(0.2)) void a.agent.commands.perform(copy, random.pick(commandsAt(world.now())));
      }
      await world.pass(random.between(0, 1500));
    }
    for (const to of ['B', 'C']) world.network.setWeather(['A', to], {});
    await world.pass(60_000);
    for (const copy of [...a.disk.copies.keys()]) void a.agent.commands.perform(copy, { kind: 'release' });
    await world.drain();
    world.checkLaws();
    for (const { mtsIdentifier } of world.submitted) {
      const delivered = world.mta('D').delivered.filter((each) => each.mtsIdentifier === mtsIdentifier);
      const ended = ['deleted-by-command', 'returned-by-command'] as const;
      const removed = ended.flatMap((name) =>
        a.events(name).filter(({ fields }) => fields.mtsIdentifier === mtsIdentifier),
      );
      const outcomes = delivered.length + removed.length;
      assert.equal(outcomes, 1, `${mtsIdentifier}: ${delivered.length} delivered, ${removed.length} removed`);
    }
    await world.stop();
  });
}

test('a link that does not work loses its queue to the alternate, and nothing arrives twice', async () => {
  const world = new World(99, diamond);
  world.network.setWeather(['A', 'B'], { connect: 'refuse' });
  for (let count = 0; count < 30; count += 1) world.submit('A', 'D', 2000);
  await world.drain(300_000);
  world.checkNothingLost();
  assert.equal(world.mta('D').delivered.length, 30);
  assert.ok(world.mta('A').events('rerouted').length > 0);
  await world.stop();
});

test('a deferred message that is rerouted still waits for its time', async () => {
  const world = new World(98, diamond);
  world.network.setWeather(['A', 'B'], { connect: 'refuse' });
  const deferred = (world.now() + 600_000) as ReturnType<typeof world.now>;
  void world.mta('A').submit({ to: ['/S=u/P=D/A= /C=GB/'], text: 'later', deferred });
  for (let count = 0; count < 3; count += 1) world.submit('A', 'D', 2000);
  await world.pass(300_000);
  assert.equal(world.mta('D').delivered.length, 3);
  await world.pass(360_000);
  assert.equal(world.mta('D').delivered.length, 4);
  assert.ok(world.mta('D').delivered[3].at >= deferred);
  await world.stop();
});
