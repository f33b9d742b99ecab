// The schema read as documentation, and the suggestions for mistyped keys.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { allKeys, knownKeys } from './known-keys.ts';
import { nearest } from './nearest.ts';

test('every key says what it is for, how it is written and when a change counts', () => {
  const keys = allKeys();
  assert.ok(keys.length >= 60);
  for (const { path, facts } of keys) {
    assert.match(facts.what, /^[A-Za-z].*\.$/, path);
    assert.ok(facts.form.length > 0 && facts.kind.length > 0, path);
    assert.ok(facts.change === 'live' || facts.change === 'restart', path);
    assert.equal(facts.presence === 'defaulted', facts.default !== undefined, path);
  }
});

test('keys are known at every depth, through lists and groups that may be left out', () => {
  assert.deepEqual(knownKeys(['links', 3, 'retry']), [
    'openInterval',
    'backoff',
    'openIntervalFirst',
    'openRetries',
    'transferInterval',
    'transferRetries',
  ]);
  assert.ok(knownKeys([]).includes('deliver'));
  assert.deepEqual(knownKeys(['mta', 'name']), []);
  assert.deepEqual(knownKeys(['nowhere', 1]), []);
});

test('a slip finds its key, a stranger finds none', () => {
  assert.equal(nearest('adress', ['address', 'port']), 'address');
  assert.equal(nearest('openretries', ['openInterval', 'openRetries']), 'openRetries');
  assert.equal(nearest('colour', ['address', 'port']), undefined);
  assert.equal(nearest('a'.repeat(100_000), ['address']), undefined);
});
