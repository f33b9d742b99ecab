// Contents in every form of an OCTET STRING, cut anywhere, and what is none.

import assert from 'node:assert/strict';
import test from 'node:test';
import { concat, equalOctets, fromHex } from '../base/octets.ts';
import { ContentReader } from './content-reader.ts';

/** The element in the indefinite form. */
function indefinite(identifier: number, contents: readonly Uint8Array[]): Uint8Array {
  return concat([Uint8Array.of(identifier, 0x80), ...contents, Uint8Array.of(0, 0)]);
}

test('contents of every form, cut at every octet, give the same value', () => {
  const value = Uint8Array.from({ length: 300 }, (_, index) => index % 256);
  const segment = (from: number, to: number) =>
    concat([Uint8Array.of(4, to - from), value.subarray(from, to)]);
  const parts = [
    segment(0, 100),
    indefinite(0x24, [segment(100, 120), segment(120, 200)]),
    segment(200, 300),
  ];
  const plain = [segment(0, 100), segment(100, 200), segment(200, 300)];
  const total = plain.reduce((sum, part) => sum + part.length, 0);
  const forms = [
    concat([Uint8Array.of(4, 0x82, 1, 44), value]),
    indefinite(0x24, parts),
    concat([Uint8Array.of(0x24, 0x82, total >> 8, total & 255), ...plain]),
    concat([Uint8Array.of(0x24, 0x82, (total + 4) >> 8, (total + 4) & 255), indefinite(0x24, plain)]),
  ];
  for (const form of forms) {
    for (const size of [1, 2, 3, 7, 101, form.length]) {
      const reader = new ContentReader();
      const found: Uint8Array[] = [];
      for (let at = 0; at < form.length; at += size) {
        const step = reader.push(form.subarray(at, at + size));
        assert.ok(step.ok, step.ok ? '' : step.error);
        found.push(...step.value.content);
      }
      assert.ok(reader.done);
      assert.ok(equalOctets(concat(found), value));
    }
  }
});

test('contents that are none are refused, without end or depth', () => {
  const wrong = ['1601', '0480', '240302ff', '24030404', '240504020102040100', '048900', '0000'];
  for (const hex of wrong) {
    const step = new ContentReader().push(fromHex(hex) ?? new Uint8Array());
    assert.ok(!step.ok, hex);
  }
  const deep = new ContentReader();
  assert.ok(!deep.push(new Uint8Array(200).map((_, index) => (index % 2 === 0 ? 0x24 : 0x80))).ok);
  const empty = new ContentReader();
  assert.deepEqual(empty.push(Uint8Array.of(0x24, 0, 0xaa)), { ok: true, value: { content: [], used: 2 } });
  assert.ok(empty.done);
});
