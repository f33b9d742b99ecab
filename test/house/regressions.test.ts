// docs/regressions.md says what is so: every number of the catalogue has one row, and every file that a row
// names has a test whose title carries the number. What a row says of the assertions is for people to judge.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { projectRoot, textOf } from './project.ts';

/** How many numbers each letter of the catalogue has. */
const catalogue = {
  A: 7,
  B: 5,
  C: 6,
  D: 6,
  E: 4,
  F: 1,
  G: 5,
  H: 7,
  I: 6,
  J: 5,
  K: 4,
  L: 5,
  M: 4,
  N: 3,
  O: 3,
  P: 3,
  Q: 1,
  R: 3,
  S: 2,
  U: 1,
  V: 1,
} as const;

interface Row {
  readonly id: string;
  readonly tests: string;
}

function rowsOf(document: string): Row[] {
  return document
    .split('\n')
    .filter((line) => line.startsWith('| RT-'))
    .map((line) => {
      const [, id = '', , tests = ''] = line.split('|').map((cell) => cell.trim());
      return { id, tests };
    });
}

/** What is wrong with the files that a row names. */
function wrongWith({ id, tests }: Row, read: (file: string) => string | undefined): string[] {
  if (tests === 'planned') return [];
  const files = [...tests.matchAll(/`([^`]+)`/g)].map(([, file]) => file);
  if (files.length === 0) return [`${id}: neither a file nor 'planned'`];
  return files.flatMap((file) => {
    const text = read(file);
    if (text === undefined) return [`${id}: ${file} is not there`];
    return titleWith(id).test(text) ? [] : [`${id}: no title of ${file} carries it`];
  });
}

function titleWith(id: string): RegExp {
  return new RegExp(`\\b(?:test|it|describe|inBothModes)\\(\\s*[\`'"][^\`'"\\n]*\\b${id}\\b`);
}

function fileText(file: string): string | undefined {
  return existsSync(join(projectRoot, file)) ? textOf(file) : undefined;
}

test('every number of the catalogue has one row', () => {
  const due = Object.entries(catalogue).flatMap(([letter, count]) =>
    Array.from({ length: count }, (_, index) => `RT-${letter}${index + 1}`),
  );
  const given = rowsOf(textOf('docs/regressions.md')).map(({ id }) => id);
  assert.equal(due.length, 82);
  assert.deepEqual(given, due);
});

test('every file that a row names has a test with its number', () => {
  const wrong = rowsOf(textOf('docs/regressions.md')).flatMap((row) => wrongWith(row, fileText));
  assert.deepEqual(wrong, []);
});

test('a row that is not true is caught', () => {
  const read = (file: string): string | undefined =>
    file === 'a.test.ts' ? "// RT-A1\ntest('RT-A10: x', () => {});" : undefined;
  assert.equal(wrongWith({ id: 'RT-A1', tests: '`a.test.ts`' }, read).length, 1);
  assert.equal(wrongWith({ id: 'RT-A10', tests: '`a.test.ts`' }, read).length, 0);
  assert.equal(wrongWith({ id: 'RT-A10', tests: '`b.test.ts`' }, read).length, 1);
  assert.equal(wrongWith({ id: 'RT-A10', tests: 'later' }, read).length, 1);
});
