// Copies whose way ends here without having been sent or delivered: expired, refused for good by a peer,
// returned by an operator; or set aside because they cannot be read. Their recipients get their outcome in
// the transition that finishes the copy. A report that ends becomes a dead letter. Invariant: a copy that is
// finished here is reported on, or recorded as discarded by command.

import { printMTSIdentifier } from '../address/index.ts';
import { eachInSteps, type Steps } from '../base/steps.ts';
import { after, type Clock, type Instant, millis } from '../base/time.ts';
import type { Emit } from '../events/index.ts';
import { deadLetterHop } from '../routing/index.ts';
import type { QueuedCopy, TrackingRecord } from '../store/index.ts';
import { queuedContent } from './content-to-return.ts';
import type { EndedRecipients } from './arriving.ts';
import { type CopyEnd, goesToAlternates, headOf, outcomesOf, trackingOf } from './copy-end.ts';
import type { Judgement } from './draft.ts';
import type { Hops } from './hops.ts';
import { keepOriginal } from './kept-original.ts';
import type { Ledger, Standing } from './ledger.ts';
import { detailOf } from './link-copies.ts';
import type { Dumps } from './poison-ports.ts';
import type { Fault } from './strike-book.ts';
import type { Strikes } from './strikes.ts';
import { Slices } from './slices.ts';
import { decodeStored, storedInSteps } from './stored-value.ts';
import { within } from './within.ts';

/** How many expired copies are ended at a time. */
const EXPIRED_COPIES_MAX = 100;
/** What has expired is ended so many milliseconds later: every link that held a copy has let go of it. */
const LET_GO_MS = 500;

/** How long a start waits for the end of what has expired, in milliseconds. */
const AT_START_MS = 1000;

export interface CopyEndsParts {
  readonly ledger: Ledger;
  readonly strikes: Strikes;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly hops: Hops;
  readonly dumps?: Dumps | undefined;
  /** The most content that comes back with a report, in octets. */
  readonly returnedOctetsMax: () => number;
  readonly judge: (ended: EndedRecipients, now: Instant) => Steps<Judgement>;
}

export class CopyEnds {
  readonly #parts: CopyEndsParts;

  constructor(parts: CopyEndsParts) {
    this.#parts = parts;
  }

  /** Ends a copy, as the holder of its claim or as an outsider. False if it was busy, gone or damaged. */
  end(copy: QueuedCopy, cause: CopyEnd, as: Standing): Promise<boolean> {
    return this.#end([copy], cause, as);
  }

