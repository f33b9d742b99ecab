// One APDU on its way out (X.228 7.3): wrapped, cut into RTTRs of at most a checkpoint's worth, with a
// count of the points that the peer has not confirmed. Supplied piece by piece; pieces are passed on, not
// copied. Not here: state of the association. Invariants: sent ≤ total; unconfirmed points ≤ window.

import { assert } from '../../base/assert.ts';
import { X410_CONTEXT } from '../acse/service.ts';
import { wrapperHead } from './external-wrapper.ts';

/** X.228 8: a checkpoint size is in units of 1,024 octets. */
export const CHECKPOINT_UNIT_OCTETS = 1024;
/**
 * Without checkpoints an APDU goes in one RTTR; one that is larger than this (1 MiB) goes in several, so that
 * it need not be in memory whole.
 */
export const rttr_octets_max = 1024 * 1024;

export interface OutboundParameters {
  /** The presentation context of the APDU, which the EXTERNAL names; X410_CONTEXT: there is no EXTERNAL. */
  readonly context: number;
  /** Octets of the APDU without its wrapping. */
  readonly octetsTotal: number;
  /** As negotiated; 0 = no checkpoints. */
  readonly checkpointSize: number;
  readonly window: number;
  /** Octets of the APDU that the peer has secured: those after them are sent, and no wrapping. */
  readonly resumeAt?: number;
}

export type OutboundStep =
  /** Send this RTTR; then a minor synchronisation point, or the end of the activity, if so. */
  | { readonly kind: 'send'; readonly rttr: readonly Uint8Array[]; readonly after: 'sync' | 'more' | 'end' }
  /** The user must supply this many octets at most before anything can be sent. */
  | { readonly kind: 'need'; readonly octets_max: number }
  /** As many points are unconfirmed as the window allows. */
  | { readonly kind: 'window-full' };

interface Point {
  serialNumber: number | undefined;
  /** Octets of the APDU that are confirmed with this point. */
  readonly octets: number;
}

export class OutboundApdu {
  readonly #parameters: OutboundParameters;
  readonly #headOctets: number;
  readonly #resumeAt: number;
  readonly #wrappedTotal: number;
  readonly #rttrOctets: number;
  #held: Uint8Array[] = [];
  #heldOctets: number;
  #suppliedOctets = 0;
  #sentOctets = 0;
  #points: Point[] = [];
  #anyConfirmed: boolean;

  constructor(parameters: OutboundParameters) {
    this.#parameters = parameters;
    const { context, octetsTotal, resumeAt = 0 } = parameters;
    const bare = resumeAt > 0 || context === X410_CONTEXT;
    const head = bare ? new Uint8Array(0) : wrapperHead(context, octetsTotal);
    this.#resumeAt = resumeAt;
    this.#anyConfirmed = resumeAt > 0;
    this.#headOctets = head.length;
    this.#wrappedTotal = head.length + octetsTotal - resumeAt;
    this.#rttrOctets =
      parameters.checkpointSize === 0 ? rttr_octets_max : parameters.checkpointSize * CHECKPOINT_UNIT_OCTETS;
    if (head.length > 0) this.#held.push(head);
    this.#heldOctets = head.length;
  }

  /** Whether the peer has confirmed a point: then the activity can be interrupted, and resumed later. */
  get checkpointConfirmed(): boolean {
    return this.#anyConfirmed;
  }

  /** Takes the next octets of the APDU. */
  supply(pieces: readonly Uint8Array[]): void {
    for (const piece of pieces) {
      if (piece.length === 0) continue;
      this.#held.push(piece);
      this.#heldOctets += piece.length;
      this.#suppliedOctets += piece.length;
    }
    const owed = this.#parameters.octetsTotal - this.#resumeAt;
    assert(this.#suppliedOctets <= owed, 'no more octets than the APDU has');
  }

  /** What comes next. A 'send' counts as done. */
  next(): OutboundStep {
    if (this.#points.length >= this.#parameters.window) return { kind: 'window-full' };
    const left = this.#wrappedTotal - this.#sentOctets;
    const wanted = Math.min(this.#rttrOctets, left);
    if (this.#heldOctets < wanted) return { kind: 'need', octets_max: wanted - this.#heldOctets };
    const rttr = this.#cut(wanted);
    this.#sentOctets += wanted;
    if (wanted === left) return { kind: 'send', rttr, after: 'end' };
    if (this.#parameters.checkpointSize === 0) return { kind: 'send', rttr, after: 'more' };
    const octets = this.#resumeAt + Math.max(0, this.#sentOctets - this.#headOctets);
    this.#points.push({ serialNumber: undefined, octets });
    return { kind: 'send', rttr, after: 'sync' };
  }

  /** Session has numbered the oldest point that had no number. */
  numbered(serialNumber: number): void {
    const point = this.#points.find((candidate) => candidate.serialNumber === undefined);
    if (point !== undefined) point.serialNumber = serialNumber;
  }

  /** Whether this point waits for its confirmation. */
  awaits(serialNumber: number): boolean {
    return this.#points.some((point) => point.serialNumber === serialNumber);
  }

  /**
   * The peer confirms this point, and with it those before (X.225 7.11). Returns the octets of the APDU
   * that are confirmed now.
   */
  confirmed(serialNumber: number): number {
    const index = this.#points.findIndex((point) => point.serialNumber === serialNumber);
    assert(index >= 0, 'a point that waits');
    const { octets } = this.#points[index];
    this.#points = this.#points.slice(index + 1);
    this.#anyConfirmed = true;
    return octets;
  }

  /** Takes `wanted` octets off the front of what is held. */
  #cut(wanted: number): readonly Uint8Array[] {
    const rttr: Uint8Array[] = [];
    let left = wanted;
    let index = 0;
    while (left > 0) {
      const piece = this.#held[index];
      if (piece.length <= left) {
        rttr.push(piece);
        left -= piece.length;
        index += 1;
        continue;
      }
      rttr.push(piece.subarray(0, left));
      this.#held[index] = piece.subarray(left);
      left = 0;
    }
    this.#held.splice(0, index);
    this.#heldOctets -= wanted;
    return rttr;
  }
}
