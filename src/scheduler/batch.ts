// Whether enough waits for a link to be called (after the old MTA's queue and content length thresholds): so
// many messages, so many octets, or one so old, by priority. Only about calling: while an association stands,
// everything goes over it. What the window does not hold is not counted: a full window is always enough.

import { after, earlier, type Instant } from '../base/time.ts';
import type { Priority } from '../store/port.ts';
import type { Backlog } from './backlog.ts';
import type { Batch, Batches } from './service.ts';
import { type CopyWindow, prioritiesInOrder } from './window.ts';

export interface Waiting {
  readonly window: CopyWindow;
  readonly backlog: Backlog;
}

/** Whether what waits of these levels is enough. */
export function isBatch(
  batches: Batches | undefined,
  { window, backlog }: Waiting,
  when: { readonly now: Instant; readonly levels: (level: Priority) => boolean },
): boolean {
  return prioritiesInOrder.filter(when.levels).some((level) => {
    const count = window.count(level) + backlog.count(level);
    if (batches === undefined || count === 0) return count > 0;
    const { messages, octets } = batches[level];
    if (messages === 1) return true;
    // What is still being claimed is counted when it is here.
    const here = window.count(level);
    if (here >= messages || (backlog.count(level) > 0 && window.room(level) === 0)) return true;
    if (octets > 0 && window.contentOctets(level) >= octets) return true;
    const due = dueAt(batches[level], window.oldest(level));
    return due !== undefined && due <= when.now;
  });
}

/** When the oldest of what waits is old enough. */
export function batchDueAt(batches: Batches | undefined, window: CopyWindow): Instant | undefined {
  if (batches === undefined) return undefined;
  return prioritiesInOrder.reduce<Instant | undefined>(
    (least, level) => earlier(least, dueAt(batches[level], window.oldest(level))),
    undefined,
  );
}

function dueAt({ age }: Batch, oldest: Instant | undefined): Instant | undefined {
  return oldest === undefined ? undefined : after(oldest, age);
}
