// A copy of a store's directory as it stands at one moment, taken while an MTA runs on it, or when none
// does. The moment is a read transaction: every spool file that it names is pinned by a hard link before
// anything else, so that what ends meanwhile stays; then the database is copied page by page within the
// transaction. Writes nothing in the store but the pins (backup-pins.ts), and takes them away. Invariant:
// the database gets its name in the copy last, so that a copy that was broken off is never opened.

import { constants } from 'node:fs';
import { copyFile, link, mkdir, open, readdir, rename, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { backup, type DatabaseSync } from 'node:sqlite';

import { StoreOpenError } from '../open-error.ts';
import { openToRead } from './audit-directory.ts';
import { makePins, type Pins, removeLeftPins } from './backup-pins.ts';
import { detailOf, isDamage, sqliteCodeOf } from './errors.ts';
import { isSpoolName } from './spool-directory.ts';
import { fileNames } from './worker-messages.ts';

/** Moments that are tried until every spool file that one names could be pinned. */
const moments_max = 50;
/** Pages that are copied between two signs of life. */
const pages_per_step = 1000;

export interface BackupCount {
  readonly spools: number;
  readonly octets: number;
  /** Spool files that the database names and that are not there: `chappe store check` says more. */
  readonly missing: readonly string[];
  /** Directories of pins that killed backups had left, and that are removed now. */
  readonly removed: readonly string[];
}
export interface BackupOrder {
  readonly directory: string;
  /** Made; it may be there if it is empty. */
  readonly target: string;
  /** From 0 to 1, now and then. */
  readonly progress?: (part: number) => void;
}

/** The target is no empty directory, or cannot be written. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}

/** Copies the store. Rejects with a StoreOpenError or a BackupError. */
export async function backupDirectory({ progress, ...order }: BackupOrder): Promise<BackupCount> {
  const [directory, target] = [resolve(order.directory), resolve(order.target)];
  const database = openToRead(directory);
  let pins: Pins | undefined;
  try {
    await makeTarget(target);
    const now = Date.now();
    const removed = removeLeftPins(directory, now);
    pins = makePins(directory, now);
    const { pinned, missing } = await pinMoment(database, join(directory, fileNames.spools), pins.path);
    const partial = join(target, `${fileNames.database}.partial`);
    await backup(database, partial, {
      rate: pages_per_step,
      progress: ({ totalPages, remainingPages }) => progress?.(0.5 - remainingPages / totalPages / 2),
    });
    database.exec('COMMIT');
    let octets = 0;
    for (const [index, name] of pinned.entries()) {
      octets += await copySynced(join(pins.path, name), join(target, fileNames.spools, name));
      progress?.(0.5 + (index + 1) / pinned.length / 2);
    }
    octets += await synced(partial);
    await synced(join(target, fileNames.spools));
    await rename(partial, join(target, fileNames.database));
    await synced(target);
    await synced(join(target, '..'));
    return { spools: pinned.length, octets, missing, removed };
  } catch (error) {
    throw ended(error, directory);
  } finally {
    database.close();
    pins?.remove();
  }
}

async function makeTarget(target: string): Promise<void> {
  await mkdir(target, { recursive: true, mode: 0o700 });
  if ((await readdir(target)).length > 0) throw new BackupError(`${target} is not empty`);
  await mkdir(join(target, fileNames.spools), { mode: 0o700 });
}

interface Pinned {
  readonly pinned: readonly string[];
  readonly missing: readonly string[];
}

/** Leaves the transaction open whose files are pinned. One that two moments miss is not there at all. */
async function pinMoment(database: DatabaseSync, spools: string, pins: string): Promise<Pinned> {
  let missing = new Set<string>();
  for (let moment = 0; moment < moments_max; moment += 1) {
    database.exec('BEGIN');
    const pinned: string[] = [];
    const gone = new Set<string>();
    for (const name of namesIn(database)) {
      if (await pin(join(spools, name), join(pins, name))) pinned.push(name);
      else gone.add(name);
    }
    if ([...gone].every((name) => missing.has(name))) return { pinned, missing: [...gone] };
    missing = gone;
    database.exec('COMMIT');
  }
  throw new BackupError(`mail ends faster than its files can be pinned: ${moments_max} moments were tried`);
}

function namesIn(database: DatabaseSync): string[] {
  const named = database.prepare(
    `SELECT spool FROM message WHERE spool IS NOT NULL
    UNION SELECT spool FROM recovery WHERE spool IS NOT NULL`,
  );
  return named
    .all()
    .map(({ spool }) => String(spool))
    .filter(isSpoolName);
}

/** False if the file is not there. */
async function pin(file: string, at: string): Promise<boolean> {
  try {
    await link(file, at);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return true;
    if (code === 'ENOENT') return false;
    throw error;
  }
}

/** How many octets it has. */
async function copySynced(from: string, to: string): Promise<number> {
  await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  return synced(to);
}

async function synced(path: string): Promise<number> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
    return (await stat(path)).size;
  } finally {
    await handle.close();
  }
}

function ended(error: unknown, directory: string): unknown {
  if (error instanceof StoreOpenError || error instanceof BackupError) return error;
  if (isDamage(error)) return new StoreOpenError('damaged', directory, detailOf(error));
  const { code, message } = error as NodeJS.ErrnoException;
  if (sqliteCodeOf(error) === undefined && code === undefined) return error;
  return new BackupError(message);
}
