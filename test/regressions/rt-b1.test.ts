// RT-B1 (Q152941, Q157708): ten thousand callers that connect, say some of what a peer says in some order,
// glued or cut, and are gone: data before the connection is accepted, answers to nothing, a reset at every
// octet. No exception, no rejection that nobody handles, and afterwards no association, no timer, no
// connection.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concat } from '../../src/base/octets.ts';
import { type Random, seededRandom } from '../../src/base/random.ts';
import { bindArgumentOf } from '../../bench/peer.ts';
import { heapInUse } from '../fuzz/bounded.ts';
import { goodExchange } from '../fuzz/good-exchange.ts';
import { mutated } from '../fuzz/mutations.ts';
import { messageWith } from './hostile-apdus.ts';
import { HostilePeer } from './hostile-peer.ts';
import { type RawCaller, RawCallers } from './raw-callers.ts';

const callers_count = 10_000;
const open_at_once = 20;
const growth_octets_max = 24 * 1024 * 1024;
const { toResponder, toInitiator } = goodExchange(bindArgumentOf({ mta: 'MTA-A', password: 'A-secret' }));
const whole = concat(toResponder);

function reset(caller: RawCaller): void {
  caller.socket.destroyed = true;
  caller.socket.writable = false;
  caller.socket.emit('error', Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
  caller.socket.emit('close');
}

/** What one caller says: in order, out of order, the other side's part, damaged, or cut off at any octet. */
function script(random: Random): Uint8Array[] {
  const piece = (): Uint8Array => random.pick([...toResponder, ...toInitiator]);
  switch (random.between(0, 5)) {
    case 0:
      return toResponder.slice(0, random.between(0, toResponder.length));
    case 1:
      return [whole.subarray(0, random.between(0, whole.length))];
    case 2:
      // What the called side says, glued: CC and AC before anybody asked.
      return [concat(toInitiator.slice(0, 2))];
    case 3:
      // Data before the accept.
      return [concat(toResponder.slice(0, random.between(2, 4)))];
    case 4:
      return Array.from({ length: random.between(1, 5) }, piece);
    default:
      return [toResponder[0], mutated(random.pick(toResponder), piece(), random)];
  }
}

test('RT-B1: connect, CR, CN, data, abort and reset in any order leave nothing', async (t) => {
  const rejections: unknown[] = [];
  const note = (reason: unknown): void => void rejections.push(reason);
  process.on('unhandledRejection', note);
  t.after(() => process.off('unhandledRejection', note));
  const seed = Number(process.env.FUZZ_SEED ?? 20_261_121);
  t.diagnostic(`${callers_count} callers, seed ${seed}`);
  const random = seededRandom(seed);
  const peer = new HostilePeer();
  const raw = new RawCallers(peer);
  assert.equal(await peer.transfer(messageWith()), 'secured');
  await peer.world.pass(1000);
  const before = { holdings: peer.holdings(), heap: heapInUse() };
  const open: { readonly caller: RawCaller; readonly left: Uint8Array[] }[] = [];
  let reached = 0;
  for (let started = 0; started < callers_count || open.length > 0; ) {
    if (started < callers_count && (open.length < open_at_once || random.chance(0.3))) {
      open.push({ caller: raw.connect(), left: script(random) });
      started += 1;
    }
    const index = random.between(0, open.length - 1);
    const { caller, left } = open[index];
    const next = left.shift();
    if (next !== undefined && random.chance(0.9)) caller.socket.arrive(next);
    else {
      if (random.chance(0.5)) reset(caller);
      else caller.socket.peerEnds();
      if (caller.written.length > 0) reached += 1;
      assert.deepEqual(caller.internalErrors, []);
      open.splice(index, 1);
    }
    if (random.chance(0.02)) await peer.world.pass(random.between(0, 3000));
  }
  await peer.world.pass(600_000);
  t.diagnostic(`${reached} were answered, ${peer.mta.told.length} events`);
  assert.ok(reached > callers_count / 4, 'callers get somewhere');
  peer.mta.told.length = 0;
  peer.forget();
  assert.deepEqual(rejections, []);
  assert.equal(raw.timers, 0, 'no timer of a connection remains');
  // The neighbour has idled away meanwhile; it comes back, and all is as it was.
  assert.equal(await peer.transfer(messageWith()), 'secured');
  await peer.world.pass(1000);
  assert.deepEqual(peer.holdings(), before.holdings);
  const growth = heapInUse() - before.heap;
  assert.ok(growth < growth_octets_max, `${growth} octets remain`);
});
