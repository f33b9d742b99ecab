// Every event of the catalogue is told by somebody: a row that nobody emits is a promise to operators that is
// not kept. Looks at the text of src/ for the ways in which events leave a room; whether the fields are those
// of the row is for people to judge.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogue } from '../../src/events/index.ts';
import { filesUnder, textOf } from './project.ts';

/** How a room tells an event: at once, as part of a judgement, or as the reason of a refusal. */
function tellsOf(name: string): RegExp {
  return new RegExp(
    [
      String.raw`\bemit\([^;{]{0,120}'${name}'`,
      String.raw`\bevent: '${name}'`,
      String.raw`\brefusal\('${name}'`,
      String.raw`\[\s*'${name}',\s*[{a-z]`,
    ].join('|'),
  );
}

/** The names that nobody tells. */
function untold(names: readonly string[], texts: readonly string[]): readonly string[] {
  return names.filter((name) => !texts.some((text) => tellsOf(name).test(text)));
}

const texts = filesUnder('src')
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('src/events/'))
  .map(textOf);

test('every event of the catalogue is told somewhere', () => {
  assert.deepEqual(untold(Object.keys(catalogue), texts), []);
});

test('an event that is only spoken of would be found', () => {
  const spoken = "if (kind === 'store-haunted') return ['store-haunted', 'ready'];";
  assert.deepEqual(untold(['store-haunted'], [...texts, spoken]), ['store-haunted']);
  const told = "link.emit(\n  well ? 'store-haunted' : 'store-quiet', fields);";
  assert.deepEqual(untold(['store-haunted', 'store-quiet'], [told]), []);
});
