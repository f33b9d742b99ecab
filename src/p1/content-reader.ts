// Takes the content's octets out of the encoding of an OCTET STRING that comes piece by piece: primitive,
// constructed, nested, of definite or indefinite lengths (X.690 8.7, 8.1.3). What counts is its value, the octets of
// its segments joined; nothing is held back but an unfinished header. Invariant: memory does not grow
// with the content; nesting is at most segment_depth_max.

import { err, ok, type Result } from '../base/result.ts';

/** How deep segments may lie in segments. Nobody nests them; each level costs one number. */
export const segment_depth_max = 16;

/** The longest header of an element here: one identifier octet, nine of length. */
const header_octets_max = 10;

interface Open {
  /** Octets of contents still to come; undefined for the indefinite form. */
  remaining: number | undefined;
}

export class ContentReader {
  readonly #open: Open[] = [];
  #header: number[] = [];
  #primitive = 0;
  #started = false;
  #done = false;

  /** Whether the whole OCTET STRING has been read. */
  get done(): boolean {
    return this.#done;
  }

  /**
   * Takes the next octets of the encoding. Gives those among them that are content, sharing their memory, and how
   * many were used: all, unless the OCTET STRING ended before.
   */
  push(octets: Uint8Array): Result<{ readonly content: readonly Uint8Array[]; readonly used: number }, string> {
    const content: Uint8Array[] = [];
    let at = 0;
    while (!this.#done && at < octets.length) {
      if (this.#primitive > 0) {
        const part = octets.subarray(at, at + this.#primitive);
        content.push(part);
        at += part.length;
        this.#primitive -= part.length;
        if (this.#primitive === 0) this.#close();
        continue;
      }
      this.#header.push(octets[at]);
      at += 1;
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
    if (count > header_octets_max - 2) return 'a length of more than eight octets';
    if (rest.length < count) return undefined;
    const size = this.#header.length;
    this.#header = [];
    if (tag === 0 && first === 0 && this.#open.at(-1)?.remaining === undefined && this.#started) {
      return this.#endOfContents(size);
    }
    if (tag !== 0x04 && tag !== 0x24) return `an element that is no OCTET STRING: identifier octet ${tag}`;
    const length = first > 0x80 ? rest.reduce((value, octet) => value * 256 + octet, 0) : first;
    if (first === 0x80) return tag === 0x24 ? this.#begin(size, undefined) : 'an indefinite primitive length';
    if (!Number.isSafeInteger(length)) return 'a length beyond all bounds';
    return this.#begin(size, length, tag === 0x04);
  }

  #begin(header: number, length: number | undefined, primitive = false): string | undefined {
    const parent = this.#open.at(-1);
    if (parent?.remaining !== undefined) {
      parent.remaining -= header + (length ?? 0);
      if (parent.remaining < 0) return 'a segment longer than the string that it is in';
      if (length === undefined) return this.#beginIndefiniteIn(parent);
    }
    this.#started = true;
    if (this.#open.length >= segment_depth_max) return `segments nested deeper than ${segment_depth_max}`;
    if (!primitive) this.#open.push({ remaining: length });
    if (primitive) this.#primitive = length ?? 0;
    if (length === 0) this.#close(!primitive);
    return undefined;
  }

  /** An indefinite segment inside a definite string would need its octets counted twice; nobody writes one. */
  #beginIndefiniteIn(parent: Open): string {
    return `an indefinite length inside a definite one of which ${parent.remaining} octets are left`;
  }

  #endOfContents(size: number): string | undefined {
    const ended = this.#open.pop();
    if (ended === undefined) return 'end-of-contents octets where nothing is open';
    const parent = this.#open.at(-1);
    if (parent?.remaining !== undefined) parent.remaining -= size;
    this.#close();
    return undefined;
  }

  /** An element has ended: so have all definite strings around it that it filled. */
  #close(closesOpen = false): void {
    if (closesOpen) this.#open.pop();
    while (this.#open.at(-1)?.remaining === 0) this.#open.pop();
    if (this.#open.length === 0) this.#done = true;
  }
}
