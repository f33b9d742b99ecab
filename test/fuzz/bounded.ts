// Runs work that may never end: after a while it is broken off from outside, as no loop can prevent. So a
// decoder that spins is a failed case and not a run that hangs.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext, Script } from 'node:vm';

const key = '__boundedWork';
const script = new Script(`globalThis.${key}()`);

/** Whether `work` came to its end within the time; what it throws is thrown. Not to be nested. */
export function endsWithin(time_ms: number, work: () => void): boolean {
  Object.assign(globalThis, { [key]: work });
  try {
    script.runInThisContext({ timeout: time_ms });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
    throw error;
  }
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Octets of the heap that something still holds. */
export function heapInUse(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
