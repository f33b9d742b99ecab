// Opens the SQLite store: starts the worker that owns the directory and waits for its first word.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';

import { type Instant, instant } from '../../base/time.ts';
import { StoreOpenError } from '../open-error.ts';
import type { Store, StoreFinding } from '../port.ts';
import { WorkerClient } from './client.ts';
import { SqliteStore } from './store.ts';
import { fileNames, type Opened, type WorkerSettings } from './worker-messages.ts';

export interface SqliteStoreOptions {
  /** Where the database and the spool files lie; made if it is not there. One process at a time. */
  readonly directory: string;
  /** Refuse a directory that holds no store, instead of making one there. */
  readonly mustExist?: boolean;
  /**
   * Octets of content that lie in the row at most; more goes to a spool file. Default 65,536. A row costs one
   * sync shared with others; a spool file costs two of its own, but is streamed and never in memory whole.
   */
  readonly inlineOctetsMax?: number;
  /**
   * Transactions after which the log is brought into the database at the latest. Default 256; SQLite does
   * so by itself when its log is 16 MB long.
   */
  readonly checkpointEvery?: number;
  /** The time, for leases and findings. Default: the clock of the machine. */
  readonly now?: () => Instant;
  /** Hears of damage and of a disk that does not answer. Default: nobody does. */
  readonly onFinding?: (finding: StoreFinding) => void;
}

/**
 * Opens the store in a directory, making it if it is empty, and holds the directory until it is closed or
 * the process ends. Rejects with a StoreOpenError that says what is wrong and what to do.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const now = options.now ?? (() => instant(Date.now()));
  const onFinding = options.onFinding ?? (() => undefined);
  const directory = resolve(options.directory);
  if (options.mustExist === true && !holdsStore(directory)) {
    throw new StoreOpenError('inaccessible', directory, 'there is no store in it');
  }
  const settings: WorkerSettings = {
    directory,
    inlineOctetsMax: options.inlineOctetsMax ?? 65_536,
    ...(options.checkpointEvery !== undefined && { checkpointEvery: options.checkpointEvery }),
    now: now(),
  };
  const worker = new Worker(workerFile(), {
    name: 'store',
    workerData: settings,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const opened = await firstWord(worker);
  if (!opened.ok) throw new StoreOpenError(opened.problem, directory, opened.detail);
  const client = new WorkerClient({ worker, now, onFinding });
  return new SqliteStore({ client, spoolDirectory: join(directory, fileNames.spools), onFinding, now });
}

/** Whether anything of a store is there: one whose database is gone is damaged, and is told as that. */
function holdsStore(directory: string): boolean {
  const { database, spools } = fileNames;
  return [database, `${database}-wal`, spools].some((name) => existsSync(join(directory, name)));
}

/** TypeScript in a checkout, JavaScript in a package: the worker is of the kind that this file is. */
function workerFile(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);
}

function firstWord(worker: Worker): Promise<Opened> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (opened: Opened) => {
      worker.off('error', reject);
      resolve(opened);
    });
  });
}
