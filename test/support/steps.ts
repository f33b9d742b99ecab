// Work in steps, counted rather than timed.

import type { Steps } from '../../src/base/steps.ts';

/** What the steps come to, and how many there were. */
export function counted<T>(steps: Steps<T>): { readonly value: T; readonly count: number } {
  for (let count = 1; ; count += 1) {
    const step = steps.next();
    if (step.done === true) return { value: step.value, count };
  }
}
