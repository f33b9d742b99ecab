// Keeps room on the disk of the store for what is queued already: below the low-water mark nothing new is
// taken responsibility for (a temporary refusal, to peers and to local users alike), while what is queued
// goes on being transferred, delivered and reported, which writes little and frees much. Above the
// high-water mark all is as before. The MTA never ends for it. What is not known (no answer from the file
// system) refuses nothing.

import { after, type Clock, millis } from '../base/time.ts';
import type { Emit } from '../events/index.ts';

/** How often the free space is looked at, in milliseconds. */
const LOOK_MS = 1000;

/** Octets that are free for us on the disk of the store; undefined if the file system does not say. */
export type FreeOctets = () => Promise<number | undefined>;

export interface DiskQuotaParts {
  readonly free: FreeOctets;
  readonly marks: () => { readonly lowWater: number; readonly highWater: number };
  readonly clock: Clock;
  readonly emit: Emit;
  readonly directory: string;
}

export class DiskQuota {
  readonly #parts: DiskQuotaParts;
  #refusal: string | undefined;
  #free: number | undefined;
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(parts: DiskQuotaParts) {
    this.#parts = parts;
  }

  /** Why nothing new is taken at present; undefined while there is room. */
  get refusal(): string | undefined {
    return this.#refusal;
  }

  /** Octets free at the last look. */
  get freeOctets(): number | undefined {
    return this.#free;
  }

  /** Looks now and from then on. Resolves after the first look. */
  async start(): Promise<void> {
    await this.#look();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  async #look(): Promise<void> {
    this.#free = await this.#parts.free();
    if (this.#stopped) return;
    if (this.#free !== undefined) this.#judge(this.#free);
    const { clock } = this.#parts;
    this.#cancel = clock.schedule(after(clock.now(), millis(LOOK_MS)), () => void this.#look());
  }

  #judge(free: number): void {
    const { marks, emit, directory } = this.#parts;
    const { lowWater, highWater } = marks();
    const told = { directory, free, lowWater, highWater };
    if (this.#refusal === undefined && free < lowWater) {
      const least = `store.space.low (${lowWater})`;
      this.#refusal = `the disk of the store has ${free} octets free, less than ${least}`;
      emit('store-space-low', told);
    } else if (this.#refusal !== undefined && free >= Math.max(lowWater, highWater)) {
      this.#refusal = undefined;
      emit('store-space-enough', told);
    }
  }
}
