// Labels and values cut out of the text forms, with their delimiters, escapes and places.

import assert from 'node:assert/strict';
import test from 'node:test';
import { labelledValues } from './address-lexer.ts';

function pairs(text: string): readonly string[] {
  const found = labelledValues(text);
  assert.ok(found.ok, text);
  return found.value.map((each) => `${each.label}|${each.value}|${each.offset}`);
}

test('one delimiter an address, the other an ordinary character', () => {
  assert.deepEqual(pairs('/S=a;b/C=GB/'), ['S|a;b|1', 'C|GB|7']);
  assert.deepEqual(pairs('S=a/b; C=GB;'), ['S|a/b|0', 'C|GB|7']);
  assert.deepEqual(pairs('S=a/C=GB'), ['S|a|0', 'C|GB|4']);
  assert.deepEqual(pairs('x400: S=a'), ['S|a|6']);
  assert.deepEqual(pairs('/'), []);
});

test('a delimiter inside a value is doubled or follows a dollar sign', () => {
  assert.deepEqual(pairs('/S=a//b/C=GB/'), ['S|a/b|1', 'C|GB|8']);
  assert.deepEqual(pairs('S=a;;b;C=GB'), ['S|a;b|0', 'C|GB|7']);
  assert.deepEqual(pairs('/S=a$/b$$$=/C=GB/'), ['S|a/b$=|1', 'C|GB|12']);
  assert.deepEqual(pairs('/S=a///C=GB/'), ['S|a/|1', 'C|GB|7']);
});

test('types of domain-defined attributes keep their signs of equality and spaces', () => {
  assert.deepEqual(pairs('/DDA:a==b=c==d/'), ['DDA:a=b|c==d|1']);
  assert.deepEqual(pairs('/DD.a b=c/'), ['DD.a b|c|1']);
});

test('a text without a sign of equality, or too long, is refused at its place', () => {
  for (const [text, offset] of [
    ['/S=a/b/', 5],
    ['S', 0],
    ['/S=$', 3],
    ['x'.repeat(5000), 4096],
  ] as const) {
    const found = labelledValues(text);
    assert.ok(!found.ok);
    assert.equal(found.error.offset, offset);
  }
});
