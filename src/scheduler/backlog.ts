// What one link's scheduler knows of copies in the store that it has not claimed: how many of each priority
// (a guess, put right by each load), which loads are under way, and when the next copy becomes due.
// Invariant: copies that were announced are never forgotten before a load that began after the announcement
// has come back empty.

import { after, earlier, type Instant, type Millis, millis } from '../base/time.ts';
import type { Priority } from '../store/port.ts';
import { perPriority, prioritiesInOrder } from './window.ts';

/** After a load that failed, the store is left alone for this long. */
export const load_retry_ms = 1000;

interface Side {
  copies: number;
  loading: boolean;
  /** Announced since the load under way began. */
  announced: number;
  notBefore: Instant | undefined;
}

export class Backlog {
  readonly #sides: Readonly<Record<Priority, Side>> = perPriority(() => ({
    copies: 0,
    loading: false,
    announced: 0,
    notBefore: undefined,
  }));
  #dueAt: Instant | undefined;

  get total(): number {
    return prioritiesInOrder.reduce((sum, priority) => sum + this.#sides[priority].copies, 0);
  }

  count(priority: Priority): number {
    return this.#sides[priority].copies;
  }

  isLoading(priority: Priority): boolean {
    return this.#sides[priority].loading;
  }

  announce(priority: Priority, copies: number): void {
    this.#sides[priority].copies += copies;
    this.#sides[priority].announced += copies;
  }

  /** A copy becomes due at that time. */
  due(at: Instant | undefined): void {
    this.#dueAt = earlier(this.#dueAt, at);
  }

  /** What has become due is announced; of which priority it is, loads find out. */
  advance(now: Instant): void {
    if (this.#dueAt === undefined || this.#dueAt > now) return;
    this.#dueAt = undefined;
    for (const priority of prioritiesInOrder) this.announce(priority, 1);
  }

  wantsLoad(priority: Priority, now: Instant): boolean {
    const side = this.#sides[priority];
    return side.copies > 0 && !side.loading && (side.notBefore === undefined || side.notBefore <= now);
  }

  loadStarted(priority: Priority): void {
    this.#sides[priority].loading = true;
    this.#sides[priority].announced = 0;
  }

  loaded(priority: Priority, copies: number, more: boolean): void {
    const side = this.#sides[priority];
    side.loading = false;
    side.notBefore = undefined;
    side.copies = more ? Math.max(1, side.copies - copies) : side.announced;
  }

  loadFailed(priority: Priority, now: Instant): void {
    this.#sides[priority].loading = false;
    this.#sides[priority].notBefore = after(now, millis(load_retry_ms));
  }

  /** The clock was set. When copies are due is a time of day, and stays. */
  shift(by: Millis): void {
    for (const priority of prioritiesInOrder) {
      const side = this.#sides[priority];
      if (side.notBefore !== undefined) side.notBefore = after(side.notBefore, by);
    }
  }

  /** When there is something to load, by itself: a copy due, or a failed load to be tried again. */
  nextTimeout(): Instant | undefined {
    let next = this.#dueAt;
    for (const priority of prioritiesInOrder) {
      const { copies, loading, notBefore } = this.#sides[priority];
      if (copies > 0 && !loading) next = earlier(next, notBefore);
    }
    return next;
  }
}
