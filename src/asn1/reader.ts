// The cursor of one decoding: it reads one header at a time, counts elements and depth, and finds the ends
// of indefinite-length elements (X.690 8.1). It knows no types. Fails by throwing Malformed, which decode.ts
// catches.
// Invariants: from ≤ to ≤ next ≤ the end of what encloses the element; an indefinite end is sought once.

import { defaultLimits, type DecodeLimits } from './limits.ts';
import { tag_number_max } from './tag.ts';

/** Thrown inside this room only. No Error: no stack is recorded, so hostile input is refused cheaply. */
export class Malformed {
  readonly offset: number;
  readonly expected: string;
  readonly got: string;
  /** The fields from the innermost outwards. */
  readonly path: string[] = [];

  constructor(offset: number, expected: string, got: string) {
    this.offset = offset;
    this.expected = expected;
    this.got = got;
  }
}

/** The bit of an identifier octet that says that the contents are elements (X.690 8.1.2.5). */
export const constructedBit = 0x20;

export class Reader {
  readonly octets: Uint8Array;
  readonly limits: DecodeLimits;
  /** Whether constraints (sizes, ranges, character sets) are looked at. */
  checks = false;
  /** How many violated constraints are passed over before one is an error. */
  tolerated_max = Number.POSITIVE_INFINITY;
  tolerated = 0;
  /** Levels that are open. */
  depth = 0;
  /** Long lists that were left for later, each read on by so many elements until it says that it is whole. */
  postponed: ((count: number) => boolean)[] | undefined;
  /** What the reading of a list that was left came to, said when that list is met again: for its path. */
  failure: { readonly list: number; readonly cause: Malformed } | undefined;

  // The header read last.
  tag = 0;
  constructed = 0;
  start = 0;
  from = 0;
  to = 0;
  next = 0;

  /** Where the outermost element ended, once it has been read. */
  end = 0;

  #elements = 0;
  #length = 0;
  /** Start of contents → position of the end-of-contents octets. */
  #ends: Map<number, number> | undefined;

  constructor(octets: Uint8Array, limits: DecodeLimits = defaultLimits) {
    this.octets = octets;
    this.limits = limits;
  }

  /** Reads the header at `at` of an element that must end at or before `end`. */
  header(at: number, end: number): void {
    const first = this.octets[at];
    const length = this.octets[at + 1];
    // Octets beyond the buffer are undefined: they fail the comparisons and come out as NaN below.
    if ((first & 31) === 31 || length >= 0x80) {
      this.#longHeader(at, end);
      return;
    }
    const next = at + 2 + length;
    if (!(next <= end)) this.#beyond(at, end);
    this.#elements += 1;
    if (this.#elements > this.limits.elements_max) this.#tooMany(at);
    this.start = at;
    this.tag = first & 0xdf;
    this.constructed = first & constructedBit;
    this.from = at + 2;
    this.to = next;
    this.next = next;
  }

  /** One level deeper: around every read that can contain itself. */
  enter(): void {
    this.depth += 1;
    if (this.depth > this.limits.depth_max) this.#tooDeep(this.start);
  }

  leave(): void {
    this.depth -= 1;
  }

  /** Leaves a list for later. */
  postpone(readOn: (count: number) => boolean): void {
    if (this.failure !== undefined && this.failure.list === this.postponed?.length) throw this.failure.cause;
    this.postponed?.push(readOn);
  }

  fail(offset: number, expected: string, got: string): never {
    throw new Malformed(offset, expected, got);
  }

  /** A constraint is violated: an error, or passed over and counted. */
  violation(offset: number, expected: string, got: string): void {
    if (this.tolerated >= this.tolerated_max) this.fail(offset, expected, got);
    this.tolerated += 1;
  }

  #longHeader(at: number, end: number): void {
    this.#parse(at, end);
    const from = this.from;
    this.start = at;
    if (this.#length >= 0) {
      this.to = from + this.#length;
      this.next = this.to;
      return;
    }
    const { tag, constructed } = this;
    const to = this.#ends?.get(from) ?? this.#findEnd(from, end);
    if (!(to + 2 <= end)) this.#beyond(at, end);
    this.start = at;
    this.tag = tag;
    this.constructed = constructed;
    this.from = from;
    this.to = to;
    this.next = to + 2;
  }

