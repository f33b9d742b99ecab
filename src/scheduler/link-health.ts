// Whether a link works, as routing should see it. It is unhealthy when its retries ran out: of opening, until
// an association stands; of transfers, while no other transfer got through, until one does or a time of
// probation is over (its queue may have gone elsewhere, so that nothing is left to show that it works again).

import { after, type Instant, type Millis } from '../base/time.ts';

export class LinkHealthState {
  #cause: 'opening' | 'transfers' | undefined;
  #since: Instant | undefined;
  #probationEnds: Instant | undefined;
  /** Transfers that failed since one was confirmed. */
  #transferFailures = 0;

  get healthy(): boolean {
    return this.#cause === undefined;
  }

  get cause(): 'opening' | 'transfers' | undefined {
    return this.#cause;
  }

  get probationEnds(): Instant | undefined {
    return this.#probationEnds;
  }

  /** The clock was set. */
  shift(by: Millis): void {
    if (this.#since !== undefined) this.#since = after(this.#since, by);
    if (this.#probationEnds !== undefined) this.#probationEnds = after(this.#probationEnds, by);
  }

  transferFailed(): number {
    this.#transferFailures += 1;
    return this.#transferFailures;
  }

  /** True if the link was healthy until now. */
  fail(cause: 'opening' | 'transfers', now: Instant, probation: Millis): boolean {
    const was = this.healthy;
    if (was) this.#since = now;
    this.#cause = cause;
    this.#probationEnds = cause === 'transfers' ? after(now, probation) : undefined;
    return was;
  }

  /** Milliseconds that it did not work, if it is healthy only now. */
  recover(now: Instant): number | undefined {
    this.#transferFailures = 0;
    if (this.#since === undefined) return undefined;
    const duration = now - this.#since;
    this.#cause = undefined;
    this.#since = undefined;
    this.#probationEnds = undefined;
    return duration;
  }
}
