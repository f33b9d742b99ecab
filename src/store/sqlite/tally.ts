// How many copies and octets wait where. Kept in memory as it was committed; differences are gathered over a
// batch and written once, with a checksum. A tally that is not what was written is counted anew from the
// copies when the store is opened.

import { copyStates, priorities } from '../order.ts';
import { type TallyRow, tallyChecksum } from './checksums.ts';
import type { Statements } from './statements.ts';

type Place = Pick<TallyRow, 'next_hop' | 'rank' | 'state' | 'octets'>;

export class Tally {
  readonly #sql: Statements;
  #counted = new Map<string, TallyRow>();
  readonly #changes = new Map<string, TallyRow>();
  #written: TallyRow[] = [];
  /** Whether it was damaged, and counted anew. */
  readonly wasDamaged: boolean;

  constructor(sql: Statements) {
    this.#sql = sql;
    const rows = sql.readTally.all() as unknown as (TallyRow & { crc: number })[];
    this.wasDamaged = rows.some((row) => tallyChecksum(row) !== row.crc);
    if (this.wasDamaged) this.#countAnew();
    else for (const row of rows) this.#counted.set(keyOf(row), row);
  }

  /** Where copies wait, in the order of next hop, priority and state, as it was committed. */
  rows(): readonly TallyRow[] {
    const rows = [...this.#counted.values()].filter(({ copies }) => copies > 0);
    return rows.sort((a, b) => compare(a.next_hop, b.next_hop) || a.rank - b.rank || a.state - b.state);
  }

  add(place: Place, sign: 1 | -1): void {
    const key = keyOf(place);
    const { copies, octets } = this.#changes.get(key) ?? { copies: 0, octets: 0 };
    const { next_hop, rank, state } = place;
    const changed = { copies: copies + sign, octets: octets + sign * place.octets };
    this.#changes.set(key, { next_hop, rank, state, ...changed });
  }

  /** Inside the transaction, before it commits. */
  write(): void {
    for (const [key, change] of this.#changes) {
      if (change.copies === 0 && change.octets === 0) continue;
      const before = this.#counted.get(key) ?? { copies: 0, octets: 0 };
      const copies = before.copies + change.copies;
      const row = { ...change, copies, octets: before.octets + change.octets };
      this.#save(row);
      this.#written.push(row);
    }
    this.#changes.clear();
  }

  keep(): void {
    for (const row of this.#written) this.#counted.set(keyOf(row), row);
    this.#written = [];
  }

  takeBack(): void {
    this.#changes.clear();
    this.#written = [];
  }

  #save(row: TallyRow): void {
    const { next_hop, rank, state, copies, octets } = row;
    this.#sql.setTally.run(next_hop, rank, state, copies, octets, tallyChecksum(row));
  }

  #countAnew(): void {
    const sql = this.#sql;
    sql.begin.run();
    sql.clearTally.run();
    for (const row of sql.countCopies.all() as unknown as TallyRow[]) {
      if (!isPlace(row)) continue;
      this.#save(row);
      this.#counted.set(keyOf(row), row);
    }
    sql.commit.run();
  }
}

/** A damaged copy may stand where there is no place. */
function isPlace({ next_hop, rank, state, octets }: TallyRow): boolean {
  const isKnown = priorities[rank] !== undefined && copyStates[state] !== undefined;
  return isKnown && typeof next_hop === 'string' && Number.isSafeInteger(octets);
}

function keyOf({ next_hop, rank, state }: Place | TallyRow): string {
  return `${rank} ${state} ${next_hop}`;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
