// The mark in a store's directory that its database turned out damaged while an MTA ran on it: a start
// looks at little of it, and would find the same again only after it had taken up mail. The mark goes when
// a check that belongs to a repair has found the database whole, or a repaired one has taken its place. It
// is no part of the ledger: where it cannot be written, the next start may go as far as this one did.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { type Instant, isoTime } from '../../base/time.ts';
import { DamagedStoreError, systemCodeOf } from './errors.ts';

const fileName = 'damaged.txt';

/** Notes what was found. */
export function markDamaged(directory: string, found: string, at: Instant): void {
  try {
    writeFileSync(join(directory, fileName), `${isoTime(at)}: ${found}\n`, { mode: 0o600 });
  } catch (error) {
    if (systemCodeOf(error) === '') throw error;
  }
}

/** Throws a DamagedStoreError if a process that ran on it found it damaged. */
export function refuseMarked(directory: string): void {
  let text: string;
  try {
    text = readFileSync(join(directory, fileName), 'utf8');
  } catch (error) {
    if (systemCodeOf(error) === '') throw error;
    return;
  }
  throw new DamagedStoreError(`it was found damaged while an MTA ran on it, ${text.trim().slice(0, 300)}`);
}

/** The database is whole, or another one. */
export function unmark(directory: string): void {
  rmSync(join(directory, fileName), { force: true });
}
