// An operator gives recipients of a copy that waits another address (X.411 06/1999, 14.3.6). Everything is
// found out first; then one transition ends their places in the copy and makes the message that goes on to
// the new address, so that a death leaves it before or after. What is in transfer or delivery is busy, and
// nothing is changed (RT-B3). Invariant: whatever is answered but `done`, the copy is as it was.

import type { Result } from '../base/result.ts';
import type { Steps } from '../base/steps.ts';
import type { Clock, Instant } from '../base/time.ts';
import type { Emit } from '../events/index.ts';
import { parseNextHopKey } from '../routing/index.ts';
import type { QueuedCopy, StoreRefusal, Transition } from '../store/index.ts';
import type { Hops } from './hops.ts';
import type { JudgedRedirection, Redirecting, RedirectOrder } from './judge-redirection.ts';
import type { Ledger } from './ledger.ts';
import { deferralOf } from './rerouting.ts';
import { Slices } from './slices.ts';
import { storedInSteps } from './stored-value.ts';
import type { Strikes } from './strikes.ts';

export interface RedirectCommandParts {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly hops: Hops;
  readonly strikes: Strikes;
  readonly judging: {
    redirection(redirecting: Redirecting, now: Instant): Steps<Result<JudgedRedirection, string>>;
  };
}

export type Redirected =
  | { readonly kind: 'done' | 'refused'; readonly detail: string }
  | { readonly kind: 'busy' }
  /** The store did not take it. */
  | { readonly kind: 'failed'; readonly refusal: StoreRefusal };

const by = 'command';

export class RedirectCommand {
  readonly #parts: RedirectCommandParts;

  constructor(parts: RedirectCommandParts) {
    this.#parts = parts;
  }

  /** Redirects recipients of this copy, and says where they go; or why nothing was changed. */
  async perform(copy: QueuedCopy, order: RedirectOrder): Promise<Redirected> {
    const { clock, hops, judging } = this.#parts;
    const slices = Slices.on(clock);
    const stored = await slices.run(storedInSteps(copy));
    if (!stored.ok) return { kind: 'refused', detail: `it cannot be read: ${stored.error.message}` };
    const { value } = stored;
    if (value.kind === 'report') return { kind: 'refused', detail: reportText };
    if (await this.#isHalfExpanded(copy)) return { kind: 'refused', detail: halfExpandedText };
    const notBefore = deferralOf(copy, hops);
    const redirecting = { copy, value, order, by, notBefore };
    const judged = await slices.run(judging.redirection(redirecting, clock.now()));
    if (!judged.ok) return { kind: 'refused', detail: judged.error };
    if (!(await hops.letGo(copy.nextHop, copy.copy))) return { kind: 'busy' };
    const done = await this.#commit(copy, judged.value);
    // What was let go and could not be changed goes back to whoever serves it.
    if (done.kind !== 'done') hops.waiting(copy.nextHop, copy.priority, copy.notBefore);
    return done;
  }

  async #commit(copy: QueuedCopy, { judgement, left, told }: JudgedRedirection): Promise<Redirected> {
    const { ledger, hops, emit, strikes } = this.#parts;
    const { create, tracking, events } = judgement;
    const change = leaving(copy, left);
    const result = await ledger.commit({ ...change, create, tracking }, 'outsider');
    if (!result.ok)
      return result.refusal.kind === 'busy' ? { kind: 'busy' } : { kind: 'failed', refusal: result.refusal };
    strikes.forgive(copy.copy);
    if (left.length > 0) hops.waiting(copy.nextHop, copy.priority, copy.notBefore);
    hops.created(create, result.created);
    for (const [name, fields] of events) emit(name, fields);
    const copies = result.created.flatMap((each) => each.copies).join(', ');
    return { kind: 'done', detail: copies === '' ? told : `${told}, as copy ${copies}` };
  }

  /** A list of which some members have got it already is not taken out of its expansion. */
  async #isHalfExpanded({ copy, nextHop }: QueuedCopy): Promise<boolean> {
    if (parseNextHopKey(nextHop)?.kind !== 'list') return false;
    const points = await this.#parts.ledger.store.recoveryPoints(nextHop);
    return points.some(({ key }) => key === `${nextHop}/${copy}`);
  }
}

/** The end of the copy; or one in its place, with the recipients that stay. */
function leaving(copy: QueuedCopy, left: readonly number[]): Transition {
  if (left.length === 0) return { finish: [copy.copy] };
  const { state, nextHop, notBefore } = copy;
  const waits = {
    ...(state === 'held' && { held: true }),
    ...(state === 'quarantined' && { quarantined: true }),
    ...(notBefore !== undefined && { notBefore }),
  };
  return { split: [{ copy: copy.copy, into: [{ nextHop, recipients: left, ...waits }] }] };
}

const reportText =
  'it is a report: it goes to the originator of its subject and to nobody else; reroute, export or delete it';
const halfExpandedText =
  'it is for a distribution list, and a part of its members have got it already; return or delete it';
