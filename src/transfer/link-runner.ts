// Drives one link: carries out what its scheduler asks for, and tells it what happened. Everything of the
// link is here (queue window, associations, timers), and nothing of any other. Invariants: a copy that the
// scheduler holds is claimed in the store and in `#copies`; inputs are handled in order, one at a time.

import { type Instant, millis } from '../base/time.ts';
import type { LinkConfiguration } from '../config/index.ts';
import { type LinkHealth, nextHopKey } from '../routing/index.ts';
import {
  type AssociationNumber,
  LinkScheduler,
  type SchedulerAction,
  type SchedulerInput,
  type LinkSnapshot as SchedulerSnapshot,
} from '../scheduler/index.ts';
import type { CopyId, NextHopKey, Priority, QueuedCopy } from '../store/index.ts';
import { type BrokenTransfer, BrokenTransfers } from './broken-transfers.ts';
import {
  CallerAssociation,
  type CallerEnd,
  type CallerListener,
  connectionReference,
} from './caller-association.ts';
import type { Connection } from './inbound-point.ts';
import { detailOf, scheduledCopy, transferredOut, transferTime_ms } from './link-copies.ts';
import type { CopyEnd } from './copy-end.ts';
import type { LinkRunnerParts } from './link-runner-parts.ts';
import { withoutRepeats } from './repeated-trouble.ts';
import { initiatorOptions } from './stack-options.ts';
import type { TransferOutcome } from './transfer-out.ts';
import { unawaited } from './unawaited.ts';

/** What a socket may take to go after the stack let go of it, in milliseconds. */
const DISCONNECT_GRACE_MS = 5000;

export class LinkRunner {
  readonly hop: NextHopKey;
  readonly #parts: LinkRunnerParts;
  readonly #scheduler: LinkScheduler;
  readonly #copies = new Map<CopyId, QueuedCopy>();
  readonly #inTransfer = new Set<CopyId>();
  readonly #broken: BrokenTransfers;
  readonly #associations = new Map<AssociationNumber, CallerAssociation>();
  #inputs: SchedulerInput[] = [];
  #handling = false;
  #loads = 0;
  #healthy = true;
  #enabled: boolean;
  #armedFor: Instant | undefined;
  #cancelTimer: (() => void) | undefined;
  #stopped: (() => void) | undefined;
  #references = 0;
  inbound = 0;
  lastErrorAt: Instant | undefined;
  lastTransferOutAt: Instant | undefined;
  lastTransferInAt: Instant | undefined;

  constructor(parts: LinkRunnerParts) {
    this.#parts = { ...parts, emit: withoutRepeats(parts.emit, parts.clock) };
    this.#enabled = parts.link.enabled;
    this.#broken = this.#brokenTransfers();
    this.hop = nextHopKey({ kind: 'link', name: parts.link.name });
    const { link, random } = parts;
    const callable = link.peer.address !== undefined;
    // The stack ends a release by itself, in two steps of `disconnect` each: the scheduler only backs it up.
    const disconnect = millis(2 * link.associations.disconnect + DISCONNECT_GRACE_MS);
    const associations = { ...link.associations, disconnect };
    this.#scheduler = new LinkScheduler({ ...link, associations, callable }, random);
  }

  get link(): LinkConfiguration {
    return this.#parts.link;
  }

