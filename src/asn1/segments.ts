// Constructed strings: the segments of a BIT STRING, OCTET STRING or character string joined (X.690 8.6.4, 8.7.3,
// 8.23.6). Segments may themselves be constructed, to the depth limit.

import { concat } from '../base/octets.ts';
import type { Reader } from './reader.ts';
import { tagText } from './tag.ts';

/**
 * The primitive segments of the element whose header `reader` has read, in order. They bear the universal tag
 * `segmentTag`, or the string type's own universal tag, as some encoders have it.
 */
export function segmentsOf(reader: Reader, segmentTag: number, ownTag: number): Uint8Array[] {
  const segments: Uint8Array[] = [];
  collect(reader, { segmentTag, ownTag, segments });
  return segments;
}

/** The contents of all segments as one array. */
export function joinedSegments(reader: Reader, segmentTag: number, ownTag: number): Uint8Array {
  return concat(segmentsOf(reader, segmentTag, ownTag));
}

interface Collection {
  readonly segmentTag: number;
  readonly ownTag: number;
  readonly segments: Uint8Array[];
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
    else collection.segments.push(reader.octets.subarray(reader.from, reader.to));
  }
  reader.leave();
}
