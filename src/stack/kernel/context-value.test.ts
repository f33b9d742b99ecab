// The head of a value of a presentation context, against the decoder of the asn1 room: in an EXTERNAL the
// context comes back, and the value as it was.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, encode, external, octetString, rawOctets } from '../../asn1/index.ts';
import { concat, toHex } from '../../base/octets.ts';
import { contextValueHead } from './context-value.ts';

test('X.690 8.18: the context and the value come back out of an EXTERNAL', () => {
  for (const context of [1, 3, 127, 128, 255, 256, 32_767, 32_768, 65_535, 65_536]) {
    for (const octets of [1, 100, 127, 128, 70_000]) {
      const value = encode(octetString(), new Uint8Array(octets).fill(7));
      const { head, octetsTotal } = contextValueHead(0x28, context, value.length);
      const whole = concat([head, value]);
      assert.equal(octetsTotal, whole.length);
      const read = decode(external(), whole);
      assert.ok(read.ok, `${context}: ${JSON.stringify(read)}`);
      assert.equal(read.value.indirectReference, context);
      assert.ok(read.value.encoding.kind === 'singleASN1Type');
      assert.equal(toHex(rawOctets(read.value.encoding.value)), toHex(value));
    }
  }
});

test('X.226 8.4.2: the same in a PDV-list, whose tag is that of a SEQUENCE', () => {
  assert.equal(toHex(contextValueHead(0x30, 3, 2).head), '3007020103a002');
  assert.equal(toHex(contextValueHead(0x30, 200, 2).head), '3008020200c8a002');
});
