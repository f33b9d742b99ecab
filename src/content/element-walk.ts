// Elements of a content that is too long to be held in memory: their tags, where their contents begin and
// end, read through a window that somebody else fills. A walk is a generator: it yields what it wants read
// or written, and goes on with the answer; so it can be done in slices, beside other work, or broken off.
// X.690 8.1. Pure. Invariant: no more than one window of octets is held.

import { type TagClass, tagOf } from '../asn1/index.ts';

export type WalkRequest =
  /** Answered with octets of the content: at least one, or none where it cannot be read. */
  | { readonly kind: 'read'; readonly at: number; readonly octets_max: number }
  /** Octets of what is made, after those that were written before. */
  | { readonly kind: 'write'; readonly octets: Uint8Array }
  /** Much was done since the last request: others may want to go on. */
  | { readonly kind: 'pause' };

/** What is done in steps; the answer to anything but a `read` is not looked at. */
export type Walk<T> = Generator<WalkRequest, T, Uint8Array>;

/** Where an element lies. */
export interface WalkedElement {
  readonly tag: number;
  readonly constructed: boolean;
  readonly start: number;
  readonly from: number;
  readonly to: number;
  readonly next: number;
}

/** The content is not what it should be. Thrown inside a walk, and never out of the room. */
export class MalformedContent extends Error {}

/** Octets read at once: small beside any quota, and a step of a millisecond at most. */
export const window_octets = 16 * 1024;
/** More is no tag and no length that anybody means. */
const header_octets_max = 12;

interface Header {
  readonly tag: number;
  readonly constructed: boolean;
  readonly from: number;
  /** Undefined: indefinite. */
  readonly length: number | undefined;
}

export class ContentWindow {
  readonly octets_count: number;
  readonly #window_octets: number;
  #octets: Uint8Array = new Uint8Array(0);
  #at = 0;

  constructor(octets_count: number, octets_at_once: number = window_octets) {
    this.octets_count = octets_count;
    this.#window_octets = octets_at_once;
  }

  /** Octets from `at`, at most `octets_max`, at least one. */
  *some(at: number, octets_max: number): Walk<Uint8Array> {
    const held = at >= this.#at && at < this.#at + this.#octets.length;
    if (!held) yield* this.#move(at);
    const from = at - this.#at;
    return this.#octets.subarray(from, from + octets_max);
  }

  /** Exactly these octets, in an array of their own. */
  *exactly(from: number, to: number): Walk<Uint8Array> {
    const whole = new Uint8Array(to - from);
    for (let at = from; at < to; ) {
      const octets = yield* this.some(at, to - at);
      whole.set(octets, at - from);
      at += octets.length;
    }
    return whole;
  }

  /** The element at `at`, which ends before `end`. */
  *element(at: number, end: number): Walk<WalkedElement> {
    const { tag, constructed, from, length } = yield* this.#header(at, end);
    if (length !== undefined) {
      return { tag, constructed, start: at, from, to: from + length, next: from + length };
    }
    const to = yield* this.#endOfContents(from, end);
    return { tag, constructed, start: at, from, to, next: to + 2 };
  }

  /** Where the end-of-contents octets are that end what begins at `from`. One pass, however deep it is. */
  *#endOfContents(from: number, end: number): Walk<number> {
    let open = 1;
    for (let at = from; ; ) {
      const { tag, from: inner, length } = yield* this.#header(at, end);
      if (length === undefined) {
        open += 1;
        at = inner;
      } else if (tag === 0 && length === 0) {
        open -= 1;
        if (open === 0) return at;
        at = inner;
      } else at = inner + length;
    }
  }

  *#header(at: number, end: number): Walk<Header> {
    if (at >= end) throw new MalformedContent(`octet ${at}: an element is missing`);
    let head = yield* this.some(at, header_octets_max);
    const wanted = Math.min(header_octets_max, end - at);
    if (head.length < wanted) head = yield* this.exactly(at, at + wanted);
    const parsed = parseHeader(head.subarray(0, wanted));
    if (parsed === undefined) throw new MalformedContent(`octet ${at}: no tag and length`);
    const from = at + parsed.from;
    if (parsed.length === undefined && !parsed.constructed) {
      throw new MalformedContent(`octet ${at}: a primitive element of indefinite length`);
    }
    if (!(from + (parsed.length ?? 0) <= end)) {
      throw new MalformedContent(`octet ${at}: the element ends after what holds it`);
    }
    return { ...parsed, from };
  }

  *#move(at: number): Walk<void> {
    const octets_max = Math.min(this.#window_octets, this.octets_count - at);
    if (octets_max <= 0) throw new MalformedContent(`octet ${at}: the content ends`);
    const octets = yield { kind: 'read', at, octets_max };
    if (octets.length === 0) throw new MalformedContent(`octet ${at}: the content cannot be read`);
    this.#octets = octets;
    this.#at = at;
  }
}

/** Offsets count from the front; undefined where it is none, or is longer than `head`. */
function parseHeader(head: Uint8Array): Header | undefined {
  const tagClass = (head[0] & 0xc0) as TagClass;
  const constructed = (head[0] & 0x20) !== 0;
  let number = head[0] & 31;
  let at = 1;
  if (number === 31) {
    number = 0;
    let octet = 0x80;
    while ((octet & 0x80) !== 0) {
      if (at >= head.length || at > 4) return undefined;
      octet = head[at];
      number = number * 128 + (octet & 0x7f);
      at += 1;
    }
  }
  const tag = tagOf(tagClass, number);
  if (at >= head.length) return undefined;
  const first = head[at];
  at += 1;
  if (first < 0x80) return { tag, constructed, from: at, length: first };
  if (first === 0x80) return { tag, constructed, from: at, length: undefined };
  const count = first & 0x7f;
  if (count > 6 || at + count > head.length) return undefined;
  let length = 0;
  for (const octet of head.subarray(at, at + count)) length = length * 256 + octet;
  return { tag, constructed, from: at + count, length };
}
