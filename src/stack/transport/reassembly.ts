// Reassembles TSDUs from class 0 DT TPDUs (X.224 6.3). A TSDU that came in one DT is handed on without a
// copy; of a longer one each octet is copied into a buffer that grows. Invariant: octets held ≤
// tsdu_octets_max, and the buffer is at most twice what it holds.

import type { DataTpdu } from './tpdu.ts';

const BUFFER_OCTETS_MIN = 4_096;

export class TsduReassembly {
  readonly #octetsMax: number;
  #buffer: Uint8Array | undefined;
  #octets = 0;

  constructor(octetsMax: number) {
    this.#octetsMax = octetsMax;
  }

  /** The TSDU that this DT ends; undefined if more is to come; 'too-long' once the limit is passed. */
  take(dt: DataTpdu): Uint8Array | undefined | 'too-long' {
    const { userData, endOfTsdu } = dt;
    const octets = this.#octets + userData.length;
    if (octets > this.#octetsMax) {
      this.#buffer = undefined;
      return 'too-long';
    }
    if (this.#buffer === undefined && endOfTsdu) return userData;
    const buffer = this.#room(octets, endOfTsdu);
    buffer.set(userData, this.#octets);
    this.#octets = octets;
    if (!endOfTsdu) return undefined;
    this.#buffer = undefined;
    this.#octets = 0;
    return buffer.subarray(0, octets);
  }

  get octetsHeld(): number {
    return this.#octets;
  }

  #room(octets: number, last: boolean): Uint8Array {
    const held = this.#buffer;
    if (held !== undefined && held.length >= octets) return held;
    const wanted = last ? octets : Math.min(this.#octetsMax, Math.max(BUFFER_OCTETS_MIN, 2 * octets));
    const buffer = new Uint8Array(wanted);
    if (held !== undefined) buffer.set(held.subarray(0, this.#octets));
    this.#buffer = buffer;
    return buffer;
  }
}
