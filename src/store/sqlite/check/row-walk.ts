// Rows of a table in the order of their numbers, past what cannot be read: where SQLite stumbles the walk
// goes on behind it, in steps that double. Holds one row at a time. Invariant: it begins anew further on each
// time, and so it ends.

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
  for (let start = 0; ; ) {
    let after = start;
    let detail: string;
    try {
      for (const row of rows.iterate(start)) {
        const id = Number(row.id);
        // Numbers of a damaged page may go back, or beyond all that were given: the walk does not.
        if (id > after && id <= end) after = id;
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
    start = to.next - 1;
  }
}

/** The first number from which on SQLite finds its way again: always beyond the one behind `after`. */
function findBehind(next: StatementSync, after: number, end: number) {
  const attempt = (from: number): number | undefined => {
    try {
      return Number(next.get(from)?.id ?? Infinity);
    } catch (error) {
      if (!isDamage(error)) throw error;
      return undefined;
    }
  };
  const bad = Math.max(attempt(after) ?? 0, after + 1);
  for (let step = 1; bad + step - 1 <= end; step *= 2) {
    const found = attempt(bad + step - 1);
    if (found === Infinity) return undefined;
    if (found !== undefined && found > bad) return { bad, next: found };
  }
  return undefined;
}
