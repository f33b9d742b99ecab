// Long work on the shared event loop (design law 14): jobs in steps, each driven for a moment in a
// turn of the loop and then left until the next, all jobs of one clock in turn. However many long jobs there
// are at once, one turn costs what is written here; what is short is done at once and waits for nobody.
// Invariant: a job's steps come in order, and between two of them anything may have happened.

import type { Steps } from '../base/steps.ts';
import type { Clock } from '../base/time.ts';

/**
 * What one turn of the event loop may cost, in milliseconds: a tenth of what its delay may be. What a long
 * job makes lives long, and collecting garbage around it costs a turn more than the work does.
 */
const SLICE_MS = 0.5;

/** Runs a step that waits for nothing while its subject is named as in hand. */
export type Held = <T>(work: () => T) => T;

interface Job {
  /** Goes one step on; true when that was the last. */
  readonly step: () => boolean;
}

export class Slices {
  static readonly #byClock = new WeakMap<Clock, Slices>();
  readonly #clock: Clock;
  readonly #jobs: Job[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Those of a clock: who has a clock in common has an event loop in common. */
  static on(clock: Clock): Slices {
    const found = Slices.#byClock.get(clock);
    if (found !== undefined) return found;
    const slices = new Slices(clock);
    Slices.#byClock.set(clock, slices);
    return slices;
  }

  /** What the steps come to: at once where there is one step, else as a promise. Throws what they throw. */
  run<T>(steps: Steps<T>): T | Promise<T> {
    const first = steps.next();
    if (first.done === true) return first.value;
    return new Promise((resolve, reject) => {
      this.#jobs.push({ step: () => stepOf(steps, resolve, reject) });
      if (this.#jobs.length === 1) this.#turnLater();
    });
  }

  #turnLater(): void {
    const turn = (): void => this.#turn();
    if (this.#clock.nextTurn === undefined) this.#clock.schedule(this.#clock.now(), turn);
    else this.#clock.nextTurn(turn);
  }

  /** A clock that does not move by itself, as simulations have it, gets one step a turn. */
  #turn(): void {
    const begun = this.#clock.elapsed?.();
    for (;;) {
      const [job] = this.#jobs;
      const over = job.step();
      this.#jobs.shift();
      if (!over) this.#jobs.push(job);
      if (this.#jobs.length === 0) return;
      if (begun === undefined || (this.#clock.elapsed?.() ?? 0) - begun >= SLICE_MS) break;
    }
    this.#turnLater();
  }
}

function stepOf<T>(steps: Steps<T>, resolve: (value: T) => void, reject: (error: unknown) => void): boolean {
  try {
    const step = steps.next();
    if (step.done !== true) return false;
    resolve(step.value);
  } catch (error) {
    reject(error);
  }
  return true;
}

/** The same steps, each of them run by `held`. */
export function* heldSteps<T>(held: Held, steps: Steps<T>): Steps<T> {
  for (;;) {
    const step = held(() => steps.next());
    if (step.done === true) return step.value;
    yield;
  }
}
