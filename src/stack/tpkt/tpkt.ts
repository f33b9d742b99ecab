// TPKT, the packet of RFC 1006 clause 6 and RFC 2126 4.3: `03`, a reserved octet, the length of the packet
// with its header in two octets, then one TPDU. Cuts the octets of a connection into TPDUs, at whatever
// places they arrive. Not here: what a TPDU means. Invariant: no more than one packet (65,535 octets) is
// held. A framing error is one peer's fault and closes one connection; after it nothing more is read.

import { assert } from '../../base/assert.ts';
import { totalOctets } from '../../base/octets.ts';
import type { ProtocolViolation } from '../kernel/machine.ts';
import type { Tolerates } from '../kernel/tolerance.ts';

export const TPKT_HEADER_OCTETS = 4;
/** The largest TPDU that a packet can carry: 65,535 less the header (RFC 1006: 65,531). */
export const TPDU_OCTETS_MAX = 65_531;

const VERSION = 3;
const PACKET_OCTETS_MIN = 7;
/** Up to here a leading piece is copied behind the packet header, so that the two travel as one piece. */
const SHORT_PIECE_OCTETS = 64;

export interface TpktsReceived {
  /** The TPDUs that are complete, in order. Views of the given octets where a packet lay in them whole. */
  readonly tpdus: readonly Uint8Array[];
  /** The peer broke the framing: hand on `tpdus`, then close. */
  readonly violation?: ProtocolViolation;
}

/** Cuts one connection's octets into TPDUs. */
export class TpktDecoder {
  readonly #header = new Uint8Array(TPKT_HEADER_OCTETS);
  #headerOctets = 0;
  #body: Uint8Array | undefined;
  #bodyOctets = 0;
  #broken = false;
  readonly #tolerates: Tolerates;

  constructor(tolerates: Tolerates = () => true) {
    this.#tolerates = tolerates;
  }

  /** Takes the next octets of the connection, cut anywhere. Never throws. */
  receive(octets: Uint8Array): TpktsReceived {
    const tpdus: Uint8Array[] = [];
    let at = 0;
    while (at < octets.length && !this.#broken) {
      if (this.#body !== undefined) {
        at += this.#fillBody(octets, at, tpdus);
        continue;
      }
      if (this.#headerOctets === 0 && octets.length - at >= TPKT_HEADER_OCTETS) {
        const length = (octets[at + 2] << 8) | octets[at + 3];
        const violation = this.#check(octets[at], length, octets[at + 1]);
        if (violation !== undefined) return { tpdus, violation };
        if (octets.length - at >= length) {
          tpdus.push(octets.subarray(at + TPKT_HEADER_OCTETS, at + length));
          at += length;
        } else {
          this.#startBody(length);
          at += TPKT_HEADER_OCTETS;
        }
        continue;
      }
      const violation = this.#fillHeader(octets[at]);
      if (violation !== undefined) return { tpdus, violation };
      at += 1;
    }
    return { tpdus };
  }

  /** How many octets of an unfinished packet are held. */
  get octetsHeld(): number {
    return this.#headerOctets + this.#bodyOctets;
  }

  #fillHeader(octet: number): ProtocolViolation | undefined {
    this.#header[this.#headerOctets] = octet;
    this.#headerOctets += 1;
    if (this.#header[0] !== VERSION) return this.#check(this.#header[0], PACKET_OCTETS_MIN);
    if (this.#headerOctets < TPKT_HEADER_OCTETS) return undefined;
    const length = (this.#header[2] << 8) | this.#header[3];
    const violation = this.#check(this.#header[0], length, this.#header[1]);
    if (violation === undefined) this.#startBody(length);
    return violation;
  }

  #startBody(length: number): void {
    this.#headerOctets = 0;
    this.#bodyOctets = 0;
    this.#body = new Uint8Array(length - TPKT_HEADER_OCTETS);
  }

  /** Moves octets into the unfinished packet and returns how many were taken. */
  #fillBody(octets: Uint8Array, at: number, tpdus: Uint8Array[]): number {
    const body = this.#body;
    assert(body !== undefined, 'a packet is being filled');
    const count = Math.min(body.length - this.#bodyOctets, octets.length - at);
    body.set(octets.subarray(at, at + count), this.#bodyOctets);
    this.#bodyOctets += count;
    if (this.#bodyOctets === body.length) {
      tpdus.push(body);
      this.#body = undefined;
      this.#bodyOctets = 0;
    }
    return count;
  }

  #check(version: number, length: number, reserved = 0): ProtocolViolation | undefined {
    const common = { layer: 'tpkt', clause: 'RFC 1006 6', state: 'header' } as const;
    if (version === VERSION && length >= PACKET_OCTETS_MIN) {
      const got = `reserved octet ${reserved}`;
      if (reserved === 0 || this.#tolerates('tpktReservedOctet', got)) return undefined;
      this.#broken = true;
      return { ...common, expected: 'reserved octet 0', got };
    }
    this.#broken = true;
    return version !== VERSION
      ? { ...common, expected: `version ${VERSION}`, got: `version ${version}` }
      : { ...common, expected: `length ≥ ${PACKET_OCTETS_MIN}`, got: `length ${length}` };
  }
}

/**
 * One packet as pieces: the header, then the TPDU's pieces, which are not copied unless the first is short.
 */
export function encodeTpkt(tpdu: readonly Uint8Array[]): Uint8Array[] {
  const length = TPKT_HEADER_OCTETS + totalOctets(tpdu);
  assert(length >= PACKET_OCTETS_MIN && length <= 0xffff, 'a TPDU fits in a packet');
  const first = tpdu[0];
  const joined = first.length <= SHORT_PIECE_OCTETS;
  const head = new Uint8Array(joined ? TPKT_HEADER_OCTETS + first.length : TPKT_HEADER_OCTETS);
  head[0] = VERSION;
  head[2] = length >> 8;
  head[3] = length & 0xff;
  if (!joined) return [head, ...tpdu];
  head.set(first, TPKT_HEADER_OCTETS);
  const packet = tpdu.slice();
  packet[0] = head;
  return packet;
}
