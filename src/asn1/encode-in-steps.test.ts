// Encoding in steps writes the octets of `encode`, whatever other encodings go on in between.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atOnce } from '../base/steps.ts';
import { decode, encode, EncodeError } from './index.ts';
import { ctx, ia5String, integer, named, retained } from './declare.ts';
import { encodeInSteps } from './encode-in-steps.ts';
import { sequence, sequenceOf, set } from './structure.ts';

const Name = retained(sequence({ name: ia5String({ size: [1, 64] }), number: integer() }));
const Letter = named(
  'Letter',
  retained(set({ title: ia5String(), names: ctx(2, sequenceOf(Name)), more: ctx(3, sequenceOf(Name)) })),
);
const other = { title: 'other', names: [], more: [{ name: 'x', number: 1 }] };
const octetsOfOther = encode(Letter, other);

function letter(count: number) {
  const names = Array.from({ length: count }, (_, index) => ({ name: `name-${index}`, number: index }));
  return { title: 'many', names, more: names.slice(0, count >> 1) };
}

test('the octets are those of encode, at every size', () => {
  for (const count of [0, 1, 127, 128, 129, 300, 3000]) {
    assert.deepEqual(atOnce(encodeInSteps(Letter, letter(count))), encode(Letter, letter(count)), `${count}`);
  }
});

test('two encodings take turns, and others come between', () => {
  const [one, two] = [encodeInSteps(Letter, letter(1000)), encodeInSteps(Letter, letter(2000))];
  const octets: Uint8Array[] = [];
  for (const running = new Set([one, two]); running.size > 0; ) {
    for (const each of running) {
      const step = each.next();
      assert.deepEqual(encode(Letter, other), octetsOfOther);
      if (step.done !== true) continue;
      octets.push(step.value);
      running.delete(each);
    }
  }
  assert.deepEqual(octets, [encode(Letter, letter(1000)), encode(Letter, letter(2000))]);
});

test('what came in and has not changed is copied, in one step', () => {
  const octets = encode(Letter, letter(1000));
  const came = decode(Letter, octets);
  assert.ok(came.ok);
  const step = encodeInSteps(Letter, came.value).next();
  assert.ok(step.done === true);
  assert.deepEqual(step.value, octets);
  const changed = { ...came.value, title: 'few' };
  assert.deepEqual(atOnce(encodeInSteps(Letter, changed)), encode(Letter, changed));
});

test('a value that its type cannot hold is an EncodeError', () => {
  const names = [...letter(500).names, { name: '', number: 1 }];
  assert.throws(() => atOnce(encodeInSteps(Letter, { title: 'x', names, more: [] })), EncodeError);
  assert.deepEqual(encode(Letter, other), octetsOfOther);
});
