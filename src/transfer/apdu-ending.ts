// Whether a message whose content was spooled ends where its lengths say: the octets of the content's
// encoding fill an APDU of definite length, and two zero octets end one of indefinite length (X.690 8.1.5).
// An APDU that was kept whole is held to it by its decoder. Pure.

import type { ContentPlace } from '../p1/index.ts';
import type { BodyState } from './spooled-body.ts';
import type { TakenIn } from './taken-in.ts';

/** Keeps what is needed to judge the end. */
export class ApduEnding {
  readonly #encodedOctets: number | undefined;
  #tail: readonly number[] = [];

  constructor(content: ContentPlace) {
    this.#encodedOctets = content.encodedOctets;
  }

  /** The next octets of the APDU, of which the last two are remembered. */
  take(octets: Uint8Array): void {
    this.#tail = [...this.#tail, ...octets.subarray(-2)].slice(-2);
  }

  /** What is wrong with the end of the APDU, where its content has come to its own. */
  wrong({ reader, trailing }: BodyState): TakenIn | undefined {
    if (!reader.done) return undefined;
    const encoded = this.#encodedOctets;
    if (encoded !== undefined) {
      if (reader.position === encoded && trailing === 0) return undefined;
      return malformed(`${encoded} octets of content`, `${reader.position} and ${trailing} after them`);
    }
    if (trailing === 2 && this.#tail.every((octet) => octet === 0)) return undefined;
    return malformed('end-of-contents', `${trailing} octets after the content`);
  }
}

function malformed(expected: string, got: string): TakenIn {
  return { kind: 'malformed', path: 'Message', expected, got, offset: 0 };
}
