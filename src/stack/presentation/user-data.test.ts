// User-data in every form of PDV-list that X.226 8.4 allows.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concat, fromHex, toHex } from '../../base/octets.ts';
import { decodeUserData, encodeUserData } from './user-data.ts';

function octets(hex: string): Uint8Array {
  const value = fromHex(hex);
  assert(value !== undefined);
  return value;
}

function read(hex: string): string {
  const values = decodeUserData(octets(hex));
  if (!values.ok) return 'error';
  return values.value.map(({ context, value }) => `${context}:${toHex(value)}`).join(' ');
}

test('X.226 8.4.2: one PDV-list a value; the pieces of a value are passed on as they are', () => {
  const piece = octets('0102');
  const pieces = encodeUserData([{ context: 3, value: [octets('0402'), piece] }]);
  assert.equal(toHex(concat(pieces)), '610b3009020103a00404020102');
  assert.ok(pieces.includes(piece));
  const two = encodeUserData([
    { context: 1, value: [octets('0500')] },
    { context: 300, value: [octets('0500')] },
  ]);
  assert.equal(toHex(concat(two)), '61133007020101a002050030080202012ca0020500');
});

test('every form of PDV-list that a peer may send', () => {
  assert.equal(read('61803080020103a0800401410000000000' + '00'), '3:040141');
  assert.equal(read('610d300b06025101020103a002' + '0500'), '3:0500');
  // Octet-aligned: the values of one context, one after the other.
  assert.equal(read('610c300a0201038105' + '0401410500'), '3:040141 3:0500');
  assert.equal(read('610a30080201038203' + '000500'), '3:0500');
  assert.equal(read('610a30080201038203' + '030508'), 'error');
  assert.equal(read('610a30080201038103' + '040541'), 'error');
  // Simply encoded data needs a default context, which nobody here agrees to.
  assert.equal(read('60020500'), 'error');
  assert.equal(read('0500'), 'error');
});

test('what is encoded is read back', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          context: fc.integer({ min: 1, max: 70_000 }),
          contents: fc.uint8Array({ maxLength: 300 }),
        }),
        { minLength: 1, maxLength: 4 },
      ),
      (values) => {
        const sent = values.map(({ context, contents }) => ({
          context,
          value: [octets(`0482${contents.length.toString(16).padStart(4, '0')}`), contents],
        }));
        const decoded = decodeUserData(concat(encodeUserData(sent)));
        assert.deepEqual(decoded, {
          ok: true,
          value: sent.map(({ context, value }) => ({ context, value: concat(value) })),
        });
      },
    ),
    { numRuns: 200 },
  );
});
