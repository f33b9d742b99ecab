// The spool directory as the worker sees it: spilling content that is too large for a row, checking that a
// spool which a transition names is sealed, removing what nothing names. Synchronous on purpose where the
// transaction has to wait for it.

import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, fdatasyncSync, fsyncSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { readSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import type { SpoolName } from '../port.ts';
import { systemCodeOf } from './errors.ts';
import { giveToOwner } from './owner.ts';
import { BlockChecksums, preamble_octets, readPreamble, sealOf } from './spool-format.ts';

const namePattern = /^spool-[0-9a-f-]{36}$/;

/** A name that never was and never will be given to another spool. */
export function newSpoolName(): SpoolName {
  return `spool-${randomUUID()}`;
}

/** Whether a name is that of a spool of ours, and so no way out of the directory. */
export function isSpoolName(name: SpoolName): boolean {
  return namePattern.test(name);
}

export class SpoolDirectory {
  readonly path: string;
  readonly #removals = new Map<SpoolName, Promise<void>>();

  /** Makes the directory if there is none. */
  constructor(path: string) {
    this.path = path;
    mkdirSync(path, { recursive: true, mode: 0o700 });
    giveToOwner(dirname(path), basename(path));
  }

  /**
   * The length of the content of a sealed spool, or undefined. Throws what the file system says of a file
   * that may be there.
   */
  sealedOctets(name: SpoolName): number | undefined {
    if (!namePattern.test(name) || this.#removals.has(name)) return undefined;
    const file = openIfThere(join(this.path, name));
    if (file === undefined) return undefined;
    const octets = new Uint8Array(preamble_octets);
    try {
      return readSync(file, octets) < preamble_octets ? undefined : readPreamble(octets)?.content_octets;
    } finally {
      closeSync(file);
    }
  }

  /** The size of a file, 0 where there is none. */
  octets(name: SpoolName): number {
    return statSync(join(this.path, name), { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Writes a whole spool and syncs it and its directory. Throws what the file system says. */
  spill(name: SpoolName, content: Uint8Array, header: Uint8Array): void {
    const checksums = new BlockChecksums();
    checksums.add(content);
    const { preamble, trailer } = sealOf(checksums.all(), content.length, header);
    const file = openSync(join(this.path, name), 'wx', 0o600);
    try {
      for (const part of [preamble, content, trailer]) writeAll(file, part);
      fdatasyncSync(file);
    } finally {
      closeSync(file);
    }
    giveToOwner(this.path, name);
    syncDirectory(this.path);
  }

  /** Takes a file back that no committed row names. */
  takeBack(name: SpoolName): void {
    if (existsSync(join(this.path, name))) unlinkSync(join(this.path, name));
  }

  /** Removes a file without waiting; what cannot be removed is an orphan at the next start. */
  remove(name: SpoolName): void {
    const removal: Promise<void> = unlink(join(this.path, name))
      .catch(() => undefined)
      .then(() => {
        this.#removals.delete(name);
      });
    this.#removals.set(name, removal);
  }

  /** The names of all spools; what is none of ours is left alone. */
  names(): readonly SpoolName[] {
    return readdirSync(this.path).filter(isSpoolName);
  }

  /** Resolves when every removal is done. */
  async settle(): Promise<void> {
    await Promise.all(this.#removals.values());
  }
}

/** Makes the names in a directory survive a power loss. */
export function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function writeAll(file: number, octets: Uint8Array): void {
  let done = 0;
  while (done < octets.length) done += writeSync(file, octets, done);
}
