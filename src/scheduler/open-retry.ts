// When a link may be called again. Failed opens wait for the open interval, at least, with jitter on top; an
// association lost is called again at once, then after 2, 5, 10 s and more, until the open interval is
// reached and losses count like failed opens. More failures in a row than `openRetries` say that the link
// does not work: for routing, not for giving up. A peer that calls us cuts the waiting short.

import type { Random } from '../base/random.ts';
import { after, type Instant, type Millis, millis, seconds } from '../base/time.ts';

/** Retry intervals are drawn out by up to this share: links that fell together do not rise together. */
export const jitter_percent_max = 10;
/** Delays after losses in a row without a transfer between them. */
export const lossDelays: readonly Millis[] = [0, 2, 5, 10].map(seconds);
/** A calling peer does not make us call it more often than this. */
export const peer_called_gap_ms = 10_000;

/** A moment on a clock that was put forward by so much. */
export function shifted(at: Instant | undefined, by: Millis): Instant | undefined {
  return at === undefined ? undefined : after(at, by);
}

export class OpenRetry {
  readonly #random: Random;
  /** Failed opens, and losses beyond the quick ones, since something worked. */
  #failures = 0;
  #lossesInRow = 0;
  #lastFailureAt: Instant | undefined;
  #notBefore: Instant | undefined;
  /** An operator's word. */
  #delayedUntil: Instant | undefined;

  constructor(random: Random) {
    this.#random = random;
  }

  get failures(): number {
    return this.#failures;
  }

  get notBefore(): Instant | undefined {
    return [this.#notBefore, this.#delayedUntil].reduce((last, each) =>
      last === undefined || (each !== undefined && each > last) ? each : last,
    );
  }

  /** Not called before then, whatever happens. */
  delay(until: Instant | undefined): void {
    this.#delayedUntil = until;
    if (until === undefined) this.#notBefore = undefined;
  }

  /** Nothing has gone wrong since something worked. */
  get untroubled(): boolean {
    return this.#failures === 0 && this.#lossesInRow === 0;
  }

  allows(now: Instant): boolean {
    const { notBefore } = this;
    return notBefore === undefined || notBefore <= now;
  }

  failed(now: Instant, interval: Millis): void {
    this.#failures += 1;
    this.#wait(now, interval);
  }

  /** An association that stood is gone. */
  lost(now: Instant, interval: Millis): void {
    const quick = lossDelays[this.#lossesInRow];
    const doubled = 10_000 * 2 ** Math.min(20, this.#lossesInRow + 1 - lossDelays.length);
    this.#lossesInRow += 1;
    if (quick === undefined) this.#failures += 1;
    this.#wait(now, millis(Math.min(interval, quick ?? doubled)));
  }

  /** An association stands. After losses in a row, only a transfer shows that this one is better. */
  opened(): void {
    if (this.#lossesInRow === 0) this.#failures = 0;
    this.#notBefore = undefined;
  }

  /** A transfer was confirmed or made progress, or an association lived to its orderly end. */
  worked(): void {
    this.#failures = 0;
    this.#lossesInRow = 0;
    this.#notBefore = undefined;
  }

  peerCalled(now: Instant, interval: Millis): void {
    if (this.#notBefore === undefined || this.#lastFailureAt === undefined) return;
    const gap = millis(Math.min(peer_called_gap_ms, interval));
    const soonest = Math.max(now, after(this.#lastFailureAt, gap)) as Instant;
    if (soonest < this.#notBefore) this.#notBefore = soonest;
  }

  /** The clock was set. */
  shift(by: Millis): void {
    this.#lastFailureAt = shifted(this.#lastFailureAt, by);
    this.#notBefore = shifted(this.#notBefore, by);
    this.#delayedUntil = shifted(this.#delayedUntil, by);
  }

  connectNow(): void {
    this.#notBefore = undefined;
  }

  /** The interval, drawn out by chance. */
  jittered(interval: Millis): Millis {
    return millis(
      interval + Math.floor((interval * this.#random.between(0, jitter_percent_max * 100)) / 10_000),
    );
  }

  #wait(now: Instant, interval: Millis): void {
    this.#lastFailureAt = now;
    this.#notBefore = after(now, this.jittered(interval));
  }
}