  /** Reads any header; sets tag, constructed, from, and #length to −1 for the indefinite form. */
  #parse(at: number, end: number): void {
    this.#elements += 1;
    if (this.#elements > this.limits.elements_max) this.#tooMany(at);
    const first = this.octets[at];
    let position = at + 1;
    let tag = first & 0xdf;
    if ((first & 31) === 31) {
      position = this.#longTag(at, end);
      tag = this.tag;
    }
    const length = this.octets[position];
    position += 1;
    if (!(position <= end)) this.#beyond(at, end);
    this.tag = tag;
    this.constructed = first & constructedBit;
    if (length < 0x80) this.#length = length;
    else if (length > 0x80) position = this.#longLength(position, end);
    else if (this.constructed !== 0) this.#length = -1;
    else this.fail(at, 'a definite length for primitive contents', 'the indefinite form');
    this.from = position;
    if (this.#length >= 0 && !(position + this.#length <= end)) this.#beyond(at, end);
  }

  /** X.690 8.1.2.4. Sets tag; returns the position after it. */
  #longTag(at: number, end: number): number {
    let position = at + 1;
    let number = 0;
    for (;;) {
      if (!(position < end)) this.#beyond(at, end);
      const octet = this.octets[position];
      position += 1;
      number = number * 128 + (octet & 0x7f);
      if (number === 0) this.fail(at, 'a tag in its shortest form', 'leading zeros');
      if (number > tag_number_max) this.fail(at, `a tag number up to ${tag_number_max}`, 'a larger one');
      if (octet < 0x80) break;
    }
    if (number < 31) this.fail(at, 'a tag in its shortest form', `the long form of ${number}`);
    this.tag = number * 256 + (this.octets[at] & 0xdf);
    return position;
  }

  /** X.690 8.1.3.5; leading zeros are allowed there. Sets #length; returns the position after it. */
  #longLength(position: number, end: number): number {
    const count = this.octets[position - 1] & 0x7f;
    if (count === 127) this.fail(position - 1, 'a length octet other than 255', '255');
    let length = 0;
    for (let index = 0; index < count; index += 1) {
      length = length * 256 + this.octets[position + index];
      if (!(length <= end)) this.fail(position - 1, 'a length within the data', 'more than there is');
    }
    this.#length = length;
    return position + count;
  }

  /**
   * Where the end-of-contents of the contents at `from` are; notes those of all that are open inside
   * (8.1.3.6).
   */
  #findEnd(from: number, end: number): number {
    const ends = this.#ends ?? new Map<number, number>();
    this.#ends = ends;
    const open = [from];
    let at = from;
    for (;;) {
      if (!(at + 2 <= end)) this.fail(at, 'end-of-contents', 'the end of the data');
      if (this.octets[at] === 0 && this.octets[at + 1] === 0) {
        const closed = open.pop() ?? from;
        ends.set(closed, at);
        if (open.length === 0) return at;
        at += 2;
        continue;
      }
      this.#parse(at, end);
      at = this.from;
      if (this.#length >= 0) {
        at += this.#length;
        continue;
      }
      open.push(at);
      if (open.length + this.depth > this.limits.depth_max) this.#tooDeep(at);
      const known = ends.get(at);
      if (known === undefined) continue;
      open.pop();
      at = known + 2;
    }
  }

  #beyond(at: number, end: number): never {
    this.fail(at, `an element that ends within ${end - at} octets`, 'one that does not');
  }

  #tooMany(at: number): never {
    this.fail(at, `at most ${this.limits.elements_max} elements`, 'more');
  }

  #tooDeep(at: number): never {
    this.fail(at, `at most ${this.limits.depth_max} levels`, 'more');
  }
}
