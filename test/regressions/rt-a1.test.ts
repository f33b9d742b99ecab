// RT-A1 (Q182619): illegal TPKTs close their own connection, with an event, and touch nothing else. The
// reserved octet is ignored; a packet may be as large as 65,535 octets and come one octet at a time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concat } from '../../src/base/octets.ts';
import { goodExchange } from '../fuzz/good-exchange.ts';
import { messageWith } from './hostile-apdus.ts';
import { HostilePeer } from './hostile-peer.ts';
import { type RawCaller, RawCallers } from './raw-callers.ts';
import { World } from '../sim/world.ts';

const illegal: Readonly<Record<string, Uint8Array>> = {
  'length 0': Uint8Array.of(3, 0, 0, 0),
  'length 4': Uint8Array.of(3, 0, 0, 4),
  'length 6': Uint8Array.of(3, 0, 0, 6, 1, 0xe0),
  'version 0': Uint8Array.of(0, 0, 0, 11, 6, 0xe0, 0, 0, 0, 1, 0),
  'version 2': Uint8Array.of(2, 0, 0, 11, 6, 0xe0, 0, 0, 0, 1, 0),
  'something else altogether': new TextEncoder().encode('GET / HTTP/1.0\r\n\r\n'),
};

const [connectRequest] = goodExchange().toResponder;

function arriveSingly(caller: RawCaller, octets: Uint8Array): void {
  for (let at = 0; at < octets.length; at += 1) caller.socket.arrive(octets.subarray(at, at + 1));
}

function assertCode(caller: RawCaller, code: number, where: string): void {
  const written = concat([...caller.written, new Uint8Array()]);
  assert.equal(written[5], code, `${where}: ${Buffer.from(written).toString('hex')}`);
}

test('RT-A1: illegal packets close their own connection alone, with an event', async () => {
  const peer = new HostilePeer();
  const callers = new RawCallers(peer);
  assert.equal(await peer.transfer(messageWith()), 'secured');
  await peer.world.pass(1000);
  const before = peer.holdings();
  const bystander = callers.connect();
  bystander.socket.arrive(connectRequest);
  await peer.world.pass(10);
  assertCode(bystander, 0xd0, 'CC');
  for (const [name, octets] of Object.entries(illegal)) {
    for (const singly of [false, true]) {
      const told = peer.mta.events('framing-violation').length;
      const caller = callers.connect();
      if (singly) arriveSingly(caller, octets);
      else caller.socket.arrive(octets);
      await peer.world.pass(10);
      assert.equal(caller.socket.destroyed, true, name);
      assert.equal(peer.mta.events('framing-violation').length, told + 1, name);
      assert.deepEqual(caller.internalErrors, [], name);
      assert.equal(bystander.socket.destroyed, false, name);
      assert.ok(peer.associated, name);
    }
  }
  assert.equal(await peer.transfer(messageWith()), 'secured', 'others are not touched');
  await peer.world.pass(1000);
  bystander.socket.peerEnds();
  await peer.world.pass(1000);
  assert.equal(callers.timers, 0);
  assert.deepEqual(peer.holdings(), before);
});

test('RT-A1: the reserved octet, single octets, and the largest packet', async () => {
  const peer = new HostilePeer();
  const callers = new RawCallers(peer);
  const reserved = connectRequest.slice();
  reserved[1] = 0xff;
  const caller = callers.connect();
  arriveSingly(caller, reserved);
  await peer.world.pass(10);
  assertCode(caller, 0xd0, 'a connection is confirmed');
  // A DT of 65,535 octets that is not the end of its TSDU: held, and nothing is wrong yet.
  const largest = new Uint8Array(65_535);
  largest.set([3, 0, 0xff, 0xff, 2, 0xf0, 0]);
  caller.socket.arrive(largest.subarray(0, 30_000));
  caller.socket.arrive(largest.subarray(30_000));
  await peer.world.pass(10);
  assert.equal(caller.socket.destroyed, false);
  assert.deepEqual(peer.mta.events('framing-violation'), []);
  caller.socket.peerEnds();
  await peer.world.pass(1000);
  assert.equal(callers.timers + peer.holdings().associations, 0);
});

test('RT-A1: packets that make up more than mta.limits.tsduSize close their own connection', async () => {
  const peer = new HostilePeer(1, { site: { extra: 'limits: { tsduSize: 64KiB }' } });
  const callers = new RawCallers(peer);
  assert.equal(await peer.transfer(messageWith()), 'secured');
  await peer.world.pass(1000);
  const before = peer.holdings();
  const caller = callers.connect();
  caller.socket.arrive(connectRequest);
  await peer.world.pass(10);
  const part = new Uint8Array(40_000);
  part.set([3, 0, part.length >> 8, part.length & 0xff, 2, 0xf0, 0]);
  caller.socket.arrive(part);
  await peer.world.pass(10);
  assert.equal(caller.socket.destroyed, false, 'one is within the limit');
  caller.socket.arrive(part);
  await peer.world.pass(10);
  assertCode({ ...caller, written: caller.written.slice(-1) }, 0x70, 'ER, and the end');
  assert.equal(caller.socket.writable, false);
  const [told, ...more] = peer.mta.events('protocol-violation');
  assert.deepEqual([told.fields.got, more.length], ['a TSDU longer than 65536 octets', 0]);
  assert.equal(await peer.transfer(messageWith()), 'secured', 'others are not touched');
  // The caller does not close its side: it is not waited for without end.
  await peer.world.pass(30_000);
  assert.equal(caller.socket.destroyed, true);
  assert.deepEqual([callers.timers, peer.holdings()], [0, before]);
});

for (const on of [true, false]) {
  test(`RT-A1: the reserved octet is counted for the link that the bind names; off: ${!on}`, async () => {
    const extra = `retry: { openInterval: 3600s }\ntolerances: { tpktReservedOctet: ${on} }`;
    const world = new World(1, [
      { name: 'A', links: [{ to: 'B' }] },
      { name: 'B', links: [{ to: 'A', extra }, ...(on ? [] : [{ to: 'C' }])] },
    ]);
    world.network.tap = ({ called }) => {
      const emit = called.emit.bind(called);
      called.emit = (event: string | symbol, ...what: unknown[]) => {
        const [octets] = what;
        if (event === 'data' && octets instanceof Uint8Array && octets[0] === 3) octets[1] = 7;
        return emit(event, ...what);
      };
    };
    world.submit('A', 'B', 100);
    await world.pass(2000);
    const { agent } = world.mta('B');
    const [count] = agent.tolerances.counts();
    const off = world.mta('B').events('tolerance-off');
    assert.equal(world.mta('B').delivered.length, on ? 1 : 0);
    if (on) assert.deepEqual([count.link, count.name, off.length], ['to-A', 'tpktReservedOctet', 0]);
    else assert.deepEqual([count, off[0].fields.tolerance], [undefined, 'tpktReservedOctet']);
    await world.stop();
  });
}
