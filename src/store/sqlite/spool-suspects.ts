// Sealed spool files that no index names: what a crash left behind, or content that a damaged index hides.
// Whoever believed the index would unlink what was answered for, so the rows themselves are looked through,
// a few at a time. Invariant: a file goes only when every row of the table has been read and none names it.

import type { SpoolName } from '../port.ts';
import { DamagedStoreError, isDamage } from './errors.ts';
import type { SpoolDirectory } from './spool-directory.ts';
import type { Statements } from './statements.ts';

export class SpoolSuspects {
  readonly #sql: Statements;
  readonly #spools: SpoolDirectory;
  readonly #names = new Set<SpoolName>();
  /** The last message that was looked at. */
  #after = 0;

  constructor(sql: Statements, spools: SpoolDirectory) {
    this.#sql = sql;
    this.#spools = spools;
  }

  /** An unsealed one can only be a recovery point's, and their table is small: that is decided at once. */
  add(name: SpoolName): void {
    if (this.#sql.recoveryNamesSpoolSurely.get(name) !== undefined) return;
    if (this.#spools.sealedOctets(name) === undefined) this.#spools.takeBack(name);
    else {
      this.#names.add(name);
      this.#after = 0;
    }
  }

  /** Looks through so many rows more. Throws a DamagedStoreError if one names a suspect. */
  look(rows_max: number): void {
    if (this.#names.size === 0) return;
    let rows: readonly Record<string, unknown>[];
    try {
      rows = this.#sql.spoolsAfter.all(this.#after, rows_max);
    } catch (error) {
      if (!isDamage(error)) throw error;
      // Who cannot read every row must not unlink anything.
      this.#names.clear();
      return;
    }
    for (const { id, spool } of rows) {
      if (typeof spool !== 'string' || !this.#names.has(spool)) continue;
      throw new DamagedStoreError(`the index of spool files does not name that of message ${id}`);
    }
    if (rows.length === rows_max) {
      this.#after = Number(rows[rows.length - 1].id);
      return;
    }
    for (const name of this.#names) this.#spools.takeBack(name);
    this.#names.clear();
  }
}
