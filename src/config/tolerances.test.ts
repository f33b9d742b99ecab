// docs/tolerances.md has a row for each tolerance, under the heading and with the default that the tables and
// the schema have; and for nothing else.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseConfiguration } from './index.ts';
import { arrivalTolerances, departureTolerances, guardedTolerances, stackTolerances } from './tolerances.ts';

const page = readFileSync(new URL('../../docs/tolerances.md', import.meta.url), 'utf8');

/** The cells of the rows that begin with a name, under a heading. */
function rowsUnder(heading: string): readonly (readonly string[])[] {
  const section = page.split(/^## /m).find((part) => part.startsWith(heading)) ?? assert.fail(heading);
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

const namesOf = (rows: readonly (readonly string[])[]): string[] =>
  rows.map(([name]) => name.replaceAll('`', '')).sort();

test('docs/tolerances.md has every tolerance once, and no other', () => {
  const arriving = { ...stackTolerances, ...arrivalTolerances, ...guardedTolerances };
  assert.deepEqual(namesOf(rowsUnder('On arrival')), Object.keys(arriving).sort());
  assert.deepEqual(namesOf(rowsUnder('On departure')), Object.keys(departureTolerances).sort());
});

test('docs/tolerances.md says the default of each, and leaves no cell empty', () => {
  const configuration = parseConfiguration(
    `mta: { name: X, domain: { country: GB, admd: " ", prmd: X } }
store: { directory: /nowhere }
links:
  - name: b
    peer: { mta: B, password: b-secret }
    credentials: { mta: X, password: x-secret }
`,
    'test',
  );
  assert.ok(configuration.ok, JSON.stringify(configuration));
  const defaults: Readonly<Record<string, boolean>> = configuration.value.links[0].tolerances;
  for (const cells of [...rowsUnder('On arrival'), ...rowsUnder('On departure')]) {
    const [name, value] = cells;
    assert.equal(value, String(defaults[name.replaceAll('`', '')]), name);
    assert.equal(cells.length, 6, name);
    assert.ok(
      cells.every((cell) => cell.length > 0),
      name,
    );
  }
});
