// The worker thread: owns the database. Takes everything that has come in, serves it in one transaction,
// and answers with one message. What comes in meanwhile makes up the next transaction. It is an entry
// point, not a module to import.

import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';

import { assert } from '../../base/assert.ts';
import { Engine } from './engine.ts';
import { detailOf, sqliteCodeOf, sqliteCodes, systemCodeOf } from './errors.ts';
import { DirectoryInUseError, lockDirectory } from './lock.ts';
import { takeRequests } from './request.ts';
import { NewerSchemaError, openDatabase } from './schema.ts';
import { SpoolDirectory, syncDirectory } from './spool-directory.ts';
import { TapeReader } from './tape.ts';
import { type Answers, type Batch, fileNames, type Opened, type WorkerSettings } from './worker-messages.ts';

interface Held {
  readonly lock: DatabaseSync;
  readonly database: DatabaseSync;
  readonly spools: SpoolDirectory;
  readonly engine: Engine;
}

const port = parentPort;
assert(port !== null, 'this file is started as a worker');
run(port, workerData as WorkerSettings);

function run(port: MessagePort, settings: WorkerSettings): void {
  let held: Held;
  try {
    held = open(settings);
  } catch (error) {
    const { problem, detail } = problemOf(error);
    port.postMessage({ ok: false, problem, detail } satisfies Opened);
    port.close();
    return;
  }
  port.postMessage({ ok: true } satisfies Opened);
  port.on('message', (first: Batch) => serve(port, held, gather(port, first)));
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

function serve(port: MessagePort, held: Held, batches: readonly Batch[]): void {
  const requests = batches.flatMap((batch) => takeRequests(new TapeReader(batch)));
  const { items, octets } = held.engine.serve(requests, batches[batches.length - 1].now).cut();
  const answer: Answers = { items, octets, findings: held.engine.takeFindings() };
  if (!requests.some(({ op }) => op === 'close')) {
    port.postMessage(answer, [octets.buffer]);
    return;
  }
  void shut(held).then(() => {
    port.postMessage(answer, [octets.buffer]);
    port.close();
  });
}

async function shut({ database, lock, spools }: Held): Promise<void> {
  await spools.settle();
  database.close();
  lock.close();
}

function open({ directory, inlineOctetsMax, now }: WorkerSettings): Held {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const lock = lockDirectory(directory, now);
  try {
    const database = openDatabase(join(directory, fileNames.database), now);
    try {
      const spools = new SpoolDirectory(join(directory, fileNames.spools));
      syncDirectory(directory);
      syncDirectory(dirname(directory));
      return { lock, database, spools, engine: new Engine({ database, spools, inlineOctetsMax }) };
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    lock.close();
    throw error;
  }
}

function problemOf(error: unknown): Opened & { ok: false } {
  const detail = detailOf(error);
  if (error instanceof DirectoryInUseError) return { ok: false, problem: 'in-use', detail };
  if (error instanceof NewerSchemaError) return { ok: false, problem: 'newer-schema', detail };
  const code = sqliteCodeOf(error);
  if (code === sqliteCodes.busy) return { ok: false, problem: 'in-use', detail };
  const isInaccessible =
    code === sqliteCodes.cantopen || code === sqliteCodes.ioerr || code === sqliteCodes.full || code === 8;
  if (isInaccessible || (code === undefined && systemCodeOf(error) !== '')) {
    return { ok: false, problem: 'inaccessible', detail };
  }
  return { ok: false, problem: 'damaged', detail };
}
