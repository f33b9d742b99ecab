// The scheduler of one link: which copy goes over which association now, when associations are opened and
// closed, and when what failed is tried again. Pure: it is told what happened and answers with actions, in
// order. It gives no message up; running out of retries only says that alternates should be tried (design:
// links, routing, scheduling). Invariants: a copy handed in is waiting here, in transfer, or handed back by
// an action, and never in two places; a link that has no association that stands has at most one opening;
// nothing here outlives the link.

import type { Random } from '../base/random.ts';
import { earlier, type Instant } from '../base/time.ts';
import type { Priority } from '../store/port.ts';
import {
  associationClosed,
  associationLost,
  associationOffered,
  associationOpened,
  openFailed,
} from './association-events.ts';
import { batchDueAt } from './batch.ts';
import { advance } from './course.ts';
import { LinkState } from './link-state.ts';
import { limitChanges } from './priority-limit.ts';
import type {
  AssociationNumber,
  LinkSchedule,
  LinkSnapshot,
  SchedulerAction,
  SchedulerInput,
} from './service.ts';
import { scheduleSnapshot } from './waiting-reason.ts';
import { transferConfirmed, transferFailed } from './transfer-events.ts';
import { peerTransfers, turnAsked, turnGiven, turnTimeouts } from './turns.ts';

export class LinkScheduler {
  readonly #link: LinkState;
  #handledAt: Instant | undefined;
  #lateInputs = 0;

  constructor(schedule: LinkSchedule, random: Random) {
    this.#link = new LinkState(schedule, random);
  }

  /** Takes an input in, and says what is to be done for it, in order. */
  handle(input: SchedulerInput, now: Instant): readonly SchedulerAction[] {
    const link = this.#link;
    this.#handledAt = now;
    if (isOfThePast(link, input)) this.#lateInputs += 1;
    take(link, input, now);
    advance(link, now);
    const { actions } = link;
    link.actions = [];
    return actions;
  }

  /** The number for an association that the peer opened, and that is offered for copies next. */
  nextNumber(): AssociationNumber {
    return this.#link.pool.nextNumber();
  }

