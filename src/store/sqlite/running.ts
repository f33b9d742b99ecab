// What a batch changes in memory besides its rows: the next identifier, spool files (the tally: tally.ts).
// All of it stands only when the transaction has committed, and is taken back when it has not.

import { identifier_max, usedUpText } from '../identifier-range.ts';
import type { SpoolName } from '../port.ts';
import { counterChecksum } from './checksums.ts';
import { DamagedStoreError, IdentifiersUsedUpError } from './errors.ts';
import type { SpoolDirectory } from './spool-directory.ts';
import { type RemovedSpools, SpoolSuspects } from './spool-suspects.ts';
import type { Statements } from './statements.ts';

const reserved_ids = 65_536;

/**
 * Identifiers that never repeat: they are reserved on disk by the block, and a restart begins a new
 * block.
 */
export class Identifiers {
  readonly #sql: Statements;
  #next: number;
  #reserved: number;
  #reservedForSure: number;

  constructor(sql: Statements) {
    this.#sql = sql;
    const row = sql.readNextId.get();
    const next = row?.next;
    if (typeof next !== 'number' || counterChecksum('id', next) !== row?.crc) {
      throw new DamagedStoreError('the counter of identifiers is damaged');
    }
    this.#next = next;
    this.#reserved = this.#next;
    this.#reservedForSure = this.#next;
  }

  /** Throws an IdentifiersUsedUpError after the last one. */
  take(): number {
    if (this.#next > identifier_max) throw new IdentifiersUsedUpError(usedUpText);
    if (this.#next >= this.#reserved) {
      this.#reserve(this.#next + reserved_ids);
    }
    return this.#next++;
  }

  /** Reserves one more: SQLite writes no row that is as it was. */
  reserveOne(): void {
    this.#reserve(this.#reserved + 1);
  }

  #reserve(next: number): void {
    this.#reserved = Math.min(next, identifier_max + 1);
    this.#sql.writeNextId.run(this.#reserved, counterChecksum('id', this.#reserved));
  }

  keep(): void {
    this.#reservedForSure = this.#reserved;
  }

  /** What was given is not given again; what was reserved has to be reserved again. */
  takeBack(): void {
    this.#reserved = this.#reservedForSure;
  }
}

/** Spool files that a batch made, and those that it perhaps left without a name. */
export class SpoolChanges {
  readonly #sql: Statements;
  readonly #spools: SpoolDirectory;
  readonly #suspects: SpoolSuspects;
  #spilled: SpoolName[] = [];
  /** Whether all messages were looked at that may name it: then, but for an index, nobody else does. */
  readonly #loose = new Map<SpoolName, boolean>();

  constructor(sql: Statements, spools: SpoolDirectory) {
    this.#sql = sql;
    this.#spools = spools;
    this.#suspects = new SpoolSuspects(sql, spools);
  }

  noteSpilled(name: SpoolName): void {
    this.#spilled.push(name);
  }

  /** `isCounted`: the message that named it is removed, and no other of its identifier names it. */
  noteLoose(name: unknown, isCounted: boolean): void {
    if (typeof name === 'string') this.#loose.set(name, isCounted || this.#loose.get(name) === true);
  }

  /** Looks at so many rows more for whom spools belong to that no index names. Throws as `look` does. */
  lookAround(rows_max: number): void {
    this.#suspects.look(rows_max);
  }

  /** Removes what nothing names. At the start only: later some are being written. */
  removeOrphans(rows_max: number): void {
    for (const name of this.#spools.names()) if (!this.isNamed(name)) this.#suspects.addLeft(name);
    this.lookAround(rows_max);
  }

  /** Spools that were left behind, and that were removed since the last call. */
  takeRemoved(): RemovedSpools {
    return this.#suspects.takeRemoved();
  }

  isNamed(name: SpoolName): boolean {
    const { messageNamesSpool, recoveryNamesSpool } = this.#sql;
    return messageNamesSpool.get(name) !== undefined || recoveryNamesSpool.get(name) !== undefined;
  }

  keep(): void {
    this.#spilled = [];
    for (const [name, isCounted] of this.#loose) {
      if (this.isNamed(name) || this.#sql.recoveryNamesSpoolSurely.get(name) !== undefined) continue;
      if (isCounted) this.#spools.remove(name);
      else this.#suspects.add(name);
    }
    this.#loose.clear();
  }

  takeBack(): void {
    for (const name of this.leave()) this.#spools.takeBack(name);
  }

  /** Nobody knows whether the batch stands: its files stay, and are told. */
  leave(): readonly SpoolName[] {
    const left = this.#spilled;
    this.#spilled = [];
    this.#loose.clear();
    return left;
  }
}
