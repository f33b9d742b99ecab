// A thread that checks or repairs one directory, step by step as it is asked. An entry point, not a module to
// import.

import { parentPort, workerData } from 'node:worker_threads';

import { assert } from '../../base/assert.ts';
import { StoreOpenError } from '../open-error.ts';
import type { AsideAnswer, AsideJob } from './aside.ts';
import { checkDirectory } from './check/check-directory.ts';
import { repairStore } from './repair/repair-directory.ts';

const port = parentPort;
assert(port !== null, 'this file is started as a worker');
const job = workerData as AsideJob;
const { directory } = job;
const steps: Iterator<unknown> =
  job.kind === 'check' ? checkDirectory(directory) : repairStore(directory, job.now);
port.on('message', () => port.postMessage(nextAnswer()));

function nextAnswer(): AsideAnswer {
  try {
    const { done, value } = steps.next();
    return done === true ? { kind: 'end' } : { kind: 'step', step: value };
  } catch (error) {
    if (!(error instanceof StoreOpenError)) throw error;
    return { kind: 'refused', problem: error.problem, detail: error.detail };
  }
}
