// The port on the main thread: writes questions, reads answers, and does the spool files itself, so that
// streaming content never waits behind a transaction.

import { setImmediate as nextTurn } from 'node:timers/promises';

import type { Steps } from '../../base/steps.ts';
import { type Instant, instant } from '../../base/time.ts';
import type {
  ClaimRequest,
  CommitResult,
  CopyId,
  CopyQuery,
  CopySummary,
  LedgerEntry,
  MessageId,
  QueueCount,
  QueuedCopy,
  RecoveryPoint,
  SpoolName,
  SpoolWriter,
  Store,
  StoreFinding,
  Strike,
  TrackingQuery,
  TrackingRecord,
  Transition,
} from '../port.ts';
import { defaultLimit } from '../search.ts';
import type { Reading, StoreClient } from './client.ts';
import { takeQueuedCopy, takeSummary } from './copy-codec.ts';
import type { TrackingPlace } from './lists.ts';
import { leisure, type Pruned, type PruningPlace, takePruned } from './pruning.ts';
import { commitMark, putQuestion, type Question } from './request.ts';
import { isSpoolName, newSpoolName } from './spool-directory.ts';
import { SpoolReader } from './spool-reader.ts';
import { SpoolFileWriter } from './spool-writer.ts';
import { type TapeReader, TapeWriter } from './tape.ts';
import { putTransition, refused, takeCommitted } from './transition-codec.ts';

export interface SqliteStoreParts {
  readonly client: StoreClient;
  readonly spoolDirectory: string;
  readonly onFinding: (finding: StoreFinding) => void;
  readonly now: () => Instant;
}

export class SqliteStore implements Store {
  readonly #client: StoreClient;
  readonly #spoolDirectory: string;
  readonly #reader: SpoolReader;
  readonly #report: (detail: string, message?: MessageId) => void;
  #closing: Promise<void> | undefined;

  constructor({ client, spoolDirectory, onFinding, now }: SqliteStoreParts) {
    this.#client = client;
    this.#spoolDirectory = spoolDirectory;
    this.#reader = new SpoolReader(spoolDirectory);
    this.#report = (detail, message) =>
      onFinding({
        kind: 'read-failed',
        at: now(),
        detail,
        ...(message !== undefined && { message }),
        copies: [],
      });
  }

  commit(transition: Transition): Promise<CommitResult> {
    const written = new TapeWriter();
    written.put(commitMark);
    const ask = () =>
      this.#client.ask((tape) => tape.append(written), { read: takeCommitted, blank: refused });
    // What is short is asked in this turn of the event loop.
    const writing = putTransition(written, transition);
    return writing.next().done ? ask() : stepEachTurn(writing).then(ask);
  }

  claim(request: ClaimRequest): Promise<readonly QueuedCopy[]> {
    return this.#ask({ op: 'claim', request }, takeCopies, []);
  }

  unclaim(owner: string, copies: readonly CopyId[]): Promise<void> {
    return this.#ask({ op: 'unclaim', owner, copies }, () => undefined, undefined);
  }

  nextDue(nextHop: string, now: number): ReturnType<Store['nextDue']> {
    const read = (tape: TapeReader) => {
      const due = tape.numberOrNull();
      return due === null ? undefined : instant(due);
    };
    return this.#ask({ op: 'next-due', nextHop, now }, read, undefined);
  }

  expired(now: number, limit: number): Promise<readonly QueuedCopy[]> {
    return this.#ask({ op: 'expired', now, limit }, takeCopies, []);
  }

  show(copy: CopyId): Promise<QueuedCopy | undefined> {
    const read = (tape: TapeReader) => (tape.number() === 1 ? takeQueuedCopy(tape) : undefined);
    return this.#ask({ op: 'show', copy }, read, undefined);
  }

  async list(query: CopyQuery): Promise<readonly CopySummary[]> {
    const limit = query.limit ?? defaultLimit;
    const found: CopySummary[] = [];
    let after: number | null = query.afterCopy ?? 0;
    while (after !== null && found.length < limit) {
      const slice: Question = {
        op: 'list',
        query: { ...query, afterCopy: after },
        limit: limit - found.length,
      };
      const { next, copies }: ListSlice = await this.#ask(slice, takeListSlice, { next: null, copies: [] });
      for (const copy of copies) found.push(copy);
      after = next;
    }
    return found;
  }

  counts(): Promise<readonly QueueCount[]> {
    const take = (tape: TapeReader): QueueCount => ({
      nextHop: tape.text(),
      priority: tape.text() as QueueCount['priority'],
      state: tape.text() as QueueCount['state'],
      copies: tape.number(),
      octets: tape.number(),
      oldestAcceptedAt: instant(tape.number()),
    });
    return this.#ask({ op: 'counts' }, (tape) => takeMany(tape, take), []);
  }

  async readContent(message: MessageId, offset: number, octets_max: number): Promise<Uint8Array | undefined> {
    const question: Question = { op: 'content', request: { message, offset, octets_max } };
    const found = await this.#ask(question, takeContent, { kind: 'gone' });
    if (found.kind === 'gone') return undefined;
    if (found.kind === 'inline') return found.octets;
    const piece = await this.#reader.read(found.spool, offset, octets_max);
    if (piece.kind === 'octets') return piece.octets;
    if (piece.kind === 'failure') this.#report(piece.detail, message);
    else await this.#ask({ op: 'condemn', message, detail: piece.detail }, () => undefined, undefined);
    return undefined;
  }

