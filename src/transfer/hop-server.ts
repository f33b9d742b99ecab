// Whoever serves a hop in this process, a deliver space or a list: takes up its copies a few at a time, each
// claimed, looks again when one comes due, and ends in order. What is done with a copy its heirs say.
// Invariant: a copy in service is claimed, and in service once.

import { after, type Clock, type Instant, millis } from '../base/time.ts';
import type { Emit } from '../events/index.ts';
import type { CopyId, NextHopKey, QueuedCopy } from '../store/index.ts';
import type { Ledger } from './ledger.ts';
import { unawaited } from './unawaited.ts';
import { within } from './within.ts';

/** How often a hop is looked at for what came due or was lost sight of, in milliseconds. */
const sweep_ms_default = 30_000;

export interface HopServerParts {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly sweep_ms?: number | undefined;
}

export abstract class HopServer {
  readonly hop: NextHopKey;
  readonly #parts: HopServerParts;
  readonly #copies_max: number;
  readonly #inService = new Map<CopyId, Promise<void>>();
  #claiming = false;
  #mayHaveMore = true;
  #stopping = false;
  #started = false;
  #cancelTimer: (() => void) | undefined;
  #due: Instant | undefined;
  /** How often a time was told: an answer of the store from before the last is old. */
  #dueTold = 0;
  #cancelDue: (() => void) | undefined;

  /** Serves at most `copies_max` copies at once. */
  constructor(hop: NextHopKey, copies_max: number, parts: HopServerParts) {
    this.hop = hop;
    this.#copies_max = copies_max;
    this.#parts = parts;
  }

  /** Serves one copy to its end; must not reject. */
  protected abstract serve(copy: QueuedCopy): Promise<void>;

  /** Looks for waiting copies, now and from time to time. */
  start(): void {
    if (this.#stopping) return;
    this.#started = true;
    this.#fill();
    const { clock, sweep_ms = sweep_ms_default } = this.#parts;
    this.#cancelTimer = clock.schedule(after(clock.now(), millis(sweep_ms)), () => {
      this.#mayHaveMore = true;
      this.start();
    });
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  /** Whether a copy that is being secured may be claimed for this hop at once. */
  wouldTake(): boolean {
    return this.#started && !this.#stopping && this.#inService.size < this.#copies_max;
  }

  /** A copy was secured and claimed in one transition. */
  secured(copy: QueuedCopy): void {
    if (this.#stopping) unawaited(this.#parts.emit, this.#parts.ledger.unclaim([copy.copy]));
    else this.#begin(copy);
  }

  /** Copies were secured that nobody claimed. */
  waiting(): void {
    this.#mayHaveMore = true;
    this.#fill();
  }

  /** Whether the copy is in service now. */
  busyWith(copy: CopyId): boolean {
    return this.#inService.has(copy);
  }

  /**
   * Takes up nothing more; resolves when what is in service has ended, or at `until`. What has not ended by
   * then stays claimed until it does: a disk that hangs holds up nobody else.
   */
  async stop(until: Instant): Promise<void> {
    this.#stopping = true;
    this.#cancelTimer?.();
    this.#cancelDue?.();
    await within(this.#parts, until, Promise.all(this.#inService.values()));
  }

  /** A copy becomes due later: deferred, or to be tried again. */
  dueAt(at: Instant): void {
    this.#dueTold += 1;
    if (this.#stopping || (this.#due !== undefined && this.#due <= at)) return;
    this.#due = at;
    this.#cancelDue?.();
    this.#cancelDue = this.#parts.clock.schedule(at, () => {
      this.#due = undefined;
      this.waiting();
    });
  }

  /** Serves these alone, one after the other, before anything else is taken up. */
  async serveAlone(copies: readonly CopyId[]): Promise<void> {
    const { ledger, clock } = this.#parts;
    for (const copy of copies) {
      if (this.#stopping) return;
      const claim = { ...ledger.claim, nextHop: this.hop, now: clock.now(), limit: 1, copies: [copy] };
      for (const claimed of await ledger.store.claim(claim)) this.#begin(claimed);
      await Promise.all(this.#inService.values());
    }
  }

  #fill(): void {
    if (this.#claiming || !this.#mayHaveMore || this.#stopping || !this.#started) return;
    const limit = this.#copies_max - this.#inService.size;
    if (limit <= 0) return;
    this.#claiming = true;
    this.#mayHaveMore = false;
    unawaited(this.#parts.emit, this.#take(limit));
  }

  async #take(limit: number): Promise<void> {
    const { ledger, clock } = this.#parts;
    const copies = await ledger.store
      .claim({ ...ledger.claim, nextHop: this.hop, now: clock.now(), limit })
      .finally(() => {
        this.#claiming = false;
      });
    if (this.#stopping) return ledger.unclaim(copies.map(({ copy }) => copy));
    for (const copy of copies) this.#begin(copy);
    if (copies.length === limit) this.#mayHaveMore = true;
    if (!this.#mayHaveMore) await this.#waitForNextDue();
    this.#fill();
  }

  /** What is due next is waited for; a copy that has gone meanwhile, released or at its end, is not. */
  async #waitForNextDue(): Promise<void> {
    const { ledger, clock } = this.#parts;
    const told = this.#dueTold;
    const due = await ledger.store.nextDue(this.hop, clock.now());
    if (due !== undefined) this.dueAt(due);
    else if (told === this.#dueTold) {
      this.#cancelDue?.();
      this.#due = undefined;
    }
  }

  #begin(copy: QueuedCopy): void {
    const work = this.serve(copy).finally(() => {
      this.#inService.delete(copy.copy);
      this.#fill();
    });
    this.#inService.set(copy.copy, work);
  }
}
