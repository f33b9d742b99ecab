// The worker thread: owns the database. Takes everything that has come in, serves it in one transaction,
// and answers with one message. What comes in meanwhile makes up the next transaction. It ends by itself when
// the disk has failed for good. It is an entry point, not a module to import.

import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';

import { assert } from '../../base/assert.ts';
import { HeldStore } from './held-store.ts';
import { systemCodeOf } from './errors.ts';
import { problemOf } from './open-problem.ts';
import { whoseText } from './owner.ts';
import { takeRequests } from './request.ts';
import { TapeReader } from './tape.ts';
import { type Answers, type Batch, fileNames, type Opened, type WorkerSettings } from './worker-messages.ts';

const port = parentPort;
assert(port !== null, 'this file is started as a worker');
run(port, workerData as WorkerSettings);

function run(port: MessagePort, settings: WorkerSettings): void {
  let held: HeldStore;
  try {
    held = new HeldStore(settings);
  } catch (error) {
    const { problem, detail } = problemOf(error);
    const told = problem === 'inaccessible' ? `${detail}${whose(settings.directory)}` : detail;
    port.postMessage({ ok: false, problem, detail: told } satisfies Opened);
    port.close();
    return;
  }
  port.postMessage({ ok: true } satisfies Opened);
  port.on('message', (first: Batch) => serve(port, held, gather(port, first)));
}

/** A directory above it may be closed to us: then nothing is known of it. */
function whose(directory: string): string {
  try {
    return whoseText(directory, [fileNames.database, 'lock.sqlite', 'holder.txt', fileNames.spools]);
  } catch (error) {
    if (systemCodeOf(error) === '') throw error;
    return '';
  }
}

/** Everything that has come in by now. */
function gather(port: MessagePort, first: Batch): Batch[] {
  const batches = [first];
  for (;;) {
    const next = receiveMessageOnPort(port) as { message: Batch } | undefined;
    if (next === undefined) return batches;
    batches.push(next.message);
  }
}

function serve(port: MessagePort, held: HeldStore, batches: readonly Batch[]): void {
  const requests = batches.flatMap((batch) => takeRequests(new TapeReader(batch)));
  const { answers, findings, ended } = held.serve(requests, batches[batches.length - 1].now);
  const { items, octets } = answers.cut();
  const answer: Answers = { items, octets, findings };
  if (ended === undefined && !requests.some(({ op }) => op === 'close')) {
    port.postMessage(answer, [octets.buffer]);
    return;
  }
  void held.shut().then(() => {
    port.postMessage(answer, [octets.buffer]);
    port.close();
  });
}
