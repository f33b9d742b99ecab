// Hours of the week in a time zone, against instants: whether they are on now, and when that changes next.
// The local clock decides: hours that it skips when it is put forward do not come, hours that it shows twice
// come twice. Between two changes of its offset the local clock is a line, so a question costs a few
// look-ups of the offset, not one a minute. No clock is read here.

import { type Instant, instant } from '../base/time.ts';

/** Minutes from Monday 00:00 of the local clock: from the first up to, and without, the second. */
export interface HoursRange {
  readonly from: number;
  readonly to: number;
}

const minute_ms = 60_000;
const day_ms = 24 * 60 * minute_ms;
const week_ms = 7 * day_ms;
/** 1970-01-01 was a Thursday: Monday is four days on. */
const monday_ms = 4 * day_ms;
/** How far ahead is looked: hours that a change of the clock swallows come a week later. */
const horizon_days = 15;

export class Timetable {
  readonly #ranges: readonly HoursRange[];
  readonly #offsetAt: (at: Instant) => number;

  constructor(ranges: readonly HoursRange[], timeZone: string) {
    this.#ranges = merged(ranges);
    this.#offsetAt = offsetsOf(timeZone);
  }

  isOn(at: Instant): boolean {
    return this.#isOnAt(weekTimeOf(at, this.#offsetAt(at)));
  }

  /** When that is otherwise for the first time after `at`; undefined: not within a fortnight. */
  nextChange(at: Instant): Instant | undefined {
    const isOn = this.isOn(at);
    let from = at;
    for (let day = 0; day < horizon_days; day += 1) {
      const until = instant(from + day_ms);
      for (const line of this.#lines(from, until)) {
        const change = this.#changeOn(line, isOn);
        if (change !== undefined && change > at) return change;
      }
      from = until;
    }
    return undefined;
  }

  /** Stretches of time in which the offset of the local clock is the same. */
  #lines(from: Instant, until: Instant): readonly Line[] {
    const first = this.#offsetAt(from);
    const last = this.#offsetAt(until);
    if (first === last) return [{ from, until, offset: first }];
    let before: number = from;
    let behind: number = until;
    while (behind - before > 1) {
      const middle = Math.floor((before + behind) / 2);
      if (this.#offsetAt(instant(middle)) === first) before = middle;
      else behind = middle;
    }
    const at = instant(behind);
    return [
      { from, until: at, offset: first },
      { from: at, until, offset: this.#offsetAt(at) },
    ];
  }

  #changeOn({ from, until, offset }: Line, isOn: boolean): Instant | undefined {
    const start = weekTimeOf(from, offset);
    if (this.#isOnAt(start) !== isOn) return from;
    let first: number | undefined;
    for (const range of this.#ranges) {
      const edge = (isOn ? range.to : range.from) * minute_ms;
      // Hours over Sunday midnight are two ranges that touch there.
      if (this.#isOnAt(edge % week_ms) === isOn) continue;
      const ahead = (edge - start + week_ms) % week_ms;
      if (first === undefined || ahead < first) first = ahead;
    }
    return first === undefined || from + first >= until ? undefined : instant(from + first);
  }

  #isOnAt(weekTime: number): boolean {
    const minute = Math.floor(weekTime / minute_ms);
    return this.#ranges.some(({ from, to }) => from <= minute && minute < to);
  }
}

interface Line {
  readonly from: Instant;
  readonly until: Instant;
  readonly offset: number;
}

/** Milliseconds since Monday 00:00 of a local clock that is ahead of UTC by `offset`. */
function weekTimeOf(at: Instant, offset: number): number {
  const local = (at + offset - monday_ms) % week_ms;
  return local < 0 ? local + week_ms : local;
}

/** Ranges in order that neither overlap nor touch, Sunday midnight excepted. */
function merged(ranges: readonly HoursRange[]): readonly HoursRange[] {
  const found: { from: number; to: number }[] = [];
  for (const { from, to } of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = found.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else found.push({ from, to });
  }
  return found;
}

/** By how much the local clock is ahead of UTC, in milliseconds. */
function offsetsOf(timeZone: string): (at: Instant) => number {
  if (timeZone === 'UTC') return () => 0;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    const day = Date.UTC(part('year'), part('month') - 1, part('day'));
    const time = ((part('hour') * 60 + part('minute')) * 60 + part('second')) * 1000;
    return day + time - (at - (((at % 1000) + 1000) % 1000));
  };
}
