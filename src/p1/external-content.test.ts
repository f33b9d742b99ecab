// A content inside an EXTERNAL, in every form that BER and X.208 have for it.

import assert from 'node:assert/strict';
import test from 'node:test';
import { encode, external, rawOf } from '../asn1/index.ts';
import { externalContentHead, unwrapExternalContent, wrapExternalContent } from './external-content.ts';

const type = '2.6.7.10.0';

test('wrapped content comes out as it went in, at every size of length field', () => {
  for (const length of [0, 1, 100, 127, 128, 255, 256, 70_000]) {
    const content = new Uint8Array(length).fill(7);
    const wrapped = wrapExternalContent(type, content);
    const encoding = { kind: 'octetAligned', value: content } as const;
    assert.deepEqual(wrapped, encode(external(), { directReference: type, encoding }));
    assert.deepEqual(externalContentHead(type, length), wrapped.subarray(0, wrapped.length - length));
    assert.deepEqual(unwrapExternalContent(wrapped), { type, content });
  }
});

test('a single ASN.1 type is the content; without a type, or as bits, there is none', () => {
  const content = Uint8Array.of(5, 0);
  const single = { kind: 'singleASN1Type', value: rawOf(content) } as const;
  assert.deepEqual(unwrapExternalContent(encode(external(), { directReference: type, encoding: single })), {
    type,
    content,
  });
  assert.equal(unwrapExternalContent(encode(external(), { encoding: single })), undefined);
  const bits = { kind: 'arbitrary', value: { octets: content, bits: 16 } } as const;
  const arbitrary = encode(external(), { directReference: type, encoding: bits });
  assert.equal(unwrapExternalContent(arbitrary), undefined);
  assert.equal(unwrapExternalContent(Uint8Array.of(1, 2, 3)), undefined);
});
