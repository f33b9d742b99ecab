// Everything that follows from a link's state and the time, whatever the input was: transfers started on free
// associations, idle ones closed, new ones opened, copies claimed or given up. Run to its end after every
// input.

import { after, type Instant, isoTime } from '../base/time.ts';
import type { Priority } from '../store/port.ts';
import type { LinkState } from './link-state.ts';
import { abortTheSilent, askAsNeeded, countTransfer, giveWhatIsDue, giveWhatIsIdle } from './turns.ts';
import { levelOf, prioritiesInOrder, type WaitingCopy } from './window.ts';

/** Waiting copies stay claimed while the link is called again within this time. */
export const claim_gap_ms = 15_000;

/** Everything that follows from the state and the time, whatever the input was. */
export function advance(link: LinkState, now: Instant): void {
  link.backlog.advance(now);
  advanceHours(link, now);
  if (link.waiting() === 0) link.batchComplete = false;
  const { probationEnds } = link.health;
  if (probationEnds !== undefined && probationEnds <= now) link.recovered(now);
  dropExpired(link, now);
  giveWhatIsDue(link, now);
  if (link.serves()) dispatch(link, now);
  giveWhatIsIdle(link, now);
  closeWhatIsDue(link, now);
  askAsNeeded(link, now);
  abortTheSilent(link, now);
  if (link.mayCall(now)) openAsNeeded(link, now);
  loadAsNeeded(link, now);
  releaseWaiting(link, now);
}

/** Hours begin and end; slots of a polled link come. */
function advanceHours(link: LinkState, now: Instant): void {
  if (link.calledByOperator && !link.connectAsked && link.pool.ours === 0) link.calledByOperator = false;
  if (link.pool.ours === 0) link.hangingUp = false;
  const permission = link.hours.permission(now);
  const before = link.permission;
  link.permission = permission;
  if (before !== undefined && before !== permission) {
    const until = link.hours.nextChange(now);
    const queued = link.waiting();
    const fields = { until: until && isoTime(until), queued };
    link.emit(permission === 'all' ? 'schedule-began' : 'schedule-ended', fields);
    // What failed in hours that are over says nothing about these.
    if (permission === 'all') link.retry.connectNow();
    else link.pollAsked = false;
  }
  if (link.serves() && link.hours.slotHasCome(now) && link.standingOfOurs() === 0) link.pollAsked = true;
}

function dispatch(link: LinkState, now: Instant): void {
  if (link.window.size === 0) return;
  const idle = [...link.pool.inState('idle')].sort((a, b) => b.since - a.since);
  for (const { number } of idle) {
    const ours = link.pool.isOurs(number);
    const urgentOnly = ours && isFull(link);
    const mayGo = (level: Priority): boolean =>
      (level === 'urgent' || !urgentOnly) && link.maySend(level, ours ? 'us' : 'peer', now);
    const copy = takeUnexpired(link, mayGo, now);
    if (copy === undefined) continue;
    link.pool.set({ state: 'transferring', number, copy, since: now });
    countTransfer(link, number);
    link.actions.push({ kind: 'start-transfer', association: number, copy: copy.copy });
  }
}

/** Whether as many of ours carry what is not urgent as may. */
function isFull(link: LinkState): boolean {
  const general = link.pool
    .inState('transferring')
    .filter(({ number, copy }) => link.pool.isOurs(number) && levelOf(copy) !== 'urgent');
  return general.length >= link.generalMax();
}

function takeUnexpired(
  link: LinkState,
  mayGo: (level: Priority) => boolean,
  now: Instant,
): WaitingCopy | undefined {
  for (;;) {
    const copy = link.window.take(mayGo);
    if (copy === undefined || copy.expiresAt > now) return copy;
    link.actions.push({ kind: 'expired', copy: copy.copy });
  }
}

function dropExpired(link: LinkState, now: Instant): void {
  const { earliestExpiry } = link.window;
  if (earliestExpiry === undefined || earliestExpiry > now) return;
  for (const { copy } of link.window.takeExpired(now)) link.actions.push({ kind: 'expired', copy });
}

function closeWhatIsDue(link: LinkState, now: Instant): void {
  const { lifetime, disconnect } = link.schedule.associations;
  for (const { number, since } of link.pool.inState('idle')) {
    const terms = link.pool.terms(number);
    // X.218: an association is released by its initiator.
    if (terms?.openedBy !== 'us') continue;
    if (link.keepsOpen(now) && !terms.releasing && after(since, lifetime) > now) continue;
    link.pool.set({ state: 'closing', number, since: now });
    link.actions.push({ kind: 'close-association', association: number });
  }
  for (const { number, since } of link.pool.inState('closing')) {
    if (after(since, disconnect) <= now) link.abort(number, 'disconnect-timeout');
  }
}

function openAsNeeded(link: LinkState, now: Instant): void {
  if (link.usable(now) === 0) {
    if (link.hasReasonToOpen(now) && link.hasSlot() && link.retry.allows(now)) open(link);
    return;
  }
  link.connectAsked = false;
  while (link.usable(now) > link.pool.count('opening') && grows(link, now)) open(link);
}

/**
 * One more for every `threshold` that wait; one where what waits is held up by long transfers; one for the
 * first urgent copy that finds none free.
 */
function grows(link: LinkState, now: Instant): boolean {
  if (!link.hasSlot() || link.pool.count('idle') > 0) return false;
  const waits = link.growthNotBefore !== undefined && link.growthNotBefore > now;
  if (!waits && growsForAll(link, now)) return true;
  if ((waits && !link.isGrantedMore()) || !link.maySend('urgent', 'us', now)) return false;
  const urgent = link.window.count('urgent') + link.backlog.count('urgent');
  // One whose turn we have just asked for will be free sooner than a new one.
  if (link.pool.patient(now) > 0) return false;
  return urgent > 0 && link.pool.count('opening') === 0 && link.pool.carrying('urgent') === 0;
}

/** One more for the mass of what waits. */
function growsForAll(link: LinkState, now: Instant): boolean {
  const live = link.usable(now);
  const { threshold } = link.schedule.associations;
  const sendable = link.sendable('us', now);
  if (live < link.growthMax() && sendable >= live * threshold) return true;
  const heldUpFrom = link.heldUpFrom();
  return heldUpFrom !== undefined && heldUpFrom <= now && sendable > 0;
}

function open(link: LinkState): void {
  link.connectAsked = false;
  link.actions.push({ kind: 'open-association', association: link.pool.open() });
}

function loadAsNeeded(link: LinkState, now: Instant): void {
  if (link.loadsNotBefore !== undefined && link.loadsNotBefore > now) return;
  for (const priority of prioritiesInOrder) {
    const limit = link.window.room(priority);
    if (limit === 0 || !link.backlog.wantsLoad(priority, now)) continue;
    if (!link.mayClaim(priority, now)) continue;
    link.backlog.loadStarted(priority);
    link.actions.push({ kind: 'load', priority, limit });
  }
}

/** Claims would keep others (expiry, rerouting, operators) from copies that cannot go now. */
function releaseWaiting(link: LinkState, now: Instant): void {
  const { notBefore } = link.retry;
  const soon = notBefore === undefined || notBefore - now <= claim_gap_ms;
  const peers = link.pool.live - link.pool.liveOfOurs > 0;
  const ours = link.pool.liveOfOurs > 0 || (link.schedule.callable && soon);
  for (const level of prioritiesInOrder) {
    if (link.window.count(level) === 0) continue;
    if ((peers && link.maySend(level, 'peer', now)) || (ours && link.maySend(level, 'us', now))) continue;
    link.release(link.window.takeLevel(level));
  }
}
