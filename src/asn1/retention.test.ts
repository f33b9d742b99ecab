// Retained values: copied as they came while they are themselves, encoded anew once they are changed copies.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fromHex, toHex } from '../base/octets.ts';
import * as asn1 from './index.ts';

const Name = asn1.retained(asn1.app(0, asn1.sequence({ text: asn1.ia5String() })));
const Letter = asn1.retained(
  asn1.set({
    from: Name,
    to: asn1.ctx(1, Name),
    copies: asn1.ctx(2, asn1.sequenceOf(Name)),
    number: asn1.withDefault(asn1.integer(), 0),
  }),
);

// Indefinite, with long lengths, a written default, constructed strings and an unknown element.
const letterHex = [
  '3180',
  '6080 3680 040161 0401620000 0000',
  'a181 05 16820001 63',
  'a280 6003160164 6080160165 0000 0000',
  '020100',
  '9f7f00',
  '0000',
].join('');

function letter() {
  const octets = fromHex(letterHex.replaceAll(' ', ''));
  assert.ok(octets);
  const result = asn1.decode(Letter, octets);
  assert.ok(result.ok, result.ok ? '' : result.error.message);
  return { octets, value: result.value };
}

test('a retained value is encoded byte for byte as it came, in whatever form', () => {
  const { octets, value } = letter();
  assert.equal(value.from.text, 'ab');
  assert.deepEqual(asn1.encode(Letter, value), octets);
  assert.deepEqual(asn1.retainedRaw(value), {
    buffer: octets,
    start: 0,
    end: octets.length,
    type: Letter.node,
    tag: 0x11,
  });
});

test('a changed copy loses its raw form; its untouched children keep theirs', () => {
  const { value } = letter();
  const changed = { ...value, number: 7 };
  assert.equal(asn1.retainedRaw(changed), undefined);
  const hex = toHex(asn1.encode(Letter, changed));
  assert.ok(hex.includes('6080368004016104016200000000'), 'the indefinite name is copied');
  assert.ok(hex.includes('a1810516820001 63'.replace(' ', '')), 'so is the one with long lengths');
  assert.ok(hex.includes('020107') && hex.includes('9f7f00'));
  const back = asn1.decode(Letter, asn1.encode(Letter, changed));
  assert.ok(back.ok && back.value.number === 7 && back.value.copies.length === 2);
});

test('under another tag or declaration a raw form is not copied', () => {
  const { value } = letter();
  const moved = { ...value, from: value.to, to: value.from };
  const back = asn1.decode(Letter, asn1.encode(Letter, moved));
  assert.ok(back.ok && back.value.from.text === 'c' && back.value.to.text === 'ab');
  const Other = asn1.retained(asn1.app(0, asn1.sequence({ text: asn1.ia5String() })));
  assert.equal(toHex(asn1.encode(Other, value.from)), '600416026162');
});

test('the memory is neither seen nor compared nor cloned', () => {
  const { value } = letter();
  assert.deepEqual(value.to, { text: 'c' });
  assert.deepEqual(Object.keys(value.to), ['text']);
  assert.equal(asn1.retainedRaw(structuredClone(value)), undefined);
});

test('an element can be kept without the buffer that it came in', () => {
  const { octets, value } = letter();
  const [unknown] = value.unknown ?? [];
  assert.equal(unknown.buffer, octets);
  const copy = asn1.rawCopy(unknown);
  assert.equal(copy.buffer.buffer.byteLength, 3);
  assert.deepEqual(asn1.rawOctets(copy), asn1.rawOctets(unknown));
});
