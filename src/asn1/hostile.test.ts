// Hostile octets: each is an error, in bounded time and memory, never an exception.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { concat } from '../base/octets.ts';
import * as asn1 from './index.ts';
import type { Type } from './index.ts';

interface Nested {
  readonly inner?: Nested | undefined;
}
const Nested: Type<Nested> = asn1.sequence({ inner: asn1.optional(asn1.recursive(() => Nested)) });
const Open = asn1.sequence({});

function refused(type: Type<unknown>, octets: Uint8Array, expected: RegExp): void {
  const begin = performance.now();
  const result = asn1.decode(type, octets);
  assert.ok(!result.ok, 'an error');
  assert.match(result.error.message, expected);
  assert.ok(performance.now() - begin < 2000, 'in bounded time');
  asn1.printBer(octets.subarray(0, 100_000));
}

/** `depth` sequences within one another, of definite length. */
function nest(depth: number): Uint8Array {
  const headers: Uint8Array[] = [];
  let length = 0;
  for (let level = 0; level < depth; level += 1) {
    const header = Uint8Array.of(0x30, 0x84, length >>> 24, length >>> 16, length >>> 8, length);
    headers.unshift(header);
    length += 6;
  }
  return concat(headers);
}

function repeated(count: number, ...octets: readonly number[]): Uint8Array {
  return new Uint8Array(count * octets.length).map((_, index) => octets[index % octets.length]);
}

/** A sequence of any contents, with a length of four octets. */
function wrapped(tag: number, contents: Uint8Array): Uint8Array {
  const { length } = contents;
  return concat([Uint8Array.of(tag, 0x84, length >>> 24, length >>> 16, length >>> 8, length), contents]);
}

test('10,000 levels of definite, indefinite, and constructed-string nesting', () => {
  refused(Nested, nest(10_000), /at most 64 levels/);
  refused(Nested, repeated(10_000, 0x30, 0x80), /at most 64 levels|end-of-contents/);
  refused(Open, repeated(10_000, 0x30, 0x80), /at most 64 levels/);
  refused(asn1.octetString(), repeated(10_000, 0x24, 0x80), /at most 64 levels/);
  refused(asn1.ia5String(), concat([repeated(1, 0x36, 0x80), repeated(10_000, 0x24, 0x80)]), /levels/);
});

test('10,000 indefinite levels that do end', () => {
  const octets = concat([repeated(10_000, 0x30, 0x80), repeated(10_000, 0, 0)]);
  refused(Nested, octets, /at most 64 levels/);
});

test('the stack bears the highest depth that may be asked for', () => {
  const limits = { depth_max: asn1.depth_ceiling };
  const result = asn1.decode(Nested, nest(asn1.depth_ceiling), { limits });
  assert.ok(result.ok);
  assert.deepEqual(asn1.encode(Nested, result.value).length > asn1.depth_ceiling, true);
});

test('tags of five octets and more, and tags not in their shortest form', () => {
  refused(asn1.raw(), Uint8Array.of(0x1f, 0x90, 0x80, 0x80, 0x80, 0x00, 0), /tag number up to/);
  refused(asn1.raw(), repeated(100_000, 0x9f), /tag number up to/);
  refused(asn1.raw(), Uint8Array.of(0x1f, 0x80, 0x81, 0x01, 0), /shortest form/);
  refused(asn1.raw(), Uint8Array.of(0x1f, 0x05, 0), /shortest form/);
  refused(asn1.raw(), Uint8Array.of(0x1f), /octet 0/);
});

test('lengths of eight octets, of 126, reserved, and beyond the data', () => {
  refused(Open, Uint8Array.of(0x30, 0x88, 255, 255, 255, 255, 255, 255, 255, 255), /length within the data/);
  refused(Open, concat([Uint8Array.of(0x30, 0xfe), repeated(126, 255)]), /length within the data/);
  refused(Open, concat([Uint8Array.of(0x30, 0xff), repeated(127, 0)]), /other than 255/);
  refused(Open, Uint8Array.of(0x30, 0x84, 0, 0, 0, 1), /ends within/);
  refused(Open, Uint8Array.of(0x30, 0x84, 0, 0), /octet 0|within the data/);
  refused(Open, Uint8Array.of(0x30, 3, 5, 2, 0), /ends within/);
  refused(Open, Uint8Array.of(), /ends within/);
});

test('a missing end-of-contents, one out of place, and an indefinite primitive', () => {
  refused(Open, Uint8Array.of(0x30, 0x80), /end-of-contents/);
  refused(Open, Uint8Array.of(0x30, 0x80, 5, 0), /end-of-contents/);
  refused(Open, Uint8Array.of(0x30, 0x80, 5, 0, 0), /end-of-contents/);
  refused(Open, Uint8Array.of(0x30, 2, 0, 0), /out of place/);
  refused(asn1.raw(), Uint8Array.of(0, 0), /end-of-contents/);
  refused(asn1.octetString(), Uint8Array.of(4, 0x80, 0, 0), /indefinite form/);
});

test('a million empty elements', () => {
  const million = repeated(1_000_000, 5, 0);
  refused(Open, wrapped(0x30, million), /at most 1000000 elements/);
  refused(asn1.sequenceOf(asn1.nullType()), wrapped(0x30, million), /at most 1000000 elements/);
  refused(asn1.sequenceOf(Open), wrapped(0x30, repeated(1_000_000, 0x30, 0)), /at most 1000000 elements/);
  refused(asn1.octetString(), wrapped(0x24, repeated(1_000_000, 4, 0)), /at most 1000000 elements/);
  const indefinite = concat([Uint8Array.of(0x30, 0x80), million, Uint8Array.of(0, 0)]);
  refused(Open, indefinite, /at most 1000000 elements/);
});

test('the ends of nested indefinite elements are looked for once: the cost is not quadratic', () => {
  const one = concat([repeated(30, 0x30, 0x80), repeated(30, 0, 0)]);
  const many = concat(Array.from({ length: 3000 }, () => one));
  const octets = concat([Uint8Array.of(0x30, 0x80), many, Uint8Array.of(0, 0)]);
  const begin = performance.now();
  assert.ok(asn1.decode(asn1.sequenceOf(Nested), octets).ok);
  assert.ok(performance.now() - begin < 2000);
});

test('an encoding above octets_max is refused unread', () => {
  const result = asn1.decode(Open, wrapped(0x30, new Uint8Array(100)), { limits: { octets_max: 50 } });
  assert.ok(!result.ok && /at most 50 octets/.test(result.error.message));
});

test('a long object identifier and a long integer cost no more than their octets', () => {
  refused(asn1.objectIdentifier(), wrapped(6, repeated(1_000_000, 1)), /object identifier/);
  refused(asn1.integer(), wrapped(2, repeated(1_000_000, 1)), /within ±2\^53/);
});
