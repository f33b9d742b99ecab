// Where archives are made and taken: the running MTA by its HTTP API, or the store's directory itself when no
// MTA runs on it. Both look the same to the commands.

import { randomUUID } from 'node:crypto';

import {
  archiveMediaType,
  type ArchiveOrderJson,
  type CopyCommandOutcome,
  selectionOf,
  selectionText,
} from '../admin/index.ts';
import { instant } from '../base/time.ts';
import type { Configuration } from '../config/index.ts';
import {
  exportArchive,
  importArchive,
  type ImportSummary,
  openSqliteStore,
  removalOf,
  type Store,
  StoreOpenError,
} from '../store/index.ts';
import { CommandFailure, WrongUsage } from './failure.ts';
import { type LocalMta, localMta, NotRunning } from './local-mta.ts';

/** Copies that one request removes. */
const page_copies = 500;

export interface ImportHow {
  readonly hold: boolean;
  readonly dryRun: boolean;
}

export interface ArchiveStore {
  /** Whether an MTA runs on it. */
  readonly running: boolean;
  export(order: ArchiveOrderJson): Promise<AsyncIterable<Uint8Array>>;
  remove(archive: string, copies: readonly number[]): Promise<readonly CopyCommandOutcome[]>;
  /** Lets go on what an export held. */
  release(copies: readonly number[]): Promise<void>;
  import(octets: AsyncIterable<Uint8Array>, how: ImportHow): Promise<ImportSummary>;
  close(): Promise<void>;
}

/** The MTA of this configuration if it runs, else its store; `make`: one is made where there is none. */
export async function archiveStore(configuration: Configuration, make: boolean): Promise<ArchiveStore> {
  const mta = localMta(configuration);
  try {
    await mta.get('/api/v1/health');
    return runningStore(mta);
  } catch (error) {
    if (!(error instanceof NotRunning)) throw error;
  }
  return directoryStore(configuration, make);
}

function runningStore(mta: LocalMta): ArchiveStore {
  const inPages = async <T>(
    copies: readonly number[],
    ask: (page: readonly number[]) => Promise<{ readonly outcomes: readonly T[] }>,
  ): Promise<readonly T[]> => {
    const outcomes: T[] = [];
    for (let at = 0; at < copies.length; at += page_copies) {
      for (const each of (await ask(copies.slice(at, at + page_copies))).outcomes) outcomes.push(each);
    }
    return outcomes;
  };
  return {
    running: true,
    export: (json) => mta.octets('/api/v1/store/export', { json }),
    remove: (archive, copies) =>
      inPages<CopyCommandOutcome>(copies, (page) =>
        mta.post('/api/v1/store/exported', { json: { archive, copies: page } }),
      ),
    release: async (copies) => {
      await inPages(copies, (page) =>
        mta.post('/api/v1/queue/commands', { json: { command: 'release', copies: page } }),
      );
    },
    import: (octets, how) =>
      mta.post(`/api/v1/store/import?hold=${how.hold}&dryRun=${how.dryRun}`, {
        mediaType: archiveMediaType,
        octets,
      }),
    close: async () => undefined,
  };
}

async function directoryStore(configuration: Configuration, make: boolean): Promise<ArchiveStore> {
  const { inlineOctetsMax } = configuration.store;
  const store = await openDirectory(configuration, !make);
  const now = () => instant(Date.now());
  return {
    running: false,
    export: async ({ tracking = false, move: _move, ...search }) => {
      const selection = selectionOf(search);
      if (selection === undefined)
        throw new WrongUsage('a time is written in ISO 8601: 2031-01-31T12:00:00Z');
      const selected = selectionText(search);
      const told = selected === undefined ? {} : { selected };
      const source = configuration.mta.name;
      return exportArchive(store, {
        archive: randomUUID(),
        source,
        madeAt: now(),
        selection,
        tracking,
        ...told,
      });
    },
    remove: async (archive, copies) => {
      const outcomes: CopyCommandOutcome[] = [];
      for (const copy of copies) outcomes.push(await removeFrom(store, copy, archive));
      return outcomes;
    },
    release: async () => undefined,
    import: (octets, how) => importArchive(store, octets, { ...how, inlineOctetsMax, now }),
    close: () => store.close(),
  };
}

async function removeFrom(store: Store, id: number, archive: string): Promise<CopyCommandOutcome> {
  const copy = await store.show(id);
  if (copy === undefined) return { copy: id, done: false, detail: 'it is gone' };
  const result = await store.commit(removalOf(copy, archive, instant(Date.now())));
  return result.ok ? { copy: id, done: true } : { copy: id, done: false, detail: result.refusal.kind };
}

async function openDirectory({ store }: Configuration, mustExist: boolean): Promise<Store> {
  const { directory, inlineOctetsMax } = store;
  try {
    return await openSqliteStore({ directory, inlineOctetsMax, mustExist });
  } catch (error) {
    if (error instanceof StoreOpenError) throw new CommandFailure(error.message, error.problem);
    throw error;
  }
}
