// The book of strikes: how often the processing of something failed, kept in the ledger over restarts and
// known by heart; and who is in hand, named outside of the ledger (law 11: it is no state of the message).
// What the keys mean, and what follows from a strike, is its users' business. Invariant: what is counted here
// is in the ledger, or on its way there.

import { after, type Clock, millis } from '../base/time.ts';
import type { Emit } from '../events/index.ts';
import type { Strike } from '../store/index.ts';
import type { Ledger } from './ledger.ts';
import type { Dumps, InHand, Stage } from './poison-ports.ts';
import { unawaited } from './unawaited.ts';
import { within } from './within.ts';

/** With the third strike in one stage it is over. */
export const strikes_max = 3;

/** How long a start waits for its strikes to be written, in milliseconds. */
const at_start_ms = 1000;

export interface StrikesParts {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly inHand?: InHand | undefined;
  readonly dumps?: Dumps | undefined;
}

/** A failure of our own, caught. */
export interface Fault {
  readonly stage: Stage;
  readonly error: unknown;
}

export class StrikeBook {
  readonly #parts: StrikesParts;
  readonly #known = new Map<string, Strike>();

  constructor(parts: StrikesParts) {
    this.#parts = parts;
  }

  /**
   * Reads the book, and gives a strike to whom the last process had in hand when it died. Before anything is
   * taken up.
   */
  async open(): Promise<void> {
    const { ledger, clock, inHand } = this.#parts;
    for (const strike of await ledger.store.strikes()) this.#known.set(strike.key, strike);
    const subjects = new Set((inHand?.left ?? []).map(({ subject }) => subject));
    const died = [...subjects].map((key) => this.#next(key, 'the process died', clock.now()));
    if (died.length > 0) {
      const written = ledger.commitSurely({ strikes: died });
      // A disk that is full does not hold up the start: the book knows them, and writes them when it can.
      await within(this.#parts, after(clock.now(), millis(at_start_ms)), written);
    }
    inHand?.forgetLeft();
  }

  /** By key, those of one kind. */
  of(prefix: string): readonly Strike[] {
    return [...this.#known.values()].filter(({ key }) => key.startsWith(prefix));
  }

  get(key: string): Strike | undefined {
    return this.#known.size === 0 ? undefined : this.#known.get(key);
  }

  /** One more; to be committed by the caller. */
  strike(key: string, error: unknown): Strike {
    return this.#next(key, textOf(error), this.#parts.clock.now());
  }

  clear(key: string): void {
    if (!this.#known.delete(key)) return;
    unawaited(this.#parts.emit, this.#parts.ledger.commitSurely({ dropStrikes: [key] }));
  }

  /** It was dropped in a transition of the caller's. */
  forget(key: string): void {
    this.#known.delete(key);
  }

  /** Names something as in hand; what is returned lets it go. */
  hold(stage: Stage, key: string): () => void {
    const { inHand } = this.#parts;
    if (inHand === undefined) return () => undefined;
    const entry = inHand.begin(stage, key);
    return () => inHand.end(entry);
  }

  /** Does something that does not wait, named as in hand. */
  during<T>(stage: Stage, key: string, work: () => T): T {
    const letGo = this.hold(stage, key);
    try {
      return work();
    } finally {
      letGo();
    }
  }

  /** Resolves to the reference of a dump: the octets, and what is known of the failure. */
  async dump(
    name: string,
    octets: Uint8Array,
    { heading, error }: { readonly heading: string; readonly error: unknown },
  ): Promise<string | undefined> {
    const stack = error instanceof Error ? (error.stack ?? '') : '';
    return this.#parts.dumps?.write({ name, octets, text: `${heading}\n${stack}` });
  }

  #next(key: string, detail: string, at: Strike['at']): Strike {
    const strike = { key, count: (this.#known.get(key)?.count ?? 0) + 1, at, detail };
    this.#known.delete(key);
    this.#known.set(key, strike);
    return strike;
  }
}

export function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
