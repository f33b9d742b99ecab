// What the tables know of each message: its tracking records and its copies, for the audit. Reads only, and
// needs nothing but the statements: the worker answers by it, and a second process reads a database with it.

import type { StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';

import type { Instant } from '../../base/time.ts';
import { copyStates } from '../order.ts';
import type { LedgerCopy, LedgerEntry, MessageId, TrackingRecord } from '../port.ts';
import { counterChecksum } from './checksums.ts';
import { type CopyRow, copyChecksum, readMeta, readNumbers } from './copy-codec.ts';
import { detailOf, isDamage } from './errors.ts';

/** The statements that these functions need. */
export const entryTexts = {
  readTrackedFrom: `SELECT name, bound, crc FROM tracking_bound WHERE name = 'tracked_from'`,
  readPruned: `SELECT name, bound, crc FROM tracking_bound WHERE name = 'pruned'`,
  trackedMessages: `SELECT message FROM tracking WHERE message > ?1 GROUP BY message
    HAVING min(at) >= ?3 ORDER BY message LIMIT ?2`,
  storedMessages: 'SELECT id FROM message WHERE id > ? ORDER BY id LIMIT ?',
  trackingOfMessage: `SELECT id, at, mts_identifier, message, record, crc FROM tracking
    WHERE message = ? ORDER BY at, id`,
  soleCopy: 'SELECT * FROM copy WHERE id = ? AND message = ? AND sole = 1',
  severalCopies: 'SELECT * FROM copy WHERE message = ? AND sole = 0',
  metaOfMessage: 'SELECT meta FROM message WHERE id = ?',
} as const;

export type EntryStatements = Readonly<Record<keyof typeof entryTexts, StatementSync>>;

export interface TrackingRow {
  readonly id: number;
  readonly at: number;
  readonly mts_identifier: string;
  readonly message: MessageId | null;
  readonly record: string;
  readonly crc: number;
}

/** The checksum over a tracking record and the number of its message. */
export function trackingChecksum(record: string, message: MessageId | null): number {
  return crc32(record, message === null ? 0 : message % 2 ** 32);
}

/** Whether the text of a record is what was written. */
export function isSoundTracking({ record, message, crc }: TrackingRow): boolean {
  return typeof record === 'string' && trackingChecksum(record, message) === crc;
}

/** The record in a row; undefined if it is not what was written, in its columns too. */
export function readTracking(row: TrackingRow): TrackingRecord | undefined {
  const { record, message } = row;
  if (!isSoundTracking(row)) return undefined;
  const found = JSON.parse(record) as TrackingRecord;
  if (found.at !== row.at || found.mtsIdentifier !== row.mts_identifier) return undefined;
  return message === null ? found : { ...found, message };
}

/** At most `limit` messages after this number, without those that ended before `since`. */
export interface EntryRange {
  readonly after: MessageId;
  readonly limit: number;
  readonly since?: Instant | undefined;
}

/** Messages that have tracking records or are in the queue, rising by their number. */
export function readEntries(sql: EntryStatements, { after, limit, since }: EntryRange): LedgerEntry[] {
  const from = Math.max(after, (boundIn(sql.readTrackedFrom) ?? 1) - 1);
  const tracked = sql.trackedMessages.all(from, limit, since ?? 0).map(({ message }) => Number(message));
  const stored = sql.storedMessages.all(from, limit).map(({ id }) => Number(id));
  const messages = [...new Set([...tracked, ...stored])].sort((a, b) => a - b).slice(0, limit);
  const pruned = boundIn(sql.readPruned) ?? 0;
  return messages.map((message) => {
    const entry = readEntry(sql, message);
    const lastAt = entry.records.at(-1)?.at ?? 0;
    // What is being pruned may be half gone.
    const isOver = entry.copies.length === 0 && entry.damage === undefined && lastAt < pruned;
    return isOver ? { ...entry, records: [] } : entry;
  });
}

/** A bound that is as it was written; without one, nothing is left out. */
function boundIn(statement: StatementSync): number | undefined {
  const row = statement.get();
  const isSound = row !== undefined && counterChecksum(String(row.name), Number(row.bound)) === row.crc;
  return isSound ? Number(row.bound) : undefined;
}

function readEntry(sql: EntryStatements, message: MessageId): LedgerEntry {
  const damage: string[] = [];
  const attempt = <T>(what: string, read: () => T, otherwise: T): T => {
    try {
      return read();
    } catch (error) {
      if (!isDamage(error)) throw error;
      damage.push(`${what}: ${detailOf(error)}`);
      return otherwise;
    }
  };
  const rows = attempt('tracking', () => sql.trackingOfMessage.all(message), []) as unknown as TrackingRow[];
  const records = rows.flatMap((row) => {
    const record = readTracking(row);
    if (record === undefined) damage.push(`tracking record ${row.id} is damaged`);
    return record === undefined ? [] : [record];
  });
  const copies = attempt('copies', () => readCopies(sql, message, damage), []);
  return { message, records, copies, ...(damage.length > 0 && { damage: damage.join('; ') }) };
}

function readCopies(sql: EntryStatements, message: MessageId, damage: string[]): LedgerCopy[] {
  const sole = sql.soleCopy.get(message + 1, message);
  const rows = (sole === undefined ? sql.severalCopies.all(message) : [sole]) as unknown as CopyRow[];
  if (rows.length === 0) return [];
  const { recipients } = readMeta(String(sql.metaOfMessage.get(message)?.meta ?? ''));
  return rows.map((row) => {
    const numbers = readNumbers(row.recipients);
    const isWhole =
      copyChecksum(row) === row.crc && numbers.every((number) => recipients[number] !== undefined);
    if (!isWhole) damage.push(`copy ${row.id} or its message is damaged`);
    return {
      copy: row.id,
      nextHop: String(row.next_hop),
      state: copyStates[row.state] ?? 'quarantined',
      recipients: numbers.map((number) => recipients[number] ?? `recipient ${number}`),
    };
  });
}
