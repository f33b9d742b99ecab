// The real clock, behind the port of base/time.ts. The only place of the program that reads the time of day.

import { type Clock, type Instant, instant } from '../base/time.ts';

/** Longest delay that a Node.js timer takes, in milliseconds. */
const TIMER_DELAY_MS_MAX = 0x7fff_ffff;

export interface SystemClock extends Clock {
  /** How many timers wait now. */
  armed(): number;
}

/** A clock on the system's time. Its timers do not keep the process alive. */
export function systemClock(): SystemClock {
  const armed = new Set<object>();
  const schedule = (at: Instant, callback: () => void): (() => void) => {
    const fire = (): void => {
      const left_ms = at - Date.now();
      if (left_ms > 0) timer = arm(left_ms, fire);
      else {
        armed.delete(fire);
        callback();
      }
    };
    armed.add(fire);
    let timer = arm(at - Date.now(), fire);
    return () => {
      armed.delete(fire);
      clearTimeout(timer);
    };
  };
  return { now: () => instant(Date.now()), schedule, armed: () => armed.size };
}

function arm(delay_ms: number, fire: () => void): NodeJS.Timeout {
  const timer = setTimeout(fire, Math.min(Math.max(0, delay_ms), TIMER_DELAY_MS_MAX));
  timer.unref();
  return timer;
}
