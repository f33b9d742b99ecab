// What the two threads say to each other.

import type { StoreOpenProblem } from '../open-error.ts';
import type { StoreFinding } from '../port.ts';
import type { TapeMessage } from './tape.ts';

/** What the worker is started with. */
export interface WorkerSettings {
  readonly directory: string;
  readonly inlineOctetsMax: number;
  readonly checkpointEvery?: number;
  readonly now: number;
}
/** The worker's first word. */
export type Opened =
  | { readonly ok: true }
  | { readonly ok: false; readonly problem: StoreOpenProblem; readonly detail: string };

/** All requests of one turn of the main thread's loop. */
export interface Batch extends TapeMessage {
  readonly now: number;
}
/** The answers to all batches that were committed together, in their order. */
export interface Answers extends TapeMessage {
  readonly findings: readonly StoreFinding[];
}

/** Names in the store's directory. */
export const fileNames = { database: 'queue.sqlite', spools: 'spool' } as const;
