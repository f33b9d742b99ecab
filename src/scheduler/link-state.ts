// The state of one link's scheduling, the questions that its procedures ask of it, and the few changes that
// several of them make: what the files beside this one work on, and nobody else. Invariant: a copy handed in
// is in the window, in the pool's transfers, or was handed back by an action.

import type { Random } from '../base/random.ts';
import { after, type Instant, type Millis, millis } from '../base/time.ts';
import type { EventFields, EventName } from '../events/index.ts';
import type { CopyId, Priority } from '../store/port.ts';
import { AssociationPool } from './association-pool.ts';
import { Backlog } from './backlog.ts';
import { isBatch } from './batch.ts';
import { LinkHours, type Permission } from './hours.ts';
import { LinkHealthState } from './link-health.ts';
import { OpenRetry, shifted } from './open-retry.ts';
import { limitTakes, type PriorityLimit } from './priority-limit.ts';
import type { AssociationNumber, LinkFailure, LinkSchedule, SchedulerAction } from './service.ts';
import { CopyWindow, prioritiesInOrder, type WaitingCopy } from './window.ts';

/** After `unhealthy` nothing is claimed for this long, so that the queue can be tried on alternates. */
export const reroute_pause_ms = 5_000;

type AbortReason = Extract<SchedulerAction, { readonly kind: 'abort-association' }>['why'];
/** Who opened the association that copies are to go over. */
export type Over = 'us' | 'peer';
type RecordAttempt = Extract<SchedulerAction, { readonly kind: 'record-attempt' }>;

export class LinkState {
  readonly schedule: LinkSchedule;
  readonly retry: OpenRetry;
  readonly window: CopyWindow;
  readonly hours: LinkHours;
  readonly backlog = new Backlog();
  readonly pool = new AssociationPool();
  readonly health = new LinkHealthState();
  enabled: boolean;
  stopping = false;
  /** An operator wants an association, with or without copies for it. */
  connectAsked = false;
  /** What an operator called outside the hours serves everything until it is closed. */
  calledByOperator = false;
  /** A slot of a polled link came, and no association has stood since. */
  pollAsked = false;
  /** Enough waited for a call; until nothing waits any more. */
  batchComplete = false;
  /** An operator wants what we opened closed. */
  hangingUp = false;
  limit: PriorityLimit | undefined;
  /** What the schedule allowed when this was last looked at. */
  permission: Permission | undefined;
  /** The peer takes no further association for now; those that stand go on. */
  growthNotBefore: Instant | undefined;
  /** How many associations of ours the peer took when it refused a further one. */
  granted: number | undefined;
  loadsNotBefore: Instant | undefined;
  lastError: string | undefined;
  lastFailure: LinkFailure | undefined;
  actions: SchedulerAction[] = [];

  constructor(schedule: LinkSchedule, random: Random) {
    this.schedule = schedule;
    this.retry = new OpenRetry(random);
    this.window = new CopyWindow(schedule.window);
    this.hours = new LinkHours(schedule.hours);
    this.enabled = schedule.enabled;
  }

  /** Whether this link is to carry anything, as far as we want it to. */
  serves(): boolean {
    return this.enabled && !this.stopping;
  }

  /** Whether associations may be opened; a peer without an address is only answered. */
  mayCall(now: Instant): boolean {
    if (!this.serves() || !this.schedule.callable || this.hangingUp) return false;
    return this.connectAsked || this.calledByOperator || this.hours.permission(now) !== 'none';
  }

  /** Whether copies of this level may go. What the peer opens may carry them at any time. */
  maySend(level: Priority, over: Over, now: Instant): boolean {
    if (!this.serves() || !limitTakes(this.limit, level, now)) return false;
    if (over === 'peer') return true;
    return !this.hangingUp && (this.calledByOperator || this.hours.takes(level, now));
  }

  /** New claims are for a link that stands, or that is called and nothing is known against. */
  mayClaim(priority: Priority, now: Instant): boolean {
    const over = this.standing() > this.standingOfOurs() ? 'peer' : 'us';
    if (!this.maySend(priority, over, now)) return false;
    if (this.standing() > 0) return true;
    // Only what is here can be counted: a batch is claimed before it is known to be one.
    const trusted = this.retry.untroubled || this.schedule.batch !== undefined;
    return this.schedule.callable && trusted && this.retry.allows(now);
  }

