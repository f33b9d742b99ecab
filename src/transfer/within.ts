// Waiting for work that may never end, such as a file operation on a disk that hangs: only so long.

import type { Clock, Instant } from '../base/time.ts';
import type { Emit } from '../events/index.ts';
import { unawaited } from './unawaited.ts';

/**
 * Resolves when the work has ended, well or badly, or at `until`, and then it goes on by itself. Where it
 * fails, before or after, that is told as our own mistake.
 */
export async function within(
  { clock, emit }: { readonly clock: Clock; readonly emit: Emit },
  until: Instant,
  work: Promise<unknown>,
): Promise<void> {
  unawaited(emit, work);
  const { promise: limit, resolve } = Promise.withResolvers<void>();
  const cancel = clock.schedule(until, resolve);
  await Promise.race([work.catch(() => undefined), limit]);
  cancel();
}
