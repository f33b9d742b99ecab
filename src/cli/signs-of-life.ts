// Long work that goes step by step, and what is said while a step takes its time. Reads no clock of its own.

import { after, type Clock, type Millis, millis } from '../base/time.ts';

export interface Signs {
  readonly clock: Clock;
  /** How long nothing may be said. */
  readonly every: Millis;
  /** Says something; `elapsed` is the time since the work began. */
  readonly sign: (elapsed: Millis) => Promise<void>;
}

/** Passes the steps on; gives a sign each time that `every` has gone by without one. */
export async function* withSigns<T>(steps: AsyncIterable<T>, signs: Signs): AsyncGenerator<T> {
  const { clock, every, sign } = signs;
  const began = clock.now();
  const iterator = steps[Symbol.asyncIterator]();
  const nextWithSigns = async (): Promise<IteratorResult<T>> => {
    const next = iterator.next();
    for (;;) {
      const tick = Promise.withResolvers<undefined>();
      const cancel = clock.schedule(after(clock.now(), every), () => tick.resolve(undefined));
      const first = await Promise.race([next, tick.promise]).finally(cancel);
      if (first !== undefined) return first;
      await sign(millis(clock.now() - began));
    }
  };
  try {
    for (let step = await nextWithSigns(); step.done !== true; step = await nextWithSigns()) yield step.value;
  } finally {
    await iterator.return?.();
  }
}