  /** For the choice of routes. */
  get health(): LinkHealth {
    if (!this.#enabled) return 'disabled';
    return this.#healthy ? 'healthy' : 'unhealthy';
  }

  /** An operator's switch; the configuration's word counts again after a restart. */
  enable(on: boolean, by: string): void {
    this.#enabled = on;
    this.tell({ kind: on ? 'enable' : 'disable', by });
  }

  /** The scheduler's word for the console. */
  snapshot(): SchedulerSnapshot {
    return this.#scheduler.snapshot();
  }

  /** Whether a copy that is being secured may be claimed for this link at once. */
  wouldTake(priority: Priority): boolean {
    return this.#scheduler.wouldTake(priority, this.#parts.clock.now());
  }

  /** A copy was secured and claimed in one transition. */
  secured(copy: QueuedCopy): void {
    this.#copies.set(copy.copy, copy);
    this.tell({ kind: 'copy-secured', copy: scheduledCopy(copy) });
  }

  /** Lets go of a copy that waits here, and of the claim on it. False while it is in transfer. */
  async letGo(copy: CopyId): Promise<boolean> {
    if (this.#inTransfer.has(copy)) return false;
    // One that is not here may be on its way here: then the store knows that it is claimed.
    if (!this.#copies.delete(copy)) return true;
    this.tell({ kind: 'copy-withdrawn', copy });
    await this.#parts.ledger.unclaim([copy]);
    return true;
  }

  /** Tells the scheduler, and carries out what follows. */
  tell(input: SchedulerInput): void {
    this.#inputs.push(input);
    if (this.#handling) return;
    this.#handling = true;
    for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) {
      for (const action of this.#scheduler.handle(next, this.#parts.clock.now())) this.#perform(action);
    }
    this.#handling = false;
    this.#arm();
    this.#checkStopped();
  }

  /** Lets transfers end and closes everything; resolves when no association is left, or after `limit`. */
  async stop(until: Instant): Promise<void> {
    const stopped = new Promise<void>((resolve) => {
      this.#stopped = resolve;
    });
    const cancelLimit = this.#parts.clock.schedule(until, () => {
      for (const association of [...this.#associations.values()]) association.abort('the MTA stops');
      this.#stopped?.();
    });
    this.#broken.stop();
    this.tell({ kind: 'stop' });
    this.#checkStopped();
    await stopped;
    cancelLimit();
    this.#cancelTimer?.();
  }

  #perform(action: SchedulerAction): void {
    switch (action.kind) {
      case 'open-association':
        this.#open(action.association);
        return;
      case 'start-transfer':
        this.#transfer(action.association, action.copy);
        return;
      case 'close-association':
        this.#associations.get(action.association)?.close();
        return;
      case 'abort-association':
        this.#associations.get(action.association)?.abort(action.why);
        return;
      case 'load':
        this.#unawaited(this.#load(action.priority, action.limit));
        return;
      case 'record-attempt':
        this.#recordAttempt(action);
        return;
      case 'release-claims':
        for (const copy of action.copies) this.#copies.delete(copy);
        this.#unawaited(this.#parts.ledger.unclaim(action.copies));
        return;
      case 'expired':
        this.#endCopy(action.copy, { kind: 'expired' });
        return;
      case 'try-alternates':
        this.#unawaited(this.#parts.tryAlternates(this.hop, [action.copy]));
        return;
      case 'unhealthy':
        this.lastErrorAt = this.#parts.clock.now();
        this.#healthy = false;
        this.#unawaited(this.#parts.tryAlternates(this.hop, 'all'));
        return;
      case 'healthy':
        this.#healthy = true;
        return;
      case 'emit':
        this.#parts.emit(action.event, { link: this.link.name, peer: this.link.peer.mta, ...action.fields });
    }
  }

  #open(number: AssociationNumber): void {
    const association = this.#call({
      opened: () => this.tell({ kind: 'association-opened', association: number }),
      ended: (end) => this.#ended(number, end),
    });
    this.#associations.set(number, association);
    association.open(this.link.peer.address ?? '');
  }

