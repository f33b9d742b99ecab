// Constructed strings: the segments of a BIT STRING, OCTET STRING or character string (X.690 8.6.4, 8.7.3,
// 8.23.6). Segments may themselves be constructed, to the depth limit. They are noted as positions: a view
// for each of a million empty segments would take a hundred times the memory of what came in.

import type { Reader } from './reader.ts';
import { tagText } from './tag.ts';

/** Primitive segments in their order. */
export interface Segments {
  /** Two numbers a segment: where its contents begin and end. */
  readonly spans: readonly number[];
  /** Octets of all contents together. */
  readonly total: number;
}

/**
 * The segments of the element whose header `reader` has read. They bear the universal tag `segmentTag`, or
 * the string type's own universal tag, as some encoders have it.
 */
export function segmentsOf(reader: Reader, segmentTag: number, ownTag: number): Segments {
  const spans: number[] = [];
  collect(reader, { segmentTag, ownTag, spans });
  let total = 0;
  for (let index = 0; index < spans.length; index += 2) total += spans[index + 1] - spans[index];
  return { spans, total };
}

/** The contents of all segments as one array. */
export function joinedSegments(reader: Reader, segmentTag: number, ownTag: number): Uint8Array {
  return joined(reader.octets, segmentsOf(reader, segmentTag, ownTag), 0);
}

/** The contents of all segments, each without its first `skipped` octets, as one array. */
export function joined(octets: Uint8Array, { spans, total }: Segments, skipped: 0 | 1): Uint8Array {
  const whole = new Uint8Array(total - (skipped * spans.length) / 2);
  let at = 0;
  for (let index = 0; index < spans.length; index += 2) {
    const from = spans[index] + skipped;
    const to = spans[index + 1];
    if (to > from) whole.set(octets.subarray(from, to), at);
    at += to - from;
  }
  return whole;
}

interface Collection {
  readonly segmentTag: number;
  readonly ownTag: number;
  readonly spans: number[];
}

function collect(reader: Reader, collection: Collection): void {
  const end = reader.to;
  let at = reader.from;
  reader.enter();
  while (at < end) {
    reader.header(at, end);
    at = reader.next;
    if (reader.tag !== collection.segmentTag && reader.tag !== collection.ownTag) {
      reader.fail(reader.start, `segments of ${tagText(collection.segmentTag)}`, tagText(reader.tag));
    }
    if (reader.constructed !== 0) collect(reader, collection);
    else collection.spans.push(reader.from, reader.to);
  }
  reader.leave();
}
