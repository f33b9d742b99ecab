// The part of one link's queue that is in memory: claimed copies that wait for an association. Each priority
// has its own bound, in copies and in octets, so that a mass of low priority keeps nothing urgent out. Urgent
// goes first, but after a run of it one lower copy goes, so that nothing starves. Reports count as urgent.
// Holds no transfers. Invariant: a copy is in the window once, or not at all.

import { assert } from '../base/assert.ts';
import { earlier, type Instant } from '../base/time.ts';
import type { CopyId, Priority } from '../store/port.ts';
import type { ScheduledCopy } from './service.ts';

/** Copies of each priority in memory for one link: enough for ten associations while more are read. */
export const window_copies_max = 200;
/** Octets of each priority in memory for one link: what it may cost, whatever the size of its messages. */
export const window_octets_max = 4 * 1024 * 1024;
/** After so many of one level in a row, one of a lower level that waits. */
export const urgent_run_max = 16;
export const normal_run_max = 8;

export const prioritiesInOrder = ['urgent', 'normal', 'non-urgent'] as const;

/** A copy as it waits: how often in a row an association was lost under it goes with it. */
export interface WaitingCopy extends ScheduledCopy {
  readonly losses: number;
}

/** The level by which a copy is served: reports are transferred as urgent (X.411 06/1999, 14.3.3). */
export function levelOf(copy: ScheduledCopy): Priority {
  return copy.kind === 'report' ? 'urgent' : copy.priority;
}

interface Level {
  /** To be tried again before the rest. */
  readonly returned: Map<CopyId, WaitingCopy>;
  readonly queued: Map<CopyId, WaitingCopy>;
}
interface Load {
  copies: number;
  octets: number;
}

export class CopyWindow {
  readonly #limits: { readonly copies: number; readonly octets: number };
  readonly #levels: Readonly<Record<Priority, Level>> = perPriority(() => ({
    returned: new Map(),
    queued: new Map(),
  }));
  readonly #loads: Readonly<Record<Priority, Load>> = perPriority(() => ({ copies: 0, octets: 0 }));
  #typicalOctets = 4096;
  #urgentRun = 0;
  #normalRun = 0;
  #earliestExpiry: Instant | undefined;

  constructor(limits = { copies: window_copies_max, octets: window_octets_max }) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#loads.urgent.copies + this.#loads.normal.copies + this.#loads['non-urgent'].copies;
  }

  /** When the first of them expires, or earlier: what has left since may still count. */
  get earliestExpiry(): Instant | undefined {
    return this.size === 0 ? undefined : this.#earliestExpiry;
  }

  /** How many wait to be served as of this level. */
  count(level: Priority): number {
    return this.#levels[level].returned.size + this.#levels[level].queued.size;
  }

  has(copy: CopyId): boolean {
    return prioritiesInOrder.some((level) => this.#find(level, copy) !== undefined);
  }

  /** How many more copies of this priority are wanted: none until half of the window is empty. */
  room(priority: Priority): number {
    const { copies, octets } = this.#loads[priority];
    if (copies > this.#limits.copies / 2 || octets > this.#limits.octets / 2) return 0;
    const byOctets = Math.floor((this.#limits.octets - octets) / this.#typicalOctets);
    return Math.max(1, Math.min(this.#limits.copies - copies, byOctets));
  }

  /** Whether one more copy of this priority may come in directly. */
  hasSpace(priority: Priority): boolean {
    const { copies, octets } = this.#loads[priority];
    return copies < this.#limits.copies && octets < this.#limits.octets;
  }

  add(copy: ScheduledCopy): void {
    this.#typicalOctets = Math.max(256, (7 * this.#typicalOctets + copy.octets) / 8);
    this.#insert({ ...copy, losses: 0 }, 'queued');
  }

  returnToFront(copy: WaitingCopy): void {
    this.#insert(copy, 'returned');
  }

  /** Takes the copy that is next, of the levels that may go. */
  take(mayGo: (level: Priority) => boolean): WaitingCopy | undefined {
    const level = this.#nextLevel(mayGo);
    if (level === undefined) return undefined;
    const { returned, queued } = this.#levels[level];
    const first = returned.values().next().value ?? queued.values().next().value;
    if (first !== undefined) this.remove(first.copy);
    return first;
  }

  remove(copy: CopyId): WaitingCopy | undefined {
    for (const level of prioritiesInOrder) {
      const found = this.#find(level, copy);
      if (found === undefined) continue;
      const { returned, queued } = this.#levels[level];
      if (!returned.delete(copy)) queued.delete(copy);
      this.#loads[found.priority].copies -= 1;
      this.#loads[found.priority].octets -= found.octets;
      return found;
    }
    return undefined;
  }

  /** Takes all that have expired. */
  takeExpired(now: Instant): readonly WaitingCopy[] {
    const expired = this.#all().filter((copy) => copy.expiresAt <= now);
    for (const copy of expired) this.remove(copy.copy);
    this.#earliestExpiry = this.#all().reduce<Instant | undefined>(
      (least, copy) => earlier(least, copy.expiresAt),
      undefined,
    );
    return expired;
  }

  /** Takes all of a level. */
  takeLevel(level: Priority): readonly WaitingCopy[] {
    const all = [...this.#of(level)];
    for (const copy of all) this.remove(copy.copy);
    return all;
  }

  /** Octets of content that wait to be served as of this level. */
  contentOctets(level: Priority): number {
    return this.#of(level).reduce((sum, copy) => sum + (copy.contentOctets ?? copy.octets), 0);
  }

  /** When the oldest of this level was accepted. */
  oldest(level: Priority): Instant | undefined {
    return this.#of(level).reduce<Instant | undefined>(
      (least, copy) => earlier(least, copy.acceptedAt),
      undefined,
    );
  }

  #all(): readonly WaitingCopy[] {
    return prioritiesInOrder.flatMap((level) => this.#of(level));
  }

  #of(level: Priority): readonly WaitingCopy[] {
    const { returned, queued } = this.#levels[level];
    return [...returned.values(), ...queued.values()];
  }

  #find(level: Priority, copy: CopyId): WaitingCopy | undefined {
    return this.#levels[level].returned.get(copy) ?? this.#levels[level].queued.get(copy);
  }

  #insert(copy: WaitingCopy, place: keyof Level): void {
    assert(!this.has(copy.copy), `copy ${copy.copy} is in the window once`);
    this.#levels[levelOf(copy)][place].set(copy.copy, copy);
    this.#loads[copy.priority].copies += 1;
    this.#loads[copy.priority].octets += copy.octets;
    this.#earliestExpiry = earlier(this.#earliestExpiry, copy.expiresAt);
  }

  #nextLevel(mayGo: (level: Priority) => boolean): Priority | undefined {
    const waits = (level: Priority): boolean => this.count(level) > 0 && mayGo(level);
    const urgent = waits('urgent');
    const normal = waits('normal');
    const nonUrgent = waits('non-urgent');
    if (urgent && (this.#urgentRun < urgent_run_max || !(normal || nonUrgent))) {
      this.#urgentRun += 1;
      return 'urgent';
    }
    this.#urgentRun = 0;
    if (normal && (this.#normalRun < normal_run_max || !nonUrgent)) {
      this.#normalRun += 1;
      return 'normal';
    }
    this.#normalRun = 0;
    return nonUrgent ? 'non-urgent' : undefined;
  }
}

export function perPriority<T>(make: () => T): Record<Priority, T> {
  return { urgent: make(), normal: make(), 'non-urgent': make() };
}
