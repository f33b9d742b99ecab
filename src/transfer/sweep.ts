// What is looked through every second: what has expired, what an operator dismissed, whether the system's
// clock was set. One sweep at a time; the next is a second after the end of the last.

import { after, type Clock, type Millis, millis } from '../base/time.ts';
import type { Emit } from '../events/index.ts';
import { ClockSteps } from './clock-steps.ts';
import type { Hops } from './hops.ts';
import { unawaited } from './unawaited.ts';

const sweep_ms_default = 1000;

export interface SweepParts {
  readonly clock: Clock;
  readonly emit: Emit;
  readonly hops: Hops;
  /** How often, in milliseconds; `sweep_ms_default` if left out. */
  readonly every_ms?: number | undefined;
  /** Ends what has expired. */
  readonly expired: () => Promise<unknown>;
}

export class Sweep {
  readonly #parts: SweepParts;
  readonly #steps: ClockSteps;
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(parts: SweepParts) {
    this.#parts = parts;
    this.#steps = new ClockSteps(parts.clock);
  }

  start(): void {
    const { clock, emit, hops, expired, every_ms = sweep_ms_default } = this.#parts;
    this.#cancel = clock.schedule(after(clock.now(), millis(every_ms)), () => {
      for (const runner of hops.links.values()) runner.sweep();
      this.#clockStepped(this.#steps.look());
      const ended = expired().finally(() => {
        if (!this.#stopped) this.start();
      });
      unawaited(emit, ended);
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  /** A clock that was set: hours begin or end, deferred messages are due. */
  #clockStepped(by: Millis): void {
    if (by === 0) return;
    const { emit, hops } = this.#parts;
    emit('clock-stepped', { by: by / 1000 });
    for (const runner of hops.links.values()) runner.watchTheClock();
    for (const runner of hops.delivers.values()) runner.waiting();
  }
}
