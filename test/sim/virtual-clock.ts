// The clock of a simulated world: time stands still while anything runs, and jumps to the next thing that is
// due. Deterministic: what is due at one instant comes in the order in which it was asked for, and every
// consequence that needs no time (promises, streams) is over before the next. A life's timers can be dropped
// all at once, as a crash does it.

import { type Clock, type Instant, instant } from '../../src/base/time.ts';

interface Timer {
  readonly at: Instant;
  readonly order: number;
  readonly life: object;
  readonly callback: () => void;
}

/** What a world counts from: a day in 2026, so that two-digit years of UTCTime are plain. */
export const worldBegins = instant(Date.UTC(2026, 5, 1, 12, 0, 0));

export class VirtualClock {
  #now: Instant = worldBegins;
  #order = 0;
  readonly #timers = new Heap();
  readonly #over = new WeakSet<object>();
  readonly #cancelled = new Set<Timer>();
  readonly #pending = new Map<object, number>();

  now(): Instant {
    return this.#now;
  }

  /** The clock as one life in the world has it. */
  of(life: object): Clock {
    return {
      now: () => this.#now,
      schedule: (at, callback) => this.#schedule({ at, life, callback, order: ++this.#order }),
    };
  }

  /** Timers of a life that have neither fired nor been cancelled. */
  pending(life: object): number {
    return this.#pending.get(life) ?? 0;
  }

  /** A life is over: what it had asked for never comes, nor what it may still ask for. */
  drop(life: object): void {
    this.#over.add(life);
    for (const timer of this.#timers.all()) {
      if (timer.life === life && !this.#cancelled.has(timer)) this.#cancel(timer);
    }
  }

  /** Lets time pass until `until`. */
  async runUntil(until: Instant): Promise<void> {
    await this.runWhile(() => true, until);
    this.#now = until;
    await settle();
  }

  /** Lets time pass while the condition holds, at most until `limit`. True if it ceased to hold. */
  async runWhile(condition: () => boolean, limit: Instant): Promise<boolean> {
    await settle();
    while (condition()) {
      const next = this.#timers.first();
      if (next === undefined || next.at > limit) return false;
      this.#timers.shift();
      if (this.#cancelled.delete(next)) continue;
      this.#count(next.life, -1);
      if (next.at > this.#now) this.#now = next.at;
      next.callback();
      await settle();
    }
    return true;
  }

  #schedule(timer: Timer): () => void {
    if (this.#over.has(timer.life)) return () => {};
    this.#timers.add(timer);
    this.#count(timer.life, 1);
    return () => {
      if (this.#timers.has(timer) && !this.#cancelled.has(timer)) this.#cancel(timer);
    };
  }

  #cancel(timer: Timer): void {
    this.#cancelled.add(timer);
    this.#count(timer.life, -1);
  }

  #count(life: object, by: number): void {
    this.#pending.set(life, this.pending(life) + by);
  }
}

/**
 * Lets everything happen that needs no time: promises and streams run dry before the check phase of the loop.
 */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The timers, the next one first: a binary heap, so that long runs stay quick. */
class Heap {
  readonly #items: Timer[] = [];
  readonly #members = new Set<Timer>();

  first(): Timer | undefined {
    return this.#items[0];
  }

  has(timer: Timer): boolean {
    return this.#members.has(timer);
  }

  all(): readonly Timer[] {
    return [...this.#items];
  }

  add(timer: Timer): void {
    this.#members.add(timer);
    this.#items.push(timer);
    let at = this.#items.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(this.#items[at], this.#items[parent])) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  shift(): void {
    const [first] = this.#items;
    this.#members.delete(first);
    const last = this.#items.pop();
    if (last === undefined || this.#items.length === 0) return;
    this.#items[0] = last;
    let at = 0;
    for (;;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < this.#items.length && before(this.#items[child], this.#items[least])) least = child;
      }
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #swap(a: number, b: number): void {
    const held = this.#items[a];
    this.#items[a] = this.#items[b];
    this.#items[b] = held;
  }
}

function before(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
