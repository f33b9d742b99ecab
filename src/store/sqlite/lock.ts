// One process holds the directory. The lock is SQLite's own exclusive lock on a database of its own,
// because the system lets go of it when the process ends, however it ends; a file that merely exists would
// outlive a crash. The file beside it says who holds the lock; only people read it. Nothing else may open
// `lock.sqlite`: on POSIX, closing any descriptor of a file drops the process's locks on it.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { sqliteCodeOf, sqliteCodes } from './errors.ts';
import { giveToOwner } from './owner.ts';

/** Another process has the directory; the message says which, if it can be told. */
export class DirectoryInUseError extends Error {
  override readonly name = 'DirectoryInUseError';
}

/** Takes the lock, or throws: DirectoryInUseError, or SQLite's error. Closing what it returns lets go. */
export function lockDirectory(directory: string, now: number): DatabaseSync {
  const holder = join(directory, 'holder.txt');
  const lock = new DatabaseSync(join(directory, 'lock.sqlite'), { timeout: 0 });
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    writeFileSync(holder, `process ${process.pid} since ${new Date(now).toISOString()}\n`);
    giveToOwner(directory, 'lock.sqlite', 'lock.sqlite-journal', 'holder.txt');
    return lock;
  } catch (error) {
    lock.close();
    if (sqliteCodeOf(error) !== sqliteCodes.busy) throw error;
    throw new DirectoryInUseError(`another MTA holds it (${holderIn(holder)}); stop that one first`);
  }
}

function holderIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return 'unknown process';
  }
}