  /** Associations that are open. */
  standing(): number {
    return this.pool.count('idle') + this.pool.count('turnless') + this.pool.count('transferring');
  }

  standingOfOurs(): number {
    const { pool } = this;
    return pool.countOurs('idle') + pool.countOurs('turnless') + pool.countOurs('transferring');
  }

  /** Associations that copies go over, or soon will: all but those whose turn was asked for in vain. */
  usable(now: Instant): number {
    return this.pool.live - this.pool.count('turnless') + this.pool.patient(now);
  }

  /** Whether what we opened is to stay open, as far as the schedule and operators say. */
  keepsOpen(now: Instant): boolean {
    if (!this.serves() || this.hangingUp) return false;
    return this.calledByOperator || this.hours.permission(now) !== 'none';
  }

  /** Copies that wait, here and (by what is known) in the store. */
  waiting(): number {
    return this.window.size + this.backlog.total;
  }

  /** Of these, those that may go now. */
  sendable(over: Over, now: Instant): number {
    const levels = prioritiesInOrder.filter((level) => this.maySend(level, over, now));
    return levels.reduce((sum, level) => sum + this.window.count(level) + this.backlog.count(level), 0);
  }

  /** Whether the copy waits here or is in transfer. A claim that was made again is no second copy. */
  has(copy: CopyId): boolean {
    return this.window.has(copy) || this.pool.inState('transferring').some((each) => each.copy.copy === copy);
  }

  hasSlot(): boolean {
    return this.pool.ours < this.schedule.associations.max;
  }

  /** From when on what waits is held up by long transfers, where another association may help it. */
  heldUpFrom(): Instant | undefined {
    return this.pool.live < this.growthMax() ? this.pool.heldUpFrom() : undefined;
  }

  /** How many associations may carry what is not urgent: all but the last that the peer takes. */
  generalMax(): number {
    const { max } = this.schedule.associations;
    return Math.max(1, Math.min(max, this.granted ?? max) - 1);
  }

  /** Up to how many are opened for what is not urgent: what the peer takes may have changed. */
  growthMax(): number {
    return Math.max(1, this.schedule.associations.max - 1);
  }

  /** Whether the peer took more than there are when it last refused one. */
  isGrantedMore(): boolean {
    return this.granted !== undefined && this.pool.ours < this.granted;
  }

  /** An unhealthy link is called even with nothing to send: how else would it be found healthy. */
  hasReasonToOpen(now: Instant): boolean {
    if (this.connectAsked) return true;
    const all = this.hours.permission(now) === 'all';
    if (all && (this.pollAsked || this.health.cause === 'opening')) return true;
    return this.hasBatch(now);
  }

  /** Whether enough waits that may go; once it was enough, whatever is left of it. */
  hasBatch(now: Instant): boolean {
    const levels = (level: Priority): boolean => this.maySend(level, 'us', now);
    if (this.batchComplete) return this.sendable('us', now) > 0;
    this.batchComplete = isBatch(this.schedule.batch, this, { now, levels });
    return this.batchComplete;
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
    for (const level of prioritiesInOrder) this.release(this.window.takeLevel(level));
    const error = this.lastError ?? '';
    this.emit('link-unhealthy', { attempts: this.retry.failures, error, queued });
    this.actions.push({ kind: 'unhealthy', error });
  }

  /** How long to wait after a failed call. What only an operator can mend is not asked for often. */
  openDelay(failure: LinkFailure): Millis {
    const { openInterval, openIntervalFirst = openInterval, backoff } = this.schedule.retry;
    if (backoff !== 'exponential' || failure === 'policy') return openInterval;
    const doubled = openIntervalFirst * 2 ** Math.min(30, this.retry.failures);
    return millis(Math.min(openInterval, doubled));
  }

  /** The clock was set: delays stay as long as they were. Times of day (hours, expiry) stay what they are. */
  shift(by: Millis): void {
    for (const part of [this.retry, this.health, this.pool, this.backlog]) part.shift(by);
    this.growthNotBefore = shifted(this.growthNotBefore, by);
    this.loadsNotBefore = shifted(this.loadsNotBefore, by);
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
