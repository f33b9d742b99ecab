// Files that are whole or absent: written under a temporary name, synced, renamed, and durable once the
// directory is synced too. The temporary name is fixed per file, so that a repeated write sweeps up what a
// crash left.

import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { WrittenContent } from './record.ts';

/** Ends temporary names: never `.json` or `.content`, which readers look for. */
export const temporarySuffix = '.part';

type Pieces = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * Writes a file whole and renames it into place: to `path`, or where `placeOf` says for what was written. Its
 * name is durable only after `syncDirectory`.
 */
export async function writeStable(
  path: string,
  pieces: Pieces,
  placeOf: (written: WrittenContent) => Promise<string> = async () => path,
): Promise<WrittenContent> {
  const temporary = `${path}${temporarySuffix}`;
  try {
    const written = await writeSynced(temporary, pieces);
    await rename(temporary, await placeOf(written));
    return written;
  } catch (error) {
    // Gives its room back at once: the disk may be full.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Makes the names in a directory durable. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/**
 * Makes a directory, with those above it, if it is not there; the names of what was made are durable. So is
 * its own, whoever made it, unless it is known to be.
 */
export async function ensureDirectory(path: string, isNamed = false): Promise<void> {
  const made = await mkdir(path, { recursive: true });
  if (made === undefined && isNamed) return;
  const first = made ?? path;
  for (let each = path; each.length >= first.length; each = dirname(each)) await syncDirectory(dirname(each));
}

async function writeSynced(path: string, pieces: Pieces): Promise<WrittenContent> {
  const file = await open(path, 'w');
  const digest = createHash('sha256');
  let octets_count = 0;
  try {
    for await (const piece of pieces) {
      digest.update(piece);
      await writeWhole(file, piece);
      octets_count += piece.length;
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { octets_count, sha256: digest.digest('hex') };
}

async function writeWhole(file: Awaited<ReturnType<typeof open>>, octets: Uint8Array): Promise<void> {
  let written = 0;
  while (written < octets.length) {
    const { bytesWritten } = await file.write(octets, written);
    written += bytesWritten;
  }
}
