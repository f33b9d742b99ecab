// What decode takes and refuses: every BER form, sets in any order, unknown elements, constraints, paths.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fromHex, toHex } from '../base/octets.ts';
import * as asn1 from './index.ts';
import type { DecodeOptions, Type } from './index.ts';

const Point = asn1.named(
  'Point',
  asn1.sequence({ x: asn1.integer(), label: asn1.optional(asn1.ctx(0, asn1.ia5String())) }),
);
const Both = asn1.set({
  number: asn1.integer(),
  text: asn1.ctx(0, asn1.ia5String()),
  level: asn1.withDefault(asn1.enumerated({ low: 0, high: 1 }), 'low'),
});

function octetsOf(hex: string): Uint8Array {
  const octets = fromHex(hex);
  assert.ok(octets !== undefined, hex);
  return octets;
}

function taken<V>(type: Type<V>, hex: string, options?: DecodeOptions): V {
  const result = asn1.decode(type, octetsOf(hex), options);
  assert.ok(result.ok, result.ok ? '' : result.error.message);
  return result.value;
}

function refused(type: Type<unknown>, hex: string, options?: DecodeOptions): asn1.DecodeError {
  const result = asn1.decode(type, octetsOf(hex), options);
  assert.ok(!result.ok, `${hex} is refused`);
  return result.error;
}

test('8.1.3.5, 8.1.3.6: long-form lengths, with leading zeros, and the indefinite form', () => {
  const value = { x: 5, label: 'hi' };
  for (const hex of [
    '3007 020105 8002 6869',
    '308107 020105 8002 6869',
    '30850000000007 020105 8002 6869',
    '3080 020105 8002 6869 0000',
    '300a 02830000 0105 8002 6869',
    '3080 020105 a080 04016804 0169 0000 0000',
  ]) {
    assert.deepEqual(taken(Point, hex), value, hex);
  }
});

test('8.7.3, 8.23.6: constructed strings, nested segments, of OCTET STRING or their own type', () => {
  assert.deepEqual(taken(asn1.octetString(), '2480 040101 2404 04020203 0400 0000'), Uint8Array.of(1, 2, 3));
  assert.equal(taken(asn1.ia5String(), '3606 04016116 0162'), 'ab');
  assert.equal(taken(asn1.utf8String(), '2c80 0401c3 0401a9 0000'), 'é');
  assert.match(refused(asn1.ia5String(), '3603 020161').message, /segments of OCTET STRING/);
});

test('8.6: bit strings, their unused bits and segments', () => {
  assert.deepEqual(taken(asn1.bitString(), '030204f0'), { octets: Uint8Array.of(0xf0), bits: 4 });
  assert.deepEqual(taken(asn1.bitString(), '030100'), { octets: Uint8Array.of(), bits: 0 });
  assert.deepEqual(taken(asn1.bitString(), '2380 030200aa 030204f0 0000'), {
    octets: Uint8Array.of(0xaa, 0xf0),
    bits: 12,
  });
  for (const hex of ['0300', '030101', '030208ff', '2308 030204aa 030204f0']) refused(asn1.bitString(), hex);
});

test('8.2, 8.3, 8.8, 8.19: what the scalar types take and refuse', () => {
  assert.equal(taken(asn1.boolean(), '010101'), true);
  for (const hex of ['0100', '01020000', '2103010100']) refused(asn1.boolean(), hex);
  for (const [hex, value] of [
    ['020100', 0],
    ['0201ff', -1],
    ['02020080', 128],
    ['0202ff7f', -129],
  ] as const) {
    assert.equal(taken(asn1.integer(), hex), value);
  }
  assert.equal(taken(asn1.integer(), '0207 1fffffffffffff'), Number.MAX_SAFE_INTEGER);
  for (const hex of ['0200', '0207 20000000000000', '0209 010000000000000000']) refused(asn1.integer(), hex);
  assert.equal(taken(asn1.nullType(), '0500'), null);
  refused(asn1.nullType(), '050100');
  assert.equal(taken(asn1.objectIdentifier(), '0603883703'), '2.999.3');
  for (const hex of ['0600', '060180', '0602 8001', '0602 2a80']) refused(asn1.objectIdentifier(), hex);
  assert.equal(taken(asn1.enumerated({ a: 0 }), '0a0100'), 'a');
  assert.equal(taken(asn1.enumerated({ a: 0 }), '0a0107'), 7);
});

test('teletex and the other octet strings read an octet as the character of its number', () => {
  assert.equal(taken(asn1.teletexString(), '140380e9ff'), '\u0080éÿ');
  const long = `14820100${'e9'.repeat(256)}`;
  assert.equal(taken(asn1.teletexString(), long), 'é'.repeat(256));
  assert.equal(taken(asn1.bmpString(), '1e0400e94e2d'), 'é中');
  assert.equal(taken(asn1.universalString(), '1c040001f600'), '\u{1f600}');
  for (const hex of ['1e0100']) refused(asn1.bmpString(), hex);
  for (const hex of ['1c0400110000', '1c040000d800', '1c0200e9']) refused(asn1.universalString(), hex);
  refused(asn1.utf8String(), '0c01c3');
});

test('8.11: a SET in any order; once each; with its default; mandatory fields named', () => {
  const value = { number: 5, text: 'a', level: 'low' as const };
  assert.deepEqual(taken(Both, '3106 020105 800161'), value);
  assert.deepEqual(taken(Both, '3109 800161 0a0101 020105'), { ...value, level: 'high' });
  assert.match(refused(Both, '3109 020105 800161 020106').message, /number once/);
  assert.match(refused(Both, '3103 020105').message, /text \[0\]/);
});

