// What a batch changes in memory besides its rows: the next identifier, the tally of the queue, spool
// files. All of it stands only when the transaction has committed, and is taken back when it has not.

import type { SpoolName } from '../port.ts';
import type { SpoolDirectory } from './spool-directory.ts';
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
    this.#next = Number(sql.readNextId.get()?.next);
    this.#reserved = this.#next;
    this.#reservedForSure = this.#next;
  }

  take(): number {
    if (this.#next >= this.#reserved) {
      this.#reserved = this.#next + reserved_ids;
      this.#sql.writeNextId.run(this.#reserved);
    }
    return this.#next++;
  }

  keep(): void {
    this.#reservedForSure = this.#reserved;
  }

  /** What was given is not given again; what was reserved has to be reserved again. */
  takeBack(): void {
    this.#reserved = this.#reservedForSure;
  }
}

/** How many copies and octets wait where: differences gathered over a batch and written once. */
export class Tally {
  readonly #sql: Statements;
  readonly #changes = new Map<
    string,
    { hop: string; rank: number; state: number; copies: number; octets: number }
  >();

  constructor(sql: Statements) {
    this.#sql = sql;
  }

  add(place: { next_hop: string; rank: number; state: number; octets: number }, sign: 1 | -1): void {
    const { next_hop: hop, rank, state, octets } = place;
    const key = `${rank} ${state} ${hop}`;
    const change = this.#changes.get(key);
    if (change === undefined)
      this.#changes.set(key, { hop, rank, state, copies: sign, octets: sign * octets });
    else {
      change.copies += sign;
      change.octets += sign * octets;
    }
  }

  /** Inside the transaction, before it commits. */
  write(): void {
    for (const { hop, rank, state, copies, octets } of this.#changes.values()) {
      if (copies !== 0 || octets !== 0) this.#sql.addTally.run(hop, rank, state, copies, octets);
    }
    this.#changes.clear();
  }

  takeBack(): void {
    this.#changes.clear();
  }
}

/** Spool files that a batch made, and those that it perhaps left without a name. */
export class SpoolChanges {
  readonly #sql: Statements;
  readonly #spools: SpoolDirectory;
  #spilled: SpoolName[] = [];
  readonly #loose = new Set<SpoolName>();

  constructor(sql: Statements, spools: SpoolDirectory) {
    this.#sql = sql;
    this.#spools = spools;
  }

  noteSpilled(name: SpoolName): void {
    this.#spilled.push(name);
  }

  noteLoose(name: unknown): void {
    if (typeof name === 'string') this.#loose.add(name);
  }

  isNamed(name: SpoolName): boolean {
    const { messageNamesSpool, recoveryNamesSpool } = this.#sql;
    return messageNamesSpool.get(name) !== undefined || recoveryNamesSpool.get(name) !== undefined;
  }

  keep(): void {
    this.#spilled = [];
    for (const name of this.#loose) if (!this.isNamed(name)) this.#spools.remove(name);
    this.#loose.clear();
  }

  takeBack(): void {
    for (const name of this.#spilled) this.#spools.takeBack(name);
    this.#spilled = [];
    this.#loose.clear();
  }
}
