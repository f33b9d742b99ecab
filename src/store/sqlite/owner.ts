// Whose the files of a store are. Root may work in the directory of the MTA's own user (a repair at night, an
// import by sudo); what it makes there goes to that user, or the next start could not open it. Who is not
// root makes files of his own, and has no other choice.

import { chownSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { systemCodeOf } from './errors.ts';

/** Whose a store is that somebody else tries to open: a clause for a refusal; empty where it is his own. */
export function whoseText(directory: string, names: readonly string[]): string {
  const user = process.geteuid?.();
  if (user === undefined || user === 0) return '';
  for (const path of [directory, ...names.map((name) => join(directory, name))]) {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined || found.uid === user) continue;
    const mode = (found.mode & 0o777).toString(8);
    return `; ${path} belongs to user ${found.uid} (mode ${mode}), this process is user ${user}`;
  }
  return '';
}

/** Gives files to the owner of the directory that they lie in. Names that are not there are passed over. */
export function giveToOwner(directory: string, ...names: readonly string[]): void {
  if (process.geteuid?.() !== 0) return;
  const { uid, gid } = statSync(directory);
  if (uid === 0) return;
  for (const name of names) {
    try {
      chownSync(join(directory, name), uid, gid);
    } catch (error) {
      // Some file systems have no owners: what was made is there all the same.
      if (systemCodeOf(error) === '') throw error;
    }
  }
}
