// What the peer sends within one activity, held against the checkpoint size and the window that were agreed
// (X.228 7.1, 7.3). Each kind of excess is asked about once an activity. Not here: our own sending, which
// never exceeds them.

import type { Tolerates } from '../kernel/tolerance.ts';
import { CHECKPOINT_UNIT_OCTETS } from './outbound.ts';

export interface AgreedSizes {
  /** In units of 1,024 octets; 0: no checkpoints, and so no limit. */
  readonly checkpointSize: number;
  readonly window: number;
}

export class PeerSizes {
  readonly #agreed: AgreedSizes;
  readonly #tolerates: Tolerates | undefined;
  #octets = 0;
  #large = false;
  #beyond = false;

  constructor(agreed: AgreedSizes, tolerates: Tolerates | undefined) {
    this.#agreed = agreed;
    this.#tolerates = tolerates;
  }

  /** Octets of an RTTR came. Returns the excess that is not put up with. */
  took(octets: number): string | undefined {
    this.#octets += octets;
    const limit = this.#agreed.checkpointSize * CHECKPOINT_UNIT_OCTETS;
    if (this.#large || limit === 0 || this.#octets <= limit) return undefined;
    this.#large = true;
    const got = `${this.#octets} octets since the last checkpoint, where ${limit} were agreed`;
    return this.#tolerates?.('largeCheckpoints', got) === false ? got : undefined;
  }

  /** A point came, and now this many are unconfirmed. Returns the excess that is not put up with. */
  point(unconfirmed: number): string | undefined {
    this.#octets = 0;
    const { window } = this.#agreed;
    if (this.#beyond || unconfirmed <= window) return undefined;
    this.#beyond = true;
    const got = `${unconfirmed} points unconfirmed, where a window of ${window} was agreed`;
    return this.#tolerates?.('pointsBeyondWindow', got) === false ? got : undefined;
  }
}
