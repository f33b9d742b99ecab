// The state of one link's scheduling, the questions that its procedures ask of it, and the few changes that
// several of them make: what the files beside this one work on, and nobody else. Invariant: a copy handed in
// is in the window, in the pool's transfers, or was handed back by an action.

import type { Random } from '../base/random.ts';
import { after, type Instant, millis } from '../base/time.ts';
import type { EventFields, EventName } from '../events/index.ts';
import type { CopyId } from '../store/port.ts';
import { AssociationPool } from './association-pool.ts';
import { Backlog } from './backlog.ts';
import { LinkHealthState } from './link-health.ts';
import { OpenRetry } from './open-retry.ts';
import type { AssociationNumber, LinkSchedule, SchedulerAction } from './service.ts';
import { CopyWindow, type WaitingCopy } from './window.ts';

/** After `unhealthy` nothing is claimed for this long, so that the queue can be tried on alternates. */
export const reroute_pause_ms = 5_000;

type AbortReason = Extract<SchedulerAction, { readonly kind: 'abort-association' }>['why'];
type RecordAttempt = Extract<SchedulerAction, { readonly kind: 'record-attempt' }>;

export class LinkState {
  readonly schedule: LinkSchedule;
  readonly retry: OpenRetry;
  readonly window: CopyWindow;
  readonly backlog = new Backlog();
  readonly pool = new AssociationPool();
  readonly health = new LinkHealthState();
  enabled: boolean;
  stopping = false;
  /** An operator wants an association, with or without copies for it. */
  connectAsked = false;
  /** The peer takes no further association for now; those that stand go on. */
  growthNotBefore: Instant | undefined;
  loadsNotBefore: Instant | undefined;
  lastError: string | undefined;
  actions: SchedulerAction[] = [];

  constructor(schedule: LinkSchedule, random: Random) {
    this.schedule = schedule;
    this.retry = new OpenRetry(random);
    this.window = new CopyWindow(schedule.window);
    this.enabled = schedule.enabled;
  }

  /** Whether this link is to carry anything, as far as we want it to. */
  serves(): boolean {
    return this.enabled && !this.stopping;
  }

  /** Whether associations may be opened; a peer without an address is only answered. */
  mayCall(): boolean {
    return this.serves() && this.schedule.callable;
  }

  /** New claims are for a link that stands, or that is called and nothing is known against. */
  mayClaim(now: Instant): boolean {
    if (this.standing() > 0) return this.serves();
    return this.mayCall() && this.retry.untroubled && this.retry.allows(now);
  }

  /** Associations that are open. */
  standing(): number {
    return this.pool.count('idle') + this.pool.count('turnless') + this.pool.count('transferring');
  }

  /** Associations that copies go over, or soon will: all but those whose turn was asked for in vain. */
  usable(now: Instant): number {
    return this.pool.live - this.pool.count('turnless') + this.pool.patient(now);
  }

  /** Copies that wait, here and (by what is known) in the store. */
  waiting(): number {
    return this.window.size + this.backlog.total;
  }

  /** Whether the copy waits here or is in transfer. A claim that was made again is no second copy. */
  has(copy: CopyId): boolean {
    return this.window.has(copy) || this.pool.inState('transferring').some((each) => each.copy.copy === copy);
  }

  hasSlot(): boolean {
    return this.pool.ours < this.schedule.associations.max;
  }

  /** How many associations may carry what is not urgent. */
  generalMax(): number {
    return Math.max(1, this.schedule.associations.max - 1);
  }

  /** An unhealthy link is called even with nothing to send: how else would it be found healthy. */
  hasReasonToOpen(): boolean {
    return this.waiting() > 0 || this.connectAsked || this.health.cause === 'opening';
  }

  /** Something got through. */
  worked(now: Instant): void {
    this.retry.worked();
    this.recovered(now);
  }

  /** The link works again, if it did not. */
  recovered(now: Instant): void {
    const duration = this.health.recover(now);
    if (duration === undefined) return;
    this.emit('link-healthy', { duration: Math.round(duration / 1000) });
    this.actions.push({ kind: 'healthy' });
  }

  /** The retries of the link ran out. */
  unhealthy(cause: 'opening' | 'transfers', now: Instant): void {
    if (!this.health.fail(cause, now, this.schedule.retry.openInterval)) return;
    const queued = this.waiting();
    this.loadsNotBefore = after(now, millis(reroute_pause_ms));
    this.release(this.window.takeAll());
    const error = this.lastError ?? '';
    this.emit('link-unhealthy', { attempts: this.retry.failures, error, queued });
    this.actions.push({ kind: 'unhealthy', error });
  }

  recordAttempt(copy: WaitingCopy, attempt: Omit<RecordAttempt, 'kind' | 'copy'>): void {
    this.actions.push({ kind: 'record-attempt', copy: copy.copy, ...attempt });
    if (attempt.handBack) this.backlog.due(attempt.notBefore);
  }

  release(copies: readonly WaitingCopy[]): void {
    if (copies.length === 0) return;
    for (const copy of copies) this.backlog.announce(copy.priority, 1);
    this.actions.push({ kind: 'release-claims', copies: copies.map((copy) => copy.copy) });
  }

  abandonOpening(): void {
    for (const { number } of this.pool.inState('opening')) this.abort(number, 'disabled');
  }

  abort(association: AssociationNumber, why: AbortReason): void {
    this.pool.remove(association);
    this.actions.push({ kind: 'abort-association', association, why });
  }

  emit(event: EventName, fields: EventFields): void {
    this.actions.push({ kind: 'emit', event, fields: { link: this.schedule.name, ...fields } });
  }
}
