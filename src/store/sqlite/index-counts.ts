// What the indexes of the copies hold, counted at the start and held against the tally, which has a
// checksum: an entry that says something else than was written is one too few where it belongs, and the
// copy would be hidden from its link without a word. Reads indexes only, some 30 octets a copy; a million
// take a third of a second. What this cannot see (two entries that changed places) is seen when a copy is
// taken up.

import type { DatabaseSync } from 'node:sqlite';

import type { TallyRow } from './checksums.ts';
import { DamagedStoreError } from './errors.ts';

/** Throws a DamagedStoreError where an index does not hold as many copies as wait there. */
export function refuseMiscounted(database: DatabaseSync, tally: readonly TallyRow[]): void {
  const inOrder = database.prepare(
    `SELECT count(*) AS n, sum(waiting) AS waiting FROM copy INDEXED BY copy_in_order
     WHERE next_hop = ? AND state = ? AND rank = ?`,
  );
  let [lasting, deferred] = [0, 0];
  for (const { next_hop, state, rank, copies } of tally) {
    const counted = inOrder.get(next_hop, state, rank);
    if (counted?.n !== copies) throw miscounted(`copies for ${next_hop}`, counted?.n, copies);
    if (state < 2) lasting += copies;
    if (state === 0) deferred += Number(counted.waiting);
  }
  const byExpiry = 'SELECT count(*) AS n FROM copy INDEXED BY copy_by_expiry WHERE state < 2';
  const expiring = database.prepare(byExpiry).get()?.n;
  if (expiring !== lasting) throw miscounted('copies that expire', expiring, lasting);
  const byDue = 'SELECT count(*) AS n FROM copy INDEXED BY copy_by_due WHERE state = 0 AND waiting = 1';
  const due = database.prepare(byDue).get()?.n;
  if (due !== deferred) throw miscounted('copies that wait for their time', due, deferred);
}

function miscounted(what: string, found: unknown, expected: number): DamagedStoreError {
  return new DamagedStoreError(`the index of ${what} has ${String(found)}, not ${expected}`);
}
