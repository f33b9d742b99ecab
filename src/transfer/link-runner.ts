// Drives one link: carries out what its scheduler asks for, and tells it what happened. Everything of the
// link is here (queue window, associations, timers), and nothing of any other. Inputs are handled in order,
// one at a time. Not here: the copies (`link-queue.ts`), the associations (`link-associations.ts`).

import { after, type Instant } from '../base/time.ts';
import type { LinkConfiguration } from '../config/index.ts';
import type { EventFields, EventName } from '../events/index.ts';
import { type LinkHealth, nextHopKey } from '../routing/index.ts';
import {
  LinkScheduler,
  type SchedulerAction,
  type SchedulerInput,
  type LinkSnapshot as SchedulerSnapshot,
} from '../scheduler/index.ts';
import type { CopyId, NextHopKey, Priority, QueuedCopy } from '../store/index.ts';
import type { CalledAssociation } from './called-association.ts';
import { LinkAssociations } from './link-associations.ts';
import { ClockSteps } from './clock-steps.ts';
import { commandText, type LinkCommand } from './link-commands.ts';
import { scheduledCopy } from './link-copies.ts';
import { LinkQueue } from './link-queue.ts';
import type { LinkRunnerParts } from './link-runner-parts.ts';
import { linkSchedule, neverServes } from './link-schedule.ts';
import { queuedFor } from './queue-watch.ts';
import { withoutRepeats } from './repeated-trouble.ts';
import type { AssociationView } from './sending-association.ts';
import { unawaited } from './unawaited.ts';

export class LinkRunner {
  readonly hop: NextHopKey;
  readonly #parts: LinkRunnerParts;
  readonly #scheduler: LinkScheduler;
  readonly #queue: LinkQueue;
  readonly #associations: LinkAssociations;
  /** Associations of this link that the peer opened, whether or not we may send over them. */
  readonly inbound = new Set<CalledAssociation>();
  readonly #steps: ClockSteps;
  #inputs: SchedulerInput[] = [];
  #handling = false;
  #healthy = true;
  #enabled: boolean;
  #answers: boolean;
  /** Associations of the peer's that are to go once their transfer is over, and when whatever happens. */
  #dismissedBy: Instant | undefined;
  #armedFor: Instant | undefined;
  #cancelTimer: (() => void) | undefined;
  #stopped: (() => void) | undefined;
  #unhealthySince: Instant | undefined;
  lastTransferInAt: Instant | undefined;

