// Reads a configuration file without holding up the event loop: YAML and checks run in a thread of their own,
// and what they give comes over piece by piece. For a reload while mail flows.

import { Worker } from 'node:worker_threads';

import { err, ok, type Result } from '../base/result.ts';
import {
  type Configuration,
  type ConfigurationError,
  ConfigurationInPieces,
  type ConfigurationPiece,
} from '../config/index.ts';

/** What the thread is asked for. */
export interface ConfigurationRequest {
  readonly path: string;
  /** Packed: what is in force, of which entries with errors are taken. */
  readonly before: Uint8Array | undefined;
}

/** What the thread says first; then it gives piece after piece as it is asked for them by number. */
export type LoadedFrame =
  | {
      readonly ok: true;
      readonly frame: Configuration;
      readonly entries: Uint8Array;
      readonly pieces: number;
    }
  | { readonly ok: false; readonly errors: readonly ConfigurationError[] };

export interface LoadedAside {
  readonly configuration: Configuration;
  /** Packed, for the next time. */
  readonly entries: Uint8Array;
}

/** As `loadConfigurationAroundErrors`, beside this thread's work. Rejects only if no thread can be had. */
export async function loadConfigurationAside(
  path: string,
  before?: Uint8Array,
): Promise<Result<LoadedAside, readonly ConfigurationError[]>> {
  const request: ConfigurationRequest = { path, before };
  const worker = new Worker(workerFile(), { name: 'configuration', workerData: request });
  try {
    const first = (await nextMessage(worker)) as LoadedFrame;
    if (!first.ok) return err(first.errors);
    const inPieces = new ConfigurationInPieces(first.frame);
    for (let index = 0; index < first.pieces; index += 1) {
      worker.postMessage(index);
      inPieces.add((await nextMessage(worker)) as ConfigurationPiece);
    }
    return ok({ configuration: inPieces.whole(), entries: first.entries });
  } finally {
    await worker.terminate();
  }
}

/** TypeScript in a checkout, JavaScript in a package: the worker is of the kind that this file is. */
function workerFile(): URL {
  return new URL(
    import.meta.url.endsWith('.ts') ? './configuration-worker.ts' : './configuration-worker.js',
    import.meta.url,
  );
}

function nextMessage(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.removeAllListeners();
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the thread ended with code ${code}`)));
  });
}