  /** Several copies are of one message or probe, and end for one cause: one report tells of them all. */
  async #end(copies: NonEmpty<QueuedCopy>, cause: CopyEnd, as: Standing): Promise<boolean> {
    const [copy] = copies;
    if (cause.kind === 'mistaken')
      return this.#failed(copy, { stage: 'transfer-out', error: cause.error }, as);
    const now = this.#parts.clock.now();
    const stored = await Slices.on(this.#parts.clock).run(storedInSteps(copy));
    if (cause.kind === 'unreadable' || !stored.ok) {
      const detail = cause.kind === 'unreadable' ? cause.detail : stored.ok ? '' : stored.error.message;
      return this.#quarantine(copy, detail, { now, as });
    }
    if (copy.kind === 'report' && cause.kind !== 'returned') {
      return this.deadLetter(copy, deadReason(copy, cause), as);
    }
    const dump = await this.#dumpOf(copy, cause);
    const events = copies.flatMap((each) => told(each, cause, dump));
    const records = copies.map((each) => withDump(trackingOf(each, cause, now), dump));
    if (stored.value.kind === 'report') {
      return this.#finish(copies, as, { judgement: { create: [], tracking: records, events }, left: [] });
    }
    const from = { store: this.#parts.ledger.store, octets_max: this.#parts.returnedOctetsMax() };
    const content = await queuedContent(stored.value, copy, from);
    const subject = stored.value.kind === 'message' ? { ...stored.value, content } : stored.value;
    const outcomes = copies.flatMap((each) => outcomesOf(each, cause));
    const { strikes } = this.#parts;
    const place = { message: copy.message };
    const onward = goesToAlternates(cause) ? { copy } : {};
    const ended = { subject, outcomes, place, arrivedAt: copy.acceptedAt, ...onward };
    let judgement: Judgement;
    try {
      judgement = await strikes.run('report', copy.copy, this.#parts.judge(ended, now));
    } catch (error) {
      return this.#failed(copy, { stage: 'report', error }, as);
    }
    const over = new Set(outcomes.map(({ recipient }) => recipient));
    const left = copy.recipients.filter(({ number }) => !over.has(number));
    const judged = {
      ...judgement,
      tracking: [...records, ...judgement.tracking],
      events: [...events, ...judgement.events],
    };
    return this.#finish(copies, as, { judgement: judged, left: left.map(({ number }) => number) });
  }

  /** Our own fault: the copy waits for its own time, or is set aside. */
  async #failed(copy: QueuedCopy, fault: Fault, as: Standing): Promise<false> {
    const notBefore = await this.#parts.strikes.failed(copy, fault, as);
    if (notBefore !== undefined) this.#parts.hops.waiting(copy.nextHop, copy.priority, notBefore);
    return false;
  }

  /**
   * At a start, before links take up what waits for them: what has expired meanwhile is ended, the copies of
   * a message together. What takes longer than a second, on a disk that is full or for very many, holds up
   * nothing: links and the sweep end the rest.
   */
  async endExpiredAtStart(): Promise<void> {
    let isOver = false;
    const ending = this.endExpired(() => isOver);
    await within(this.#parts, after(this.#parts.clock.now(), millis(AT_START_MS)), ending);
    isOver = true;
  }

  /** Ends every unclaimed copy whose time is over. What links hold in memory they let go of by themselves. */
  async endExpired(isOver: () => boolean = () => false): Promise<void> {
    const { clock, ledger } = this.#parts;
    while (!isOver()) {
      const since = after(clock.now(), millis(-LET_GO_MS));
      const expired = await ledger.store.expired(since, EXPIRED_COPIES_MAX);
      const groups = byMessage(expired);
      const full = expired.length === EXPIRED_COPIES_MAX;
      // The list may have been cut in the middle of the last message.
      const whole = full && groups.length > 1 ? groups.slice(0, -1) : groups;
      let ended = 0;
      for (const copies of whole) {
        if (isOver()) return;
        ended += await this.#endOverdue(copies);
      }
      if (!full || ended === 0) return;
    }
  }

  /** How many of these copies of one message were ended: together where none of them is busy. */
  async #endOverdue(copies: NonEmpty<QueuedCopy>): Promise<number> {
    const { strikes } = this.#parts;
    const cause = { kind: 'expired' } as const;
    const struck = copies.some(({ copy }) => strikes.resting('report', copy));
    if (!struck && (await this.#end(copies, cause, 'outsider'))) return copies.length;
    let ended = 0;
    for (const copy of copies.length === 1 ? [] : copies) {
      if (strikes.resting('report', copy.copy)) continue;
      if (await this.end(copy, cause, 'outsider')) ended += 1;
    }
    return ended;
  }

  /**
   * Ends the copies; `left` are recipients that the one copy goes on for, in another. Where what would go on
   * to others is damaged, they are set aside instead.
   */
  async #finish(
    copies: NonEmpty<QueuedCopy>,
    as: Standing,
    { judgement, left }: { readonly judgement: Judgement; readonly left: readonly number[] },
  ): Promise<boolean> {
    const { ledger, hops, emit, clock } = this.#parts;
    const { create, tracking, events } = judgement;
    const [{ copy: id, nextHop, priority }] = copies;
    const change =
      left.length === 0
        ? { finish: copies.map(({ copy }) => copy) }
        : { split: [{ copy: id, into: [{ nextHop, recipients: left, held: false }] }] };
    const result = await ledger.commitSurely({ ...change, create, tracking }, as);
    if (!result.ok) {
      const { refusal } = result;
      if (refusal.kind === 'damaged') {
        for (const each of copies) await this.#quarantine(each, refusal.detail, { now: clock.now(), as });
      }
      return false;
    }
    if (left.length > 0) hops.waiting(nextHop, priority, undefined);
    hops.created(create, result.created);
    const telling = eachInSteps(events, ([name, fields]) => emit(name, fields));
    await Slices.on(clock).run(telling);
    return true;
  }

  /** A report that cannot go on is set aside, with an alert: nobody could be told of its end otherwise. */
  async deadLetter(copy: QueuedCopy, detail: string, as: Standing): Promise<boolean> {
    const { ledger, emit, clock } = this.#parts;
    const { copy: id, mtsIdentifier, nextHop } = copy;
    const at = clock.now();
    const subject = subjectOf(copy);
    const told = { reason: detail, nextHop, ...(subject !== undefined && { subject }) };
    const tracking = [{ ...headOf(copy), at, act: 'quarantined', detail: told }] as const;
    const place = [{ copy: id, state: 'quarantined', nextHop: deadLetterHop, notBefore: null }] as const;
    const attempts = [{ copy: id, at, error: detail, counts: false }];
    const result = await ledger.commitSurely({ attempts, place, tracking }, as);
    const recipient = copy.recipients[0]?.address;
    if (result.ok) emit('report-unroutable', { mtsIdentifier, recipient, subject, detail });
    return result.ok;
  }

  async #quarantine(
    copy: QueuedCopy,
    detail: string,
    { now: at, as }: { readonly now: Instant; readonly as: Standing },
  ): Promise<boolean> {
    const { ledger, emit } = this.#parts;
    const tracking = [{ ...headOf(copy), at, act: 'quarantined', detail: { detail } }] as const;
    const place = [{ copy: copy.copy, state: 'quarantined' }] as const;
    // The reason is its last error too, so that whoever looks at the queue finds it there.
    const attempts = [{ copy: copy.copy, at, error: detail, counts: true }];
    const result = await ledger.commitSurely({ place, attempts, tracking }, as);
    if (result.ok) emit('quarantined', { mtsIdentifier: copy.mtsIdentifier, copy: copy.copy, detail });
    return result.ok;
  }

  /** Keeps what is returned because its content could not be made anew. */
  async #dumpOf(copy: QueuedCopy, cause: CopyEnd): Promise<string | undefined> {
    const { ledger, dumps } = this.#parts;
    const isContent = cause.kind === 'undowngradable' && cause.cause !== undefined;
    if (!isContent && cause.kind !== 'inconvertible') return undefined;
    return keepOriginal(copy, detailOf(cause), { store: ledger.store, dumps });
  }
}

