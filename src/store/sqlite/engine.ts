// Serves a batch of requests in one transaction: group commit. Answers leave only after the commit. When
// SQLite refuses something in the middle, the whole batch is taken back and served again request by
// request, each in its own transaction, so that one cannot spoil the others; the common case pays for no
// savepoint. When the disk fails, what is on it is unknown: the batch is refused as it is, and nothing more
// is served by this engine (`stricken`). So it is when the structure of the database turns out damaged where
// something is changed or taken up (SQLite commits nothing after that); questions of operators are refused
// alone. Without space the log is
// brought into the database first: its room can then be written over, and mail drains.
//
// An answer on the tape: 1 and the answer, or 0 and the refusal as JSON. Knows no thread: tests drive it
// directly.

import type { DatabaseSync } from 'node:sqlite';

import { unreachable } from '../../base/assert.ts';
import { instant } from '../../base/time.ts';
import { Claims } from '../claims.ts';
import type { SpoolName, StoreFinding, StoreRefusal } from '../port.ts';
import { DamageControl } from './damage.ts';
import {
  DamagedStoreError,
  detailOf,
  isRefusable,
  isStructural,
  leavesUnknown,
  refusalFor,
  sqliteCodeOf,
} from './errors.ts';
import { refuseMiscounted } from './index-counts.ts';
import { Ledger, type LedgerParts } from './ledger.ts';
import { Lists } from './lists.ts';
import { prune, putPruned } from './pruning.ts';
import { Queue } from './queue.ts';
import type { Question, Request } from './request.ts';
import { Identifiers, SpoolChanges } from './running.ts';
import type { SpoolDirectory } from './spool-directory.ts';
import { prepareStatements } from './statements.ts';
import { Tally } from './tally.ts';
import { TapeWriter } from './tape.ts';
import { putCommitted, type TransitionDraft } from './transition-codec.ts';

export interface EngineOptions {
  readonly database: DatabaseSync;
  readonly spools: SpoolDirectory;
  readonly inlineOctetsMax: number;
  /** Those of the engine before this one, if there was one. */
  readonly claims?: Claims;
  /** After so many transactions the log is brought into the database at the latest. */
  readonly checkpointEvery?: number;
  /** Where it is opened for the first time: when. */
  readonly openedAt?: number;
}

/** SQLite does so by itself when its log is long, but keeps to itself that the disk failed meanwhile. */
const checkpoint_every = 256;
/** Rows of messages that are looked at for a spool file that no index names: at a start, then a batch. */
const looked_rows_first = 5000;
const looked_rows = 200;

/** The disk failed in a transaction, or the database is damaged: why, and what had no answer. */
export interface Stricken {
  readonly refusal: StoreRefusal & { readonly kind: 'failed' };
  /** Opening it again would not help: it has to be repaired. */
  readonly isDamaged: boolean;
  readonly unserved: readonly Request[];
  /** Spools of what failed, which may be there again as long as the log is. */
  readonly left: readonly SpoolName[];
}

interface Failure {
  readonly refusal: StoreRefusal;
  /** Whether it left unknown what is on the disk. */
  readonly isUnknown: boolean;
  readonly left: readonly SpoolName[];
  /** Whether SQLite does not find its way through the file. */
  readonly isStructural: boolean;
}

/** What asks on behalf of operators: that it cannot be answered endangers no message. */
const onlyAsked: readonly Request['op'][] = [
  ...(['show', 'list', 'counts', 'track', 'entries', 'prune', 'strikes'] as const),
];
interface Refused {
  readonly request: Request;
  readonly refusal: StoreRefusal;
}

export class Engine {
  readonly #parts: LedgerParts;
  readonly #ledger: Ledger;
  readonly #damage: DamageControl;
  readonly #queue: Queue;
  readonly #lists: Lists;
  readonly #database: DatabaseSync;
  readonly #checkpointEvery: number;
  #sinceCheckpoint = 0;
  #stricken: Stricken | undefined;

