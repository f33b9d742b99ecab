// The store's directory, held by this process: the lock, the database, the spools, and the engine that
// serves from them. Opens it so that what it then shows is on stable storage, and opens the database again
// when the disk failed in the middle of a transaction. Knows no thread; the worker runs one of these, tests
// drive it.
//
// After a failed sync nobody knows what is on the disk: the system may have taken the pages for written, so
// that a second sync succeeds and says nothing. So a failed transaction is refused, never tried again; the
// database is closed, which brings into it what was synced before and does away with the log that held the
// failed one; and it is opened again, and written to, so that nothing of the failed one can come back. If
// that fails, too, or is needed again and again, the store ends, and what failed may be there at the next
// start: then no spool that it names may be gone. It ends at once when the database turns out damaged, and
// then leaves a mark: it is not opened before a check has found it whole, or a repair made it so.

import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';

import { instant } from '../../base/time.ts';
import { Claims } from '../claims.ts';
import { repairCommand } from '../open-error.ts';
import type { StoreFinding, StoreRefusal } from '../port.ts';
import { refuseDamaged } from './check/preflight.ts';
import { removeLeftPins } from './backup-pins.ts';
import { Engine, putRefusal } from './engine.ts';
import { markDamaged, refuseMarked } from './damage-mark.ts';
import { detailOf, sqliteCodeOf } from './errors.ts';
import { lockDirectory } from './lock.ts';
import { giveToOwner } from './owner.ts';
import { finishRepair } from './repair/swap.ts';
import type { Request } from './request.ts';
import { openDatabase } from './schema.ts';
import { SpoolDirectory, syncDirectory } from './spool-directory.ts';
import { rewriteInPlace } from './stable-octets.ts';
import { TapeWriter } from './tape.ts';
import { fileNames, type WorkerSettings } from './worker-messages.ts';

/** How often the database may be opened again, and within what time, before the disk is given up. */
const restarts_max = 3;
const restarts_ms = 60_000;

export interface Served {
  readonly answers: TapeWriter;
  readonly findings: readonly StoreFinding[];
  /** Why nothing more can be asked. */
  readonly ended?: string;
}

export class HeldStore {
  readonly #settings: WorkerSettings;
  readonly #lock: DatabaseSync;
  readonly #spools: SpoolDirectory;
  /** They outlive the database: who serves a copy goes on serving it. */
  readonly #claims = new Claims();
  #database: DatabaseSync;
  #engine: Engine;
  #restarts: number[] = [];
  #ended: StoreRefusal | undefined;
  /** What was found while it was opened, until somebody asks something. */
  #atOpen: StoreFinding[] = [];
  #shut: Promise<void> | undefined;

  /** Takes the directory, making it if it is not there. Throws what SQLite and the file system say. */
  constructor(settings: WorkerSettings) {
    this.#settings = settings;
    const { directory, now } = settings;
    const made = mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#lock = lockDirectory(directory, now);
    try {
      finishRepair(directory);
      refuseMarked(directory);
      refuseDamaged(directory);
      this.#noteLeft(removeLeftPins(directory, now), now);
      this.#database = this.#open(now);
      try {
        this.#spools = new SpoolDirectory(join(directory, fileNames.spools));
        syncDirectory(directory);
        syncNames(directory, made ?? directory);
        this.#engine = this.#newEngine(now);
        this.#engine.removeOrphans(now);
      } catch (error) {
        this.#database.close();
        throw error;
      }
    } catch (error) {
      this.#lock.close();
      throw error;
    }
  }