  #call(listener: CallerListener, recover?: Connection): CallerAssociation {
    const { link, clock, emit, network, ledger, mtaName, tsduOctetsMax } = this.#parts;
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
      listener,
      confirmed: ({ copy }, point) => this.#broken.points.confirmed(copy, point),
      ...(recover !== undefined && { recover }),
    });
  }

  #ended(number: AssociationNumber, end: CallerEnd): void {
    this.#associations.delete(number);
    if (this.#broken.recover(number)) return;
    if (number < 0) this.#checkStopped();
    if (end.kind !== 'closed') this.lastErrorAt = this.#parts.clock.now();
    switch (end.kind) {
      case 'open-failed':
        this.tell({ kind: 'open-failed', association: number, failure: end.failure, detail: end.detail });
        return;
      case 'closed':
        this.tell({ kind: 'association-closed', association: number });
        return;
      case 'lost':
        this.tell({
          kind: 'association-lost',
          association: number,
          detail: end.detail,
          progressed: end.progressed,
        });
    }
  }

  #transfer(number: AssociationNumber, id: CopyId, from?: BrokenTransfer): void {
    const copy = this.#copies.get(id);
    const association = this.#associations.get(number);
    if (copy === undefined || association === undefined) return;
    const startedAt = from?.startedAt ?? this.#parts.clock.now();
    this.#inTransfer.add(id);
    const ended = (outcome: TransferOutcome): void => {
      const { point } = outcome.kind === 'lost' ? outcome : {};
      if (this.#broken.take(number, { copy, startedAt }, point)) return;
      this.#inTransfer.delete(id);
      if (outcome.kind !== 'sent') this.#unawaited(this.#broken.forget([id]));
      this.#transferEnded({ number, copy, startedAt }, outcome);
      if (number < 0) this.#letGoOf(copy, association);
    };
    association.transfer(copy, ended, from?.point);
  }

  /** A copy that no scheduler knows of, because a restart broke its transfer off, waits like others now. */
  #letGoOf(copy: QueuedCopy, association?: CallerAssociation): void {
    association?.close();
    if (!this.#copies.delete(copy.copy)) return;
    const waiting = { kind: 'copies-waiting', priority: copy.priority, copies: 1 } as const;
    this.#unawaited(this.#parts.ledger.unclaim([copy.copy]).then(() => this.tell(waiting)));
  }

  #brokenTransfers(): BrokenTransfers {
    const { link } = this.#parts;
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
        this.#transfer(number, broken.copy.copy, broken);
      },
      ended: (number, end) => this.#ended(number, end),
      gaveUp: (number, { copy }, detail) => {
        this.#inTransfer.delete(copy.copy);
        this.#unawaited(this.#broken.forget([copy.copy]));
        this.tell({ kind: 'association-lost', association: number, detail, progressed: true });
        if (number < 0) this.#letGoOf(copy);
      },
    });
  }

  /** Goes on with what a restart broke off, before anything else of the queue is taken up. */
  restart(): Promise<void> {
    return this.#broken.restart((copy) => this.#copies.set(copy.copy, copy));
  }

  #transferEnded(
    transfer: { readonly number: AssociationNumber; readonly copy: QueuedCopy; readonly startedAt: Instant },
    outcome: TransferOutcome,
  ): void {
    const { number: association, copy } = transfer;
    switch (outcome.kind) {
      case 'sent':
        this.#sent(copy, outcome.octets, transfer.startedAt);
        this.tell({ kind: 'transfer-confirmed', association, copy: copy.copy });
        return;
      case 'lost':
        // The scheduler hears of the association's end, and with it of this transfer's.
        return;
      case 'refused': {
        const { transient, detail } = outcome;
        const failure = transient ? 'transient' : 'permanent';
        if (!transient) this.#endCopy(copy.copy, { kind: 'refused-by-peer', detail });
        this.tell({ kind: 'transfer-failed', association, copy: copy.copy, failure, detail });
        return;
      }
      case 'undowngradable':
      case 'unreadable': {
        const detail = detailOf(outcome);
        this.#endCopy(copy.copy, outcome);
        this.tell({ kind: 'transfer-failed', association, copy: copy.copy, failure: 'permanent', detail });
      }
    }
  }

  #sent(copy: QueuedCopy, octets: number, startedAt: Instant): void {
    const { clock, ledger, emit, link } = this.#parts;
    const now = clock.now();
    this.#copies.delete(copy.copy);
    this.lastTransferOutAt = now;
    const tracking = transferredOut(copy, link, now);
    const dropRecovery = this.#broken.points.over(copy.copy);
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

  #endCopy(id: CopyId, cause: CopyEnd): void {
    const copy = this.#copies.get(id);
    if (copy === undefined) return;
    this.#copies.delete(id);
    this.#unawaited(this.#parts.endCopy(copy, cause));
  }

  #recordAttempt(action: Extract<SchedulerAction, { kind: 'record-attempt' }>): void {
    const { copy, at, error, notBefore, counts, handBack } = action;
    const { ledger } = this.#parts;
    this.lastErrorAt = at;
    if (handBack) this.#copies.delete(copy);
    const attempts = [{ copy, at, error, counts, ...(notBefore !== undefined && { notBefore }) }];
    // Recorded by the holder, it ends the claim on the copy: wanted only where that is handed back.
    const recorded = ledger.commitSurely({ attempts }, handBack ? 'holder' : 'outsider');
    // A disk that was full may have kept it claimed beyond its time.
    const due = (): void => this.tell({ kind: 'copy-due', at: notBefore ?? at });
    this.#unawaited(handBack ? recorded.then(due) : recorded);
  }

  #unawaited(work: Promise<unknown>): void {
    unawaited(this.#parts.emit, work);
  }

  async #load(priority: Priority, limit: number): Promise<void> {
    const { clock, ledger } = this.#parts;
    const now = clock.now();
    this.#loads += 1;
    try {
      const wanted = { now, limit, nextHop: this.hop, priorities: [priority] };
      const copies = await ledger.store.claim({ ...ledger.claim, ...wanted });
      const more = copies.length === limit;
      const nextDue = more ? undefined : await ledger.store.nextDue(this.hop, now);
      for (const copy of copies) this.#copies.set(copy.copy, copy);
      this.tell({ kind: 'copies-loaded', priority, copies: copies.map(scheduledCopy), more, nextDue });
    } catch {
      this.tell({ kind: 'load-failed', priority });
    } finally {
      this.#loads -= 1;
      this.#checkStopped();
    }
  }

  #arm(): void {
    const due = this.#scheduler.nextTimeout();
    if (due === undefined || (this.#armedFor !== undefined && this.#armedFor <= due)) return;
    this.#cancelTimer?.();
    this.#armedFor = due;
    this.#cancelTimer = this.#parts.clock.schedule(due, () => {
      this.#armedFor = undefined;
      this.tell({ kind: 'timer' });
    });
  }

  #checkStopped(): void {
    const idle = this.#associations.size === 0 && this.#broken.size === 0;
    if (idle && this.#loads === 0) this.#stopped?.();
  }
}
