// What is read as something else where it cannot be read: only itself, bounded, counted, and relayed as it
// came.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as asn1 from './index.ts';

const { ctx, ia5String, integer, optional, sequence, sequenceOf } = asn1;
const Inner = sequence({ number: integer(), text: optional(ia5String()) });
const Outer = sequence({
  before: integer(),
  inner: ctx(0, asn1.retainedOr(Inner, { number: -1 })),
  after: integer(),
});

function outer(inner: readonly number[], form: 'definite' | 'indefinite' = 'definite'): Uint8Array {
  const element = form === 'definite' ? [0xa0, inner.length, ...inner] : [0xa0, 0x80, ...inner, 0, 0];
  const contents = [0x02, 1, 7, ...element, 0x02, 1, 9];
  return Uint8Array.from([0x30, contents.length, ...contents]);
}

const wrong = {
  'what is missing': [],
  'another type': [0x04, 1, 65],
  'a length beyond its end': [0x02, 9, 1],
  'half a header': [0x02],
  'one field twice': [0x02, 1, 1, 0x02, 1, 1],
};

for (const [what, contents] of Object.entries(wrong)) {
  test(`${what}: read as the other value, what is around it as it is, written again as it came`, () => {
    const octets = outer(contents);
    const read = asn1.decode(Outer, octets);
    assert.ok(read.ok);
    assert.deepEqual([read.value.before, read.value.inner, read.value.after], [7, { number: -1 }, 9]);
    assert.deepEqual(asn1.encode(Outer, { ...read.value }), octets);
    assert.equal(asn1.decode(Outer, octets, { constraints: 'strict' }).ok, false);
    const told: string[] = [];
    asn1.decode(Outer, octets, { onViolation: ({ path }) => told.push(path) });
    assert.equal(told.length, 1);
    assert.match(told[0], /^inner/);
  });
}

test('of the indefinite form likewise; what cannot be delimited is an error of the whole', () => {
  const octets = outer([0x04, 1, 65], 'indefinite');
  const read = asn1.decode(Outer, octets);
  assert.ok(read.ok);
  assert.equal(read.value.inner.number, -1);
  assert.deepEqual(asn1.encode(Outer, { ...read.value }), octets);
  const endless = Uint8Array.from([0x30, 0x80, 0x02, 1, 7, 0xa0, 0x80, 0x04, 1, 65]);
  assert.equal(asn1.decode(Outer, endless).ok, false);
});

test('what can be read is read, and a changed value is written anew', () => {
  const read = asn1.decode(Outer, outer([0x02, 1, 5, 0x16, 1, 65]));
  assert.ok(read.ok);
  assert.deepEqual(read.value.inner, { number: 5, text: 'A' });
  const changed = asn1.encode(Outer, { ...read.value, inner: { ...read.value.inner, number: 6 } });
  assert.deepEqual(changed, outer([0x02, 1, 6, 0x16, 1, 65]));
});

test('limits stay limits: elements are counted over all that could not be read', () => {
  const many = sequenceOf(asn1.retainedOr(Inner, { number: -1 }));
  const each = [0x30, 3, 0x04, 1, 65];
  const contents = Array.from({ length: 20 }, () => each).flat();
  const octets = Uint8Array.from([0x30, contents.length, ...contents]);
  const read = asn1.decode(many, octets, { limits: { elements_max: 60 } });
  assert.ok(read.ok && read.value.length === 20);
  assert.equal(asn1.decode(many, octets, { limits: { elements_max: 30 } }).ok, false);
});
