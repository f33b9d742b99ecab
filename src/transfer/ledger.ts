// The store as transfer uses it: commits that may be refused, and commits that must happen sooner or later
// because the world has already moved on (a peer has confirmed, a file has been delivered). The latter are
// tried again until they stand; until then the copies stay claimed, so nothing is sent twice by this process.
// A store that has ended is not asked again: what it does not have, the next start finds as it was before.

import { after, type Clock, instant, millis } from '../base/time.ts';
import type { Emit } from '../events/index.ts';
import type { Claim, CommitResult, CopyId, Store, StoreRefusal, Transition } from '../store/index.ts';
import { NotedSpool } from './noted-spool.ts';
import { refusalText } from './refusal-text.ts';

/** How long to wait after a refused commit that must happen, in milliseconds. */
const COMMIT_RETRY_MS = 1000;

/**
 * How long the disk must have refused nothing until there is space again, in milliseconds: a disk that is
 * nearly full takes this and refuses that.
 */
const SPACE_CALM_MS = 10_000;

/**
 * The embedded store is held by one process, and its claims end with it: they need no end of their own. A
 * store that several MTAs share will want leases that are renewed.
 */
const CLAIM_UNTIL = instant(Number.MAX_SAFE_INTEGER);

/**
 * As whom a transition is made. The holder of the claims is whoever serves the copies: it may end and move
 * what is claimed, and an attempt that it records ends the claim. An outsider (an operator, a reroute, the
 * look for what has expired) is refused as `busy` where anybody serves a copy, and ends no claim: so the
 * store alone decides who was first, and a copy never is in two places.
 */
export type Standing = 'holder' | 'outsider';

export class Ledger {
  readonly store: Store;
  readonly claim: Claim;
  readonly #clock: Clock;
  readonly #emit: Emit;
  readonly #directory: string;
  #full = false;
  #cancelCalm: (() => void) | undefined;
  /** Commits that have been refused and are being tried again. */
  waiting = 0;

  constructor(parts: { store: Store; clock: Clock; emit: Emit; owner: string; directory: string }) {
    this.store = parts.store;
    this.#clock = parts.clock;
    this.#emit = parts.emit;
    this.#directory = parts.directory;
    this.claim = { owner: parts.owner, until: CLAIM_UNTIL };
  }

  /** One transition; a refusal is reported as an event and returned. */
  async commit(transition: Transition, as: Standing = 'holder'): Promise<CommitResult> {
    const { owner } = this.claim;
    const mine = as === 'holder' ? { ...transition, onBehalfOf: owner } : transition;
    const result = await this.store.commit(mine);
    if (result.ok) this.#spaceIsBack();
    else this.#report(result.refusal);
    return result;
  }

  /**
   * A transition that records what has already happened: tried until it stands, or proves to be void or never
   * to stand (`damaged`: whoever asked sets the copy aside), or the store has ended.
   */
  async commitSurely(transition: Transition, as: Standing = 'holder'): Promise<CommitResult> {
    let result = await this.commit(transition, as);
    if (result.ok || !isTemporary(result.refusal)) return result;
    this.waiting += 1;
    while (!result.ok && isTemporary(result.refusal)) {
      await new Promise<void>((resolve) => {
        this.#clock.schedule(after(this.#clock.now(), millis(COMMIT_RETRY_MS)), resolve);
      });
      result = await this.commit(transition, as);
    }
    this.waiting -= 1;
    return result;
  }

  /** The store's spools, whose refusals are reported like those of commits. */
  get spools(): Pick<Store, 'openSpool' | 'reopenSpool' | 'readSpool'> {
    const { store } = this;
    const note = (refusal: StoreRefusal): void => this.#report(refusal);
    return {
      readSpool: (name, offset, octets_max) => store.readSpool(name, offset, octets_max),
      openSpool: async () => new NotedSpool(await store.openSpool(), note),
      reopenSpool: async (name, octets_count) => {
        const spool = await store.reopenSpool(name, octets_count);
        return spool && new NotedSpool(spool, note);
      },
    };
  }

  /** Waits for nothing any more. */
  stop(): void {
    this.#cancelCalm?.();
  }

  /** Gives up our claims on these copies, which nobody here holds any more. */
  unclaim(copies: readonly CopyId[]): Promise<void> {
    return this.store.unclaim(this.claim.owner, copies);
  }

  #report(refusal: StoreRefusal): void {
    const directory = this.#directory;
    if (refusal.kind === 'no-space') {
      this.#cancelCalm?.();
      this.#cancelCalm = undefined;
      if (!this.#full) this.#emit('store-full', { directory, detail: refusal.detail });
      this.#full = true;
    } else if (refusal.kind === 'failed' || refusal.kind === 'damaged') {
      this.#emit('store-failed', { directory, detail: refusalText(refusal) });
    }
  }

  /** Something was taken: if nothing is refused for a while, there is space. */
  #spaceIsBack(): void {
    if (!this.#full || this.#cancelCalm !== undefined) return;
    const at = after(this.#clock.now(), millis(SPACE_CALM_MS));
    this.#cancelCalm = this.#clock.schedule(at, () => {
      this.#cancelCalm = undefined;
      this.#full = false;
      this.#emit('store-space-back', { directory: this.#directory });
    });
  }
}

function isTemporary(refusal: StoreRefusal): boolean {
  return refusal.kind === 'no-space' || refusal.kind === 'failed';
}
