// Work that goes on while nobody waits for it. It is not to fail: the world's failures are results. If it
// does, that is our own mistake; it is told, and what else the MTA does goes on.

import type { Emit } from '../events/index.ts';

/** Lets `work` go on. A rejection becomes an event, never an unhandled one. */
export function unawaited(emit: Emit, work: Promise<unknown>): void {
  work.catch((error: unknown) => tellMistake(emit, error));
}

/** The event of a contradiction in the program. */
export function tellMistake(emit: Emit, error: unknown): void {
  const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  emit('internal-error', {
    where: 'transfer',
    detail,
    stack: error instanceof Error ? error.stack : undefined,
  });
}
