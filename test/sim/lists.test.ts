// Distribution lists and redirections over three MTAs in a row, under faults of network, disk and life from
// printed seeds: every member and every redirected recipient gets each message, once unless a loss explains
// more; a list of B has one of C as a member, which has that of B, and the circle ends; the books of all
// balance, and everything comes to rest.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heal, weatherOf } from './storms.ts';
import { seeds, userAt, World } from './world.ts';

const wide = [{ address: '/A= /C=GB/', cost: 10 }];
const many = Array.from({ length: 200 }, (_, each) => userAt(each % 2 === 0 ? 'A' : 'C', `m${each}`));

function list(name: string, domain: string, members: readonly string[]): string {
  return `  - { name: ${name}, address: "${userAt(domain, name)}", members: ${JSON.stringify(members)} }`;
}

const plans = [
  { name: 'A', links: [{ to: 'B', spaces: wide }] },
  {
    name: 'B',
    links: [{ to: 'A' }, { to: 'C' }],
    beside: [
      'lists:',
      list('crew', 'B', [userAt('A', 'ann'), userAt('B', 'bob'), userAt('C', 'cy'), userAt('C', 'inner')]),
      list('many', 'B', [...many, userAt('B', 'crew')]),
      'redirections:',
      `  - { from: "${userAt('B', 'moved')}", to: "${userAt('A', 'here')}" }`,
    ],
  },
  {
    name: 'C',
    links: [{ to: 'B', spaces: wide }],
    beside: [
      'lists:',
      list('inner', 'C', [userAt('C', 'dee'), userAt('A', 'eve'), userAt('B', 'crew')]),
      'redirections:',
      `  - { from: "${userAt('C', 'cy')}", to: "${userAt('B', 'cyrus')}", reason: alias }`,
    ],
  },
];

const ofCrew = [
  userAt('A', 'ann'),
  userAt('B', 'bob'),
  userAt('B', 'cyrus'),
  userAt('C', 'dee'),
  userAt('A', 'eve'),
];
/** Who is to get what is for an address. */
const readers: Readonly<Record<string, readonly string[]>> = {
  [userAt('B', 'crew')]: ofCrew,
  [userAt('B', 'many')]: [...many, ...ofCrew],
  [userAt('B', 'moved')]: [userAt('A', 'here')],
};

interface Sent {
  readonly mtsIdentifier: string;
  readonly to: readonly string[];
}

function send(world: World, sent: Sent[], from: string, to: readonly string[]): void {
  const content = world.random.octets(world.random.between(1, 9000));
  void world
    .mta(from)
    .submit({ to, content, contentType: '2.6.1.10.1' })
    .then((mtsIdentifier) => {
      if (mtsIdentifier !== undefined) sent.push({ mtsIdentifier, to });
    });
}

/** Each reader of each message has it, and as often as losses explain. */
function checkReaders(world: World, sent: readonly Sent[]): void {
  const got = new Map<string, number>();
  for (const mta of world.mtas.values()) {
    for (const { kind, mtsIdentifier, recipient } of mta.delivered) {
      const key = `${kind} ${mtsIdentifier} ${recipient}`;
      got.set(key, (got.get(key) ?? 0) + 1);
    }
  }
  for (const { mtsIdentifier, to } of sent) {
    let allowed = 1;
    for (const mta of world.mtas.values()) allowed += mta.mayRepeat.get(mtsIdentifier) ?? 0;
    for (const reader of new Set(to.flatMap((each) => readers[each]))) {
      const times = got.get(`message ${mtsIdentifier} ${reader}`) ?? 0;
      assert.ok(times > 0, `${mtsIdentifier} to ${reader} is lost`);
      assert.ok(times <= allowed, `${mtsIdentifier} to ${reader}: ${times} times, allowed ${allowed}`);
    }
  }
}

test('in fair weather each reader has it once, by both lists and the circle between them', async () => {
  const world = new World(1, plans);
  const sent: Sent[] = [];
  for (const to of Object.keys(readers)) for (const from of ['A', 'B', 'C']) send(world, sent, from, [to]);
  await world.drain(600_000);
  assert.equal(sent.length, 9);
  checkReaders(world, sent);
  world.checkLaws();
  for (const mta of world.mtas.values()) {
    assert.deepEqual(mta.events('loop-detected'), []);
    assert.deepEqual(mta.events('non-delivery'), []);
  }
  await world.stop();
});

for (const seed of seeds(1, 6)) {
  test(`faults of network and disk, seed ${seed}`, () => underFaults(seed, false));
}
for (const seed of seeds(20_001, 6)) {
  test(`faults of network, disk and life, seed ${seed}`, () => underFaults(seed, true));
}

/** Some minutes of mail to lists under changing weather; then everything heals. */
async function underFaults(seed: number, deaths: boolean): Promise<void> {
  const world = new World(seed, plans);
  const { random } = world;
  const sent: Sent[] = [];
  for (let step = 0; step < 12; step += 1) {
    for (const between of [['A', 'B'] as const, ['B', 'C'] as const]) {
      if (random.chance(0.4)) world.network.setWeather(between, weatherOf(random));
    }
    for (const mta of world.mtas.values()) {
      mta.diskWeather.refusalChance = random.chance(0.2) ? 0.3 : 0;
      if (!deaths) continue;
      if (!mta.alive) mta.start();
      else if (random.chance(0.2)) mta.kill();
    }
    const from = random.pick(['A', 'B', 'C'] as const);
    // One of them: who reads two lists gets it by both.
    if (world.mta(from).alive) send(world, sent, from, [random.pick(Object.keys(readers))]);
    await world.pass(random.between(1, 20_000));
  }
  heal(world);
  await world.drain();
  checkReaders(world, sent);
  world.checkLaws();
  await world.stop();
}
