// The key of a user: one for each address, in whatever order its domain-defined attributes come, and however
// many they are.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { userKey } from './address-keys.ts';

test('the order of domain-defined attributes does not count', () => {
  const [surname, one, two] = [
    ['S', 'A'],
    ['DD.X', '1'],
    ['DD.Y', '2'],
  ] as const;
  const key = userKey({ attributes: new Map([surname, one, two]) });
  assert.equal(userKey({ attributes: new Map([two, surname, one]) }), key);
  assert.notEqual(userKey({ attributes: new Map([surname, one]) }), key);
});

test('very many domain-defined attributes have a key', () => {
  const many = Array.from({ length: 300_000 }, (_, each) => [`DD.X#${each}`, 'V'] as const);
  assert.ok(userKey({ attributes: new Map(many) }).length > many.length);
});
