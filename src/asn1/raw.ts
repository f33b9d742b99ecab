// A whole element (identifier, length, contents) left as octets, and the memory that a decoded value keeps of
// its own octets. A Raw is a window on a buffer, not a copy: it keeps the whole buffer alive.

/** An element uninterpreted: the octets of `buffer` from `start` up to, not including, `end`. */
export interface Raw {
  readonly buffer: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** The element that `octets` are. They are not looked at: whoever decodes it finds out. */
export function rawOf(octets: Uint8Array): Raw {
  return { buffer: octets, start: 0, end: octets.length };
}

/** The octets of an element, sharing memory with the buffer that it came in. */
export function rawOctets(raw: Raw): Uint8Array {
  return raw.buffer.subarray(raw.start, raw.end);
}

/** The same element in memory of its own, so that the buffer it came in can be freed. */
export function rawCopy(raw: Raw): Raw {
  return rawOf(new Uint8Array(rawOctets(raw)));
}
