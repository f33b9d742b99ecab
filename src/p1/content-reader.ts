// Takes the content's octets out of the encoding of an OCTET STRING that comes piece by piece: primitive,
// constructed, nested, of definite or indefinite lengths (X.690 8.7, 8.1.3). What counts is its value, the
// octets of its segments joined; nothing is held back but an unfinished header. Invariant: memory does not
// grow with the content; nesting is at most segment_depth_max.

import { err, ok, type Result } from '../base/result.ts';

/** How deep segments may lie in segments. Nobody nests them; each level costs one number. */
export const segment_depth_max = 16;

const primitiveOctetString = 0x04;
const constructedOctetString = 0x24;
/** Octets of a length after its first: more than eight are beyond all bounds. */
const length_octets_max = 8;

/** Where a reader stands between two octets: plain data, to be kept and given to another. */
export interface ContentReaderState {
  /** `null` for the indefinite form. */
  readonly open: readonly (number | null)[];
  readonly position: number;
  readonly segmentEnd: number;
  readonly header: readonly number[];
  readonly done: boolean;
}

export class ContentReader {
  /** Where the open constructed strings end, outermost first; undefined for the indefinite form. */
  readonly #open: (number | undefined)[] = [];
  /** How many octets of the encoding have been taken. */
  #position = 0;
  /** Where the primitive segment that is being read ends. */
  #segmentEnd = 0;
  #header: number[] = [];
  #done = false;

  /** With `state` it goes on where another stood. */
  constructor(state?: ContentReaderState) {
    if (state === undefined) return;
    for (const end of state.open) this.#open.push(end ?? undefined);
    this.#position = state.position;
    this.#segmentEnd = state.segmentEnd;
    this.#header = [...state.header];
    this.#done = state.done;
  }

  /** Where it stands. */
  get state(): ContentReaderState {
    return {
      open: this.#open.map((end) => end ?? null),
      position: this.#position,
      segmentEnd: this.#segmentEnd,
      header: [...this.#header],
      done: this.#done,
    };
  }

  /** Whether the whole OCTET STRING has been read. */
  get done(): boolean {
    return this.#done;
  }

  /**
   * Takes the next octets of the encoding. Gives those among them that are content, sharing their memory, and
   * how many were used: all, unless the OCTET STRING ended before.
   */
  push(
    octets: Uint8Array,
  ): Result<{ readonly content: readonly Uint8Array[]; readonly used: number }, string> {
    const content: Uint8Array[] = [];
    let at = 0;
    while (!this.#done && at < octets.length) {
      const wanted = this.#segmentEnd - this.#position;
      if (wanted > 0) {
        const part = octets.subarray(at, at + wanted);
        content.push(part);
        at += part.length;
        this.#position += part.length;
        if (part.length === wanted) this.#close();
        continue;
      }
      this.#header.push(octets[at]);
      at += 1;
      this.#position += 1;
      const problem = this.#tryHeader();
      if (problem !== undefined) return err(problem);
    }
    return ok({ content, used: at });
  }

  /** Begins what the header announces, if it is complete. Gives what is wrong with it. */
  #tryHeader(): string | undefined {
    const [tag, first, ...rest] = this.#header;
    if (first === undefined) return undefined;
    const count = first > 0x80 ? first & 0x7f : 0;
    if (count > length_octets_max) return `a length of ${count} octets`;
    if (rest.length < count) return undefined;
    this.#header = [];
    const indefiniteOpen = this.#open.length > 0 && this.#open.at(-1) === undefined;
    if (tag === 0 && first === 0 && indefiniteOpen) {
      this.#open.pop();
      this.#close();
      return undefined;
    }
    if (tag !== primitiveOctetString && tag !== constructedOctetString) {
      return `an element that is no OCTET STRING: identifier octet ${tag}`;
    }
    const length = first > 0x80 ? rest.reduce((value, octet) => value * 256 + octet, 0) : first;
    return this.#begin(tag === constructedOctetString, first === 0x80 ? undefined : length);
  }

  #begin(constructed: boolean, length: number | undefined): string | undefined {
    const end = length === undefined ? undefined : this.#position + length;
    if (end !== undefined && !Number.isSafeInteger(end)) return 'a length beyond all bounds';
    const within = this.#open.findLast((each) => each !== undefined) ?? Number.POSITIVE_INFINITY;
    if ((end ?? this.#position) > within) return 'a segment longer than the string that it is in';
    if (constructed) {
      if (this.#open.length >= segment_depth_max) return `segments nested deeper than ${segment_depth_max}`;
      this.#open.push(end);
    } else if (end === undefined) {
      return 'an indefinite length for primitive contents';
    } else {
      this.#segmentEnd = end;
    }
    if (length === 0) this.#close();
    return undefined;
  }

  /** An element has ended here: so have all definite strings around it that end here. */
  #close(): void {
    while (this.#open.length > 0 && this.#open.at(-1) === this.#position) this.#open.pop();
    if (this.#open.length === 0) this.#done = true;
  }
}
