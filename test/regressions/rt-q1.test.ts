// RT-Q1: a day with 50 links, messages of mixed sizes, peers that go away for hours: one copy for each next
// hop, however many recipients are behind it; the time in transit of each link bounded by its own peer's
// state alone; and after every hour as many associations, timers and connections as after the first. Virtual
// time, whole MTAs; HOURS, BURST and SEED in the environment make it longer.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventCounters } from '../../src/admin/index.ts';
import { userAt, World } from '../sim/world.ts';

const LINKS = 50;
const HOUR_MS = 3_600_000;
const hours = Number(process.env.HOURS ?? 24);
const burst = Number(process.env.BURST ?? 3);
const seed = Number(process.env.SEED ?? 50);
const sizes = [200, 200, 2000, 2000, 2000, 20_000, 100_000] as const;
const peers = Array.from({ length: LINKS }, (_, index) => `P${index}`);
/** These are away for an hour now and then; the others are always there. */
const unsteady = new Set(peers.slice(0, 5));

test('RT-Q1: a day with 50 links: nothing grows, one copy a next hop, bounded time in transit', async (t) => {
  const world = new World(
    seed,
    [
      { name: 'HUB', links: peers.map((to) => ({ to })) },
      ...peers.map((name) => ({ name, links: [{ to: 'HUB', spaces: [{ address: '/C=GB/', cost: 1 }] }] })),
    ],
    { expirySweep_ms: 2 * HOUR_MS },
  );
  const { random } = world;
  const hub = world.mta('HUB');
  const counters = new EventCounters();
  /** Transfers out of the hub, by message. */
  const transfers = new Map<string, string[]>();
  const expected = new Map<string, { readonly hops: number; readonly recipients: number }>();
  let seen = 0;
  const look = (): void => {
    for (const { name, fields } of hub.told.slice(seen)) {
      counters.count(name, fields);
      const id = String(fields.mtsIdentifier);
      if (name === 'transfer-out') transfers.set(id, [...(transfers.get(id) ?? []), String(fields.link)]);
    }
    seen = hub.told.length;
  };
  const post = (): void => {
    const from = random.pick(['HUB', ...peers]);
    const sites = Array.from({ length: random.between(1, 4) }, () => random.pick(peers)).filter(
      (site) => site !== from,
    );
    const each = [...new Set(sites)].flatMap((site) =>
      Array.from({ length: random.between(1, 5) }, (_, index) => userAt(site, `U${index}`)),
    );
    if (each.length === 0) return;
    const content = random.octets(random.pick(sizes));
    const priority = random.pick(['urgent', 'normal', 'non-urgent'] as const);
    void world
      .mta(from)
      .submit({ to: each, content, contentType: '2.6.1.10.1', priority })
      .then((id) => {
        if (id !== undefined) expected.set(id, { hops: new Set(sites).size, recipients: each.length });
      });
  };
  const atRest = (): readonly number[] => [
    hub.timers,
    hub.agent.inboundAssociations,
    world.network.connections('HUB'),
  ];

  await world.pass(300_000);
  const baseline = atRest();
  const away: string[] = [];
  for (let hour = 0; hour < hours; hour += 1) {
    for (const peer of away.splice(0)) world.network.setWeather(['HUB', peer], {});
    for (const peer of unsteady) {
      if (!random.chance(0.2)) continue;
      world.network.setWeather(['HUB', peer], { connect: random.pick(['refuse', 'silent'] as const) });
      world.network.resetAll(peer);
      away.push(peer);
    }
    for (let count = 0; count < burst; count += 1) {
      post();
      await world.pass(random.between(1000, (2 * 40 * 60_000) / burst));
    }
    await world.pass(HOUR_MS - (world.now() % HOUR_MS));
    look();
    if (away.length > 0) continue;
    await world.pass(300_000);
    assert.deepEqual(atRest(), baseline, `hour ${hour}: timers, callers, connections`);
  }
  for (const peer of away) world.network.setWeather(['HUB', peer], {});
  await world.drain();
  await world.pass(300_000);
  look();
  assert.deepEqual(atRest(), baseline, 'at the end of the day');

  for (const [id, { hops, recipients }] of expected) {
    const out = transfers.get(id) ?? [];
    const broken = hub.mayRepeat.get(id) ?? 0;
    assert.equal(new Set(out).size, hops, `${id}: a next hop each`);
    assert.ok(out.length <= hops + broken, `${id}: ${out.length} copies over ${hops} links`);
    const got = peers.flatMap((peer) =>
      world.mta(peer).delivered.filter((each) => each.mtsIdentifier === id),
    );
    assert.equal(new Set(got.map(({ recipient }) => recipient)).size, recipients, id);
  }
  const slowest = peers.map(
    (peer) => [peer, counters.transit.percentile_s(`to-${peer}`, 0.99) ?? 0] as const,
  );
  for (const [peer, p99] of slowest) {
    assert.ok(p99 <= (unsteady.has(peer) ? 14_400 : 15), `${peer}: the 99th percentile is ${p99} s`);
  }
  world.checkLaws();
  await world.stop();
  t.diagnostic(`${expected.size} messages in ${hours} hours, seed ${seed}`);
});
