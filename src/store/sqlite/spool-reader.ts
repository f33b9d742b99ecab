// Reads pieces of sealed spool files on the main thread and verifies every block that a piece touches.
// Keeps no file open between pieces, so a removed spool frees its space at once; remembers the checksums
// of the last few files.

import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

import type { SpoolName } from '../port.ts';
import { detailOf, systemCodeOf } from './errors.ts';
import {
  block_octets,
  type Preamble,
  preamble_octets,
  readPreamble,
  readTrailer,
  trailerLength,
} from './spool-format.ts';

/** `damage` means that the file is not what was sealed; `failure` that the disk did not answer. */
export type SpoolPiece =
  | { readonly kind: 'octets'; readonly octets: Uint8Array }
  | { readonly kind: 'damage' | 'failure'; readonly detail: string };

interface Known {
  readonly content_octets: number;
  readonly checksums: Uint32Array;
}
const known_max = 64;

class Damage extends Error {}

export class SpoolReader {
  readonly #directory: string;
  readonly #known = new Map<SpoolName, Known>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** At most `octets_max` octets of the content from `offset`; empty at the end. */
  async read(name: SpoolName, offset: number, octets_max: number): Promise<SpoolPiece> {
    let file: FileHandle | undefined;
    try {
      file = await open(join(this.#directory, name), 'r');
      const known = this.#known.get(name) ?? (await this.#learn(file, name));
      return { kind: 'octets', octets: await readBlocks(file, known, { offset, octets_max }) };
    } catch (error) {
      this.#known.delete(name);
      const isDamage = error instanceof Damage || systemCodeOf(error) === 'ENOENT';
      return { kind: isDamage ? 'damage' : 'failure', detail: `spool ${name}: ${detailOf(error)}` };
    } finally {
      await file?.close().catch(() => undefined);
    }
  }

  async #learn(file: FileHandle, name: SpoolName): Promise<Known> {
    const preamble = readPreamble(await readAt(file, 0, preamble_octets));
    if (preamble === undefined) throw new Damage('the preamble is damaged');
    const checksums = await readChecksums(file, preamble);
    const known = { content_octets: preamble.content_octets, checksums };
    if (this.#known.size >= known_max) {
      const [oldest] = this.#known.keys();
      this.#known.delete(oldest);
    }
    this.#known.set(name, known);
    return known;
  }
}

async function readChecksums(file: FileHandle, preamble: Preamble): Promise<Uint32Array> {
  const { size } = await file.stat();
  const length = trailerLength(preamble);
  const at = preamble_octets + preamble.content_octets;
  if (size < at + length) throw new Damage(`it ends at ${size} of ${at + length} octets`);
  const checksums = readTrailer(preamble, await readAt(file, at, length));
  if (checksums === undefined) throw new Damage('the trailer is damaged');
  return checksums;
}

async function readBlocks(
  file: FileHandle,
  { content_octets, checksums }: Known,
  { offset, octets_max }: { readonly offset: number; readonly octets_max: number },
): Promise<Uint8Array> {
  const end = Math.min(offset + octets_max, content_octets);
  if (offset >= end) return new Uint8Array();
  const first = Math.floor(offset / block_octets);
  const last = Math.ceil(end / block_octets);
  const from = first * block_octets;
  const octets = await readAt(
    file,
    preamble_octets + from,
    Math.min(last * block_octets, content_octets) - from,
  );
  for (let block = first; block < last; block += 1) {
    const at = (block - first) * block_octets;
    if (crc32(octets.subarray(at, at + block_octets)) !== checksums[block]) {
      throw new Damage(`content from octet ${block * block_octets} on does not match its checksum`);
    }
  }
  return octets.subarray(offset - from, end - from);
}

async function readAt(file: FileHandle, at: number, length: number): Promise<Uint8Array> {
  const octets = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(octets, done, length - done, at + done);
    if (bytesRead === 0) throw new Damage('it is too short');
    done += bytesRead;
  }
  return octets;
}