test('8.9: a SEQUENCE keeps its order', () => {
  assert.match(refused(Point, '3006 80016102 0105').message, /order/);
  assert.match(refused(Point, '3006 020105 020106').message, /once each/);
  assert.match(refused(Point, '3003 800161').message, /x INTEGER/);
  assert.match(refused(Point, '1003 020105').message, /constructed contents/);
});

test('unknown elements are kept and encoded again', () => {
  for (const hex of ['300a0201058501aa85 01bb00'.replace(/00$/, ''), '3109800161020105890122']) {
    const type: Type<object> = hex.startsWith('31') ? Both : Point;
    const octets = octetsOf(hex.replace('300a', '3009'));
    const result = asn1.decode(type, octets);
    assert.ok(result.ok, hex);
    const { unknown } = result.value as { unknown?: readonly asn1.Raw[] };
    assert.ok(unknown !== undefined && unknown.length > 0);
    const again = asn1.decode(type, asn1.encode(type, { ...result.value }));
    assert.ok(again.ok);
    const kept = (again.value as { unknown?: readonly asn1.Raw[] }).unknown ?? [];
    assert.deepEqual(kept.map(asn1.rawOctets), unknown.map(asn1.rawOctets));
  }
});

test('open types: in a SEQUENCE the one that must be there comes before what is declared after it', () => {
  const Field = asn1.sequence({
    type: asn1.raw(),
    flag: asn1.optional(asn1.ctx(1, asn1.boolean())),
    value: asn1.optional(asn1.explicitCtx(2, asn1.raw())),
  });
  const value = taken(Field, '300a 810101 8101ff a2020500');
  assert.equal(toHex(asn1.rawOctets(value.type)), '810101');
  assert.equal(value.flag, true);
  assert.ok(value.value !== undefined);
  assert.equal(toHex(asn1.rawOctets(value.value)), '0500');
});

test('choices: untagged within one another, tagged explicitly, none fitting', () => {
  const inner = asn1.choice({ n: asn1.integer(), s: asn1.ia5String() });
  const Outer = asn1.choice({ inner, other: asn1.ctx(0, inner), flat: asn1.ctx(1, asn1.nullType()) });
  assert.deepEqual(taken(Outer, '020105'), { kind: 'inner', value: { kind: 'n', value: 5 } });
  assert.deepEqual(taken(Outer, 'a003 020105'), { kind: 'other', value: { kind: 'n', value: 5 } });
  assert.match(refused(Outer, '8203 020105').message, /INTEGER or IA5String or \[0\] or \[1\]/);
  assert.equal(refused(Outer, 'a003 040105').path, 'other');
  refused(Outer, 'a006 020105 020105');
  refused(Outer, 'a000');
});

test('high tag numbers', () => {
  assert.equal(taken(asn1.ctx(31, asn1.integer()), '9f1f0105'), 5);
  assert.equal(taken(asn1.app(1_000_000, asn1.integer()), '5fbd84400105'), 5);
  assert.equal(toHex(asn1.encode(asn1.app(1_000_000, asn1.integer()), 5)), '5fbd84400105');
  assert.deepEqual(taken(asn1.sequence({ a: asn1.ctx(200, asn1.integer()) }), '3005 9f8148 0105'), { a: 5 });
});

test('trailing octets are refused, or left for the caller', () => {
  assert.match(refused(asn1.integer(), '020105 00').message, /the end/);
  assert.equal(taken(asn1.integer(), '020105 00', { trailing: true }), 5);
  assert.deepEqual(asn1.decodePrefix(asn1.integer(), octetsOf('020105 00')), {
    ok: true,
    value: { value: 5, end: 3 },
  });
});

test('constraints: tolerated and reported with their paths, or refused', () => {
  const Sized = asn1.named(
    'Sized',
    asn1.sequence({
      list: asn1.sequenceOf(asn1.printableString({ size: [1, 2] }), { size: 1 }),
      n: asn1.integer({ min: 0, max: 9 }),
    }),
  );
  const hex = '300d 3008 130361624013 0161 020110';
  const reported: string[] = [];
  const value = taken(Sized, hex, { onViolation: ({ path }) => reported.push(path) });
  assert.deepEqual(value, { list: ['ab@', 'a'], n: 16 });
  assert.deepEqual(reported, ['Sized.list[0]', 'Sized.list[0]', 'Sized.list', 'Sized.n']);
  assert.deepEqual(taken(Sized, hex), value);
  const error = refused(Sized, hex, { constraints: 'strict' });
  assert.deepEqual(
    [error.path, error.expected, error.got, error.offset],
    ['Sized.list[0]', 'a size of 1 to 2', '3', 4],
  );
});

test('errors say where, what was expected and what came', () => {
  const error = refused(Point, '3006 020105 a00161');
  assert.equal(error.path, 'Point.label');
  assert.match(error.message, /^Point\.label at octet \d+: expected .*, got .*/);
});

test('a Buffer decodes to plain arrays', () => {
  const result = asn1.decode(asn1.octetString(), Buffer.from('040101', 'hex'));
  assert.deepEqual(result, { ok: true, value: Uint8Array.of(1) });
});

test('external, in the forms of 8.18', () => {
  const value = taken(asn1.external(), '2808 020103 a003 020105');
  assert.equal(value.indirectReference, 3);
  assert.equal(value.encoding.kind, 'singleASN1Type');
  assert.deepEqual(taken(asn1.external(), '2807 06022a03 810105').encoding, {
    kind: 'octetAligned',
    value: Uint8Array.of(5),
  });
});
