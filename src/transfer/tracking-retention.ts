// How long tracking is kept: what is older is removed once an hour, by the store, in slices and when it has
// nothing else to do. Decides only when and up to where.

import { after, type Clock, instant, type Millis, millis } from '../base/time.ts';
import type { Emit } from '../events/index.ts';
import type { Store } from '../store/index.ts';
import { unawaited } from './unawaited.ts';

/** From the start to the first look, and from one to the next, in milliseconds. */
const FIRST_MS = 60_000;
const INTERVAL_MS = 3_600_000;

export interface TrackingRetentionParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Asked each time, so that a reload counts at once. */
  readonly keep: () => Millis;
}

export class TrackingRetention {
  readonly #parts: TrackingRetentionParts;
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(parts: TrackingRetentionParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#arm(FIRST_MS);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  #arm(wait_ms: number): void {
    const { clock, emit } = this.#parts;
    this.#cancel = clock.schedule(after(clock.now(), millis(wait_ms)), () => {
      const looked = this.#prune().finally(() => {
        if (!this.#stopped) this.#arm(INTERVAL_MS);
      });
      unawaited(emit, looked);
    });
  }

  async #prune(): Promise<void> {
    const { store, clock, emit, keep } = this.#parts;
    const began = clock.now();
    const records = await store.prune(instant(began - keep()));
    if (records > 0) emit('tracking-pruned', { records, duration: clock.now() - began });
  }
}
