// The scheduler of one link: which copy goes over which association now, when associations are opened and
// closed, and when what failed is tried again. Pure: it is told what happened and answers with actions, in
// order. It gives no message up; running out of retries only says that alternates should be tried (design:
// links, routing, scheduling). Invariants: a copy handed in is waiting here, in transfer, or handed back by
// an action, and never in two places; a link that has no association that stands has at most one opening;
// nothing here outlives the link.

import type { Random } from '../base/random.ts';
import { earlier, type Instant } from '../base/time.ts';
import type { Priority } from '../store/port.ts';
import { associationClosed, associationLost, associationOpened, openFailed } from './association-events.ts';
import { advance } from './course.ts';
import { LinkState } from './link-state.ts';
import type { LinkSchedule, LinkSnapshot, SchedulerAction, SchedulerInput } from './service.ts';
import { transferConfirmed, transferFailed } from './transfer-events.ts';

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

  /** When to give a `timer` input, if nothing else happens before. Always later than the last input. */
  nextTimeout(): Instant | undefined {
    const { pool, backlog, health, retry, window, schedule } = this.#link;
    const { growthNotBefore, loadsNotBefore } = this.#link;
    let next = this.#ahead(
      pool.nextTimeout(schedule.associations.lifetime, schedule.associations.disconnect),
    );
    if (!this.#link.serves()) return next;
    next = earlier(next, this.#ahead(backlog.nextTimeout()));
    next = earlier(next, this.#ahead(health.probationEnds));
    next = earlier(next, this.#ahead(window.earliestExpiry));
    if (pool.live > 0) {
      if (backlog.total > 0) next = earlier(next, this.#ahead(loadsNotBefore));
      return earlier(next, this.#ahead(growthNotBefore));
    }
    return this.#link.hasReasonToOpen() ? earlier(next, this.#ahead(retry.notBefore)) : next;
  }

  /** Whether a copy that is being secured may be claimed for this link at once and handed in. */
  wouldTake(priority: Priority, now: Instant): boolean {
    const { backlog, window } = this.#link;
    const inOrder = backlog.count(priority) === 0 && !backlog.isLoading(priority);
    return this.#link.mayClaim(now) && inOrder && window.hasSpace(priority);
  }

  /** Whether every association is gone; after `stop` that is the end. */
  get drained(): boolean {
    return this.#link.pool.size === 0;
  }

  snapshot(): LinkSnapshot {
    const link = this.#link;
    const waitsToOpen = link.serves() && link.pool.live === 0 && link.hasReasonToOpen();
    return {
      state: stateOf(link, waitsToOpen),
      healthy: link.health.healthy,
      associations: {
        opening: link.pool.count('opening'),
        idle: link.pool.count('idle'),
        transferring: link.pool.count('transferring'),
        closing: link.pool.count('closing'),
      },
      waiting: link.window.size,
      openFailures: link.retry.failures,
      lastError: link.lastError,
      nextOpenAt: waitsToOpen ? link.retry.notBefore : undefined,
      lateInputs: this.#lateInputs,
    };
  }

  #ahead(at: Instant | undefined): Instant | undefined {
    return at !== undefined && this.#handledAt !== undefined && at <= this.#handledAt ? undefined : at;
  }
}

function stateOf(link: LinkState, waitsToOpen: boolean): LinkSnapshot['state'] {
  if (link.stopping) return 'stopping';
  if (!link.enabled) return 'disabled';
  if (!link.schedule.callable) return 'answering-only';
  if (link.standing() > 0) return 'open';
  if (link.pool.count('opening') > 0) return 'opening';
  return waitsToOpen ? 'retrying' : 'idle';
}

/** Whether this is about an association or a transfer that is over; numbers are never given again. */
function isOfThePast(link: LinkState, input: SchedulerInput): boolean {
  if (!('association' in input)) return false;
  const association = link.pool.get(input.association);
  switch (input.kind) {
    case 'association-opened':
    case 'open-failed':
      return association?.state !== 'opening';
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
      associationOpened(link, input.association, now);
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
  { readonly kind: 'peer-called' | 'enable' | 'disable' | 'connect-now' | 'stop' }
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
      link.retry.connectNow();
      link.growthNotBefore = undefined;
      link.connectAsked = true;
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
