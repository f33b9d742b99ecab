// What the project says of itself, in code and documents, is about the project: nothing of the place or the
// manner in which it was written. (The patterns are spelled so that this file does not match itself.)

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';

import { filesUnder, projectRoot, textOf } from './project.ts';

const elsewhere: readonly RegExp[] = [
  /\/wor[k]\//,
  /\/tm[p]\/[w]\b/,
  /\bClaud[e]\b(?! Chappe)(?!')/,
  /\b(Anthropi[c]|OpenA[I]|Copilo[t]|ChatGP[T])\b/,
  /\blanguage mode[l]s?\b/i,
  /\b(sub-?agen[t]|helper agen[t]|co-?worke[r])s?\b/i,
  /\bissues? #?\d/i,
  /\bparts? (?:two|2|3) of the (?:jo[b]|tas[k])\b/i,
  /\bthe brie[f]\b/i,
];

const text = /\.(ts|mts|mjs|js|json|md|sh|yaml|yml|html|css|sql)$|^\.ci\/run$/;

test('no file speaks of the place where it was written', () => {
  const folders = ['src', 'test', 'bench', 'bin', 'docs', 'scripts', '.ci'];
  const root = readdirSync(projectRoot, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'package-lock.json')
    .map((entry) => entry.name);
  const files = [...root, ...folders.flatMap((folder) => filesUnder(folder))].filter((file) =>
    text.test(file),
  );
  const offences = files.flatMap((file) =>
    textOf(file)
      .split('\n')
      .flatMap((line, index) =>
        elsewhere.some((pattern) => pattern.test(line)) ? [`${file}:${index + 1} ${line.trim()}`] : [],
      ),
  );
  assert.ok(files.length > 50, 'files were found');
  assert.deepEqual(offences, []);
});
