// Takes a content out of the EXTERNAL that 1984 put around it (external-content.ts), as its octets come piece
// by piece: for contents that are never in memory whole. Opens what is written with definite lengths, around
// it also the indefinite form; what is anything else comes out as it is, as the content that it then is.
// Invariant: nothing is held back but an unfinished head of `external_head_octets_max`.

import { decode, objectIdentifier } from '../asn1/index.ts';
import { headerAt } from './envelope-prefix.ts';

/** Octets of a head: an EXTERNAL, an object identifier and the tag of what is in it. */
export const external_head_octets_max = 256;

const tags = { external: 0x28, objectIdentifier: 0x06, octetAligned: 0x81, singleASN1Type: 0xa0 } as const;

/** Where an opener stands between two octets: plain data. */
export interface ExternalOpenerState {
  /** `closed`: it is no EXTERNAL that is opened here. */
  readonly phase: 'head' | 'content' | 'end' | 'closed';
  readonly held: readonly number[];
  /** The object identifier of the content, dotted. */
  readonly type?: string | undefined;
  /** Octets of the content that are still to come. */
  readonly left: number;
  /** Octets of zero that are still to come after it. */
  readonly end: number;
}

type Head =
  | { readonly kind: 'more' | 'other' }
  | {
      readonly kind: 'head';
      readonly type: string;
      readonly octets: number;
      readonly left: number;
      readonly end: number;
    };

const atTheStart: ExternalOpenerState = { phase: 'head', held: [], left: 0, end: 0 };

export class ExternalOpener {
  #state: ExternalOpenerState;

  /** With `state` it goes on where another stood. */
  constructor(state: ExternalOpenerState = atTheStart) {
    this.#state = state;
  }

  get state(): ExternalOpenerState {
    return this.#state;
  }

  /** The type that the EXTERNAL names; undefined where there is none, or it has not come yet. */
  get type(): string | undefined {
    return this.#state.type;
  }

  /** The next octets; gives what of them, and of those held back, is content. */
  take(octets: Uint8Array): readonly Uint8Array[] {
    if (octets.length === 0) return [];
    switch (this.#state.phase) {
      case 'closed':
        return [octets];
      case 'head':
        return this.#takeHead(
          Uint8Array.from([...this.#state.held, ...octets.subarray(0, external_head_octets_max)]),
          octets,
        );
      default:
        return this.#takeContent(octets);
    }
  }

  /** The content is complete: what was held back, if it never was an EXTERNAL. */
  finish(): readonly Uint8Array[] {
    const { phase, held } = this.#state;
    if (phase !== 'head') return [];
    this.#state = { ...atTheStart, phase: 'closed' };
    return held.length === 0 ? [] : [Uint8Array.from(held)];
  }

  /** What is wrong with the end of an EXTERNAL that was opened; undefined where it ends as it said. */
  get wrong(): string | undefined {
    const { phase, left, end } = this.#state;
    if (phase === 'content' || end > 0) return `an EXTERNAL that lacks ${left + end} octets`;
    return end < 0 ? 'octets after the EXTERNAL' : undefined;
  }

  #takeHead(front: Uint8Array, octets: Uint8Array): readonly Uint8Array[] {
    const { held } = this.#state;
    const head = headOf(front);
    if (head.kind === 'more' && front.length <= external_head_octets_max) {
      this.#state = { ...this.#state, held: [...front] };
      return [];
    }
    if (head.kind !== 'head') {
      this.#state = { ...atTheStart, phase: 'closed' };
      return held.length === 0 ? [octets] : [Uint8Array.from(held), octets];
    }
    const { type, left, end } = head;
    this.#state = { phase: left > 0 ? 'content' : 'end', held: [], type, left, end };
    return this.take(octets.subarray(head.octets - held.length));
  }

  #takeContent(octets: Uint8Array): readonly Uint8Array[] {
    const { left } = this.#state;
    const content = octets.subarray(0, left);
    const rest = octets.subarray(left);
    const after = left - content.length;
    // An end of anything but zeros, or too long a one, is never made good again.
    const zeros = rest.every((octet) => octet === 0);
    const end = zeros ? this.#state.end - rest.length : -1;
    this.#state = {
      ...this.#state,
      phase: after > 0 ? 'content' : 'end',
      left: after,
      end: Math.max(end, -1),
    };
    return content.length === 0 ? [] : [content];
  }
}

/** EXTERNAL { object identifier, octet-aligned [1] or single-ASN1-type [0] }, if this begins as one. */
function headOf(front: Uint8Array): Head {
  const more = { kind: 'more' } as const;
  const other = { kind: 'other' } as const;
  if (front[0] !== tags.external) return other;
  const outer = headerAt(front, 0);
  if (outer === undefined || outer.contents >= front.length) return more;
  if (front[outer.contents] !== tags.objectIdentifier) return other;
  const direct = headerAt(front, outer.contents);
  if (direct === undefined) return more;
  if (direct.length === undefined || direct.length > external_head_octets_max) return other;
  const at = direct.contents + direct.length;
  if (at >= front.length) return more;
  if (front[at] !== tags.octetAligned && front[at] !== tags.singleASN1Type) return other;
  const inner = headerAt(front, at);
  if (inner === undefined) return more;
  const type = decode(objectIdentifier(), front.subarray(outer.contents, at));
  if (inner.length === undefined || !type.ok) return other;
  const whole = inner.contents + inner.length;
  if (!Number.isSafeInteger(whole)) return other;
  if (outer.length !== undefined && outer.contents + outer.length !== whole) return other;
  const end = outer.length === undefined ? 2 : 0;
  return { kind: 'head', type: type.value, octets: inner.contents, left: inner.length, end };
}