  /** When to give a `timer` input, if nothing else happens before. Always later than the last input. */
  nextTimeout(): Instant | undefined {
    const { pool, backlog, health, retry, window, schedule } = this.#link;
    const { growthNotBefore, loadsNotBefore } = this.#link;
    let next = this.#ahead(
      pool.nextTimeout(schedule.associations.lifetime, schedule.associations.disconnect),
    );
    for (const due of turnTimeouts(this.#link)) next = earlier(next, this.#ahead(due));
    if (!this.#link.serves()) return next;
    next = earlier(next, this.#ahead(backlog.nextTimeout()));
    next = earlier(next, this.#ahead(health.probationEnds));
    next = earlier(next, this.#ahead(this.#scheduleTimeout()));
    next = earlier(next, this.#ahead(window.earliestExpiry));
    if (pool.live > 0) {
      if (backlog.total > 0) next = earlier(next, this.#ahead(loadsNotBefore));
      next = earlier(next, this.#ahead(growthNotBefore));
      if (this.#link.waiting() > 0) next = earlier(next, this.#ahead(this.#link.heldUpFrom()));
    }
    const counts = schedule.batch !== undefined && this.#link.waiting() > 0;
    const calls = counts || waitsToOpen(this.#link, this.#handledAt);
    return calls ? earlier(next, this.#ahead(retry.notBefore)) : next;
  }

  /** Whether a copy that is being secured may be claimed for this link at once and handed in. */
  wouldTake(priority: Priority, now: Instant): boolean {
    const { backlog, window } = this.#link;
    const inOrder = backlog.count(priority) === 0 && !backlog.isLoading(priority);
    return this.#link.mayClaim(priority, now) && inOrder && window.hasSpace(priority);
  }

  /** From when on copies of this priority may go, as far as the schedule says; 0 for now. */
  opensAt(priority: Priority, now: Instant): number {
    const { hours, calledByOperator, schedule } = this.#link;
    if (this.#link.standing() > 0) return 0;
    if (!schedule.callable) return Number.POSITIVE_INFINITY;
    if (calledByOperator || hours.takes(priority, now)) return 0;
    return hours.nextChange(now) ?? Number.POSITIVE_INFINITY;
  }

  /** Whether every association is gone; after `stop` that is the end. */
  get drained(): boolean {
    return this.#link.pool.size === 0;
  }

  snapshot(): LinkSnapshot {
    const link = this.#link;
    const waits = waitsToOpen(link, this.#handledAt);
    return {
      state: stateOf(link, waits),
      healthy: link.health.healthy,
      associations: {
        opening: link.pool.countOurs('opening'),
        idle: link.pool.countOurs('idle'),
        turnless: link.pool.countOurs('turnless'),
        transferring: link.pool.countOurs('transferring'),
        closing: link.pool.countOurs('closing'),
      },
      waiting: link.window.size,
      openFailures: link.retry.failures,
      lastError: link.lastError,
      lastFailure: link.lastFailure,
      nextOpenAt: waits ? link.retry.notBefore : undefined,
      ...scheduleSnapshot(link, this.#handledAt),
      lateInputs: this.#lateInputs,
    };
  }

  /** When hours, slots, limits or batches change what may be done. */
  #scheduleTimeout(): Instant | undefined {
    const { hours, limit, schedule, window } = this.#link;
    const now = this.#handledAt;
    if (now === undefined) return undefined;
    const byClock = earlier(hours.nextChange(now), limitChanges(limit, now));
    return earlier(
      byClock,
      earlier(this.#ahead(hours.nextSlot), this.#ahead(batchDueAt(schedule.batch, window))),
    );
  }

  #ahead(at: Instant | undefined): Instant | undefined {
    return at !== undefined && this.#handledAt !== undefined && at <= this.#handledAt ? undefined : at;
  }
}

/** Whether nothing stands that copies could go over, and the peer is to be called for it. */
function waitsToOpen(link: LinkState, now: Instant | undefined): boolean {
  return now !== undefined && link.mayCall(now) && link.usable(now) === 0 && link.hasReasonToOpen(now);
}

function stateOf(link: LinkState, waits: boolean): LinkSnapshot['state'] {
  if (link.stopping) return 'stopping';
  if (!link.enabled) return 'disabled';
  if (link.standing() > 0) return 'open';
  if (!link.schedule.callable) return 'answering-only';
  if (link.pool.count('opening') > 0) return 'opening';
  return waits ? 'retrying' : 'idle';
}

/** Whether this is about an association or a transfer that is over; numbers are never given again. */
function isOfThePast(link: LinkState, input: SchedulerInput): boolean {
  if (!('association' in input)) return false;
  const association = link.pool.get(input.association);
  switch (input.kind) {
    case 'association-opened':
    case 'open-failed':
      return association?.state !== 'opening';
    case 'association-offered':
      return false;
    case 'transfer-confirmed':
    case 'transfer-failed':
      return association?.state !== 'transferring' || association.copy.copy !== input.copy;
    default:
      return association === undefined;
  }
}

/** Takes in what happened. */
function take(link: LinkState, input: SchedulerInput, now: Instant): void {
  switch (input.kind) {
    case 'copies-waiting':
      link.backlog.announce(input.priority, input.copies);
      break;
    case 'copies-loaded':
      link.backlog.loaded(input.priority, input.copies.length, input.more);
      link.backlog.due(input.nextDue);
      for (const copy of input.copies) if (!link.has(copy.copy)) link.window.add(copy);
      break;
    case 'load-failed':
      link.backlog.loadFailed(input.priority, now);
      break;
    case 'copy-secured':
      link.window.add(input.copy);
      break;
    case 'copy-due':
      link.backlog.due(input.at);
      break;
    case 'copy-withdrawn':
      link.window.remove(input.copy);
      break;
    case 'association-opened':
      associationOpened(link, input, now);
      break;
    case 'association-offered':
      associationOffered(link, input, now);
      break;
    case 'turn-asked':
      turnAsked(link, input.association, input.priority);
      break;
    case 'turn-given':
      turnGiven(link, input.association, now);
      break;
    case 'peer-transfers':
      peerTransfers(link, input, now);
      break;
    case 'open-failed':
      openFailed(link, input, now);
      break;
    case 'association-closed':
      associationClosed(link, input.association, now);
      break;
    case 'association-lost':
      associationLost(link, input, now);
      break;
    case 'transfer-confirmed':
      transferConfirmed(link, input, now);
      break;
    case 'transfer-failed':
      transferFailed(link, input, now);
      break;
    case 'timer':
      break;
    default:
      takeCommand(link, input, now);
  }
}

type Command = Extract<
  SchedulerInput,
  {
    readonly kind:
      | 'peer-called'
      | 'enable'
      | 'disable'
      | 'connect-now'
      | 'hang-up'
      | 'delay'
      | 'limit'
      | 'clock-stepped'
      | 'stop';
  }
>;

/** What operators and calling peers want. */
function takeCommand(link: LinkState, input: Command, now: Instant): void {
  switch (input.kind) {
    case 'peer-called':
      link.retry.peerCalled(now, link.schedule.retry.openInterval);
      break;
    case 'enable':
    case 'disable':
      setEnabled(link, input.kind === 'enable', input.by);
      break;
    case 'connect-now':
      link.retry.delay(undefined);
      link.growthNotBefore = undefined;
      link.connectAsked = true;
      link.calledByOperator = link.hours.permission(now) !== 'all';
      break;
    case 'hang-up':
      link.hangingUp = true;
      link.connectAsked = false;
      link.abandonOpening();
      link.retry.delay(input.until);
      break;
    case 'delay':
      link.retry.delay(input.until);
      break;
    case 'limit':
      link.limit = input.limit;
      break;
    case 'clock-stepped':
      link.shift(input.by);
      break;
    case 'stop':
      link.stopping = true;
      link.abandonOpening();
      break;
  }
}

function setEnabled(link: LinkState, enabled: boolean, by: string | undefined): void {
  if (enabled === link.enabled) return;
  link.enabled = enabled;
  if (enabled) {
    link.retry.connectNow();
    link.emit('link-enabled', { by });
    return;
  }
  link.emit('link-disabled-by-command', { by, queued: link.waiting() });
  link.abandonOpening();
}