  constructor({ database, spools, inlineOctetsMax, claims: held, checkpointEvery, openedAt }: EngineOptions) {
    this.#database = database;
    this.#checkpointEvery = checkpointEvery ?? checkpoint_every;
    const sql = prepareStatements(database);
    const spoolChanges = new SpoolChanges(sql, spools);
    const [identifiers, tally, claims] = [new Identifiers(sql), new Tally(sql), held ?? new Claims()];
    this.#parts = { sql, claims, identifiers, tally, spools, spoolChanges, inlineOctetsMax };
    this.#ledger = new Ledger(this.#parts);
    this.#damage = new DamageControl(this.#parts, this.#ledger);
    this.#queue = new Queue(this.#parts, this.#ledger, this.#damage);
    this.#lists = new Lists(this.#parts, this.#damage);
    if (openedAt !== undefined) refuseMiscounted(database, tally.rows());
    if (tally.wasDamaged && openedAt !== undefined) {
      this.#noteAtOpen('the tally of the queue was damaged; it was counted anew', openedAt);
    }
  }

  /** Removes the spools that nothing names. At the start only: later some are being written. */
  removeOrphans(now: number): void {
    this.#parts.spoolChanges.removeOrphans(looked_rows_first);
    this.#tellRemoved(now);
  }

  /**
   * Answers all requests, in their order, once what they changed is on stable storage. If the disk failed,
   * the answers end where it did, and the engine is stricken.
   */
  serve(requests: readonly Request[], now: number): TapeWriter {
    const together = this.#transact(requests, now);
    if (together instanceof TapeWriter) {
      this.#sinceCheckpoint += 1;
      if (this.#sinceCheckpoint >= this.#checkpointEvery) this.#checkpoint();
      this.#lookAround(now);
      return together;
    }
    if (together.isUnknown) return this.#strike(together, requests, new TapeWriter());
    if (together.refusal.kind === 'no-space') this.#checkpoint(requests);
    const answers = new TapeWriter();
    if (this.#stricken !== undefined) return answers;
    for (const [index, request] of requests.entries()) {
      const answer = this.#transact([request], now);
      if (answer instanceof TapeWriter) answers.append(answer);
      else if (answer.isUnknown || (answer.isStructural && !onlyAsked.includes(request.op)))
        return this.#strike(answer, requests.slice(index), answers);
      else this.#refuse(answers, { request, refusal: answer.refusal }, now);
    }
    return answers;
  }

  /**
   * Commits something: whatever of a failed transaction lies behind the end of the log is written over, and
   * cannot be taken for a part of it at the next start. Throws what SQLite says.
   */
  writeOver(): void {
    const { sql, identifiers } = this.#parts;
    sql.begin.run();
    identifiers.reserveOne();
    sql.commit.run();
    identifiers.keep();
  }

  /** Why this engine must not be asked any more. */
  get stricken(): Stricken | undefined {
    return this.#stricken;
  }

  /** The findings since the last call. */
  takeFindings(): readonly StoreFinding[] {
    return this.#damage.takeFindings();
  }

  #noteAtOpen(detail: string, now: number): void {
    this.#damage.note({ kind: 'damaged-record', at: instant(now), detail, copies: [] });
    this.#damage.keep();
  }

  #transact(requests: readonly Request[], now: number): TapeWriter | Failure {
    const { sql, claims, identifiers, tally, spoolChanges } = this.#parts;
    const answers = new TapeWriter();
    try {
      sql.begin.run();
      for (const request of requests) this.#answer(answers, request, now);
      tally.write();
      sql.commit.run();
    } catch (error) {
      this.#rollBack();
      const [isUnknown, isDamaged] = [leavesUnknown(error), isStructural(error)];
      const left = isUnknown || !isRefusable(error) ? spoolChanges.leave() : [];
      for (const part of [claims, identifiers, tally, spoolChanges, this.#damage]) part.takeBack();
      if (!isRefusable(error)) throw error;
      return { refusal: refusalFor(error), isUnknown, isStructural: isDamaged, left };
    }
    for (const part of [claims, identifiers, tally, spoolChanges, this.#damage]) part.keep();
    return answers;
  }

  #lookAround(now: number): void {
    try {
      this.#parts.spoolChanges.lookAround(looked_rows);
      this.#tellRemoved(now);
    } catch (error) {
      if (!(error instanceof DamagedStoreError)) throw error;
      const refusal: StoreRefusal = { kind: 'failed', detail: detailOf(error) };
      this.#stricken ??= { refusal, unserved: [], isDamaged: true, left: [] };
    }
  }

  #tellRemoved(now: number): void {
    const { spools: names, octets } = this.#parts.spoolChanges.takeRemoved();
    if (names.length === 0) return;
    const detail = `${names.length} spool files that belonged to no message are removed`;
    const spools = { names, octets };
    this.#damage.note({ kind: 'spool-orphan', at: instant(now), detail, copies: [], spools });
    this.#damage.keep();
  }

  #strike(failure: Failure, unserved: readonly Request[], answers: TapeWriter): TapeWriter {
    const { refusal, isUnknown, left } = failure;
    const detail = 'detail' in refusal ? refusal.detail : refusal.kind;
    this.#stricken = { refusal: { kind: 'failed', detail }, unserved, isDamaged: !isUnknown, left };
    return answers;
  }

  /** Brings the log into the database. What it leaves, for want of space, is brought another time. */
  #checkpoint(unserved: readonly Request[] = []): void {
    this.#sinceCheckpoint = 0;
    try {
      this.#database.exec('PRAGMA wal_checkpoint(PASSIVE)');
    } catch (error) {
      if (sqliteCodeOf(error) === undefined) throw error;
      const [isUnknown, isDamaged] = [leavesUnknown(error), isStructural(error)];
      if (!isUnknown && !isDamaged) return;
      const refusal: StoreRefusal = { kind: 'failed', detail: detailOf(error) };
      this.#stricken = { refusal, unserved, isDamaged, left: [] };
    }
  }

