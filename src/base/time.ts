// Instants and durations as branded numbers. No clock is read here: `Clock` is a port, built by the
// composition root and handed to the rooms that may ask the time; pure rooms get `now` as an argument.

declare const instantBrand: unique symbol;
declare const millisBrand: unique symbol;

/** A moment, in milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number & { readonly [instantBrand]: true };

/** A length of time in milliseconds. */
export type Millis = number & { readonly [millisBrand]: true };

/** The port through which async rooms read the time and wait. Simulations replace it. */
export interface Clock {
  now(): Instant;
  /** Calls `callback` once, at or after `at`; the returned function cancels it. */
  schedule(at: Instant, callback: () => void): () => void;
  /** Time that passed by a clock that nobody sets; absent where `now` is such a one. */
  elapsed?(): Millis;
  /** Calls `callback` once everybody else has had a turn; absent where `schedule` says who comes when. */
  nextTurn?(callback: () => void): void;
}

/** The instant `value` milliseconds after the epoch. */
export function instant(value: number): Instant {
  return value as Instant;
}

/** A duration of `value` milliseconds. */
export function millis(value: number): Millis {
  return value as Millis;
}

/** A duration of `value` seconds. */
export function seconds(value: number): Millis {
  return (value * 1000) as Millis;
}

/** The instant that lies `duration` after `at`. */
export function after(at: Instant, duration: Millis): Instant {
  return (at + duration) as Instant;
}

/** The earlier of two instants, either of which may be absent. */
export function earlier(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  if (a === undefined) return b;
  if (b === undefined) return a;
  return a < b ? a : b;
}

/** ISO 8601 in UTC with milliseconds, as the log and the delivery files print it. */
export function isoTime(at: Instant): string {
  return new Date(at).toISOString();
}
