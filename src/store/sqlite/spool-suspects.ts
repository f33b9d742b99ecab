// Sealed spool files that no index names: what a crash left behind, or content that a damaged index hides.
// Whoever believed the index would unlink what was answered for, so the rows themselves are looked through,
// a few at a time. Invariant: a file goes only when every row of the table has been read and none names it.

import type { SpoolName } from '../port.ts';
import { DamagedStoreError, isDamage } from './errors.ts';
import type { SpoolDirectory } from './spool-directory.ts';
import type { Statements } from './statements.ts';

/** Files that are gone, and their size. */
export interface RemovedSpools {
  readonly spools: readonly SpoolName[];
  readonly octets: number;
}

export class SpoolSuspects {
  readonly #sql: Statements;
  readonly #spools: SpoolDirectory;
  readonly #names = new Set<SpoolName>();
  /** Those that the process before left behind. */
  readonly #left = new Set<SpoolName>();
  #removed: { readonly spools: SpoolName[]; octets: number } = { spools: [], octets: 0 };
  /** The last message that was looked at. */
  #after = 0;

  constructor(sql: Statements, spools: SpoolDirectory) {
    this.#sql = sql;
    this.#spools = spools;
  }

  /** As `add`, of a spool that was there before this process. */
  addLeft(name: SpoolName): void {
    this.#left.add(name);
    this.add(name);
  }

  /** What was left behind and is removed since the last call. */
  takeRemoved(): RemovedSpools {
    const removed = this.#removed;
    this.#removed = { spools: [], octets: 0 };
    return removed;
  }

  /** An unsealed one can only be a recovery point's, and their table is small: that is decided at once. */
  add(name: SpoolName): void {
    if (this.#sql.recoveryNamesSpoolSurely.get(name) !== undefined) {
      this.#left.delete(name);
      return;
    }
    if (this.#spools.sealedOctets(name) === undefined) this.#remove(name);
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
    for (const name of this.#names) this.#remove(name);
    this.#names.clear();
  }

  #remove(name: SpoolName): void {
    if (this.#left.delete(name)) {
      this.#removed.spools.push(name);
      this.#removed.octets += this.#spools.octets(name);
    }
    this.#spools.takeBack(name);
  }
}
