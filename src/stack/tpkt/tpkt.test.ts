// RFC 1006 clause 6: packets at any cut, and what breaks the framing.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { concat, fromHex, toHex } from '../../base/octets.ts';
import { encodeTpkt, TPDU_OCTETS_MAX, TpktDecoder } from './tpkt.ts';

const hex = (text: string): Uint8Array => fromHex(text) ?? assert.fail(text);

test('packets come out the same at every pair of cuts', () => {
  const stream = hex('03 00 0007 02f080  03 ff 0009 02f080 aabb  03 00 0008 02f000 cc');
  const wanted = ['02f080', '02f080aabb', '02f000cc'];
  for (let first = 0; first <= stream.length; first += 1) {
    for (let second = first; second <= stream.length; second += 1) {
      const decoder = new TpktDecoder();
      const parts = [stream.subarray(0, first), stream.subarray(first, second), stream.subarray(second)];
      const tpdus = parts.flatMap((part) => decoder.receive(part).tpdus);
      assert.deepEqual(tpdus.map(toHex), wanted);
      assert.equal(decoder.octetsHeld, 0);
    }
  }
});

test('a packet that lies whole in what was received is not copied', () => {
  const octets = hex('03 00 0009 02f080 aabb');
  const [tpdu] = new TpktDecoder().receive(octets).tpdus;
  assert.equal(tpdu.buffer, octets.buffer);
});

for (const length of [0, 1, 2, 3, 4, 5, 6]) {
  test(`length ${length} is a violation, at every cut, and nothing is read after it`, () => {
    const stream = concat([hex('03000007 02f080'), Uint8Array.of(3, 0, 0, length), hex('03000007 02f080')]);
    for (let cut = 0; cut <= stream.length; cut += 1) {
      const decoder = new TpktDecoder();
      const results = [decoder.receive(stream.subarray(0, cut)), decoder.receive(stream.subarray(cut))];
      const violations = results.flatMap(({ violation }) => (violation === undefined ? [] : [violation]));
      assert.equal(violations.length, 1);
      assert.equal(violations[0].layer, 'tpkt');
      assert.equal(violations[0].got, `length ${length}`);
      assert.equal(results.flatMap(({ tpdus }) => tpdus).length, 1);
    }
  });
}

test('another version is a violation as soon as its octet is there', () => {
  const decoder = new TpktDecoder();
  assert.equal(decoder.receive(hex('47')).violation?.got, 'version 71');
  assert.deepEqual(decoder.receive(hex('03000007 02f080')), { tpdus: [] });
});

test('the largest packet is held and comes out whole', () => {
  const tpdu = new Uint8Array(TPDU_OCTETS_MAX).fill(7);
  const packet = concat(encodeTpkt([tpdu]));
  assert.equal(packet.length, 65_535);
  const decoder = new TpktDecoder();
  decoder.receive(packet.subarray(0, 65_534));
  assert.ok(decoder.octetsHeld <= 65_535);
  assert.deepEqual(decoder.receive(packet.subarray(65_534)).tpdus, [tpdu]);
});

test('encoding joins a short first piece to the header and copies no long one', () => {
  const long = new Uint8Array(1000);
  const pieces = encodeTpkt([hex('02f080'), long]);
  assert.equal(toHex(pieces[0]), '030003ef02f080');
  assert.equal(pieces[1], long);
  assert.equal(encodeTpkt([long])[1], long);
});

test('any octets give TPDUs or a violation, never an exception', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 10 }), (chunks) => {
      const decoder = new TpktDecoder();
      for (const chunk of chunks) decoder.receive(chunk);
      assert.ok(decoder.octetsHeld <= 65_535);
    }),
  );
});
