// What lies on each page of a database that is whole, so that a loss can be held against it: the messages of
// which a row, or a part of one, is there. Reads the pages as the repair does, and is itself held against
// what SQLite says of the tables.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { readWal } from '../../src/store/sqlite/check/wal.ts';
import {
  type Cell,
  cellOffsets,
  childrenOf,
  headerAt,
  pageTypes,
  readCell,
} from '../../src/store/sqlite/repair/cells.ts';
import { PageImage, page_octets } from '../../src/store/sqlite/repair/page-image.ts';

export interface PageMap {
  /** Messages with something of theirs on a page. */
  messagesOn(page: number): ReadonlySet<number>;
  /** In words, for a failure. */
  kindOf(page: number): string;
}

const tables = ['message', 'copy'];

/** Maps the store in a directory. `readable` is where SQLite may open a copy of it. */
export function pageMap(directory: string, readable: string): PageMap {
  const file = join(directory, 'queue.sqlite');
  const image = new PageImage(file, `${file}-wal`);
  const messages = new Map<number, Set<number>>();
  const kinds = new Map<number, string>();
  const database = new DatabaseSync(join(readable, 'queue.sqlite'));
  const roots = [
    { name: 'schema', tbl_name: '', rootpage: 1 },
    ...database.prepare('SELECT name, tbl_name, rootpage FROM sqlite_schema').all(),
  ];
  for (const { name, tbl_name, rootpage } of roots) {
    const rows = new Set<number>();
    const found = walk(image, Number(rootpage), (page, kind) => kinds.set(page, `${kind} of ${name}`));
    for (const { page, cell } of found) {
      if (name !== tbl_name || !tables.includes(String(name))) continue;
      rows.add(cell.rowid);
      const message = name === 'message' ? cell.rowid : Number(cell.values[1]);
      for (const each of [page, ...cell.overflow]) {
        messages.set(each, (messages.get(each) ?? new Set()).add(message));
        if (each !== page) kinds.set(each, `overflow of ${name} ${cell.rowid}`);
      }
    }
    if (name !== tbl_name || !tables.includes(String(name))) continue;
    const told = database.prepare(`SELECT id FROM ${name}`).all();
    assert.deepEqual([...rows].sort(order), told.map(({ id }) => Number(id)).sort(order), `rows of ${name}`);
  }
  database.close();
  image.close();
  return {
    messagesOn: (page) => messages.get(page) ?? new Set(),
    kindOf: (page) => kinds.get(page) ?? 'free, or of nothing',
  };
}

/** The page that an octet of the database, or of its log, belongs to; 0 for the log's own header. */
export function pageAt(directory: string, path: string, at: number): number {
  if (path === 'queue.sqlite') return Math.floor(at / page_octets) + 1;
  const { frames } = readWal(join(directory, path));
  const frame = frames.find(({ offset }) => at >= offset - 24 && at < offset + page_octets);
  return frame?.page ?? 0;
}

function* walk(
  image: PageImage,
  root: number,
  note: (page: number, kind: string) => void,
): Generator<{ readonly page: number; readonly cell: Cell }> {
  const waiting = [root];
  for (let page = waiting.pop(); page !== undefined; page = waiting.pop()) {
    const { octets } = image.read(page);
    const type = octets[headerAt(page)];
    const isInterior = type === pageTypes.tableInterior || type === pageTypes.indexInterior;
    note(page, page === 1 ? 'header and schema' : isInterior ? 'inner page' : 'leaf');
    if (isInterior) waiting.push(...(childrenOf(octets, page, image.pages) ?? []));
    if (type === pageTypes.tableInterior) continue;
    for (const offset of cellOffsets(octets, page) ?? []) {
      const cell = readCell(image, octets, { offset, type });
      assert.ok(cell !== undefined, `a cell at ${offset} of page ${page}`);
      yield { page, cell };
    }
  }
}

function order(one: number, other: number): number {
  return one - other;
}
