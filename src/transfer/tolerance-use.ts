// Counts the use of tolerances, by link and name, and tells of it now and then. Invariants: every use is
// counted; of one link and tolerance at most one event a minute is told, with the uses since the last; as
// many counters as there are links and tolerances.

import type { Clock, Instant } from '../base/time.ts';
import type { ToleranceName } from '../config/index.ts';
import type { Emit, EventFields } from '../events/index.ts';

/** How long one link's use of one tolerance is not told of again, in milliseconds. */
export const tolerance_told_again_ms = 60_000;

export interface ToleranceCount {
  readonly link: string;
  readonly name: ToleranceName;
  readonly uses: number;
}

/** Notes one use; `fields` are those of the event beyond the tolerance, with the link among them. */
export type NoteTolerance = (name: ToleranceName, fields: EventFields & { readonly link: string }) => void;

interface Counter {
  readonly link: string;
  readonly name: ToleranceName;
  uses: number;
  told: number;
  toldAt: Instant | undefined;
}

export class ToleranceUse {
  readonly #emit: Emit;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #counters = new Map<string, Counter>();

  constructor(emit: Emit, clock: Pick<Clock, 'now'>) {
    this.#emit = emit;
    this.#clock = clock;
  }

  readonly note: NoteTolerance = (name, fields) => {
    const { link } = fields;
    const key = `${link}/${name}`;
    const counter = this.#counters.get(key) ?? { link, name, uses: 0, told: 0, toldAt: undefined };
    this.#counters.set(key, counter);
    counter.uses += 1;
    const now = this.#clock.now();
    if (counter.toldAt !== undefined && now - counter.toldAt < tolerance_told_again_ms) return;
    counter.toldAt = now;
    this.#emit('tolerance-used', { ...fields, tolerance: name, times: counter.uses - counter.told });
    counter.told = counter.uses;
  };

  counts(): readonly ToleranceCount[] {
    return [...this.#counters.values()].map(({ link, name, uses }) => ({ link, name, uses }));
  }
}
