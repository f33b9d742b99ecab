// What went wrong, from the errors of SQLite and of the file system to the refusals of the port. Only
// these two kinds are the world's; anything else is our bug and is thrown on.

import type { StoreRefusal } from '../port.ts';

/** Primary result codes of SQLite that are told apart here. */
export const sqliteCodes = { busy: 5, ioerr: 10, corrupt: 11, full: 13, cantopen: 14, notadb: 26 } as const;

/** The store is not what was written, and nothing in it may be trusted before it is repaired. */
export class DamagedStoreError extends Error {
  override readonly name = 'DamagedStoreError';
}

/**
 * Refuses an order that goes back or stands still between two slices of a walk: whose index does that is
 * damaged, and the walk would never end.
 */
export function assertOnward(what: string, from: readonly number[], to: readonly number[]): void {
  const first = from.findIndex((each, at) => each !== to[at]);
  if (first >= 0 && to[first] > from[first]) return;
  throw new DamagedStoreError(`the order of ${what} goes back from ${from.join('/')} to ${to.join('/')}`);
}

/** The last identifier is given. */
export class IdentifiersUsedUpError extends Error {
  override readonly name = 'IdentifiersUsedUpError';
}

/** Whether it is the world's doing, so that what was asked is refused; anything else is our bug. */
export function isRefusable(error: unknown): boolean {
  if (error instanceof IdentifiersUsedUpError || error instanceof DamagedStoreError) return true;
  return sqliteCodeOf(error) !== undefined || systemCodeOf(error) !== '';
}

/** The primary result code if it is an error of SQLite. */
export function sqliteCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined;
  return error.errcode & 0xff;
}

/** Whether SQLite does not find its way through the file, or finds a number there that we never wrote. */
export function isDamage(error: unknown): boolean {
  if (error instanceof DamagedStoreError) return true;
  if (systemCodeOf(error) === 'ERR_OUT_OF_RANGE') return true;
  const code = sqliteCodeOf(error);
  return code === sqliteCodes.corrupt || code === sqliteCodes.notadb;
}

/**
 * Whether it is the structure that is damaged, so that nothing more may be written before it is repaired: not
 * where one row alone has a number that we never wrote.
 */
export function isStructural(error: unknown): boolean {
  return isDamage(error) && systemCodeOf(error) !== 'ERR_OUT_OF_RANGE';
}

/** SQLite could not read: whatever was written before is as it was. */
const readCodes: readonly number[] = [10 | (1 << 8), 10 | (2 << 8)];

/**
 * Whether the disk failed while it was written to or synced: then nobody knows what is on it, and to sync
 * once more would prove nothing.
 */
export function leavesUnknown(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (sqliteCodeOf(error) === sqliteCodes.ioerr) {
    return !('errcode' in error) || !readCodes.includes(Number(error.errcode));
  }
  const isRead = 'syscall' in error && (error.syscall === 'read' || error.syscall === 'open');
  return systemCodeOf(error) === 'EIO' && !isRead;
}

/** The refusal for an error of SQLite or of the file system. */
export function refusalFor(error: unknown): StoreRefusal {
  const detail = detailOf(error);
  const noSpace =
    sqliteCodeOf(error) === sqliteCodes.full || ['ENOSPC', 'EDQUOT'].includes(systemCodeOf(error));
  return noSpace ? { kind: 'no-space', detail } : { kind: 'failed', detail };
}

/** ENOSPC, EIO and their like; empty for what is no system error. */
export function systemCodeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** One line for a log. */
export function detailOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'errcode' in error ? ` (SQLite ${String(error.errcode)})` : '';
  return `${error.message}${code}`;
}
