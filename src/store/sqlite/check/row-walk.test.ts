// A walk over the rows of a damaged table comes to its end, whatever octet of it was flipped: an order of
// numbers that goes back must not take the walk back.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { walkRows } from './row-walk.ts';

const page_octets = 512;
const rows = 60;

let directory: string;
let whole: Uint8Array;
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'chappe-walk-'));
  const path = join(directory, 'whole.sqlite');
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA page_size = ${page_octets}; CREATE TABLE copy (id INTEGER PRIMARY KEY, text TEXT)`);
  const insert = database.prepare('INSERT INTO copy (text) VALUES (?)');
  for (let row = 1; row <= rows; row += 1) insert.run(`row ${row}`.padEnd(30, '.'));
  database.close();
  whole = new Uint8Array(readFileSync(path));
});
after(() => rmSync(directory, { recursive: true }));

/** The numbers of the rows that the walk finds; it is ended where there are far more than were written. */
function walked(octets: Uint8Array): { readonly ids: readonly number[]; readonly unread: number } {
  const path = join(directory, 'damaged.sqlite');
  writeFileSync(path, octets);
  const database = new DatabaseSync(path, { readOnly: true });
  const ids: number[] = [];
  let unread = 0;
  try {
    for (const found of walkRows(database, 'copy', 1000)) {
      if ('row' in found) ids.push(Number(found.row.id));
      else unread += 1;
      if (ids.length + unread > 5 * rows) assert.fail(`the walk does not end: ${ids}`);
    }
  } finally {
    database.close();
  }
  return { ids, unread };
}

test('an undamaged table is walked once', () => {
  const { ids, unread } = walked(whole);
  assert.equal(unread, 0);
  assert.deepEqual(
    ids,
    Array.from({ length: rows }, (_, index) => index + 1),
  );
});

test('whatever octet of the rows is flipped, the walk ends', () => {
  const pages = whole.length / page_octets;
  assert.ok(pages > 5, 'there is a tree of pages');
  for (let at = page_octets; at < whole.length; at += 1) {
    // Every bit of what orders a page: its header and the places of its first cells; else one of each octet.
    const masks = at % page_octets < 16 ? [1, 2, 4, 8, 16, 32, 64, 128] : [1 << (at % 8)];
    for (const mask of masks) {
      const damaged = whole.slice();
      damaged[at] ^= mask;
      walked(damaged);
    }
  }
});
