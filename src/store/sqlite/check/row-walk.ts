// Rows of a table in the order of their numbers, past what cannot be read: where SQLite stumbles the walk
// goes on behind it, in steps that double. Holds one row at a time.

import type { DatabaseSync, StatementSync } from 'node:sqlite';

import { detailOf, isDamage } from '../errors.ts';

export interface UnreadRows {
  /** The first number that could not be read; `to` is the next that could, or infinite. */
  readonly from: number;
  readonly to: number;
  readonly detail: string;
}
type Row = Record<string, unknown>;

/** Yields rows with their `id`, and where there are some that cannot be read. */
export function* walkRows(
  database: DatabaseSync,
  table: 'message' | 'copy' | 'tracking',
  end: number,
): Generator<{ readonly row: Row } | { readonly unread: UnreadRows }> {
  const rows = database.prepare(`SELECT * FROM ${table} WHERE id > ? ORDER BY id`);
  const next = database.prepare(`SELECT id FROM ${table} WHERE id > ? ORDER BY id LIMIT 1`);
  next.setReadBigInts(true);
  for (let after = 0; ; ) {
    let detail: string;
    try {
      for (const row of rows.iterate(after)) {
        after = Number(row.id);
        yield { row };
      }
      return;
    } catch (error) {
      if (!isDamage(error)) throw error;
      detail = detailOf(error);
    }
    const to = findBehind(next, after, end);
    yield { unread: { from: to === undefined ? after + 1 : to.bad, to: to?.next ?? Infinity, detail } };
    if (to === undefined) return;
    after = to.next - 1;
  }
}

/** The first number from which on SQLite finds its way again. */
function findBehind(next: StatementSync, after: number, end: number) {
  const attempt = (from: number): number | undefined => {
    try {
      return Number(next.get(from)?.id ?? Infinity);
    } catch (error) {
      if (!isDamage(error)) throw error;
      return undefined;
    }
  };
  const bad = attempt(after) ?? after + 1;
  for (let step = 1; bad + step - 1 <= end; step *= 2) {
    const found = attempt(bad + step - 1);
    if (found === Infinity) return undefined;
    if (found !== undefined) return { bad, next: found };
  }
  return undefined;
}
