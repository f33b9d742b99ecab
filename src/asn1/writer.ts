// The buffer of one encoding, filled from its back to its front: a length is known when its header is
// written. Knows no types. Fails by throwing Misfit, which encode.ts catches.
// Invariant: octets[at…] is what has been written so far.

import { depth_ceiling } from './limits.ts';
import { tagNumberOf } from './tag.ts';

/** Thrown inside this room only. */
export class Misfit {
  readonly expected: string;
  readonly got: string;
  /** The fields from the innermost outwards. */
  readonly path: string[] = [];

  constructor(expected: string, got: string) {
    this.expected = expected;
    this.got = got;
  }
}

type ElementWrite = (writer: Writer, value: unknown) => void;

/** The elements of a list as octets, and what wrote them. */
export interface WrittenBefore {
  readonly write: ElementWrite;
  readonly octets: Uint8Array;
}

const octets_start = 16 * 1024;
const octets_kept_max = 256 * 1024;

export class Writer {
  octets = new Uint8Array(octets_start);
  at = octets_start;
  /** octets.length, which costs more to ask. */
  capacity = octets_start;
  /** Whether violated constraints are refused. */
  strict = true;
  /** Long lists met, which are not written but noted; undefined: they are written. */
  postponed: { readonly list: readonly unknown[]; readonly write: ElementWrite }[] | undefined;
  /** Lists whose elements have been written before. */
  ready: ReadonlyMap<readonly unknown[], WrittenBefore> | undefined;
  #depth = 0;

  /** Begins a new encoding. The buffer is used again unless it has grown large. */
  begin(strict: boolean): void {
    if (this.capacity > octets_kept_max) this.octets = new Uint8Array(octets_start);
    this.capacity = this.octets.length;
    this.at = this.capacity;
    this.strict = strict;
    this.postponed = undefined;
    this.ready = undefined;
    this.#depth = 0;
  }

  /** What has been written, in memory of its own. */
  finish(): Uint8Array {
    return this.octets.slice(this.at);
  }

  /** Moves `at` back by `count` and returns it: the caller fills these octets. */
  room(count: number): number {
    if (this.at < count) this.#grow(count);
    this.at -= count;
    return this.at;
  }

  octet(value: number): void {
    if (this.at === 0) this.#grow(1);
    this.at -= 1;
    this.octets[this.at] = value;
  }

  /** The octets of `source` from `start` to `end`. */
  copy(source: Uint8Array, start: number, end: number): void {
    const length = end - start;
    const at = this.room(length);
    if (length > 40) {
      this.octets.set(start === 0 && end === source.length ? source : source.subarray(start, end), at);
      return;
    }
    for (let index = 0; index < length; index += 1) this.octets[at + index] = source[start + index];
  }

  /** The header before contents that end at `end`, and begin at `at`. */
  header(tag: number, constructed: number, end: number): void {
    const length = end - this.at;
    if (length < 0x80 && tag < 256 && this.at >= 2) {
      this.at -= 2;
      this.octets[this.at + 1] = length;
      this.octets[this.at] = tag | constructed;
      return;
    }
    if (length < 0x80) this.octet(length);
    else this.#longLength(length);
    if (tag < 256) this.octet(tag | constructed);
    else this.#longTag(tag, constructed);
  }

  enter(): void {
    this.#depth += 1;
    if (this.#depth > depth_ceiling) this.fail(`at most ${depth_ceiling} levels`, 'more');
  }

  leave(): void {
    this.#depth -= 1;
  }

  fail(expected: string, got: string): never {
    throw new Misfit(expected, got);
  }

  /** A constraint is violated: an error unless this encoding is tolerant. */
  violation(expected: string, got: string): void {
    if (this.strict) this.fail(expected, got);
  }

  #longLength(length: number): void {
    let count = 0;
    for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) {
      this.octet(rest % 256);
      count += 1;
    }
    this.octet(0x80 | count);
  }

  #longTag(tag: number, constructed: number): void {
    let rest = tagNumberOf(tag);
    this.octet(rest & 0x7f);
    for (rest >>>= 7; rest > 0; rest >>>= 7) this.octet(0x80 | (rest & 0x7f));
    this.octet((tag & 0xff) | constructed);
  }

  #grow(count: number): void {
    const used = this.capacity - this.at;
    const grown = new Uint8Array(Math.max(2 * this.capacity, used + count + octets_start));
    grown.set(this.octets.subarray(this.at), grown.length - used);
    this.at = grown.length - used;
    this.octets = grown;
    this.capacity = grown.length;
  }
}
