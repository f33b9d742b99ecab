// What the command line needs from the composition root: how to start an MTA. main.ts gives it; tests give
// a fake. The command line itself knows only the configuration, the events and the operations of a running
// MTA.

import type { Result } from '../base/result.ts';
import type { Configuration } from '../config/index.ts';
import type { Emit } from '../events/index.ts';
import type { Operations } from '../admin/index.ts';

/** A started MTA: it listens, its queue is loaded. */
export interface RunningMta {
  readonly operations: Operations;
  /** Where it listens in fact (port 0 in the configuration means any). */
  readonly listening: readonly { readonly address: string; readonly port: number }[];
  /** Takes over what may change live; says which keys need a restart. */
  reload(configuration: Configuration): Promise<Result<readonly string[], string>>;
  /** Resolves, with the reason, if the MTA cannot go on and has to be stopped. */
  readonly ended: Promise<string>;
  /** Refuses new work, lets transfers end within their limits, closes the store. */
  stop(): Promise<void>;
}

export interface Composition {
  readonly version: string;
  /** Resolves when it listens; the error says in one line why it could not. */
  startMta(configuration: Configuration, emit: Emit): Promise<Result<RunningMta, string>>;
}
