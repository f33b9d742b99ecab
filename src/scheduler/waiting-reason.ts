// Why a link does not send what waits for it, in the order in which an operator would ask: for `links show`.
// Decides nothing.

import type { Instant } from '../base/time.ts';
import { batchDueAt } from './batch.ts';
import type { LinkState } from './link-state.ts';
import { limitChanges, limitTakes } from './priority-limit.ts';
import type { LinkSnapshot, WaitingReason } from './service.ts';
import { prioritiesInOrder } from './window.ts';

/** What the schedule says, and why what waits does. */
export function scheduleSnapshot(
  link: LinkState,
  now: Instant | undefined,
): Pick<LinkSnapshot, 'hours' | 'limit' | 'waitsFor'> {
  const { hours, limit } = link;
  if (now === undefined) {
    return { hours: { permission: 'all', changesAt: undefined }, limit, waitsFor: undefined };
  }
  const changesAt = hours.nextChange(now);
  return { hours: { permission: hours.permission(now), changesAt }, limit, waitsFor: reason(link, now) };
}

function reason(link: LinkState, now: Instant): WaitingReason | undefined {
  const waits = prioritiesInOrder.filter((level) => link.window.count(level) + link.backlog.count(level) > 0);
  if (waits.length === 0 || link.stopping) return undefined;
  if (!link.enabled) return { for: 'disabled' };
  if (waits.every((level) => !limitTakes(link.limit, level, now))) {
    return { for: 'limit', until: limitChanges(link.limit, now) };
  }
  const peers = link.standing() > link.standingOfOurs();
  if (peers || link.calledByOperator || link.connectAsked) return undefined;
  const { hours, schedule } = link;
  if (!schedule.callable || schedule.hours?.style === 'remote-initiated') {
    if (waits.every((level) => !link.maySend(level, 'us', now)) || !schedule.callable) {
      return { for: 'peer-calls' };
    }
  }
  if (waits.every((level) => !link.maySend(level, 'us', now))) {
    return { for: 'schedule', until: hours.nextChange(now) };
  }
  if (link.usable(now) > 0) return undefined;
  if (!link.hasReasonToOpen(now)) return { for: 'batch', until: batchDueAt(schedule.batch, link.window) };
  return link.retry.allows(now) ? undefined : { for: 'retry', until: link.retry.notBefore };
}
