// What follows when a transfer is confirmed or fails. A copy that failed for the time being gets its own
// clock and lets later ones pass; one that made progress goes on at once; one that failed for good is ended
// by the driver.

import { after, type Instant } from '../base/time.ts';
import type { CopyId } from '../store/port.ts';
import type { LinkState } from './link-state.ts';
import type { AssociationNumber, SchedulerInput } from './service.ts';
import type { WaitingCopy } from './window.ts';

type Input<K extends SchedulerInput['kind']> = Extract<SchedulerInput, { readonly kind: K }>;

/** The peer answers for the copy: it is the driver's to finish. */
export function transferConfirmed(link: LinkState, input: Input<'transfer-confirmed'>, now: Instant): void {
  if (endTransfer(link, input, now) === undefined) return;
  link.worked(now);
}

/** A transfer failed, and its association stands. */
export function transferFailed(link: LinkState, input: Input<'transfer-failed'>, now: Instant): void {
  const copy = endTransfer(link, input, now);
  if (copy === undefined || input.failure === 'permanent') return;
  link.lastError = input.detail;
  if (input.failure === 'progressed') {
    link.worked(now);
    link.recordAttempt(copy, { at: now, error: input.detail, counts: false, handBack: false });
    link.window.returnToFront({ ...copy, losses: 0 });
    return;
  }
  const { transferInterval, transferRetries } = link.schedule.retry;
  const notBefore = after(now, link.retry.jittered(transferInterval));
  if (input.failure === 'not-tried') {
    link.recordAttempt(copy, { at: now, error: input.detail, notBefore, counts: false, handBack: true });
    return;
  }
  link.recordAttempt(copy, { at: now, error: input.detail, notBefore, counts: true, handBack: true });
  const failures = link.health.transferFailed();
  if (copy.attempts + 1 <= transferRetries) return;
  link.actions.push({ kind: 'try-alternates', copy: copy.copy });
  if (failures > transferRetries) link.unhealthy('transfers', now);
}

/** The copy that was in transfer there, unless this is about the past. */
function endTransfer(
  link: LinkState,
  input: { readonly association: AssociationNumber; readonly copy: CopyId },
  now: Instant,
): WaitingCopy | undefined {
  const association = link.pool.get(input.association);
  if (association?.state !== 'transferring' || association.copy.copy !== input.copy) return undefined;
  link.pool.set({ state: 'idle', number: input.association, since: now });
  return association.copy;
}
