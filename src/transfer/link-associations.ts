// The associations of one link that copies go over: those that we open, those of the peer's that let us send,
// and those that go on with what was broken off; and the transfer that each carries. When one is opened, used
// or closed is the scheduler's to say. Invariants: each has one number, which is never another's; those below
// zero are of no scheduler.

import type { Instant } from '../base/time.ts';
import type { AssociationNumber, SchedulerInput } from '../scheduler/index.ts';
import type { CopyId, QueuedCopy } from '../store/index.ts';
import { type BrokenTransfer, BrokenTransfers } from './broken-transfers.ts';
import type { CalledAssociation } from './called-association.ts';
import {
  CallerAssociation,
  type CallerEnd,
  type CallerListener,
  connectionReference,
} from './caller-association.ts';
import type { ExchangeListener } from './exchange.ts';
import type { Connection } from './inbound-point.ts';
import { detailOf, transferTime_ms } from './link-copies.ts';
import { LinkConversions } from './link-conversion.ts';
import type { LinkQueue, Sent } from './link-queue.ts';
import type { LinkRunnerParts } from './link-runner-parts.ts';
import type { AssociationView, SendingAssociation } from './sending-association.ts';
import { initiatorOptions } from './stack-options.ts';
import type { TransferOutcome } from './transfer-out.ts';
import { unawaited } from './unawaited.ts';

export interface LinkAssociationsParts extends LinkRunnerParts {
  readonly queue: () => LinkQueue;
  /** Tells the scheduler. */
  readonly tell: (input: SchedulerInput) => void;
  /** An association that no scheduler knows has ended. */
  readonly quiet: () => void;
}

interface Transfer extends Sent {
  readonly number: AssociationNumber;
  readonly copy: QueuedCopy;
}

export class LinkAssociations {
  readonly #parts: LinkAssociationsParts;
  readonly #broken: BrokenTransfers;
  readonly #associations = new Map<AssociationNumber, SendingAssociation>();
  readonly #inTransfer = new Set<CopyId>();
  readonly #conversions: LinkConversions;
  #references = 0;
  lastErrorAt: Instant | undefined;

  constructor(parts: LinkAssociationsParts) {
    this.#parts = parts;
    this.#broken = this.#brokenTransfers();
    this.#conversions = new LinkConversions(parts.link, parts.conversions);
  }

  /** Associations, and those that are being recovered. */
  get size(): number {
    return this.#associations.size + this.#broken.size;
  }

