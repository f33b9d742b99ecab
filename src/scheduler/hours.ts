// When a link may be called, and for what: its schedule against the time. Knows the slots of a polled link,
// too. Says nothing about associations of the peer's: what it opens may carry anything at any time.
// Invariant: an answer holds until `nextChange`; a clock that was put back is asked anew.

import { after, earlier, type Instant, type Millis } from '../base/time.ts';
import type { Priority } from '../store/port.ts';
import { type HoursRange, Timetable } from './timetable.ts';

/** A link's schedule, as configured. */
export interface Hours {
  readonly style: 'always' | 'never' | 'times' | 'remote-initiated' | 'poll';
  readonly times: readonly { readonly ranges: readonly HoursRange[] }[];
  readonly timeZone: string;
  readonly pollInterval: Millis;
  readonly urgentIgnoresSchedule: boolean;
}

/** What we may call the peer for. */
export type Permission = 'all' | 'urgent' | 'none';

interface Answer {
  readonly on: boolean;
  readonly from: Instant;
  readonly until: Instant | undefined;
}

export class LinkHours {
  readonly #hours: Hours | undefined;
  readonly #timetable: Timetable | undefined;
  #answer: Answer | undefined;
  #slotAt: Instant | undefined;

  constructor(hours: Hours | undefined) {
    this.#hours = hours;
    const ranges = hours?.times.flatMap((entry) => entry.ranges) ?? [];
    const byClock = hours?.style === 'times' || (hours?.style === 'poll' && ranges.length > 0);
    if (hours !== undefined && byClock) this.#timetable = new Timetable(ranges, hours.timeZone);
  }

  permission(now: Instant): Permission {
    const { style = 'always', urgentIgnoresSchedule = false } = this.#hours ?? {};
    if (style === 'always') return 'all';
    if (style === 'never') return 'none';
    if (style !== 'remote-initiated' && (this.#look(now)?.on ?? true)) return 'all';
    return urgentIgnoresSchedule ? 'urgent' : 'none';
  }

  /** Whether we may call for copies of this level. */
  takes(level: Priority, now: Instant): boolean {
    const permission = this.permission(now);
    return permission === 'all' || (permission === 'urgent' && level === 'urgent');
  }

  /** When the hours begin or end next; undefined where no clock says so. */
  nextChange(now: Instant): Instant | undefined {
    return this.#look(now)?.until;
  }

  /** Whether a slot of a polled link has come; the next one is then an interval away. */
  slotHasCome(now: Instant): boolean {
    if (this.#hours?.style !== 'poll') return false;
    if (this.permission(now) !== 'all') {
      this.#slotAt = undefined;
      return false;
    }
    const interval = this.#hours.pollInterval;
    // A clock that was put back does not make the peer wait for longer than the interval.
    const due = earlier(this.#slotAt ?? now, after(now, interval));
    if (due !== undefined && due > now) {
      this.#slotAt = due;
      return false;
    }
    const beginning = this.#answer?.from ?? now;
    const passed = Math.floor(Math.max(0, now - beginning) / interval);
    this.#slotAt = after(beginning, ((passed + 1) * interval) as Millis);
    return true;
  }

  get nextSlot(): Instant | undefined {
    return this.#slotAt;
  }

  #look(now: Instant): Answer | undefined {
    const { from, until, on } = this.#answer ?? {};
    if (from !== undefined && from <= now && (until === undefined || now < until)) return this.#answer;
    if (this.#timetable === undefined) return undefined;
    const isOn = this.#timetable.isOn(now);
    // Slots are counted from the moment that the hours began, as far as we were there.
    const began = on === isOn && from !== undefined && from <= now ? from : now;
    this.#answer = { on: isOn, from: began, until: this.#timetable.nextChange(now) };
    return this.#answer;
  }
}