  async readSpool(name: SpoolName, offset: number, octets_max: number): Promise<Uint8Array | undefined> {
    if (!isSpoolName(name)) return undefined;
    const piece = await this.#reader.read(name, offset, octets_max);
    if (piece.kind === 'octets') return piece.octets;
    this.#report(piece.detail);
    return undefined;
  }

  openSpool(): Promise<SpoolWriter> {
    return this.#spoolWriter(newSpoolName()).create();
  }

  reopenSpool(name: SpoolName, octets_count: number): Promise<SpoolWriter | undefined> {
    if (!isSpoolName(name)) return Promise.resolve(undefined);
    return this.#spoolWriter(name).reopen(octets_count);
  }

  #spoolWriter(name: SpoolName): SpoolFileWriter {
    return new SpoolFileWriter(this.#spoolDirectory, name, () => !this.#client.isBroken);
  }

  recoveryPoints(link: string): Promise<readonly RecoveryPoint[]> {
    return this.#ask({ op: 'recovery-points', link }, (tape) => takeMany(tape, takeRecoveryPoint), []);
  }

  strikes(): Promise<readonly Strike[]> {
    return this.#ask({ op: 'strikes' }, (tape) => JSON.parse(tape.text()) as Strike[], []);
  }

  async track(query: TrackingQuery): Promise<readonly TrackingRecord[]> {
    const limit = query.limit ?? defaultLimit;
    const found: TrackingRecord[] = [];
    let skip = query.skip ?? 0;
    let place: TrackingPlace | undefined = {
      at: query.since ?? Number.MIN_SAFE_INTEGER,
      id: -1,
    };
    while (place !== undefined && found.length < limit) {
      const slice: Question = { op: 'track', query, place };
      const { next, records }: TrackingSlice = await this.#ask(slice, takeTrackingSlice, { records: [] });
      for (const record of records.slice(skip, skip + limit - found.length)) found.push(record);
      skip -= Math.min(skip, records.length);
      place = next;
    }
    return found;
  }

  entries(after: MessageId, limit: number): Promise<readonly LedgerEntry[]> {
    return this.#ask({ op: 'entries', after, limit }, (tape) => JSON.parse(tape.text()), []);
  }

  async prune(before: Instant): Promise<number> {
    let removed = 0;
    let place: PruningPlace | undefined = { at: Number.MIN_SAFE_INTEGER, id: -1 };
    while (place !== undefined && this.#closing === undefined) {
      await leisure(this.#client);
      const question: Question = { op: 'prune', slice: { before, place } };
      const slice: Pruned = await this.#ask(question, takePruned, { records: 0 });
      removed += slice.records;
      place = slice.next;
    }
    return removed;
  }

  close(): Promise<void> {
    this.#closing ??= this.#ask({ op: 'close' }, () => undefined, undefined);
    this.#client.end({ kind: 'ended', detail: 'the store is closed' });
    return this.#closing;
  }

  #ask<T>(question: Question, read: Reading<T>['read'], blank: T): Promise<T> {
    return this.#client.ask((tape) => putQuestion(tape, question), { read, blank: () => blank });
  }
}

function takeMany<T>(tape: TapeReader, take: (tape: TapeReader) => T): T[] {
  const list: T[] = [];
  for (let left = tape.number(); left > 0; left -= 1) list.push(take(tape));
  return list;
}

function takeCopies(tape: TapeReader): readonly QueuedCopy[] {
  return takeMany(tape, takeQueuedCopy);
}

interface ListSlice {
  readonly next: CopyId | null;
  readonly copies: readonly CopySummary[];
}

function takeListSlice(tape: TapeReader): ListSlice {
  return { next: tape.numberOrNull(), copies: takeMany(tape, takeSummary) };
}

interface TrackingSlice {
  readonly next?: TrackingPlace;
  readonly records: readonly TrackingRecord[];
}

function takeTrackingSlice(tape: TapeReader): TrackingSlice {
  const at = tape.numberOrNull();
  const id = tape.number();
  const records = JSON.parse(tape.text()) as TrackingRecord[];
  return at === null ? { records } : { next: { at, id }, records };
}

type Content = { kind: 'gone' } | { kind: 'inline'; octets: Uint8Array } | { kind: 'spool'; spool: string };

function takeContent(tape: TapeReader): Content {
  const kind = tape.text();
  if (kind === 'gone') return { kind };
  return kind === 'inline' ? { kind, octets: tape.octets() } : { kind: 'spool', spool: tape.text() };
}

function takeRecoveryPoint(tape: TapeReader): RecoveryPoint {
  const [key, link, direction] = [tape.text(), tape.text(), tape.text() as RecoveryPoint['direction']];
  const savedAt = instant(tape.number());
  const spool = tape.textOrNull();
  return { key, link, direction, savedAt, ...(spool === null ? {} : { spool }), data: tape.octets() };
}

/** Does the steps that are left, one in each turn of the event loop. */
async function stepEachTurn(steps: Steps<void>): Promise<void> {
  do await nextTurn();
  while (!steps.next().done);
}