  /** SQLite may have rolled back by itself. */
  #rollBack(): void {
    try {
      this.#parts.sql.rollback.run();
    } catch (error) {
      if (sqliteCodeOf(error) === undefined) throw error;
    }
  }

  #refuse(answers: TapeWriter, { request, refusal }: Refused, now: number): void {
    putRefusal(answers, refusal);
    if (request.op === 'commit' || !('detail' in refusal)) return;
    const detail = `${request.op}: ${refusal.detail}`;
    this.#damage.note({ kind: 'read-failed', at: instant(now), detail, copies: [] });
    this.#damage.keep();
  }

  #answer(answers: TapeWriter, request: Request, now: number): void {
    if (request.op !== 'commit') {
      answers.put(1);
      this.#answerQuestion(answers, request, now);
      return;
    }
    const outcome = this.#ledger.apply(request.draft, now);
    if ('refusal' in outcome) {
      if (outcome.refusal.kind === 'damaged') this.#judgeCopies(request.draft, now);
      putRefusal(answers, outcome.refusal);
    } else {
      this.#damage.reconsider(request.draft.place.map(({ copy }) => copy));
      answers.put(1);
      putCommitted(answers, outcome.committed);
    }
  }

  /** Those that a refused transition names: whose row is damaged is set aside, and nobody serves it again. */
  #judgeCopies({ attempts, place, split, finish }: TransitionDraft, now: number): void {
    const named = [...attempts, ...place, ...split].map(({ copy }) => copy);
    for (const copy of [...named, ...finish]) this.#damage.readWhole(copy, now);
  }

  #answerQuestion(answers: TapeWriter, question: Question, now: number): void {
    switch (question.op) {
      case 'claim':
        this.#queue.claim(answers, question.request);
        break;
      case 'unclaim':
        for (const copy of question.copies) this.#parts.claims.end(copy, question.owner);
        break;
      case 'next-due':
        this.#queue.nextDue(answers, question.nextHop, question.now);
        break;
      case 'expired':
        this.#queue.expired(answers, question.now, question.limit);
        break;
      case 'show':
        this.#queue.show(answers, question.copy, now);
        break;
      case 'list':
        this.#lists.list(answers, question, now);
        break;
      case 'counts':
        this.#lists.counts(answers);
        break;
      case 'content':
        this.#lists.content(answers, question.request, now);
        break;
      case 'condemn':
        this.#damage.condemn(question.message, now, question.detail);
        break;
      case 'recovery-points':
        this.#lists.recoveryPoints(answers, question.link, now);
        break;
      case 'strikes':
        this.#lists.strikes(answers, now);
        break;
      case 'track':
        this.#lists.track(answers, question, now);
        break;
      case 'entries':
        this.#lists.entries(answers, question.after, question.limit);
        break;
      case 'prune':
        putPruned(
          answers,
          prune(this.#parts.sql, question.slice, () => performance.now()),
        );
        break;
      case 'close':
        break;
      default:
        unreachable(question);
    }
  }
}

/** Answers with a refusal. */
export function putRefusal(answers: TapeWriter, refusal: StoreRefusal): void {
  answers.put(0, JSON.stringify(refusal));
}
