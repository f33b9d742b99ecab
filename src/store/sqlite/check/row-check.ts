// Judges the rows of messages, copies and what else has a checksum, one by one, with what each has to do
// with the others. Holds one row, and a count for each next hop.

import type { DatabaseSync, StatementSync } from 'node:sqlite';

import { copyStates } from '../../order.ts';
import {
  counterChecksum,
  type RecoveryRow,
  recoveryChecksum,
  soundStrike,
  type TallyRow,
  tallyChecksum,
} from '../checksums.ts';
import { type CopyRow, copyChecksum, type MessageRow, messageChecksum, readMeta } from '../copy-codec.ts';
import { readTracking, type TrackingRow } from '../entries.ts';
import { isDamage } from '../errors.ts';
import type { CheckFinding, CheckWeight } from './finding.ts';
import type { UnreadRows } from './row-walk.ts';

const quarantined = copyStates.indexOf('quarantined');

/** What a message's row says of its spool. */
export interface NamedSpool {
  readonly name: string;
  readonly octets: number;
}

export class RowCheck {
  readonly #sole: StatementSync;
  readonly #several: StatementSync;
  readonly #hasMessage: StatementSync;
  readonly #tracked: StatementSync;
  readonly #counter: number;
  readonly #tally = new Map<string, { copies: number; octets: number }>();
  /** Rows whose values cannot be trusted were counted. */
  #isTallySure = true;

  constructor(database: DatabaseSync, counter: number) {
    this.#counter = counter;
    this.#sole = database.prepare('SELECT id, state FROM copy WHERE id = ? AND message = ? AND sole = 1');
    this.#several = database.prepare('SELECT id, state FROM copy WHERE message = ? AND sole = 0');
    this.#hasMessage = database.prepare('SELECT 1 FROM message WHERE id = ?');
    this.#tracked = database.prepare('SELECT mts_identifier FROM tracking WHERE message = ? LIMIT 1');
  }

  *message(row: MessageRow): Generator<CheckFinding> {
    const message = row.id;
    const isSound = messageChecksum(row) === row.crc;
    const mtsIdentifier = isSound ? row.mts_identifier : this.#nameOf(message, row);
    const place = { message, mtsIdentifier };
    const states = this.#statesOf(message);
    if (!isSound) {
      const detail = `the row of message ${message} does not match its checksum`;
      yield { kind: 'damaged-message', weight: this.weightOf(message), detail, ...place };
    }
    if (states?.length === 0) {
      const detail = `message ${message} has no copy: nobody takes it up`;
      yield { kind: 'message-without-copy', weight: 'damage', detail, ...place };
    }
    yield* this.#identifier(message, place);
  }

  *copy(row: CopyRow): Generator<CheckFinding> {
    const place = { copy: row.id, message: row.message };
    const waiting = row.not_before === null ? 0 : 1;
    const isSound = copyChecksum(row) === row.crc && row.waiting === waiting;
    const weight = row.state === quarantined ? 'known' : 'damage';
    this.#countIn(row, isSound);
    if (!isSound) {
      const detail = `the row of copy ${row.id} does not match its checksum`;
      const mtsIdentifier = this.nameOf(row.message);
      yield { kind: 'damaged-copy', weight, detail, ...place, ...(mtsIdentifier && { mtsIdentifier }) };
    }
    if (this.#read(() => this.#hasMessage.get(row.message)) === undefined) {
      const mtsIdentifier = this.nameOf(row.message);
      const detail = `copy ${row.id} names message ${row.message}, which is not there`;
      const named = mtsIdentifier === undefined ? {} : { mtsIdentifier };
      yield { kind: 'copy-without-message', weight, detail, ...place, ...named };
    }
    if (this.#read(() => this.#hasMessage.get(row.id)) !== undefined) {
      const detail = `identifier ${row.id} was given to a copy and to a message`;
      yield { kind: 'identifier', weight: 'damage', detail, copy: row.id };
    }
    yield* this.#identifier(row.id, place);
  }

  *tracking(row: TrackingRow): Generator<CheckFinding> {
    if (readTracking(row) !== undefined) return;
    yield recordFinding(`tracking record ${row.id} does not match its checksum`);
  }

  /** A row of one of the small tables. */
  *small(table: SmallTable, row: Record<string, unknown>): Generator<CheckFinding> {
    if (isSoundSmall(table, row)) return;
    const what = { recovery: 'recovery point', strike: 'strike', tracking_bound: 'bound of tracking' }[table];
    yield recordFinding(`the ${what} ${String(row.key ?? row.name)} does not match its checksum`);
  }

