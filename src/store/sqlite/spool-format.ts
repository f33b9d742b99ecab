// The layout of a spool file, as octets; reads and writes no file.
//
//   0    preamble, 64 octets: magic, block size, header length, content length, checksum of the trailer,
//        own checksum
//   64   the content, as it came
//   64+n trailer: one CRC-32 for each block of the content, then the header that its owner gave at sealing
//
// The preamble is written last, so a file whose preamble is not valid was never sealed. The header stands
// at the end, with the preamble pointing to it, because it is known only when the content has come in.
// With it the file can be taken back without its row.

import { crc32 } from 'node:zlib';

/** Octets before the content. */
export const preamble_octets = 64;
/** Octets of content that one checksum guards. */
export const block_octets = 65_536;

const magic = 'Chappe spool 1\r\n';

export interface Preamble {
  readonly content_octets: number;
  readonly header_octets: number;
  readonly trailer_crc: number;
}

/** How many octets the trailer has. */
export function trailerLength({ content_octets, header_octets }: Preamble): number {
  return 4 * Math.ceil(content_octets / block_octets) + header_octets;
}

/** The trailer, and the preamble that vouches for it. */
export function sealOf(
  checksums: readonly number[],
  content_octets: number,
  header: Uint8Array,
): { readonly preamble: Uint8Array; readonly trailer: Uint8Array } {
  const trailer = new Uint8Array(4 * checksums.length + header.length);
  const view = new DataView(trailer.buffer);
  for (const [block, checksum] of checksums.entries()) view.setUint32(4 * block, checksum, true);
  trailer.set(header, 4 * checksums.length);
  const preamble = writePreamble({
    content_octets,
    header_octets: header.length,
    trailer_crc: crc32(trailer),
  });
  return { preamble, trailer };
}

function writePreamble(fields: Preamble): Uint8Array {
  const octets = new Uint8Array(preamble_octets);
  const view = new DataView(octets.buffer);
  new TextEncoder().encodeInto(magic, octets);
  view.setUint32(16, block_octets, true);
  view.setUint32(20, fields.header_octets, true);
  view.setBigUint64(24, BigInt(fields.content_octets), true);
  view.setUint32(32, fields.trailer_crc, true);
  view.setUint32(60, crc32(octets.subarray(0, 60)), true);
  return octets;
}

/** The preamble of a sealed file, or undefined: never sealed, or damaged. */
export function readPreamble(octets: Uint8Array): Preamble | undefined {
  if (octets.length < preamble_octets) return undefined;
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  if (new TextDecoder('latin1').decode(octets.subarray(0, magic.length)) !== magic) return undefined;
  if (view.getUint32(60, true) !== crc32(octets.subarray(0, 60))) return undefined;
  if (view.getUint32(16, true) !== block_octets) return undefined;
  return {
    header_octets: view.getUint32(20, true),
    content_octets: Number(view.getBigUint64(24, true)),
    trailer_crc: view.getUint32(32, true),
  };
}

/** The checksums in a trailer, or undefined if it is not the one that the preamble vouches for. */
export function readTrailer(preamble: Preamble, trailer: Uint8Array): Uint32Array | undefined {
  if (trailer.length !== trailerLength(preamble) || crc32(trailer) !== preamble.trailer_crc) return undefined;
  const view = new DataView(trailer.buffer, trailer.byteOffset, trailer.byteLength);
  const checksums = new Uint32Array(Math.ceil(preamble.content_octets / block_octets));
  for (let block = 0; block < checksums.length; block += 1)
    checksums[block] = view.getUint32(4 * block, true);
  return checksums;
}

/** Checksums of blocks, taken as the content comes in, in pieces of any size. */
export class BlockChecksums {
  readonly #whole: number[] = [];
  #running = 0;
  #octets_count = 0;

  get octets_count(): number {
    return this.#octets_count;
  }

  add(octets: Uint8Array): void {
    let at = 0;
    while (at < octets.length) {
      const room = block_octets - (this.#octets_count % block_octets);
      const part = octets.subarray(at, at + room);
      this.#running = crc32(part, this.#running);
      this.#octets_count += part.length;
      at += part.length;
      if (this.#octets_count % block_octets === 0) this.#close();
    }
  }

  /** One for each block, the last perhaps short. */
  all(): readonly number[] {
    return this.#octets_count % block_octets === 0 ? this.#whole : [...this.#whole, this.#running];
  }

  #close(): void {
    this.#whole.push(this.#running);
    this.#running = 0;
  }
}
