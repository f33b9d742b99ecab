// The check and the repair in a thread of their own: SQLite verifies a structure in one step that may take
// minutes, and whoever waits for it wants to be told that it runs. Each step is asked for when the one before
// was taken, so that a slow reader piles nothing up.

import { Worker } from 'node:worker_threads';

import { StoreOpenError, type StoreOpenProblem } from '../open-error.ts';
import type { CheckSlice } from './check/finding.ts';
import type { RepairStep } from './repair/repair-directory.ts';

/** What the thread is started for. */
export type AsideJob =
  | { readonly kind: 'check'; readonly directory: string }
  | { readonly kind: 'repair'; readonly directory: string; readonly now: number };
/** What it says each time it is asked. */
export type AsideAnswer =
  | { readonly kind: 'step'; readonly step: unknown }
  | { readonly kind: 'end' }
  | { readonly kind: 'refused'; readonly problem: StoreOpenProblem; readonly detail: string };

/** As `checkDirectory`, beside the work of this thread. */
export function checkAside(directory: string): AsyncGenerator<CheckSlice> {
  return stepsAside<CheckSlice>({ kind: 'check', directory });
}

/** As `repairStore`, beside the work of this thread. */
export function repairAside(directory: string, now: number): AsyncGenerator<RepairStep> {
  return stepsAside<RepairStep>({ kind: 'repair', directory, now });
}

async function* stepsAside<T>(job: AsideJob): AsyncGenerator<T> {
  const worker = new Worker(workerFile(), {
    name: job.kind,
    workerData: job,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  try {
    for (;;) {
      worker.postMessage('next');
      const answer = await nextAnswer(worker);
      if (answer.kind === 'end') return;
      if (answer.kind === 'refused') throw new StoreOpenError(answer.problem, job.directory, answer.detail);
      yield answer.step as T;
    }
  } finally {
    await worker.terminate();
  }
}

/** TypeScript in a checkout, JavaScript in a package: the worker is of the kind that this file is. */
function workerFile(): URL {
  const name = import.meta.url.endsWith('.ts') ? './aside-worker.ts' : './aside-worker.js';
  return new URL(name, import.meta.url);
}

function nextAnswer(worker: Worker): Promise<AsideAnswer> {
  return new Promise((resolve, reject) => {
    worker.removeAllListeners();
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the thread ended with code ${code}`)));
  });
}
