// The real clocks, behind the port of base/time.ts. The only place of the program that reads the time of day.
// The system's clock may be put forward or back while we run: its timers go by a clock that nobody sets, so
// none of them is delayed or comes early by that. Protocol timers use `monotonicClock`, which never jumps.

import { type Clock, type Instant, instant, type Millis, millis } from '../base/time.ts';

/** Longest delay that a Node.js timer takes, in milliseconds. */
const TIMER_DELAY_MS_MAX = 0x7fff_ffff;
/** A timer may come so much too early; more means that the clock was put back. */
const EARLY_MS_MAX = 50;

export interface SystemClock extends Clock {
  /** How many timers wait now. */
  armed(): number;
  /** Time that passed, by a clock that nobody sets. */
  elapsed(): Millis;
  /** Calls `callback` in the next turn of the event loop, after what came in meanwhile: without a timer. */
  nextTurn(callback: () => void): void;
}

const nextTurn = (callback: () => void): void => void setImmediate(callback);

/** A clock on the system's time. Its timers do not keep the process alive. */
export function systemClock(): SystemClock {
  const elapsed = (): Millis => millis(performance.now());
  return { ...clockOn(() => Date.now()), elapsed, nextTurn };
}

/** A clock that began at the system's time and is never set: for protocol timers, not for timestamps. */
export function monotonicClock(): SystemClock {
  const beginning = Date.now() - performance.now();
  const elapsed = (): Millis => millis(performance.now());
  return { ...clockOn(() => Math.floor(beginning + performance.now())), elapsed, nextTurn };
}

function clockOn(read: () => number): Omit<SystemClock, 'elapsed' | 'nextTurn'> {
  const armed = new Set<object>();
  const schedule = (at: Instant, callback: () => void): (() => void) => {
    let left_ms = at - read();
    const fire = (): void => {
      left_ms -= Math.min(left_ms, TIMER_DELAY_MS_MAX);
      const early_ms = at - read();
      if (left_ms > 0) timer = arm(left_ms, fire);
      else if (early_ms > 0 && early_ms <= EARLY_MS_MAX) timer = arm(early_ms, fire);
      else {
        armed.delete(fire);
        callback();
      }
    };
    armed.add(fire);
    let timer = arm(left_ms, fire);
    return () => {
      armed.delete(fire);
      clearTimeout(timer);
    };
  };
  return { now: () => instant(read()), schedule, armed: () => armed.size };
}

function arm(delay_ms: number, fire: () => void): NodeJS.Timeout {
  const timer = setTimeout(fire, Math.min(Math.max(0, delay_ms), TIMER_DELAY_MS_MAX));
  timer.unref();
  return timer;
}
