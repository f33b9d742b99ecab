// The seeded generator: one seed, one sequence; bounds kept.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { seededRandom } from './random.ts';

test('a sequence follows from its seed, and another seed gives another', () => {
  const take = (seed: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: 50 }, () => random.uint32());
  };
  assert.deepEqual(take(7), take(7));
  assert.notDeepEqual(take(7), take(8));
  assert.ok(take(7).every((value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32));
});

test('between reaches both bounds and nothing beyond', () => {
  const random = seededRandom(1);
  const seen = new Set(Array.from({ length: 500 }, () => random.between(-1, 3)));
  assert.deepEqual(
    [...seen].toSorted((a, b) => a - b),
    [-1, 0, 1, 2, 3],
  );
});

test('chance is never and always at its ends', () => {
  const random = seededRandom(2);
  for (let round = 0; round < 100; round += 1) {
    assert.equal(random.chance(0), false);
    assert.equal(random.chance(1), true);
  }
});

test('pick takes from the list, octets are as many as asked for', () => {
  const random = seededRandom(3);
  assert.ok(['a', 'b'].includes(random.pick(['a', 'b'])));
  assert.equal(random.octets(17).length, 17);
});
