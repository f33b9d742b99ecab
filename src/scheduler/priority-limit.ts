// An operator's limit on what a link sends: only these priorities, from one moment to another. It is a switch
// of the running MTA, not a restriction of routing: what it keeps back waits.

import { earlier, type Instant } from '../base/time.ts';
import type { Priority } from '../store/port.ts';

export interface PriorityLimit {
  readonly priorities: readonly Priority[];
  /** Absent: from now on. */
  readonly from?: Instant | undefined;
  /** Absent: until it is lifted. */
  readonly until?: Instant | undefined;
}

/** Whether copies of this level may go now. */
export function limitTakes(limit: PriorityLimit | undefined, level: Priority, now: Instant): boolean {
  return limit === undefined || !isInForce(limit, now) || limit.priorities.includes(level);
}

/** When the limit begins or ends next. */
export function limitChanges(limit: PriorityLimit | undefined, now: Instant): Instant | undefined {
  const ahead = (at: Instant | undefined) => (at !== undefined && at > now ? at : undefined);
  return earlier(ahead(limit?.from), ahead(limit?.until));
}

export function isInForce({ from, until }: PriorityLimit, now: Instant): boolean {
  return (from === undefined || from <= now) && (until === undefined || now < until);
}
