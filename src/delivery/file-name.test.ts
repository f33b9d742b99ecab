// NAME: the same for the same pair, different for different ones, and safe on any file system.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { deliveryName } from './file-name.ts';

test('a name is made of letters, digits, - and _, whatever the peer called its message', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (identifier, recipient) => {
      const name = deliveryName(identifier, recipient);
      assert.match(name, /^m-[A-Za-z0-9_-]*$/);
      assert.ok(name.length <= 120);
      assert.equal(name, deliveryName(identifier, recipient));
    }),
  );
});

test('names differ where only the border between identifier and recipient differs, or only the case', () => {
  const pairs = [
    ['a;b', 'c'],
    ['a;bc', ''],
    ['a', ';bc'],
    ['a;b', 'C'],
    ['a;B', 'c'],
    ['a;../b', 'c'],
    ['a;__/b', 'c'],
  ];
  const names = pairs.map(([identifier, recipient]) => deliveryName(identifier, recipient).toLowerCase());
  assert.equal(new Set(names).size, pairs.length);
});