  /** Those that we opened, as consoles show them. */
  get views(): readonly AssociationView[] {
    return [...this.#associations.values()]
      .map(({ view }) => view)
      .filter(({ direction }) => direction === 'out');
  }

  isInTransfer(copy: CopyId): boolean {
    return this.#inTransfer.has(copy);
  }

  /** The recovery points of a copy whose transfer is over. */
  pointsOver(copy: CopyId): readonly string[] {
    return this.#broken.points.over(copy);
  }

  open(number: AssociationNumber): void {
    const association = this.#call({
      opened: (dialogue) => this.#parts.tell({ kind: 'association-opened', association: number, dialogue }),
      ended: (end) => this.#ended(number, end),
    });
    association.attach(this.#turnsOf(number));
    this.#associations.set(number, association);
    association.open(this.#parts.link.peer.address ?? '');
  }

  /** One that the peer opened, and that we may send over. */
  offered(number: AssociationNumber, association: CalledAssociation): void {
    this.#associations.set(number, association);
    association.attach(this.#turnsOf(number), (end) => this.#ended(number, end));
    const { mode, turn, transferring } = association.view;
    this.#parts.tell({ kind: 'association-offered', association: number, dialogue: { mode, turn } });
    // It may have been open before this link was configured anew.
    if (transferring === 'in') {
      this.#parts.tell({ kind: 'peer-transfers', association: number, active: true });
    }
  }

  letGo(number: AssociationNumber): void {
    this.#associations.get(number)?.attach(undefined);
    this.#associations.delete(number);
  }

  close(number: AssociationNumber): void {
    this.#associations.get(number)?.close();
  }

  abort(number: AssociationNumber, why: string): void {
    this.#associations.get(number)?.abort(why);
  }

  pleaseTurn(number: AssociationNumber, priority: number): void {
    this.#associations.get(number)?.pleaseTurn(priority);
  }

  giveTurn(number: AssociationNumber): void {
    this.#associations.get(number)?.giveTurn();
  }

  transfer(number: AssociationNumber, id: CopyId, from?: BrokenTransfer): void {
    const queue = this.#parts.queue();
    const copy = queue.get(id);
    const association = this.#associations.get(number);
    if (copy === undefined || association === undefined) return;
    const startedAt = from?.startedAt ?? this.#parts.clock.now();
    this.#inTransfer.add(id);
    const ended = (outcome: TransferOutcome): void => {
      const { point } = outcome.kind === 'lost' ? outcome : {};
      // X.228 7.8: who opened an association recovers it. What we sent over the peer's waits for its next.
      const { view } = association;
      const theirs = view.direction === 'in';
      if (this.#broken.take(number, { copy, startedAt }, theirs ? undefined : point)) return;
      const converted = this.#conversions.saidOf(id);
      if (outcome.kind === 'lost') this.#conversions.rest(id);
      else this.#conversions.over(id);
      this.#inTransfer.delete(id);
      queue.keepPoint(id, theirs ? point : undefined);
      if (outcome.kind !== 'sent') this.#unawaited(this.#broken.forget([id]));
      this.#transferEnded({ number, copy, startedAt, converted, over: view }, outcome);
      if (number < 0) this.#letGoOf(copy, association);
    };
    const prepared = this.#conversions.prepare(copy);
    association.transfer(copy, ended, { from: from?.point ?? queue.pointOf(id), prepared });
  }

  /** Goes on with what a restart broke off, before anything else of the queue is taken up. */
  restart(): Promise<void> {
    return this.#broken.restart((copy) => {
      this.#parts.queue().hold(copy);
      // The peer may have all of it: nobody is to move or change it before that is known.
      this.#inTransfer.add(copy.copy);
    });
  }

  /** Nothing that is broken off is to be gone on with any more. */
  stop(): void {
    this.#conversions.stop();
    this.#broken.stop();
  }

  /** Breaks everything off. */
  abortAll(detail: string): void {
    for (const association of [...this.#associations.values()]) association.abort(detail);
  }

  #turnsOf(association: AssociationNumber): ExchangeListener {
    const { tell } = this.#parts;
    return {
      turnAsked: (priority) => tell({ kind: 'turn-asked', association, priority }),
      turnGiven: () => tell({ kind: 'turn-given', association }),
      peerTransfers: (active) => tell({ kind: 'peer-transfers', association, active }),
    };
  }

  #call(listener: CallerListener, recover?: Connection): CallerAssociation {
    const { link, clock, emit, network, ledger, mtaName, tsduOctetsMax, incoming } = this.#parts;
    this.#references += 1;
    const reference = connectionReference(mtaName, clock, this.#references);
    return new CallerAssociation({
      link,
      network,
      clock,
      store: ledger.store,
      emit,
      options: initiatorOptions(link, reference, tsduOctetsMax),
      transferTime_ms: (copy) => transferTime_ms(link, copy),
      tolerated: this.#parts.tolerated,
      outgoing: this.#parts.outgoing,
      listener,
      incoming,
      confirmed: ({ copy }, point) => this.#broken.points.confirmed(copy, point),
      ...(recover !== undefined && { recover }),
    });
  }

  #ended(association: AssociationNumber, end: CallerEnd): void {
    const { tell, clock, quiet } = this.#parts;
    this.#associations.delete(association);
    if (this.#broken.recover(association)) return;
    if (association < 0) quiet();
    if (end.kind !== 'closed') this.lastErrorAt = clock.now();
    switch (end.kind) {
      case 'open-failed':
        tell({ kind: 'open-failed', association, failure: end.failure, detail: end.detail });
        return;
      case 'closed':
        tell({ kind: 'association-closed', association });
        return;
      case 'lost':
        tell({ kind: 'association-lost', association, detail: end.detail, progressed: end.progressed });
    }
  }

  #transferEnded(transfer: Transfer, outcome: TransferOutcome): void {
    const { number: association, copy } = transfer;
    const { tell } = this.#parts;
    const queue = this.#parts.queue();
    switch (outcome.kind) {
      case 'sent':
        queue.sent(copy, outcome.octets, transfer);
        tell({ kind: 'transfer-confirmed', association, copy: copy.copy });
        return;
      case 'lost':
        // The scheduler hears of the association's end, and with it of this transfer's.
        return;
      case 'refused': {
        const { transient, detail } = outcome;
        const failure = transient ? 'transient' : 'permanent';
        if (!transient) queue.end(copy.copy, { kind: 'refused-by-peer', detail });
        tell({ kind: 'transfer-failed', association, copy: copy.copy, failure, detail });
        return;
      }
      case 'divided':
        queue.divide(copy, outcome.groups);
        tell({
          kind: 'transfer-failed',
          association,
          copy: copy.copy,
          failure: 'permanent',
          detail: 'a copy for each conversion that is asked for',
        });
        return;
      case 'no-room': {
        const { detail } = outcome;
        const { mtsIdentifier, nextHop } = copy;
        if (copy.lastError !== detail) {
          this.#parts.emit('conversion-postponed', { mtsIdentifier, nextHop, detail });
        }
        tell({ kind: 'transfer-failed', association, copy: copy.copy, failure: 'not-tried', detail });
        return;
      }
      case 'inconvertible':
      case 'undowngradable':
      case 'mistaken':
      case 'unreadable': {
        const detail = detailOf(outcome);
        queue.end(copy.copy, outcome);
        tell({ kind: 'transfer-failed', association, copy: copy.copy, failure: 'permanent', detail });
      }
    }
  }

  /** A copy that no scheduler knows of, because a restart broke its transfer off, waits like others now. */
  #letGoOf(copy: QueuedCopy, association?: SendingAssociation): void {
    const { queue, ledger, tell } = this.#parts;
    association?.close();
    if (!queue().drop(copy.copy)) return;
    const waiting = { kind: 'copies-waiting', priority: copy.priority, copies: 1 } as const;
    this.#unawaited(ledger.unclaim([copy.copy]).then(() => tell(waiting)));
  }

  #brokenTransfers(): BrokenTransfers {
    const { link, tell } = this.#parts;
    const call = (listener: CallerListener, recover: Connection): CallerAssociation => {
      const association = this.#call(listener, recover);
      association.open(link.peer.address ?? '');
      return association;
    };
    return new BrokenTransfers({
      ...this.#parts,
      call,
      goOn: (number, association, broken) => {
        this.#associations.set(number, association);
        if (number > 0) association.attach(this.#turnsOf(number));
        this.transfer(number, broken.copy.copy, broken);
      },
      ended: (number, end) => this.#ended(number, end),
      gaveUp: (number, { copy }, detail) => {
        this.#conversions.rest(copy.copy);
        this.#inTransfer.delete(copy.copy);
        this.#unawaited(this.#broken.forget([copy.copy]));
        tell({ kind: 'association-lost', association: number, detail, progressed: true });
        if (number < 0) this.#letGoOf(copy);
      },
    });
  }

  #unawaited(work: Promise<unknown>): void {
    unawaited(this.#parts.emit, work);
  }
}