/** What is told of a copy's end, beside what is told of its recipients. */
function told(copy: QueuedCopy, cause: CopyEnd, dump: string | undefined): Judgement['events'] {
  const { mtsIdentifier, nextHop, lastError } = copy;
  const recipients = copy.recipients.map((recipient) => recipient.address);
  const common = { mtsIdentifier, nextHop, recipients };
  switch (cause.kind) {
    case 'undowngradable':
      return [['unable-to-downgrade', { ...common, detail: detailOf(cause), dump }]];
    case 'inconvertible': {
      const { cause: said, detail, lost } = cause;
      return [['conversion-failed', { ...common, cause: said, detail, lost, dump }]];
    }
    case 'expired':
      return [['message-expired', { ...common, lastError }]];
    default:
      return [];
  }
}

type NonEmpty<T> = readonly [T, ...T[]];

/** The copies of each message together; those of reports alone. */
function byMessage(copies: readonly QueuedCopy[]): readonly NonEmpty<QueuedCopy>[] {
  const groups = new Map<number, [QueuedCopy, ...QueuedCopy[]]>();
  for (const copy of copies) {
    const group = groups.get(copy.message);
    if (group === undefined) groups.set(copy.message, [copy]);
    else group.push(copy);
  }
  return [...groups.values()];
}

function deadReason(copy: QueuedCopy, cause: CopyEnd): string {
  switch (cause.kind) {
    case 'expired':
      return `expired in the queue of ${copy.nextHop}${copy.lastError ? `: ${copy.lastError}` : ''}`;
    case 'refused-by-peer':
      return `refused for good by the peer of ${copy.nextHop}: ${cause.detail}`;
    default:
      return cause.kind === 'returned' ? cause.detail : detailOf(cause);
  }
}

/** The MTS identifier of what the report is about. */
function subjectOf(copy: QueuedCopy): string | undefined {
  const stored = decodeStored(copy);
  if (!stored.ok || stored.value.kind !== 'report') return undefined;
  return printMTSIdentifier(stored.value.report.content.subjectIdentifier);
}

function withDump(record: TrackingRecord, dump: string | undefined): TrackingRecord {
  return dump === undefined ? record : { ...record, detail: { ...record.detail, dump } };
}
