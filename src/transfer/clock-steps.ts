// Notices that the system's clock was set: the time of day and a clock that nobody sets went apart. Slow
// corrections, as NTP makes them, are no steps.

import { type Clock, type Millis, millis } from '../base/time.ts';

/** Less than this between two looks is a correction. */
const step_ms_min = 1000;

export class ClockSteps {
  readonly #clock: Clock;
  #apart: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#apart = this.#difference();
  }

  /** By how much the clock was put forward since the last look; negative: back; 0: not. */
  look(): Millis {
    const apart = this.#difference();
    const step = apart === undefined || this.#apart === undefined ? 0 : apart - this.#apart;
    this.#apart = apart;
    return millis(Math.abs(step) < step_ms_min ? 0 : Math.round(step));
  }

  #difference(): number | undefined {
    const elapsed = this.#clock.elapsed?.();
    return elapsed === undefined ? undefined : this.#clock.now() - elapsed;
  }
}
