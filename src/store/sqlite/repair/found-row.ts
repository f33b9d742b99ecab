// Which table a record belongs to, by the shape of its columns, and whether it matches the row's checksum.

import { counterChecksum, recoveryChecksum, soundStrike } from '../checksums.ts';
import { type CopyRow, copyChecksum, type MessageRow, messageChecksum } from '../copy-codec.ts';
import { readTracking, type TrackingRow } from '../entries.ts';
import type { Cell, Value } from './cells.ts';

export type TableName =
  | 'message'
  | 'copy'
  | 'recovery'
  | 'tracking'
  | 'strike'
  | 'counter'
  | 'tracking_bound';

export interface FoundRow {
  readonly table: TableName;
  readonly row: Readonly<Record<string, Value>>;
  readonly isSound: boolean;
}

/** Columns with the kinds of value that each takes: i integer, t text, b blob, n null. */
const shapes = {
  message: 'id:n mts_identifier:t meta:t spool:tn spool_octets:i crc:i envelope:b content:bn',
  copy:
    'id:n message:i next_hop:t state:i rank:i waiting:i not_before:in accepted_at:i expires_at:i octets:i ' +
    'sole:i recipients:t attempts:i last_attempt_at:in last_error:tn crc:i',
  recovery: 'key:t link:t direction:t saved_at:i spool:tn crc:i data:b',
  tracking: 'id:n at:i mts_identifier:t record:t crc:i message:in',
} as const;
const columns = Object.entries(shapes).map(([table, text]) => ({
  table: table as keyof typeof shapes,
  columns: text.split(' ').map((column) => column.split(':')),
}));

/** The row that a cell of a table's leaf holds. */
export function tableRow({ rowid, values }: Cell): FoundRow | undefined {
  // Records from before schema 3 have no number of their message.
  const all = values.length === 5 ? [...values, null] : values;
  for (const { table, columns: names } of columns) {
    if (names.length !== all.length) continue;
    if (!names.every(([, kinds], index) => kinds.includes(kindOf(all[index])))) continue;
    const row = Object.fromEntries(names.map(([name], index) => [name, all[index]]));
    if ('id' in row) row.id = rowid;
    return { table, row, isSound: isSound(table, row) };
  }
  return undefined;
}

/** The row that a cell of an index holds, if it is one of the tables that are kept as an index. */
export function indexRow({ values }: Cell): FoundRow | undefined {
  const [first, second, third] = values;
  if (values.length !== 3 || typeof first !== 'string' || typeof third !== 'number') return undefined;
  if (typeof second === 'string') {
    const row = { key: first, record: second, crc: third };
    return soundStrike(row) === undefined ? undefined : { table: 'strike', row, isSound: true };
  }
  if (typeof second !== 'number' || counterChecksum(first, second) !== third) return undefined;
  if (first === 'id') {
    return { table: 'counter', row: { name: first, next: second, crc: third }, isSound: true };
  }
  const row = { name: first, bound: second, crc: third };
  return ['tracked_from', 'pruned'].includes(first)
    ? { table: 'tracking_bound', row, isSound: true }
    : undefined;
}

function kindOf(value: Value): string {
  if (value === null) return 'n';
  return typeof value === 'number' ? 'i' : typeof value === 'string' ? 't' : 'b';
}

function isSound(table: keyof typeof shapes, row: Readonly<Record<string, Value>>): boolean {
  switch (table) {
    case 'message':
      return messageChecksum(row as never as MessageRow) === row.crc;
    case 'copy':
      return copyChecksum(row as never as CopyRow) === row.crc;
    case 'recovery':
      return recoveryChecksum(row as never) === row.crc;
    case 'tracking':
      return isReadable(row as never as TrackingRow);
  }
}

function isReadable(row: TrackingRow): boolean {
  try {
    return readTracking(row) !== undefined;
  } catch {
    return false;
  }
}
