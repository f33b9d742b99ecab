// Tells of queues that grow long or old, one alarm a next hop and one word when it is over. Looks at what the
// store has, twice a minute; what is held or quarantined was told by itself and does not count. Invariant:
// between the two marks nothing is told, so that a queue about one of them is no flood.

import { after, type Clock, type Instant, isoTime, millis } from '../base/time.ts';
import type { Configuration } from '../config/index.ts';
import type { Emit } from '../events/index.ts';
import { parseNextHopKey } from '../routing/index.ts';
import type { NextHopKey, Store } from '../store/index.ts';
import { unawaited } from './unawaited.ts';

/** From one look to the next, in milliseconds. */
export const queue_look_ms = 30_000;

export interface QueueWatchParts {
  readonly store: Pick<Store, 'counts'>;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Asked each time, so that a reload counts at once. */
  readonly limits: () => Configuration['alarms']['queue'];
}

interface Waiting {
  readonly copies: number;
  readonly oldest: Instant;
}

export class QueueWatch {
  readonly #parts: QueueWatchParts;
  readonly #backlogged = new Set<NextHopKey>();
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(parts: QueueWatchParts) {
    this.#parts = parts;
  }

  start(): void {
    const { clock, emit } = this.#parts;
    this.#cancel = clock.schedule(after(clock.now(), millis(queue_look_ms)), () => {
      const looked = this.#look().finally(() => {
        if (!this.#stopped) this.start();
      });
      unawaited(emit, looked);
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  async #look(): Promise<void> {
    const waiting = await queuesOf(this.#parts.store);
    if (this.#stopped) return;
    for (const [hop, queue] of waiting) {
      if (!this.#backlogged.has(hop) && this.#reaches(queue, 1)) this.#begins(hop, queue);
    }
    for (const hop of [...this.#backlogged]) {
      const queue = waiting.get(hop);
      if (queue === undefined || !this.#reaches(queue, 0.5)) this.#ends(hop, queue?.copies ?? 0);
    }
  }

  /** Whether it is as long, or as old, as this share of what is allowed; at half of it, longer or older. */
  #reaches({ copies, oldest }: Waiting, share: 1 | 0.5): boolean {
    const { clock, limits } = this.#parts;
    const limit = limits();
    const age = clock.now() - oldest;
    const reached = (value: number, mark: number): boolean =>
      mark > 0 && (share === 1 ? value >= mark : value > mark * share);
    return reached(copies, limit.copies) || reached(age, limit.age);
  }

  #begins(hop: NextHopKey, { copies, oldest }: Waiting): void {
    this.#backlogged.add(hop);
    this.#parts.emit('queue-backlogged', { ...nameOf(hop), queued: copies, oldest: isoTime(oldest) });
  }

  #ends(hop: NextHopKey, queued: number): void {
    this.#backlogged.delete(hop);
    this.#parts.emit('queue-subsided', { ...nameOf(hop), queued });
  }
}

/** What waits for each next hop. */
async function queuesOf(store: Pick<Store, 'counts'>): Promise<ReadonlyMap<NextHopKey, Waiting>> {
  const queues = new Map<NextHopKey, Waiting>();
  for (const { nextHop, state, copies, oldestAcceptedAt } of await store.counts()) {
    if (state !== 'queued') continue;
    const before = queues.get(nextHop);
    const oldest =
      before !== undefined && before.oldest < oldestAcceptedAt ? before.oldest : oldestAcceptedAt;
    queues.set(nextHop, { copies: (before?.copies ?? 0) + copies, oldest });
  }
  return queues;
}

/** How many copies wait for a next hop, whether or not somebody has them in hand. */
export async function queuedFor(store: Pick<Store, 'counts'>, hop: NextHopKey): Promise<number> {
  return (await queuesOf(store)).get(hop)?.copies ?? 0;
}

function nameOf(nextHop: NextHopKey): { readonly link?: string; readonly nextHop: NextHopKey } {
  const hop = parseNextHopKey(nextHop);
  return hop?.kind === 'link' ? { link: hop.name, nextHop } : { nextHop };
}
