// Makes sure that what can be read of a file is on the disk. A sync alone does not: after a sync that failed,
// the system may show octets that are on no disk and take them for clean, so that the next sync passes them
// over, also in a later process. Written once more they are not clean. A crash meanwhile does no harm: every
// sector holds what it held, or what it showed.

import { closeSync, fdatasyncSync, openSync, readSync, writeSync } from 'node:fs';

import { systemCodeOf } from './errors.ts';

const piece_octets = 1024 * 1024;

/** Writes a file's own octets over it and syncs it; nothing if there is none. Throws the system's error. */
export function rewriteInPlace(path: string): void {
  let file: number;
  try {
    file = openSync(path, 'r+');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return;
    throw error;
  }
  try {
    const piece = new Uint8Array(piece_octets);
    for (let at = 0; ; ) {
      const length = readSync(file, piece, 0, piece_octets, at);
      if (length === 0) break;
      for (let done = 0; done < length; ) done += writeSync(file, piece, done, length - done, at + done);
      at += length;
    }
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
}
