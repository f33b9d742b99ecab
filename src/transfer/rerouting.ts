// Other ways for copies whose link does not work: each recipient's route is chosen again, and where it leads
// elsewhere the copy moves, or is split if its recipients part. What has no other way stays where it is;
// nothing is reported here (X.411 14.3.4; a permanent failure never comes here). Works through a queue in
// slices.

import { mapInSteps, type Steps } from '../base/steps.ts';
import { after, type Clock, type Instant, millis } from '../base/time.ts';
import type { Emit } from '../events/index.ts';
import { deadLetterHop, type RouteDecision, splitByNextHop, type Splitting } from '../routing/index.ts';
import type { CopyId, NextHopKey, QueuedCopy, StoreRefusal, TrackingRecord } from '../store/index.ts';
import { headOf } from './copy-end.ts';
import type { Hops } from './hops.ts';
import type { Ledger } from './ledger.ts';
import { type StoredValue, storedInSteps } from './stored-value.ts';
import type { Strikes } from './strikes.ts';

/** Copies looked at between two turns of the event loop. */
const SLICE_COPIES = 50;
/**
 * Between two slices of a queue, in milliseconds: what a failed link leaves behind must not slow the others.
 */
const SLICE_PAUSE_MS = 50;

export interface ReroutingParts {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly hops: Hops;
  readonly strikes: Strikes;
  /** `spent`: its retries on the link where it waits ran out, and any other that works comes before that. */
  readonly route: (
    value: StoredValue,
    copy: QueuedCopy,
    at: { readonly recipient: number; readonly spent: boolean },
  ) => RouteDecision;
}

/** What became of a copy whose route was to be chosen again. */
export type Rerouted = 'moved' | 'no-other-way' | 'busy' | 'quarantined' | 'gone';

export class Rerouting {
  readonly #parts: ReroutingParts;
  #stopped = false;
  /** How often the routes have changed. */
  #changes = 0;
  readonly #inHand = new Map<CopyId, Promise<Rerouted>>();

  constructor(parts: ReroutingParts) {
    this.#parts = parts;
  }

  /** Looks for another way for these copies of a hop, or for its whole queue. */
  async tryAlternates(hop: NextHopKey, copies: readonly CopyId[] | 'all'): Promise<void> {
    if (copies === 'all') return this.#wholeQueue(hop, 'the link does not work', () => this.#stopped);
    for (const copy of copies) await this.reroute(copy, 'retries ran out', true);
  }

  /**
   * Chooses the way of all that waits for links again, one queue after the other, because the routes have
   * changed. A later change begins anew.
   */
  async recalculate(): Promise<void> {
    this.#changes += 1;
    const change = this.#changes;
    const overtaken = (): boolean => this.#stopped || this.#changes !== change;
    for (const { hop } of this.#parts.hops.links.values()) {
      if (overtaken()) return;
      await this.#wholeQueue(hop, 'the routes have changed', overtaken);
    }
  }

