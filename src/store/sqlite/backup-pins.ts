// The pins of a backup that is being taken: a directory in the store's, whose hard links keep the spool
// files of one moment, held locked as long as the backup runs (lock.ts: the system lets go of it however
// the process ends). What nobody holds is left of one that was killed: it keeps the room of mail that went
// long ago, and goes with the next backup, or the next start. Pins are names only: to remove one removes no
// mail.

import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { isRefusable } from './errors.ts';
import { DirectoryInUseError, lockDirectory } from './lock.ts';

const named = /^backup-\d+$/;

export interface Pins {
  readonly path: string;
  /** Takes them away. */
  remove(): void;
}

/** Makes the directory of this process's pins. Throws what the file system says. */
export function makePins(directory: string, now: number): Pins {
  const path = join(directory, `backup-${process.pid}`);
  mkdirSync(path, { mode: 0o700 });
  const lock = lockDirectory(path, now);
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true });
      lock.close();
    },
  };
}

/** Removes what killed backups have left; the names of what was removed. What cannot be removed stays. */
export function removeLeftPins(directory: string, now: number): string[] {
  return readdirSync(directory)
    .filter((name) => named.test(name))
    .filter((name) => removed(join(directory, name), now));
}

function removed(path: string, now: number): boolean {
  try {
    const lock = lockDirectory(path, now);
    rmSync(path, { recursive: true, force: true });
    lock.close();
    return true;
  } catch (error) {
    const isWorlds = error instanceof DirectoryInUseError || isRefusable(error);
    if (!isWorlds) throw error;
    return false;
  }
}
