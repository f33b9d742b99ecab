// Random values: repeatable from a seed, within their constraints, and finite.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { seededRandom } from '../base/random.ts';
import * as asn1 from './index.ts';
import type { Type } from './index.ts';

type Filter =
  | { readonly kind: 'not'; readonly value: Filter }
  | { readonly kind: 'all'; readonly value: readonly Filter[] }
  | { readonly kind: 'item'; readonly value: number };
const Filter: Type<Filter> = asn1.choice({
  not: asn1.ctx(
    0,
    asn1.recursive(() => Filter),
  ),
  all: asn1.ctx(1, asn1.setOf(asn1.recursive(() => Filter))),
  item: asn1.integer({ min: 3, max: 5 }),
});

function depthOf(filter: Filter): number {
  if (filter.kind === 'item') return 0;
  if (filter.kind === 'not') return 1 + depthOf(filter.value);
  return 1 + Math.max(0, ...filter.value.map(depthOf));
}

test('the same seed gives the same value', () => {
  const values = [1, 1].map((seed) => asn1.arbitrary(Filter, seededRandom(seed)));
  assert.deepEqual(values[0], values[1]);
});

test('recursion ends at the depth, and every alternative is drawn', () => {
  const random = seededRandom(3);
  const kinds = new Set<string>();
  for (let round = 0; round < 300; round += 1) {
    const value = asn1.arbitrary(Filter, random, { depth_max: 4 });
    kinds.add(value.kind);
    assert.ok(depthOf(value) <= 5);
    const again = asn1.decode(Filter, asn1.encode(Filter, value), { constraints: 'strict' });
    assert.deepEqual(again, { ok: true, value });
  }
  assert.deepEqual([...kinds].sort(), ['all', 'item', 'not']);
});

test('sizes and optional fields follow the options', () => {
  const Sized = asn1.sequence({ text: asn1.optional(asn1.ia5String({ size: [2, 40] })) });
  const random = seededRandom(5);
  for (let round = 0; round < 100; round += 1) {
    const { text } = asn1.arbitrary(Sized, random, { presence: 1, size_max: 3 });
    assert.ok(text !== undefined && text.length >= 2 && text.length <= 5);
    assert.deepEqual(asn1.arbitrary(Sized, random, { presence: 0 }), {});
  }
});
