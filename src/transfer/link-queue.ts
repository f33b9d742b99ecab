// The copies of one link that are claimed for it: taken from the store, held while they wait or go, handed
// back, finished. What is to be done with which is the scheduler's to say. Invariant: a copy held here is
// claimed in the store.

import { after, type Instant, isoTime, millis } from '../base/time.ts';
import type { SchedulerAction, SchedulerInput } from '../scheduler/index.ts';
import type { CopyId, NextHopKey, Priority, QueuedCopy } from '../store/index.ts';
import type { CopyEnd } from './copy-end.ts';
import { scheduledCopy, transferredOut } from './link-copies.ts';
import type { LinkRunnerParts } from './link-runner-parts.ts';
import type { AssociationView } from './sending-association.ts';
import type { OutboundPoint } from './transfer-out.ts';
import { unawaited } from './unawaited.ts';

/** What expired no longer ago, in milliseconds, did so while it waited here. */
const just_expired_ms = 1000;

/** Points that are kept of one link: more transfers than that are never under way on it at once. */
const points_max = 64;

export interface LinkQueueParts
  extends Pick<LinkRunnerParts, 'link' | 'clock' | 'ledger' | 'emit' | 'endCopy'> {
  readonly hop: NextHopKey;
  /** Tells the scheduler. */
  readonly tell: (input: SchedulerInput) => void;
  /** Recovery points of a copy whose transfer is over. */
  readonly pointsOver: (copy: CopyId) => readonly string[];
  /** Nothing is being claimed any more. */
  readonly quiet: () => void;
}

/** What is told of a transfer that was confirmed. */
export interface Sent {
  readonly startedAt: Instant;
  /** What was converted, for the log. */
  readonly converted: string | undefined;
  /** What it went over. */
  readonly over: Pick<AssociationView, 'id' | 'remote'>;
}

type RecordAttempt = Extract<SchedulerAction, { kind: 'record-attempt' }>;

export class LinkQueue {
  readonly #parts: LinkQueueParts;
  readonly #copies = new Map<CopyId, QueuedCopy>();
  /** Where transfers stood that broke off on associations of the peer's: the next one may go on there. */
  readonly #points = new Map<CopyId, { readonly point: OutboundPoint; readonly until: Instant }>();
  #loads = 0;
  lastErrorAt: Instant | undefined;
  lastTransferOutAt: Instant | undefined;

  constructor(parts: LinkQueueParts) {
    this.#parts = parts;
  }

  /** Whether copies are being claimed now. */
  get loading(): boolean {
    return this.#loads > 0;
  }

  hold(copy: QueuedCopy): void {
    this.#copies.set(copy.copy, copy);
  }

  get(copy: CopyId): QueuedCopy | undefined {
    return this.#copies.get(copy);
  }

  /** Where its last transfer broke off, while the peer may still remember it. */
  pointOf(copy: CopyId): OutboundPoint | undefined {
    const kept = this.#points.get(copy);
    return kept !== undefined && kept.until > this.#parts.clock.now() ? kept.point : undefined;
  }

