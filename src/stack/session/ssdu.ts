// Segmenting (X.225 6.3.5): cuts an SSDU into DT SPDUs that fit the negotiated TSDU, and joins the segments
// of any SPDU by their enclosure items. An SPDU without the item is whole. Invariant: octets held ≤
// ssdu_octets_max.

import { concat, totalOctets } from '../../base/octets.ts';

import { ENCLOSURE } from './spdu.ts';
import type { ReceivedSpdu, SpduKind, SpduToSend } from './spdu.ts';
import { SEGMENT_HEADER_OCTETS } from './spdu-encoder.ts';

/** GT and DT without parameters. */
const WHOLE_HEADER_OCTETS = 4;

/** The DT SPDUs of an SSDU; `tsduOctets` 0 means no limit. No octet is copied. */
export function segmentSsdu(userData: readonly Uint8Array[], tsduOctets: number): SpduToSend[] {
  const total = totalOctets(userData);
  if (tsduOctets === 0 || total + WHOLE_HEADER_OCTETS <= tsduOctets) return [{ kind: 'DT', userData }];
  const room = Math.max(1, tsduOctets - SEGMENT_HEADER_OCTETS);
  const segments: SpduToSend[] = [];
  let pieces: Uint8Array[] = [];
  let free = room;
  let left = total;
  for (const piece of userData) {
    for (let at = 0; at < piece.length; ) {
      const count = Math.min(free, piece.length - at);
      pieces.push(piece.subarray(at, at + count));
      at += count;
      free -= count;
      left -= count;
      if (free > 0 && left > 0) continue;
      const first = segments.length === 0 ? ENCLOSURE.beginning : ENCLOSURE.middle;
      segments.push({ kind: 'DT', enclosure: left === 0 ? ENCLOSURE.end : first, userData: pieces });
      pieces = [];
      free = room;
    }
  }
  return segments;
}

/** SPDUs that may break into an SSDU: what was held is then worth nothing (X.225 A.5.4). */
const destructive: ReadonlySet<SpduKind> = new Set<SpduKind>(['AB', 'AI', 'AD', 'ED', 'ER']);
/** Category 0 and confirmations of the other direction may come between segments. */
const independent: ReadonlySet<SpduKind> = new Set<SpduKind>(['GT', 'PT', 'MIA', 'AA']);

/**
 * So many segments are held at least; beyond, one for so many octets of the limit, since a view costs
 * memory too.
 */
const SEGMENTS_HELD_MIN = 64;
const OCTETS_A_SEGMENT = 64;

export class SsduReassembly {
  readonly #octetsMax: number;
  #first: ReceivedSpdu | undefined;
  #pieces: Uint8Array[] = [];
  #octets = 0;

  constructor(octetsMax: number) {
    this.#octetsMax = octetsMax;
  }

  /** The SPDU with its whole user data; undefined if segments are to come; a text if that is wrong. */
  take(spdu: ReceivedSpdu): ReceivedSpdu | undefined | string {
    const { kind, enclosure = ENCLOSURE.whole } = spdu;
    // A CDO is a segment by its nature, and is gathered with its CN.
    if (kind === 'CDO') return spdu;
    if (this.#first === undefined) {
      if (enclosure === ENCLOSURE.whole || (enclosure & ENCLOSURE.end) !== 0) return spdu;
      return this.#keep(spdu);
    }
    if (destructive.has(kind)) this.clear();
    if (destructive.has(kind) || independent.has(kind)) return spdu;
    if (kind !== this.#first.kind || (enclosure & ENCLOSURE.beginning) !== 0) {
      return `${kind} within the segments of a ${this.#first.kind}`;
    }
    if ((enclosure & ENCLOSURE.end) === 0) return this.#keep(spdu);
    const wrong = this.#keep(spdu);
    if (wrong !== undefined) return wrong;
    const whole = { ...this.#first, userData: concat(this.#pieces) };
    this.clear();
    return whole;
  }

  clear(): void {
    this.#first = undefined;
    this.#pieces = [];
    this.#octets = 0;
  }

  get octetsHeld(): number {
    return this.#octets;
  }

  #keep(spdu: ReceivedSpdu): string | undefined {
    const { userData } = spdu;
    this.#first ??= spdu;
    if (userData === undefined) return undefined;
    this.#octets += userData.length;
    if (this.#octets > this.#octetsMax) return `an SSDU longer than ${this.#octetsMax} octets`;
    const segmentsMax = SEGMENTS_HELD_MIN + this.#octetsMax / OCTETS_A_SEGMENT;
    if (this.#pieces.length >= segmentsMax) return 'too many segments';
    this.#pieces.push(userData);
    return undefined;
  }
}
