// Assertions stay on. A failed one is our bug, never the peer's fault and never the world's.

/** Thrown by `assert`: the program contradicted itself. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** Stops with an AssertionError that says `claim` unless `condition` holds. */
export function assert(condition: unknown, claim: string): asserts condition {
  if (!condition) throw new AssertionError(claim);
}

/** For the default branch of an exhaustive switch: the type checker proves it is never reached. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${JSON.stringify(value)}`);
}
