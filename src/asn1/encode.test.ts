// What encode writes and refuses.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { toHex } from '../base/octets.ts';
import * as asn1 from './index.ts';
import type { Type } from './index.ts';

const Person = asn1.named(
  'Person',
  asn1.set({
    surname: asn1.ctx(0, asn1.printableString({ size: [1, 8] })),
    age: asn1.optional(asn1.integer({ min: 0, max: 150 })),
    flags: asn1.withDefault(asn1.bitString({ names: { a: 0 } }), asn1.bitsOf([], 0)),
  }),
);
const none = { flags: asn1.bitsOf([], 0) };

function refused<V>(type: Type<V>, value: V): asn1.EncodeError {
  const result = asn1.tryEncode(type, value);
  assert.ok(!result.ok, 'refused');
  assert.throws(() => asn1.encode(type, value), asn1.EncodeError);
  return result.error;
}

test('definite lengths in their shortest form', () => {
  for (const [length, header] of [
    [0, '0400'],
    [127, '047f'],
    [128, '048180'],
    [256, '04820100'],
    [65_536, '0483010000'],
    [300_000, '04830493e0'],
  ] as const) {
    const octets = asn1.encode(asn1.octetString(), new Uint8Array(length));
    assert.equal(toHex(octets.subarray(0, header.length / 2)), header);
    assert.equal(octets.length, length + header.length / 2);
  }
});

test('integers in their shortest form, to ±2^53', () => {
  for (const [value, hex] of [
    [0, '020100'],
    [127, '02017f'],
    [128, '02020080'],
    [-128, '020180'],
    [-129, '0202ff7f'],
    [2 ** 31, '02050080000000'],
    [-(2 ** 31), '020480000000'],
    [-(2 ** 31) - 1, '0205ff7fffffff'],
    [Number.MAX_SAFE_INTEGER, '02071fffffffffffff'],
    [Number.MIN_SAFE_INTEGER, '0207e0000000000001'],
  ] as const) {
    assert.equal(toHex(asn1.encode(asn1.integer(), value)), hex);
  }
  refused(asn1.integer(), 2 ** 53);
  refused(asn1.integer(), 0.5);
});

test('defaults are left out, also where they differ in trailing zero bits of a named bit list', () => {
  assert.equal(toHex(asn1.encode(Person, { surname: 'A', ...none })), '3103800141');
  assert.equal(toHex(asn1.encode(Person, { surname: 'A', flags: asn1.bitsOf([], 8) })), '3103800141');
  assert.equal(
    toHex(asn1.encode(Person, { surname: 'A', flags: asn1.bitsOf([0], 1) })),
    '310780014103020780',
  );
});

test('unused bits are written as zeros', () => {
  const value = { octets: Uint8Array.of(0xff), bits: 3 };
  assert.equal(toHex(asn1.encode(asn1.bitString(), value)), '030205e0');
});

test('object identifiers, of arcs of any size', () => {
  for (const text of [
    '0.0',
    '1.39',
    '2.999.3',
    '2.25.329800735698586629295641978511506172918',
    '2.6.1.10.1',
  ]) {
    const octets = asn1.encode(asn1.objectIdentifier(), text);
    assert.deepEqual(asn1.decode(asn1.objectIdentifier(), octets), { ok: true, value: text });
  }
  for (const text of ['', '1', '3.1', '1.40', '1.2.', '1.02', 'a.b']) refused(asn1.objectIdentifier(), text);
});

test('what a type cannot hold is refused, with its path', () => {
  assert.equal(refused(Person, { surname: '', ...none }).path, 'Person.surname');
  assert.equal(refused(Person, { surname: 'A_B', ...none }).expected, 'PrintableString');
  assert.equal(refused(Person, { surname: 'A', age: 151, ...none }).path, 'Person.age');
  refused(asn1.ia5String(), 'é');
  refused(asn1.teletexString(), '中');
  refused(asn1.utf8String(), '\ud800');
  refused(asn1.utcTime(), '26010215');
  refused(asn1.generalizedTime(), 'now');
  refused(asn1.sequenceOf(asn1.boolean(), { size: [1, 2] }), []);
  refused(asn1.bitString(), { octets: Uint8Array.of(1), bits: 9 });
  assert.equal(refused(asn1.sequenceOf(asn1.integer()), [1, Number.NaN]).path, '[1]');
});

test('values of no type at all are refused, not thrown upon by accident', () => {
  for (const type of [
    Person,
    asn1.raw(),
    asn1.sequenceOf(asn1.boolean()),
    asn1.choice({ a: asn1.boolean() }),
    asn1.ia5String(),
    asn1.octetString(),
    asn1.bitString(),
    asn1.boolean(),
    asn1.nullType(),
    asn1.enumerated({ a: 0 }),
    asn1.objectIdentifier(),
  ]) {
    const open: Type<unknown> = type;
    for (const value of [undefined, {}, 'no such name', { kind: 'b' }]) {
      const result = asn1.tryEncode(open, value);
      if (result.ok) assert.equal(value, 'no such name');
    }
  }
});

test('tolerant encoding writes what was tolerated', () => {
  const octets = asn1.encode(Person, { surname: 'A_B', ...none }, { constraints: 'tolerant' });
  assert.equal(toHex(octets), '31058003415f42');
});

test('a value that contains itself is refused', () => {
  interface Ring {
    next?: Ring | undefined;
  }
  const Ring: Type<Ring> = asn1.sequence({ next: asn1.optional(asn1.recursive(() => Ring)) });
  const ring: Ring = {};
  ring.next = ring;
  assert.match(refused(Ring, ring).message, /levels/);
});