  *tally(rows: readonly Record<string, unknown>[]): Generator<CheckFinding> {
    const weight: CheckWeight = this.#isTallySure ? 'damage' : 'known';
    const expected = new Map(this.#tally);
    for (const row of rows) {
      const key = `${row.rank} ${row.state} ${row.next_hop}`;
      const { copies, octets } = expected.get(key) ?? { copies: 0, octets: 0 };
      expected.delete(key);
      const isSealed = tallyChecksum(row as unknown as TallyRow) === row.crc;
      if (row.copies === copies && row.octets === octets && isSealed) continue;
      const where = `${row.next_hop}, priority ${row.rank}, state ${row.state}`;
      const detail = `the tally says ${row.copies} copies of ${row.octets} octets for ${where}`;
      yield { kind: 'tally', weight, detail: `${detail}; there are ${copies} of ${octets}` };
    }
    for (const [key, { copies }] of expected) {
      yield { kind: 'tally', weight, detail: `${copies} copies are not in the tally (${key})` };
    }
  }

  /** Rows that SQLite cannot reach, with what tracking still knows of them. */
  *unread(table: string, { from, to, detail }: UnreadRows): Generator<CheckFinding> {
    const range = to === Infinity ? `from ${from} on` : from === to - 1 ? `${from}` : `${from} to ${to - 1}`;
    const kinds = { message: 'damaged-message', copy: 'damaged-copy' } as const;
    const kind = kinds[table as keyof typeof kinds] ?? 'damaged-record';
    this.#isTallySure &&= table !== 'copy';
    const mtsIdentifier = table === 'message' ? this.nameOf(from) : undefined;
    const named = mtsIdentifier === undefined ? {} : { mtsIdentifier };
    const what = `the rows of ${table} ${range} cannot be read: ${detail}`;
    yield { kind, weight: 'damage', detail: what, ...(table === 'message' && { message: from }), ...named };
  }

  /** `known` if every copy of a message is in quarantine. */
  weightOf(message: number): CheckWeight {
    const states = this.#statesOf(message) ?? [];
    return states.length > 0 && states.every((state) => state === quarantined) ? 'known' : 'damage';
  }

  /** The MTS identifier as tracking has it. */
  nameOf(message: number): string | undefined {
    const found = this.#read(() => this.#tracked.get(message))?.mts_identifier;
    return typeof found === 'string' ? found : undefined;
  }

  #nameOf(message: number, row: MessageRow): string {
    const told = this.nameOf(message) ?? readMeta(String(row.meta)).mtsIdentifier;
    return told === '' ? String(row.mts_identifier) : told;
  }

  #statesOf(message: number): readonly number[] | undefined {
    return this.#read(() => {
      const sole = this.#sole.get(message + 1, message);
      return (sole === undefined ? this.#several.all(message) : [sole]).map(({ state }) => Number(state));
    });
  }

  *#identifier(id: number, place: Partial<CheckFinding>): Generator<CheckFinding> {
    if (id < this.#counter) return;
    const detail = `identifier ${id} is not below the counter (${this.#counter}): it would be given again`;
    yield { kind: 'identifier', weight: 'damage', detail, ...place };
  }

  #countIn({ next_hop, rank, state, octets }: CopyRow, isSound: boolean): void {
    this.#isTallySure &&= isSound;
    const key = `${rank} ${state} ${next_hop}`;
    const before = this.#tally.get(key) ?? { copies: 0, octets: 0 };
    this.#tally.set(key, { copies: before.copies + 1, octets: before.octets + octets });
  }

  #read<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!isDamage(error)) throw error;
      return undefined;
    }
  }
}

export type SmallTable = 'recovery' | 'strike' | 'tracking_bound';

/** Whether a row of a small table matches its checksum. */
export function isSoundSmall(table: SmallTable, row: Record<string, unknown>): boolean {
  switch (table) {
    case 'recovery':
      return row.data instanceof Uint8Array && recoveryChecksum(row as unknown as RecoveryRow) === row.crc;
    case 'strike':
      return soundStrike(row as { key: string; record: string; crc: number }) !== undefined;
    case 'tracking_bound':
      return counterChecksum(String(row.name), Number(row.bound)) === row.crc;
  }
}

export function recordFinding(detail: string): CheckFinding {
  return { kind: 'damaged-record', weight: 'damage', detail };
}
