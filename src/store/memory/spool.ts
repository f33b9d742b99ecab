// Reads a stretch of octets out of the pieces in which they were written.

import { concat } from '../../base/octets.ts';

/** At most `octets_max` octets from `offset` of what the pieces hold one after the other. */
export function readSpool(pieces: readonly Uint8Array[], offset: number, octets_max: number): Uint8Array {
  const found: Uint8Array[] = [];
  let at = 0;
  for (const piece of pieces) {
    const from = Math.max(offset - at, 0);
    const to = Math.min(offset + octets_max - at, piece.length);
    if (from < to) found.push(piece.subarray(from, to));
    at += piece.length;
  }
  return concat([...found, new Uint8Array()]);
}
