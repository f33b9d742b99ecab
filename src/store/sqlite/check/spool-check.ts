// Verifies a spool file block by block, reading only; one block in memory.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';

import { detailOf, systemCodeOf } from '../errors.ts';
import {
  block_octets,
  type Preamble,
  preamble_octets,
  readPreamble,
  readTrailer,
  trailerLength,
} from '../spool-format.ts';

export type SpoolVerdict =
  | { readonly kind: 'sound'; readonly content_octets: number; readonly header: Uint8Array }
  | { readonly kind: 'missing' }
  /** It has no valid preamble: it was never sealed, or its first octets are damaged. */
  | { readonly kind: 'unsealed' }
  /** `header` is there if it can still be trusted. */
  | { readonly kind: 'damaged'; readonly detail: string; readonly header?: Uint8Array };

/** What a trailer may have at most: 2 GB of content and the largest header are far below. */
const trailer_octets_max = 256 * 1024 * 1024;

/** Judges a file. Throws what the file system says, but for a file that is not there. */
export function checkSpool(path: string): SpoolVerdict {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return { kind: 'missing' };
    throw error;
  }
  try {
    return judge(file);
  } catch (error) {
    if (systemCodeOf(error) !== 'EIO') throw error;
    return { kind: 'damaged', detail: detailOf(error) };
  } finally {
    closeSync(file);
  }
}

function judge(file: number): SpoolVerdict {
  const { size } = fstatSync(file);
  const preamble = readPreamble(readAt(file, 0, preamble_octets));
  if (preamble === undefined) return { kind: 'unsealed' };
  const length = trailerLength(preamble);
  const at = preamble_octets + preamble.content_octets;
  if (size < at + length || length > trailer_octets_max) {
    return { kind: 'damaged', detail: `it ends at ${size} of ${at + length} octets` };
  }
  const trailer = readAt(file, at, length);
  const checksums = readTrailer(preamble, trailer);
  if (checksums === undefined) return { kind: 'damaged', detail: 'its trailer is damaged' };
  const header = trailer.subarray(4 * checksums.length);
  const bad = firstBadBlock(file, preamble, checksums);
  if (bad === undefined) return { kind: 'sound', content_octets: preamble.content_octets, header };
  const detail = `content from octet ${bad * block_octets} on does not match its checksum`;
  return { kind: 'damaged', detail, header };
}

function firstBadBlock(file: number, preamble: Preamble, checksums: Uint32Array): number | undefined {
  for (const [block, checksum] of checksums.entries()) {
    const from = block * block_octets;
    const length = Math.min(block_octets, preamble.content_octets - from);
    if (crc32(readAt(file, preamble_octets + from, length)) !== checksum) return block;
  }
  return undefined;
}

/** Fewer octets where the file ends. */
function readAt(file: number, at: number, length: number): Uint8Array {
  const octets = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const count = readSync(file, octets, done, length - done, at + done);
    if (count === 0) break;
    done += count;
  }
  return octets.subarray(0, done);
}