  constructor(given: LinkRunnerParts) {
    const parts = { ...given, emit: withoutRepeats(given.emit, given.clock) };
    this.#parts = parts;
    const { link, random } = parts;
    this.#steps = new ClockSteps(given.clock);
    this.#enabled = link.enabled;
    this.#answers = link.enabled;
    this.hop = nextHopKey({ kind: 'link', name: link.name });
    const tell = (input: SchedulerInput): void => this.tell(input);
    const quiet = (): void => this.#checkStopped();
    const shared = { ...parts, hop: this.hop, tell, quiet };
    this.#queue = new LinkQueue({
      ...shared,
      pointsOver: (copy) => this.#associations.pointsOver(copy),
    });
    this.#associations = new LinkAssociations({ ...shared, queue: () => this.#queue });
    this.#scheduler = new LinkScheduler(linkSchedule(link), random);
  }

  get link(): LinkConfiguration {
    return this.#parts.link;
  }

  /** For the choice of routes. */
  get health(): LinkHealth {
    if (!this.#enabled || neverServes({ ...this.link, enabled: true })) return 'disabled';
    return this.#healthy ? 'healthy' : 'unhealthy';
  }

  /** From when on copies of this priority may go, by its schedule; for the choice of routes. */
  opensAt(priority: Priority): number {
    return this.#scheduler.opensAt(priority, this.#parts.clock.now());
  }

  get lastErrorAt(): Instant | undefined {
    const at = [this.#queue.lastErrorAt, this.#associations.lastErrorAt, this.#unhealthySince];
    return at.reduce((last, each) => (last === undefined || (each ?? 0) > last ? each : last), undefined);
  }

  get lastTransferOutAt(): Instant | undefined {
    return this.#queue.lastTransferOutAt;
  }

  /** Whether the peer is answered when it calls. */
  get answers(): boolean {
    return this.#answers;
  }

  /** Whether we call, and send. */
  get sends(): boolean {
    return this.#enabled;
  }

  /** Does what an operator wants of this link. */
  command(command: LinkCommand, by: string): void {
    const { clock, emit, link } = this.#parts;
    emit('link-command', { link: link.name, peer: link.peer.mta, command: commandText(command), by });
    const now = clock.now();
    switch (command.kind) {
      case 'enable':
      case 'disable':
        this.#enable(command, by);
        return;
      case 'connect':
        this.tell({ kind: 'connect-now' });
        return;
      case 'disconnect':
        this.#dismiss();
        this.tell({ kind: 'hang-up', until: after(now, command.for ?? link.retry.openInterval) });
        return;
      case 'delay':
        this.tell({ kind: 'delay', until: after(now, command.for) });
        return;
      case 'clear-delay':
        this.tell({ kind: 'delay' });
        return;
      case 'limit':
        this.tell({ kind: 'limit', limit: command.limit });
    }
  }

  /** Ends associations of the peer's that are to go and carry nothing now. */
  sweep(): void {
    if (this.#dismissedBy === undefined) return;
    const over = this.#dismissedBy <= this.#parts.clock.now();
    for (const association of [...this.inbound]) {
      if (over || !association.transferring) association.abort('closed by an operator');
    }
    if (this.inbound.size === 0 || over) this.#dismissedBy = undefined;
  }

  /** The scheduler's word for the console. */
  snapshot(): SchedulerSnapshot {
    return this.#scheduler.snapshot();
  }

  /** Every association of this link, whoever opened it. */
  get views(): readonly AssociationView[] {
    return [...this.#associations.views, ...[...this.inbound].map(({ view }) => view)];
  }

  /** Whether a copy that is being secured may be claimed for this link at once. */
  wouldTake(priority: Priority): boolean {
    return this.#scheduler.wouldTake(priority, this.#parts.clock.now());
  }

  /** A copy was secured and claimed in one transition. */
  secured(copy: QueuedCopy): void {
    this.#queue.hold(copy);
    this.tell({ kind: 'copy-secured', copy: scheduledCopy(copy) });
  }

  /** The peer opened an association: copies may go over it, if its dialogue lets us send. */
  peerOpened(association: CalledAssociation): void {
    this.inbound.add(association);
    if (association.maySend) this.#associations.offered(this.#scheduler.nextNumber(), association);
  }

  peerGone(association: CalledAssociation): void {
    this.inbound.delete(association);
  }

  /** Lets go of a copy that waits here, and of the claim on it. False while it is in transfer. */
  async letGo(copy: CopyId): Promise<boolean> {
    if (this.#associations.isInTransfer(copy)) return false;
    // One that is not here may be on its way here: then the store knows that it is claimed.
    if (!this.#queue.drop(copy)) return true;
    this.tell({ kind: 'copy-withdrawn', copy });
    await this.#parts.ledger.unclaim([copy]);
    return true;
  }

  /** Tells the scheduler, and carries out what follows. */
  tell(input: SchedulerInput): void {
    const by = this.#steps.look();
    if (by !== 0) this.#inputs.push({ kind: 'clock-stepped', by });
    this.#inputs.push(input);
    if (this.#handling) return;
    this.#handling = true;
    try {
      for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) {
        for (const action of this.#scheduler.handle(next, this.#parts.clock.now())) this.#perform(action);
      }
    } finally {
      this.#handling = false;
    }
    this.#arm();
    this.#checkStopped();
  }

  /** Goes on with what a restart broke off, before anything else of the queue is taken up. */
  async restart(): Promise<void> {
    await this.#associations.restart();
    this.watchTheClock();
  }

  /** Hours of the schedule begin without anybody saying so. */
  watchTheClock(): void {
    this.tell({ kind: 'timer' });
  }

  /** Lets transfers end and closes everything; resolves when no association is left, or after `limit`. */
  async stop(until: Instant): Promise<void> {
    const stopped = new Promise<void>((resolve) => {
      this.#stopped = resolve;
    });
    const cancelLimit = this.#parts.clock.schedule(until, () => {
      this.#associations.abortAll('the MTA stops');
      this.#stopped?.();
    });
    this.#associations.stop();
    this.tell({ kind: 'stop' });
    this.#checkStopped();
    await stopped;
    cancelLimit();
    this.#cancelTimer?.();
  }

  #enable({ kind, direction }: Extract<LinkCommand, { kind: 'enable' | 'disable' }>, by: string): void {
    const on = kind === 'enable';
    if (direction !== 'out') {
      this.#answers = on;
      if (!on) this.#dismiss();
    }
    if (direction === 'in') return;
    this.#enabled = on;
    this.tell({ kind, by });
  }

  /** The peer's associations end with what they carry, at the latest after the time of a disconnect. */
  #dismiss(): void {
    const { clock, link } = this.#parts;
    this.#dismissedBy = after(clock.now(), link.associations.disconnect);
    this.sweep();
  }

  #perform(action: SchedulerAction): void {
    const queue = this.#queue;
    switch (action.kind) {
      case 'load':
        queue.load(action.priority, action.limit);
        return;
      case 'record-attempt':
        queue.recordAttempt(action);
        return;
      case 'release-claims':
        queue.release(action.copies);
        return;
      case 'expired':
        queue.expired(action.copy);
        return;
      case 'try-alternates':
        this.#tryAlternates([action.copy]);
        return;
      case 'unhealthy':
        this.#unhealthySince = this.#parts.clock.now();
        this.#healthy = false;
        this.#tryAlternates('all');
        return;
      case 'healthy':
        this.#healthy = true;
        return;
      case 'emit':
        this.#emit(action.event, action.fields);
        return;
      default:
        this.#performOn(this.#associations, action);
    }
  }

  /** What waits is counted in the store: the scheduler guesses, and does not hear of what went elsewhere. */
  #emit(event: EventName, fields: EventFields): void {
    const { emit, link, ledger } = this.#parts;
    const told = (queued: object): void =>
      emit(event, { link: link.name, peer: link.peer.mta, ...fields, ...queued });
    if (fields.queued === undefined) told({});
    else {
      const counted = queuedFor(ledger.store, this.hop);
      void counted.then(
        (queued) => told({ queued }),
        () => told({}),
      );
    }
  }

  /** What an association is to do. */
  #performOn(
    associations: LinkAssociations,
    action: Extract<SchedulerAction, { readonly association: number }>,
  ): void {
    const { association } = action;
    switch (action.kind) {
      case 'open-association':
        associations.open(association);
        return;
      case 'start-transfer':
        associations.transfer(association, action.copy);
        return;
      case 'please-turn':
        associations.pleaseTurn(association, action.priority);
        return;
      case 'give-turn':
        associations.giveTurn(association);
        return;
      case 'close-association':
        associations.close(association);
        return;
      case 'abort-association':
        associations.abort(association, action.why);
        return;
      case 'let-go-association':
        associations.letGo(association);
    }
  }

  #tryAlternates(copies: readonly CopyId[] | 'all'): void {
    unawaited(this.#parts.emit, this.#parts.tryAlternates(this.hop, copies));
  }

  #arm(): void {
    const due = this.#scheduler.nextTimeout();
    if (due !== undefined && this.#armedFor !== undefined && this.#armedFor <= due) return;
    this.#cancelTimer?.();
    this.#armedFor = undefined;
    // What a timer was for may be over: a link at rest has none.
    if (due === undefined) return;
    this.#armedFor = due;
    this.#cancelTimer = this.#parts.clock.schedule(due, () => {
      this.#armedFor = undefined;
      this.tell({ kind: 'timer' });
    });
  }

  #checkStopped(): void {
    if (this.#associations.size === 0 && !this.#queue.loading) this.#stopped?.();
  }
}
