// The copies of one link that are claimed for it: taken from the store, held while they wait or go, handed
// back, finished. What is to be done with which is the scheduler's to say. Invariant: a copy held here is
// claimed in the store.

import type { Instant } from '../base/time.ts';
import type { SchedulerAction, SchedulerInput } from '../scheduler/index.ts';
import type { CopyId, NextHopKey, Priority, QueuedCopy } from '../store/index.ts';
import type { CopyEnd } from './copy-end.ts';
import { scheduledCopy, transferredOut } from './link-copies.ts';
import type { LinkRunnerParts } from './link-runner-parts.ts';
import type { OutboundPoint } from './transfer-out.ts';
import { unawaited } from './unawaited.ts';

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

type RecordAttempt = Extract<SchedulerAction, { kind: 'record-attempt' }>;

export class LinkQueue {
  readonly #parts: LinkQueueParts;
  readonly #copies = new Map<CopyId, QueuedCopy>();
  /** Where a transfer stood that broke off on an association of the peer's: the next may go on there. */
  readonly #points = new Map<CopyId, OutboundPoint>();
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

  pointOf(copy: CopyId): OutboundPoint | undefined {
    return this.#points.get(copy);
  }

  keepPoint(copy: CopyId, point: OutboundPoint | undefined): void {
    if (point === undefined || !this.#copies.has(copy)) this.#points.delete(copy);
    else this.#points.set(copy, point);
  }

  /** It is no longer held; the claim is the caller's to end. False if it was not here. */
  drop(copy: CopyId): boolean {
    this.#points.delete(copy);
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
    const { ledger, tell } = this.#parts;
    this.lastErrorAt = at;
    if (handBack) this.drop(copy);
    const attempts = [{ copy, at, error, counts, ...(notBefore !== undefined && { notBefore }) }];
    // Recorded by the holder, it ends the claim on the copy: wanted only where that is handed back.
    const recorded = ledger.commitSurely({ attempts }, handBack ? 'holder' : 'outsider');
    // A disk that was full may have kept it claimed beyond its time.
    const due = (): void => tell({ kind: 'copy-due', at: notBefore ?? at });
    this.#unawaited(handBack ? recorded.then(due) : recorded);
  }

  /** The peer answers for the copy. */
  sent(copy: QueuedCopy, octets: number, startedAt: Instant): void {
    const { clock, ledger, emit, link, pointsOver } = this.#parts;
    const now = clock.now();
    this.drop(copy.copy);
    this.lastTransferOutAt = now;
    const tracking = transferredOut(copy, link, now);
    const dropRecovery = pointsOver(copy.copy);
    this.#unawaited(ledger.commitSurely({ finish: [copy.copy], tracking, dropRecovery }));
    emit('transfer-out', {
      link: link.name,
      peer: link.peer.mta,
      mtsIdentifier: copy.mtsIdentifier,
      kind: copy.kind,
      octets,
      recipients: copy.recipients.length,
      duration: now - startedAt,
    });
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
