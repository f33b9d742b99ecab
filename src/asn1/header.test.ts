// Headers and elements without types; tags as numbers and as text.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as asn1 from './index.ts';

test('a header says tag, form, contents and end', () => {
  const octets = Uint8Array.of(0, 0x7f, 0x81, 0x00, 0x80, 5, 0, 0, 0, 9);
  const result = asn1.readHeader(octets, 1);
  assert.deepEqual(result, {
    ok: true,
    value: {
      tag: asn1.tagOf(asn1.TagClass.application, 128),
      tagClass: asn1.TagClass.application,
      number: 128,
      constructed: true,
      indefinite: true,
      start: 1,
      from: 5,
      to: 7,
      next: 9,
    },
  });
  assert.ok(!asn1.readHeader(octets, 1, 8).ok);
  assert.ok(!asn1.readHeader(octets, 10).ok);
});

test('the elements within an element', () => {
  const elements = asn1.readElements(asn1.rawOf(Uint8Array.of(0x30, 5, 5, 0, 2, 1, 7)));
  assert.ok(elements.ok);
  assert.deepEqual(elements.value.map(asn1.rawOctets), [Uint8Array.of(5, 0), Uint8Array.of(2, 1, 7)]);
  assert.ok(!asn1.readElements(asn1.rawOf(Uint8Array.of(0x30, 2, 5, 9))).ok);
});

test('tags as text', () => {
  assert.equal(asn1.tagText(asn1.tagOf(asn1.TagClass.context, 3)), '[3]');
  assert.equal(asn1.tagText(asn1.tagOf(asn1.TagClass.private, 300)), '[PRIVATE 300]');
  assert.equal(asn1.tagText(16), 'SEQUENCE');
  assert.equal(asn1.tagText(asn1.tagOf(asn1.TagClass.universal, 29)), '[UNIVERSAL 29]');
});
