// Opens the database of a store to read it without changing an octet in its directory. After a clean stop
// there is no log, and SQLite is told that the file never changes; beside a running MTA a reading connection
// shares its log; after a crash database and log are copied to the system's place for temporary files, since
// SQLite would make an index of the log beside it.

import { constants, copyFileSync, existsSync, mkdtempSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';

import { StoreOpenError } from '../../open-error.ts';
import { sqliteCodeOf, sqliteCodes } from '../errors.ts';
import { fileNames } from '../worker-messages.ts';

export interface Reading {
  readonly database: DatabaseSync;
  /** `live`: an MTA runs on it. */
  readonly mode: 'still' | 'live' | 'copied';
  close(): void;
}

/** Whether a process holds the directory. Asks SQLite for a lock that only its holder can refuse. */
export function isHeld(directory: string): boolean {
  const file = join(directory, 'lock.sqlite');
  if (!existsSync(file)) return false;
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(file, { readOnly: true, timeout: 0 });
    lock.prepare('SELECT count(*) FROM sqlite_schema').get();
    return false;
  } catch (error) {
    return sqliteCodeOf(error) === sqliteCodes.busy;
  } finally {
    lock?.close();
  }
}

/** Opens it. Throws a StoreOpenError for want of space, else what SQLite and the file system say. */
export function openReading(directory: string): Reading {
  const file = join(directory, fileNames.database);
  if (isHeld(directory)) {
    const database = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
    return { database, mode: 'live', close: () => database.close() };
  }
  if (!existsSync(`${file}-wal`) || statSync(`${file}-wal`).size === 0) {
    const database = openStill(file);
    return { database, mode: 'still', close: () => database.close() };
  }
  return openCopy(directory, file);
}

/** Opens a file that nobody changes and that has no log. */
export function openStill(file: string): DatabaseSync {
  const url = pathToFileURL(file);
  url.searchParams.set('immutable', '1');
  return new DatabaseSync(url, { readOnly: true });
}

function openCopy(directory: string, file: string): Reading {
  const needed = statSync(file).size + statSync(`${file}-wal`).size;
  const { bavail, bsize } = statfsSync(tmpdir());
  if (bavail * bsize < needed + 16_777_216) {
    const what = `it was not closed in order, and ${tmpdir()} has no room for the ${needed} octets to read`;
    throw new StoreOpenError('inaccessible', directory, `${what}: name another in TMPDIR`);
  }
  const place = mkdtempSync(join(tmpdir(), 'chappe-check-'));
  const clear = (): void => rmSync(place, { recursive: true, force: true });
  try {
    const copy = join(place, fileNames.database);
    copyFileSync(file, copy, constants.COPYFILE_FICLONE);
    copyFileSync(`${file}-wal`, `${copy}-wal`, constants.COPYFILE_FICLONE);
    const database = new DatabaseSync(copy, { readOnly: true });
    return {
      database,
      mode: 'copied',
      close: () => {
        database.close();
        clear();
      },
    };
  } catch (error) {
    clear();
    throw error;
  }
}
