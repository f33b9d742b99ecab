// The network connection between two ends of a small world: octets in order, cut and coalesced as chance
// has it, with stalls; it can be closed by one side after what it sent, or reset at any moment.

import { concat } from '../../src/base/octets.ts';
import type { Random } from '../../src/base/random.ts';
import type { Instant } from '../../src/base/time.ts';

/** One direction of the pipe. */
export class Way {
  #queue: Uint8Array[] = [];
  #held = 0;
  #ended = false;
  #endTaken = false;
  /** Nothing arrives before then. */
  stalledUntil: Instant | undefined;

  get held(): number {
    return this.#held;
  }

  put(pieces: readonly Uint8Array[]): void {
    if (this.#ended) return;
    for (const piece of pieces) {
      this.#queue.push(piece);
      this.#held += piece.length;
    }
  }

  /** The sender closes: its octets still arrive, and then the end. */
  end(): void {
    this.#ended = true;
  }

  /** What is on its way is lost. */
  cut(): void {
    this.#queue = [];
    this.#held = 0;
    this.#ended = true;
  }

  /** The end has been reached and not been told yet. */
  takeEnd(): boolean {
    if (!this.#ended || this.#held > 0 || this.#endTaken) return false;
    this.#endTaken = true;
    return true;
  }

  ready(now: Instant): boolean {
    if (this.stalledUntil !== undefined && this.stalledUntil > now) return false;
    return this.#held > 0 || (this.#ended && !this.#endTaken);
  }

  /** The next octets: one octet, a piece, a part of one, or everything that waits. */
  take(random: Random): Uint8Array {
    const all = concat([...this.#queue, new Uint8Array()]);
    const count = random.pick([
      all.length,
      all.length,
      this.#queue[0]?.length ?? 0,
      random.between(1, all.length),
      1,
    ]);
    const rest = all.subarray(count);
    this.#queue = rest.length === 0 ? [] : [rest];
    this.#held = rest.length;
    return all.slice(0, count);
  }
}
