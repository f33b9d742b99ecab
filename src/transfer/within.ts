// Waiting for work that may never end, such as a file operation on a disk that hangs: only so long.

import type { Clock, Instant } from '../base/time.ts';

/**
 * Resolves when the work has ended, well or badly, or at `until`, and then it goes on by itself. How it ended
 * is for whoever else has it to say.
 */
export async function within(clock: Clock, until: Instant, work: Promise<unknown>): Promise<void> {
  const { promise: limit, resolve } = Promise.withResolvers<void>();
  const cancel = clock.schedule(until, resolve);
  await Promise.race([work.catch(() => undefined), limit]);
  cancel();
}
