// Tells of an event loop that was held up for long, because every link waited with it: a piece of work that
// was not cut, or a machine that gave the process no time. Looks from time to time at the longest delay
// since the last look; what is told is told once a minute at most. Its measure is a port: perf_hooks here,
// anything in tests.

import { monitorEventLoopDelay } from 'node:perf_hooks';

import { after, type Clock, type Instant, type Millis, millis } from '../base/time.ts';
import type { Emit } from '../events/index.ts';

/** From one look to the next, in milliseconds. */
export const loop_look_ms = 5000;
/** Told again no sooner, in milliseconds. */
export const loop_told_ms = 60_000;
/** How often the delay is sampled, in milliseconds. */
const sample_ms = 20;

export interface LoopDelay {
  /** The longest delay since the last call, in milliseconds. */
  longest(): number;
  end(): void;
}

export interface LoopWatchParts {
  readonly clock: Clock;
  readonly emit: Emit;
  /** Asked each time, so that a reload counts at once. 0: nothing is told. */
  readonly limit: () => Millis;
  readonly delay?: LoopDelay;
}

export class LoopWatch {
  readonly #parts: LoopWatchParts;
  readonly #delay: LoopDelay;
  #toldAt: Instant | undefined;
  #cancel: (() => void) | undefined;

  constructor(parts: LoopWatchParts) {
    this.#parts = parts;
    this.#delay = parts.delay ?? measured();
    this.#arm();
  }

  stop(): void {
    this.#cancel?.();
    this.#delay.end();
  }

  #arm(): void {
    const { clock } = this.#parts;
    this.#cancel = clock.schedule(after(clock.now(), millis(loop_look_ms)), () => {
      this.#look();
      this.#arm();
    });
  }

  #look(): void {
    const { clock, emit, limit } = this.#parts;
    const delay = Math.round(this.#delay.longest());
    const most = limit();
    if (most === 0 || delay < most) return;
    const now = clock.now();
    if (this.#toldAt !== undefined && now < after(this.#toldAt, millis(loop_told_ms))) return;
    this.#toldAt = now;
    emit('event-loop-slow', { delay, limit: most });
  }
}

function measured(): LoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: sample_ms });
  histogram.enable();
  return {
    longest: () => {
      // It has the time from one sample to the next, of which the interval is no delay.
      const longest = Math.max(0, histogram.max / 1e6 - sample_ms);
      histogram.reset();
      return longest;
    },
    end: () => histogram.disable(),
  };
}