  /** Its transfer is over, or broke off at this point. A claim that is given up does not end that. */
  keepPoint(copy: CopyId, point: OutboundPoint | undefined): void {
    const { clock, link } = this.#parts;
    this.#points.delete(copy);
    if (point === undefined || link.rts.recoveryTimeout === 0) return;
    this.#points.set(copy, { point, until: after(clock.now(), link.rts.recoveryTimeout) });
    const [oldest] = this.#points.keys();
    if (this.#points.size > points_max) this.#points.delete(oldest);
  }

  /** It is no longer held; the claim is the caller's to end. False if it was not here. */
  drop(copy: CopyId): boolean {
    return this.#copies.delete(copy);
  }

  /** Gives these claims up. */
  release(copies: readonly CopyId[]): void {
    for (const copy of copies) this.drop(copy);
    this.#unawaited(this.#parts.ledger.unclaim(copies));
  }

  load(priority: Priority, limit: number): void {
    this.#unawaited(this.#load(priority, limit));
  }

  recordAttempt(action: RecordAttempt): void {
    const { copy, at, error, notBefore, counts, handBack } = action;
    const { ledger, tell, emit, link } = this.#parts;
    this.lastErrorAt = at;
    const failed = this.get(copy);
    // What went with its association has been told with that.
    if (counts && failed !== undefined) {
      emit('transfer-failed', {
        link: link.name,
        peer: link.peer.mta,
        mtsIdentifier: failed.mtsIdentifier,
        attempts: failed.attempts + 1,
        error,
        nextAttempt: isoTime(notBefore ?? at),
      });
    }
    if (handBack) this.drop(copy);
    const attempts = [{ copy, at, error, counts, ...(notBefore !== undefined && { notBefore }) }];
    // Recorded by the holder, it ends the claim on the copy: wanted only where that is handed back.
    const recorded = ledger.commitSurely({ attempts }, handBack ? 'holder' : 'outsider');
    // A disk that was full may have kept it claimed beyond its time.
    const due = (): void => tell({ kind: 'copy-due', at: notBefore ?? at });
    this.#unawaited(handBack ? recorded.then(due) : recorded);
  }

  /** The peer answers for the copy. */
  sent(copy: QueuedCopy, octets: number, { startedAt, converted, over }: Sent): void {
    const { clock, ledger, emit, link, pointsOver } = this.#parts;
    const now = clock.now();
    this.drop(copy.copy);
    this.lastTransferOutAt = now;
    const tracking = transferredOut(copy, { link, converted }, now);
    const dropRecovery = pointsOver(copy.copy);
    this.#unawaited(ledger.commitSurely({ finish: [copy.copy], tracking, dropRecovery }));
    emit('transfer-out', {
      link: link.name,
      peer: link.peer.mta,
      mtsIdentifier: copy.mtsIdentifier,
      remote: over.remote,
      association: over.id,
      kind: copy.kind,
      octets,
      recipients: copy.recipients.length,
      duration: now - startedAt,
      transit: Math.max(0, now - copy.acceptedAt),
    });
  }

  /** Its recipients go on in several copies. */
  divide(copy: QueuedCopy, groups: readonly (readonly number[])[]): void {
    const { ledger, hop, tell } = this.#parts;
    this.drop(copy.copy);
    const into = groups.map((recipients) => ({ nextHop: hop, recipients, held: false }));
    const divided = ledger.commitSurely({ split: [{ copy: copy.copy, into }] });
    const { priority } = copy;
    this.#unawaited(divided.then(() => tell({ kind: 'copies-waiting', priority, copies: groups.length })));
  }

  /**
   * Its time is over. Where that is so only now, the sweep ends it, together with what other links held of
   * its message: one report tells of all. What came here too late is ended here, or it would come again.
   */
  expired(id: CopyId): void {
    const copy = this.#copies.get(id);
    if (copy === undefined) return;
    if (this.#parts.clock.now() < after(copy.expiresAt, millis(just_expired_ms))) this.release([id]);
    else this.end(id, { kind: 'expired' });
  }

  /** It can never be transferred, or its time is over. */
  end(id: CopyId, cause: CopyEnd): void {
    const copy = this.#copies.get(id);
    if (copy === undefined) return;
    this.drop(id);
    this.#unawaited(this.#parts.endCopy(copy, cause));
  }

  async #load(priority: Priority, limit: number): Promise<void> {
    const { clock, ledger, hop, tell } = this.#parts;
    const now = clock.now();
    this.#loads += 1;
    try {
      const wanted = { now, limit, nextHop: hop, priorities: [priority] };
      const copies = await ledger.store.claim({ ...ledger.claim, ...wanted });
      const more = copies.length === limit;
      const nextDue = more ? undefined : await ledger.store.nextDue(hop, now);
      for (const copy of copies) this.hold(copy);
      tell({ kind: 'copies-loaded', priority, copies: copies.map(scheduledCopy), more, nextDue });
    } catch {
      tell({ kind: 'load-failed', priority });
    } finally {
      this.#loads -= 1;
      this.#parts.quiet();
    }
  }

  #unawaited(work: Promise<unknown>): void {
    unawaited(this.#parts.emit, work);
  }
}
