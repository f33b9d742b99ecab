// Puts a repaired database in the place of the damaged one. The name of the new file is the commit: while
// it is being written it lies in `repairing/`, and what it was made from is untouched; once it is called
// `queue.sqlite.repaired-DATE` it is whole and synced, and whoever opens the directory next goes on from
// there. The damaged database and its log keep their octets as `queue.sqlite.damaged-DATE` and `…-wal`, so
// that no log is ever read into a database that it does not belong to. Every step can be done again.

import { existsSync, fsyncSync, openSync, closeSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { unmark } from '../damage-mark.ts';
import { giveToOwner } from '../owner.ts';
import { syncDirectory } from '../spool-directory.ts';
import { fileNames } from '../worker-messages.ts';

const repaired = `${fileNames.database}.repaired-`;
export const repairDirectory = 'repairing';

/** Commits to a new database that is whole. `date` is part of a file's name. */
export function commitRepair(directory: string, date: string): void {
  const made = join(directory, repairDirectory, fileNames.database);
  const file = openSync(made, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(made, join(directory, `${repaired}${date}`));
  syncDirectory(directory);
}

/** Brings a repair to its end that was committed; the name of the damaged database that is kept. */
export function finishRepair(directory: string): string | undefined {
  const found = existsSync(directory)
    ? readdirSync(directory).find((name) => name.startsWith(repaired))
    : undefined;
  if (found === undefined) return undefined;
  const database = join(directory, fileNames.database);
  const kept = `${database}.damaged-${found.slice(repaired.length)}`;
  for (const suffix of ['-wal', '']) {
    if (existsSync(`${database}${suffix}`)) renameSync(`${database}${suffix}`, `${kept}${suffix}`);
    syncDirectory(directory);
  }
  rmSync(`${database}-shm`, { force: true });
  renameSync(join(directory, found), database);
  giveToOwner(directory, fileNames.database);
  syncDirectory(directory);
  unmark(directory);
  rmSync(join(directory, repairDirectory), { recursive: true, force: true });
  return kept;
}
