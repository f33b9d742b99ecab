// Local identifiers: never the same twice, in a millisecond, over restarts and when the clock goes back.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { instant } from '../base/time.ts';
import { localIdentifierSource } from './local-identifier.ts';

const now = instant(Date.UTC(2026, 10, 21, 9, 8, 7, 6));

test('an identifier shows its time and has at most 32 characters of IA5', () => {
  const source = localIdentifierSource(Uint8Array.of(255, 255, 255, 255, 255));
  const identifier = source.next(now);
  assert.match(identifier, /^261121090807-[0-9a-z]{8}-1$/);
  assert.ok(identifier.length + 8 <= 32, 'with a count of nine digits it still fits');
});

test('identifiers of one millisecond differ, and those of two runs of the process', () => {
  const runs = [Uint8Array.of(0, 0, 0, 0, 1), Uint8Array.of(0, 0, 0, 0, 2)].map(localIdentifierSource);
  const identifiers = runs.flatMap((source) => Array.from({ length: 10_000 }, () => source.next(now)));
  assert.equal(new Set(identifiers).size, 20_000);
});

test('a clock that goes back repeats nothing', () => {
  const source = localIdentifierSource(Uint8Array.of(1, 2, 3, 4, 5));
  const identifiers = [now, instant(now - 5000), now, now].map((at) => source.next(at));
  assert.equal(new Set(identifiers).size, 4);
});

test('a nonce of another length is our mistake', () => {
  assert.throws(() => localIdentifierSource(new Uint8Array(4)), /boot nonce/);
});
