// What follows when an association of ours opens, fails to open, closes or is lost (design: links, routing,
// scheduling). While others stand, a failure only stops the pool from growing; when none is left, it counts
// against the link. What is said about an association that is gone is about the past, and is ignored.

import { after, type Instant, isoTime, millis } from '../base/time.ts';
import type { LinkState } from './link-state.ts';
import type { AssociationNumber, Dialogue, LinkFailure } from './service.ts';
import { opened } from './turns.ts';
import type { WaitingCopy } from './window.ts';

/** After a further association was lost, the next one is asked for this much later. */
const growth_pause_ms = 10_000;

interface Ended {
  readonly association: AssociationNumber;
  readonly detail: string;
  readonly progressed?: boolean;
  readonly failure?: LinkFailure;
}

interface Opened {
  readonly association: AssociationNumber;
  readonly dialogue?: Dialogue;
}
const monologue: Dialogue = { mode: 'monologue', turn: 'ours' };

/** An association stands. */
export function associationOpened(link: LinkState, input: Opened, now: Instant): void {
  const { association: number, dialogue = monologue } = input;
  const terms = link.pool.terms(number);
  if (terms === undefined || link.pool.get(number)?.state !== 'opening') return;
  if (link.standing() === 0) {
    link.growthNotBefore = undefined;
    link.granted = undefined;
  }
  terms.mode = dialogue.mode;
  link.pollAsked = false;
  link.pool.set(opened(number, dialogue, now));
  if (link.granted !== undefined && link.standingOfOurs() > link.granted) link.granted = undefined;
  link.retry.opened();
  if (link.retry.untroubled && link.health.cause === 'opening') link.recovered(now);
}

/** One that the peer opened: copies may go over it. It says nothing about calling the peer. */
export function associationOffered(
  link: LinkState,
  { association: number, dialogue }: Required<Opened>,
  now: Instant,
): void {
  link.pool.offered(opened(number, dialogue, now), dialogue.mode);
}

/** An open failed. While others stand or open, the pool only stops growing. */
export function openFailed(link: LinkState, input: Ended, now: Instant): void {
  if (link.pool.get(input.association)?.state !== 'opening') return;
  link.pool.remove(input.association);
  link.lastError = input.detail;
  const { failure = 'lost' } = input;
  link.lastFailure = failure;
  const delay = link.openDelay(failure);
  if (link.usable(now) > 0) {
    link.growthNotBefore = after(now, link.retry.jittered(delay));
    noteGranted(link);
    return;
  }
  link.retry.failed(now, delay);
  link.emit('link-open-failed', {
    attempts: link.retry.failures,
    failure,
    error: input.detail,
    nextAttempt: link.retry.notBefore && isoTime(link.retry.notBefore),
    queued: link.waiting(),
  });
  countFailures(link, now);
}

/** An association of ours was released; only if we wanted it so is that in order. */
export function associationClosed(link: LinkState, number: AssociationNumber, now: Instant): void {
  if (link.pool.get(number)?.state !== 'closing') {
    associationLost(link, { association: number, detail: 'closed by the peer' }, now);
    return;
  }
  link.pool.remove(number);
  link.retry.worked();
  if (link.health.cause === 'opening') link.recovered(now);
}

/** An association is gone without having been asked to go, and its transfer with it. */
export function associationLost(link: LinkState, input: Ended, now: Instant): void {
  const association = link.pool.get(input.association);
  if (association === undefined) return;
  if (association.state === 'opening') {
    openFailed(link, input, now);
    return;
  }
  const ours = link.pool.isOurs(input.association);
  // Lost with a turn that the peer wanted: it has mail for us, and it may be that only we can call.
  const peerAsked = link.pool.terms(input.association)?.peerAsked !== undefined;
  const wanted = association.state === 'turnless' || peerAsked;
  if (ours && wanted && link.hours.permission(now) === 'all') link.connectAsked = true;
  link.pool.remove(input.association);
  if (association.state === 'closing') return;
  if (ours || association.state === 'transferring') {
    link.lastError = input.detail;
    link.lastFailure = 'lost';
  }
  const { openInterval } = link.schedule.retry;
  if (association.state === 'transferring') {
    if (input.progressed === true) link.worked(now);
    brokenOff(link, { copy: association.copy, why: input }, now);
  }
  // To open another is for whoever opened this one.
  if (!ours) return;
  if (link.usable(now) > 0) {
    link.growthNotBefore = after(now, link.retry.jittered(millis(Math.min(openInterval, growth_pause_ms))));
    // Not opened again at once, for anything: the pause is for all.
    if (link.isGrantedMore()) noteGranted(link);
    return;
  }
  link.retry.lost(now, openInterval);
  const { notBefore } = link.retry;
  if (notBefore !== undefined && notBefore > now && link.waiting() > 0) {
    link.emit('open-retry', { nextAttempt: isoTime(notBefore), delay: notBefore - now });
  }
  countFailures(link, now);
}

/** What the peer takes is what there is: one of that is for what is urgent. */
function noteGranted(link: LinkState): void {
  const { liveOfOurs } = link.pool;
  link.granted = liveOfOurs > 0 ? liveOfOurs : undefined;
}

/** A transfer ended with its association: tried again at once, the second time on its own clock. */
function brokenOff(link: LinkState, { copy, why }: { copy: WaitingCopy; why: Ended }, now: Instant): void {
  const losses = why.progressed === true ? 0 : copy.losses + 1;
  const again = losses <= 1;
  const notBefore = again ? undefined : after(now, link.retry.jittered(link.schedule.retry.transferInterval));
  link.recordAttempt(copy, { at: now, error: why.detail, notBefore, counts: false, handBack: !again });
  if (again) link.window.returnToFront({ ...copy, losses });
}

function countFailures(link: LinkState, now: Instant): void {
  if (link.retry.failures > link.schedule.retry.openRetries) link.unhealthy('opening', now);
}