  async #wholeQueue(hop: NextHopKey, reason: string, ends: () => boolean): Promise<void> {
    let afterCopy: CopyId | undefined;
    for (;;) {
      const query = { nextHop: hop, state: 'queued', limit: SLICE_COPIES } as const;
      const slice = await this.#parts.ledger.store.list(
        afterCopy === undefined ? query : { ...query, afterCopy },
      );
      for (const { copy } of slice) await this.reroute(copy, reason);
      if (slice.length < SLICE_COPIES) return;
      afterCopy = slice.at(-1)?.copy;
      await this.#pause();
      if (ends()) return;
    }
  }

  /** Looks no further; the next start of the MTA begins again. */
  stop(): void {
    this.#stopped = true;
  }

  /**
   * Chooses the next hops of one copy again, and says whether it moved, or why not. One after the other for a
   * copy: its retries may run out while the whole queue of its link is looked at. `spent` as in `route`.
   */
  async reroute(id: CopyId, reason: string, spent = false): Promise<Rerouted> {
    for (;;) {
      const before = this.#inHand.get(id);
      if (before === undefined) break;
      await before.catch(() => undefined);
    }
    const rerouted = this.#chooseAgain(id, reason, spent);
    this.#inHand.set(id, rerouted);
    try {
      return await rerouted;
    } finally {
      this.#inHand.delete(id);
    }
  }

  async #chooseAgain(id: CopyId, reason: string, spent: boolean): Promise<Rerouted> {
    const { ledger, clock } = this.#parts;
    const copy = await ledger.store.show(id);
    if (copy === undefined) return 'gone';
    // A dead letter is poison to nobody: it is set aside for its route alone.
    const dead = copy.nextHop === deadLetterHop;
    if (copy.state === 'quarantined' && !dead) return 'quarantined';
    const moved = await this.#otherWays(copy, spent);
    if (moved.length === 0) return 'no-other-way';
    if (!(await this.#parts.hops.letGo(copy.nextHop, id))) return 'busy';
    const moving = new Set(moved.flatMap((group) => group.recipients));
    const staying = copy.recipients
      .map((recipient) => recipient.number)
      .filter((number) => !moving.has(number));
    const groups = staying.length === 0 ? moved : [...moved, { nextHop: copy.nextHop, recipients: staying }];
    const tracking = moved.map((group) => rerouted(copy, group, { reason, at: clock.now() }));
    const deferred = deferralOf(copy, this.#parts.hops);
    const waits = { ...(deferred !== undefined && { notBefore: deferred }), held: copy.state === 'held' };
    const change =
      groups.length === 1
        ? {
            place: [
              {
                copy: id,
                nextHop: groups[0].nextHop,
                notBefore: deferred ?? null,
                resetAttempts: true,
                ...(dead && { state: 'queued' as const }),
              },
            ],
          }
        : { split: [{ copy: id, into: groups.map((group) => ({ ...group, ...waits })) }] };
    const result = await ledger.commit({ ...change, tracking }, 'outsider');
    if (!result.ok) this.#parts.hops.waiting(copy.nextHop, copy.priority, copy.notBefore);
    for (const group of result.ok ? groups : []) {
      this.#parts.hops.waiting(group.nextHop, copy.priority, deferred);
      if (group.nextHop !== copy.nextHop) this.#tell(copy, group.nextHop, reason);
    }
    if (result.ok) return 'moved';
    return notMoved(result.refusal);
  }

  /** The groups of its recipients that another hop is for. */
  async #otherWays(copy: QueuedCopy, spent: boolean): Promise<Splitting['copies']> {
    const { route, strikes } = this.#parts;
    const choose = function* (): Steps<Splitting['copies']> {
      const stored = yield* storedInSteps(copy);
      if (!stored.ok) return [];
      const routed = yield* mapInSteps(copy.recipients, ({ number }) => {
        const decision = route(stored.value, copy, { recipient: number, spent });
        return { recipient: number, decision };
      });
      const { copies } = yield* splitByNextHop(routed);
      return copies.filter((group) => group.nextHop !== copy.nextHop);
    };
    if (strikes.resting('routing', copy.copy)) return [];
    try {
      return await strikes.run('routing', copy.copy, choose());
    } catch (error) {
      // Whoever serves it lets it go first; while it is in transfer it stays, and is struck all the same.
      const free = await this.#parts.hops.letGo(copy.nextHop, copy.copy);
      const notBefore = await strikes.failed(copy, { stage: 'routing', error }, 'outsider');
      if (free && notBefore !== undefined) {
        this.#parts.hops.waiting(copy.nextHop, copy.priority, notBefore);
      }
      return [];
    }
  }

  #pause(): Promise<void> {
    const { clock } = this.#parts;
    return new Promise((resolve) => {
      clock.schedule(after(clock.now(), millis(SLICE_PAUSE_MS)), resolve);
    });
  }

  #tell(copy: QueuedCopy, to: NextHopKey, reason: string): void {
    const recipients = copy.recipients.map((recipient) => recipient.address);
    const { mtsIdentifier, nextHop: from } = copy;
    this.#parts.emit('rerouted', { mtsIdentifier, from, to, recipients, reason });
  }
}

/** A copy whose row is damaged has been set aside by the store. */
function notMoved({ kind }: StoreRefusal): Rerouted {
  if (kind === 'no-such-copy') return 'gone';
  return kind === 'damaged' ? 'quarantined' : 'busy';
}

/** A deferred copy waits on, wherever it goes; one that only waits for its next try may go at once. */
export function deferralOf(
  { nextHop, notBefore, lastAttemptAt }: QueuedCopy,
  hops: Pick<Hops, 'linkOf'>,
): Instant | undefined {
  const retry = hops.linkOf(nextHop)?.link.retry;
  if (notBefore === undefined || lastAttemptAt === undefined) return notBefore;
  // Longer than any delay between two tries: by command, after it had failed.
  const longest = millis(2 * (retry?.transferInterval ?? 0));
  return retry !== undefined && notBefore > after(lastAttemptAt, longest) ? notBefore : undefined;
}

function rerouted(
  copy: QueuedCopy,
  group: { readonly nextHop: NextHopKey; readonly recipients: readonly number[] },
  { reason, at }: { readonly reason: string; readonly at: Instant },
): TrackingRecord {
  const moved = new Set(group.recipients);
  const recipients = copy.recipients.filter(({ number }) => moved.has(number)).map(({ address }) => address);
  const detail = { from: copy.nextHop, to: group.nextHop, reason };
  return { ...headOf(copy), at, act: 'rerouted', recipients, detail };
}
