// Cuts a TSDU into class 0 DT TPDUs of the negotiated size (X.224 6.3). The pieces of the TSDU are viewed,
// not copied; a short first piece is joined to the header, so that a small TSDU is one piece.

import { totalOctets } from '../../base/octets.ts';
import { encodeDataHeader } from './tpdu-codec.ts';

const DT_HEADER_OCTETS = 3;
const SHORT_PIECE_OCTETS = 64;

/** The DT TPDUs, each as its pieces, for a TSDU given as its pieces. An empty TSDU is one empty DT. */
export function segmentTsdu(tsdu: readonly Uint8Array[], tpduOctets: number): Uint8Array[][] {
  const total = totalOctets(tsdu);
  const room = tpduOctets - DT_HEADER_OCTETS;
  if (total <= room) return [withHeader(tsdu, true)];
  const tpdus: Uint8Array[][] = [];
  let pieces: Uint8Array[] = [];
  let free = room;
  let left = total;
  for (const piece of tsdu) {
    let at = 0;
    while (at < piece.length) {
      const count = Math.min(free, piece.length - at);
      pieces.push(count === piece.length ? piece : piece.subarray(at, at + count));
      at += count;
      free -= count;
      left -= count;
      if (free === 0 || left === 0) {
        tpdus.push(withHeader(pieces, left === 0));
        pieces = [];
        free = room;
      }
    }
  }
  return tpdus;
}

function withHeader(pieces: readonly Uint8Array[], last: boolean): Uint8Array[] {
  if (pieces.length === 0) return [encodeDataHeader(last)];
  const first = pieces[0];
  if (first.length > SHORT_PIECE_OCTETS) return [encodeDataHeader(last), ...pieces];
  const head = encodeDataHeader(last, first.length);
  head.set(first, DT_HEADER_OCTETS);
  const tpdu = pieces.slice();
  tpdu[0] = head;
  return tpdu;
}
