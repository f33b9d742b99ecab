// Decoding in steps says what `decode` says: the same value with the same octets behind it, or the same error
// at the same place; and a long list takes many steps.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../base/random.ts';
import { atOnce } from '../base/steps.ts';
import { decodeInSteps } from './decode-in-steps.ts';
import { decode, encode, retainedRaw } from './index.ts';
import { ctx, ia5String, integer, named, recursive, retained } from './declare.ts';
import { optional, sequence, sequenceOf, set, setOf } from './structure.ts';
import type { Type } from './type.ts';

const Name = retained(
  sequence({ name: ia5String({ size: [1, 64] }), number: integer({ min: 1, max: 32_767 }) }),
);
interface Tree {
  readonly branches?: readonly Tree[] | undefined;
}
const Tree: Type<Tree> = sequence({ branches: optional(ctx(0, sequenceOf(recursive(() => Tree)))) });
const Letter = named(
  'Letter',
  retained(
    set({
      before: optional(setOf(ctx(5, integer()))),
      names: ctx(2, sequenceOf(Name, { size: [1, 2000] })),
      tree: optional(ctx(7, Tree)),
    }),
  ),
);

function letter(count: number): Uint8Array {
  const names = Array.from({ length: count }, (_, index) => ({ name: `name-${index}`, number: index + 1 }));
  const before = Array.from({ length: count }, (_, index) => index);
  return encode(Letter, { before, names }, { constraints: 'tolerant' });
}

test('values and what they retain are those of decode, at every size', () => {
  for (const count of [1, 10, 900, 2000, 3000]) {
    const octets = letter(count);
    const once = decode(Letter, octets);
    const inSteps = atOnce(decodeInSteps(Letter, octets));
    assert.deepEqual(inSteps, once);
    assert.ok(inSteps.ok && once.ok);
    assert.deepEqual(retainedRaw(inSteps.value), retainedRaw(once.value));
    const last = count - 1;
    assert.deepEqual(retainedRaw(inSteps.value.names[last]), retainedRaw(once.value.names[last]));
    assert.deepEqual(encode(Letter, inSteps.value), octets);
  }
});

test('short values take one step, long ones many', () => {
  assert.equal(decodeInSteps(Letter, letter(100)).next().done, true);
  let steps = 0;
  for (const _ of decodeInSteps(Letter, letter(32_000))) steps += 1;
  assert.ok(steps > 500, `${steps} steps`);
});

test('mutated octets: the same verdict, and the same place where only one thing is wrong with them', () => {
  const random = seededRandom(11);
  const whole = letter(1500);
  for (let round = 0; round < 400; round += 1) {
    const octets = whole.slice();
    octets[random.between(0, octets.length - 1)] ^= 1 << random.between(0, 7);
    const once = decode(Letter, octets);
    const inSteps = atOnce(decodeInSteps(Letter, octets));
    // What follows a list is looked at before its elements: of several faults another may be told first.
    if (once.ok) assert.deepEqual(inSteps, once);
    else assert.equal(inSteps.ok, false, `round ${round}`);
  }
});

test('an error in a list has its whole path', () => {
  const octets = letter(1500);
  const text = new TextEncoder().encode('name-1200');
  const at = octets.findIndex((_, index) => text.every((octet, each) => octets[index + each] === octet));
  octets[at - 2] = 0x05;
  const once = decode(Letter, octets);
  const inSteps = atOnce(decodeInSteps(Letter, octets));
  assert.ok(!once.ok && !inSteps.ok);
  assert.equal(once.error.path, 'Letter.names[1200]');
  assert.deepEqual(inSteps.error, once.error);
});

test('strict constraints hold for what is read later, and the size of the list too', () => {
  for (const count of [1999, 2000, 2001]) {
    const strict = { constraints: 'strict' } as const;
    const once = decode(Letter, letter(count), strict);
    assert.equal(once.ok, count <= 2000);
    assert.deepEqual(atOnce(decodeInSteps(Letter, letter(count), strict)), once);
  }
});
