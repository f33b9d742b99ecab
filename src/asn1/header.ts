// Elements at the level of tag, length and contents, for code that streams or looks before it decodes. X.690
// 8.1.

import { err, ok, type Result } from '../base/result.ts';
import type { DecodeError } from './error.ts';
import type { Raw } from './raw.ts';
import { Malformed, Reader } from './reader.ts';
import { tagClassOf, tagNumberOf, type TagClass } from './tag.ts';

/** A header and what follows from it. Offsets count from the beginning of the octets. */
export interface Header {
  /** The tag as one number: what `tagOf(tagClass, number)` gives. */
  readonly tag: number;
  readonly tagClass: TagClass;
  readonly number: number;
  readonly constructed: boolean;
  readonly indefinite: boolean;
  readonly start: number;
  /** Where the contents begin and end. */
  readonly from: number;
  readonly to: number;
  /** Where the element ends: after end-of-contents, if there are. */
  readonly next: number;
}

/** The header at `at` of an element that lies whole before `end`. */
export function readHeader(octets: Uint8Array, at = 0, end = octets.length): Result<Header, DecodeError> {
  const reader = new Reader(octets);
  try {
    reader.header(at, Math.min(end, octets.length));
  } catch (cause) {
    if (!(cause instanceof Malformed)) throw cause;
    const { offset, expected, got } = cause;
    return err({
      offset,
      path: '',
      expected,
      got,
      message: `octet ${offset}: expected ${expected}, got ${got}`,
    });
  }
  return ok(headerOf(reader));
}

/** The elements that the contents of a constructed element are, or why they are none. */
export function readElements(raw: Raw): Result<readonly Raw[], DecodeError> {
  const outer = readHeader(raw.buffer, raw.start, raw.end);
  if (!outer.ok) return outer;
  const elements: Raw[] = [];
  for (let at = outer.value.from; at < outer.value.to; ) {
    const inner = readHeader(raw.buffer, at, outer.value.to);
    if (!inner.ok) return inner;
    elements.push({ buffer: raw.buffer, start: at, end: inner.value.next });
    at = inner.value.next;
  }
  return ok(elements);
}

function headerOf(reader: Reader): Header {
  const { tag, start, from, to, next } = reader;
  return {
    tag,
    tagClass: tagClassOf(tag),
    number: tagNumberOf(tag),
    constructed: reader.constructed !== 0,
    indefinite: to !== next,
    start,
    from,
    to,
    next,
  };
}