  /** Answers all requests, in their order, once what they changed is on stable storage. */
  serve(requests: readonly Request[], now: number): Served {
    if (this.#ended !== undefined) return this.#refused(requests, this.#ended);
    const answers = this.#engine.serve(requests, now);
    const findings = [...this.#atOpen.splice(0), ...this.#engine.takeFindings()];
    const { stricken } = this.#engine;
    if (stricken === undefined) return { answers, findings };
    const { refusal, unserved, isDamaged, left } = stricken;
    const how = isDamaged ? this.#endDamaged(refusal.detail, now) : this.#startAgain(refusal.detail, now);
    findings.push(how);
    if (this.#ended === undefined) for (const spool of left) this.#spools.takeBack(spool);
    if (this.#ended !== undefined) {
      const { answers: last, ended } = this.#refused(unserved, this.#ended);
      answers.append(last);
      return { answers, findings, ended };
    }
    for (const request of unserved) {
      // Whoever asked is not to take the disk's silence for an empty queue.
      if (request.op === 'commit') putRefusal(answers, refusal);
      else answers.append(this.#engine.serve([request], now));
    }
    return { answers, findings: [...findings, ...this.#engine.takeFindings()] };
  }

  /** Lets go of the directory. */
  shut(): Promise<void> {
    this.#shut ??= this.#letGo();
    return this.#shut;
  }

  async #letGo(): Promise<void> {
    await this.#spools.settle();
    if (this.#ended === undefined) this.#database.close();
    this.#lock.close();
  }

  #open(now: number): DatabaseSync {
    const { directory } = this.#settings;
    const file = join(directory, fileNames.database);
    // What a process that died has written may have reached no disk: it must not be shown, and then be gone.
    rewriteInPlace(`${file}-wal`);
    const database = openDatabase(file, now);
    giveToOwner(directory, ...['', '-wal', '-shm'].map((suffix) => `${fileNames.database}${suffix}`));
    return database;
  }

  #noteLeft(names: readonly string[], now: number): void {
    for (const name of names) {
      const detail = `a backup that was killed had left ${name}: its pins are removed; take the backup again`;
      this.#atOpen.push({ kind: 'left-over', at: instant(now), detail, copies: [] });
    }
  }

  #newEngine(openedAt?: number): Engine {
    const { inlineOctetsMax, checkpointEvery } = this.#settings;
    const parts = { database: this.#database, spools: this.#spools, claims: this.#claims };
    return new Engine({
      ...parts,
      inlineOctetsMax,
      checkpointEvery,
      ...(openedAt !== undefined && { openedAt }),
    });
  }

  /** Closes the database and opens it again; what that came to. */
  #startAgain(detail: string, now: number): StoreFinding {
    const at = instant(now);
    this.#restarts = [...this.#restarts.filter((each) => now - each < restarts_ms), now];
    try {
      this.#database.close();
      if (this.#restarts.length > restarts_max) {
        throw new Error(`it failed ${this.#restarts.length} times within ${restarts_ms / 1000} s`);
      }
      syncDirectory(this.#settings.directory);
      this.#database = this.#open(now);
      this.#engine = this.#newEngine();
      this.#engine.writeOver();
    } catch (error) {
      const ended = `the disk failed (${detail}), and the database cannot go on: ${detailOf(error)}`;
      this.#ended = { kind: 'ended', detail: ended };
      return { kind: 'store-ended', at, detail: ended, copies: [] };
    }
    const told = `the disk failed (${detail}): what was being written is refused; the database is open again`;
    return { kind: 'store-failed', at, detail: told, copies: [] };
  }

  /** Nothing more is taken up or changed in a database that SQLite does not find its way through. */
  #endDamaged(found: string, now: number): StoreFinding {
    const { directory } = this.#settings;
    const at = instant(now);
    markDamaged(directory, found, at);
    const detail = `the database is damaged (${found}); stopped, nothing is lost by that: ${repairCommand}`;
    this.#ended = { kind: 'ended', detail };
    try {
      this.#database.close();
    } catch (error) {
      if (sqliteCodeOf(error) === undefined) throw error;
    }
    return { kind: 'store-ended', at, detail, copies: [] };
  }

  #refused(requests: readonly Request[], refusal: StoreRefusal): Served & { readonly ended: string } {
    const answers = new TapeWriter();
    for (const _ of requests) putRefusal(answers, refusal);
    return { answers, findings: [], ended: 'detail' in refusal ? refusal.detail : refusal.kind };
  }
}

/** Makes the names of directories survive a power loss, from `lowest` up to the first that was made. */
function syncNames(lowest: string, first: string): void {
  for (let path = lowest; path.length >= first.length; path = dirname(path)) syncDirectory(dirname(path));
}
