// RT-A4: nesting of ten thousand levels, a million empty elements, and mutations without number, for every
// sample of P1: a value or an error, within time and memory. (Random mutations by the hundred thousand are
// test/fuzz/octets.test.ts.)

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concat } from '../../src/base/octets.ts';
import { endsWithin, heapInUse } from '../fuzz/bounded.ts';
import { decoders, fault } from '../fuzz/octets.ts';
import { element, messageWith } from './hostile-apdus.ts';
import { HostilePeer } from './hostile-peer.ts';

function repeated(count: number, ...octets: readonly number[]): Uint8Array {
  const whole = new Uint8Array(count * octets.length);
  for (let at = 0; at < whole.length; at += octets.length) whole.set(octets, at);
  return whole;
}

function nested(depth: number, tag: number): Uint8Array {
  return concat([repeated(depth, tag, 0x80), repeated(depth, 0, 0)]);
}

const million = repeated(1_000_000, 5, 0);
const bombs: Readonly<Record<string, Uint8Array>> = {
  'nested sequences': nested(10_000, 0x30),
  'nested sequences without an end': repeated(10_000, 0x30, 0x80),
  'nested sets': nested(10_000, 0x31),
  'nested octet strings': nested(10_000, 0x24),
  'nested in a message': concat([Uint8Array.of(0xa0, 0x80), nested(10_000, 0x31), Uint8Array.of(0, 0)]),
  'a million empties': concat([Uint8Array.of(0x30, 0x80), million, Uint8Array.of(0, 0)]),
  'a million empty sequences': concat([
    Uint8Array.of(0x30, 0x80),
    repeated(1_000_000, 0x30, 0),
    Uint8Array.of(0, 0),
  ]),
  'a million empty trace elements': concat([
    Uint8Array.of(0xa0, 0x80, 0x31, 0x80, 0x69, 0x80),
    repeated(1_000_000, 0x30, 0),
    Uint8Array.of(0, 0, 0, 0, 0, 0),
  ]),
  'a tag without end': repeated(1_000_000, 0x9f),
};

/** Those that read BER; what lies below looks at frames, and has its bounds in test/fuzz. */
const readers = new Set(['ppdu', 'acse', 'rtse', 'external', 'bind', 'p1', 'arrival', 'content', 'ber']);

test('RT-A4: bombs for every decoder end in time and leave nothing', (t) => {
  const before = heapInUse();
  for (const [name, octets] of Object.entries(bombs)) {
    for (const decoder of decoders) {
      if (!readers.has(decoder.name)) continue;
      const began = performance.now();
      let wrong: string | undefined;
      const ended = endsWithin(15_000, () => {
        wrong = fault(decoder, octets);
      });
      assert.ok(ended, `${decoder.name}: ${name} does not end`);
      assert.equal(wrong, undefined, `${decoder.name}: ${name}`);
      const took = performance.now() - began;
      if (took > 1000) t.diagnostic(`${decoder.name}: ${name} takes ${Math.round(took)} ms`);
    }
  }
  const growth = heapInUse() - before;
  assert.ok(growth < 32 * 1024 * 1024, `${growth} octets remain`);
});

test('RT-A4: bombs transferred to an MTA are refused, and a valid message is taken after each', async () => {
  const peer = new HostilePeer();
  await peer.transfer(messageWith());
  await peer.world.pass(1000);
  const before = peer.holdings();
  const inMessage = (bomb: Uint8Array): Uint8Array =>
    concat([Uint8Array.of(0xa0, 0x80), bomb, Uint8Array.of(0, 0)]);
  const small = { ...bombs, truncated: messageWith().subarray(0, 40), nothing: element(0xa0) };
  for (const [name, bomb] of Object.entries(small)) {
    if (bomb.length > 100_000) continue;
    for (const apdu of [bomb, inMessage(bomb)]) {
      const outcome = await peer.transfer(apdu);
      assert.ok(outcome === 'refused for good' || outcome === 'association lost', `${name}: ${outcome}`);
      assert.equal(await peer.transfer(messageWith()), 'secured', name);
      await peer.world.pass(1000);
      assert.deepEqual(peer.holdings(), before, name);
    }
  }
  assert.deepEqual(peer.mta.events('internal-error'), []);
});
