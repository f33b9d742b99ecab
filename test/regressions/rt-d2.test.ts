// RT-D2 (Q166594): the connection of a two-way alternate association breaks immediately after S-CONTROL-GIVE,
// before it has arrived or just after, whichever side gave. Afterwards exactly one side has the turn of the
// next association, and the queues drain within one retry interval. Whole MTAs in the simulated world.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { after, millis, seconds } from '../../src/base/time.ts';
import type { VirtualMta } from '../sim/virtual-mta.ts';
import { World } from '../sim/world.ts';
import { packetsIn, spdus } from '../support/tcp-relay.ts';

const RETRY_S = 20;
const MESSAGES = 12;
/** In fair weather octets are under way for at most five milliseconds. */
const ARRIVED_MS = 6;

for (const mode of ['normal', 'x410-1988', 'x410-1984'] as const) {
  for (const giver of ['A', 'B']) {
    for (const arrives of [false, true]) {
      const when = arrives ? 'just after its gift arrived' : 'before its gift arrives';
      test(`RT-D2 (${mode}): ${giver} gives the turn, and the connection breaks ${when}`, () =>
        breaks({ mode, giver, arrives }));
    }
  }
}

interface Break {
  readonly mode: string;
  readonly giver: string;
  readonly arrives: boolean;
}

async function breaks({ mode, giver, arrives }: Break): Promise<void> {
  const extra = `mode: ${mode}\nrts: { checkpoint: 1KiB, window: 3, dialogue: two-way-alternate }`;
  const world = new World(1, [
    { name: 'A', links: [{ to: 'B', extra }] },
    { name: 'B', links: [{ to: 'A', extra, onlyAnswered: true }] },
  ]);
  const mtas = ['A', 'B'].map((name) => world.mta(name));
  await world.pass(1000);
  const before = mtas.map((mta) => holdings(world, mta));

  let brokenAt: number | undefined;
  world.network.watch = (host, octets, socket) => {
    const gives = packetsIn(Buffer.from(octets)).includes(spdus.GTC);
    if (host !== giver || !gives || brokenAt !== undefined) return;
    brokenAt = world.now();
    if (!arrives) socket.resetBoth();
    else world.clock.of(world).schedule(after(world.now(), millis(ARRIVED_MS)), () => socket.resetBoth());
  };
  // B may not call: it has its queue before A calls for what it has.
  for (let count = 0; count < MESSAGES; count += 1) world.submit('B', 'A', 500);
  await world.pass(100);
  for (let count = 0; count < MESSAGES; count += 1) world.submit('A', 'B', 500);
  const limit = after(world.now(), seconds(10));
  assert.ok(await world.clock.runWhile(() => brokenAt === undefined, limit), 'the turn is given');
  await world.drain(RETRY_S * 1000);
  world.checkNothingLost();
  world.checkLaws();
  for (const mta of mtas) assert.equal(mta.delivered.length, MESSAGES, `${mta.host} has each once`);

  // What stands afterwards has the turn at one end; if nothing stands, the next that does.
  if (world.network.pairs.length === 0) world.submit('A', 'B', 1);
  await world.pass(2000);
  assert.ok(world.network.pairs.length > 0);
  world.checkTurns(true);
  for (const { told } of mtas) {
    const silent = told.filter(({ name }) => name === 'turn-not-given');
    assert.deepEqual(silent, [], 'nobody had to wait for a turn that was lost');
  }
  // The associations end with their lifetime, the memory of broken transfers a while later.
  await world.pass(300_000);
  assert.deepEqual(
    mtas.map((mta) => holdings(world, mta)),
    before,
    'counts are at their baseline',
  );
  await world.stop();
}

/** What an MTA holds. */
function holdings(world: World, mta: VirtualMta) {
  const { copies, messages, spools, recovery } = mta.disk;
  return {
    timers: mta.timers,
    associations: mta.agent.inboundAssociations,
    views: [...mta.agent.hops.links.values()].flatMap(({ views }) => views).length,
    connections: world.network.connections(mta.host),
    stored: [copies.size, messages.size, spools.size, recovery.size],
  };
}
