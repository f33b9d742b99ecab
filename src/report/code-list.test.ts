// Codes looked up by number, pair and name, and the page in docs/ that lists them all: CHAPPE_WRITE_DOCS=1
// writes it anew.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { codeReference, diagnosticList, findCodes, reasonList } from './code-list.ts';

const found = (text: string): readonly string[] =>
  findCodes(text).map(({ kind, number, name }) => `${kind} ${number} ${name}`);

test('X.411 (06/1999) has 9 reasons and 79 diagnostics, numbered from 0 without a gap', () => {
  for (const [list, count] of [
    [reasonList, 9],
    [diagnosticList, 79],
  ] as const) {
    assert.deepEqual(
      list.map(({ number }) => number),
      Array.from({ length: count }, (_, number) => number),
    );
    for (const { meaning } of list) assert.match(meaning, /^[A-Z].+\.$/);
  }
});

test('a number is a reason and a diagnostic; a pair is one of each; a name is one', () => {
  assert.deepEqual(found('7'), ['reason 7 deferred-delivery-not-performed', 'diagnostic 7 content-too-long']);
  assert.deepEqual(found('47'), ['diagnostic 47 unable-to-downgrade']);
  assert.deepEqual(found('1/7'), ['reason 1 unable-to-transfer', 'diagnostic 7 content-too-long']);
  assert.deepEqual(found('unrecognised-or-name'), ['diagnostic 0 unrecognised-OR-name']);
  for (const nothing of ['', '79', '9/7', '1/79', 'x', '-1', '1/', '0x7', '1.0']) {
    assert.deepEqual(found(nothing), [], nothing);
  }
});

test('each code tells what it is given for here', () => {
  const [loop] = findCodes('loop-detected');
  assert.deepEqual(loop.causes, ['loop-detected']);
  const [unknown] = findCodes('unrecognised-OR-name');
  assert.deepEqual(unknown.causes, ['unknown-user', 'no-route']);
});

test('docs/report-codes.md is what the tables say', () => {
  const page = new URL('../../docs/report-codes.md', import.meta.url);
  if (process.env.CHAPPE_WRITE_DOCS === '1') writeFileSync(page, codeReference());
  assert.equal(readFileSync(page, 'utf8'), codeReference());
});
