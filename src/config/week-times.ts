// Hours of the week as an operator writes them: "mon-fri 08:00-18:00", "sat,sun 10:00-12:00", "22:00-06:00"
// for every day. Read as minutes from Monday 00:00 of the local clock. Which time zone that is, and what
// the clock shows when it is put forward or back, is not known here.

import { err, ok } from '../base/result.ts';
import type { ValueType } from './value-types.ts';

/** From the first minute of the week up to, and without, the second; 0 is Monday 00:00. */
export interface WeekRange {
  readonly from: number;
  readonly to: number;
}
/** One entry as it is written, and what it means: a range for each of its days, two over Sunday night. */
export interface WeekTimes {
  readonly text: string;
  readonly ranges: readonly WeekRange[];
}

export const day_minutes = 24 * 60;
export const week_minutes = 7 * day_minutes;

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const form = '"mon-fri 08:00-18:00", "sat,sun 10:00-12:00"; "22:00-06:00": every night';

/** An entry of `schedule.times`. */
export const weekTimes: ValueType<WeekTimes> = {
  kind: 'hours of the week',
  form,
  read: (value) => {
    const ranges = typeof value === 'string' ? rangesOf(value) : undefined;
    if (typeof value !== 'string' || ranges === undefined) {
      return err(`${JSON.stringify(value)?.slice(0, 80)} is no time of the week, such as ${form}`);
    }
    return ok({ text: value, ranges });
  },
};

/** The name of a time zone that this system knows. */
export const timeZone: ValueType<string> = {
  kind: 'time zone',
  form: 'UTC or a name of the IANA data base, such as Europe/London',
  read: (value) => {
    const wanted = 'UTC, or a name of the IANA data base such as Europe/London';
    if (typeof value !== 'string') return err(`a time zone is wanted: ${wanted}`);
    try {
      new Intl.DateTimeFormat('en-US', { timeZone: value });
      return ok(value);
    } catch {
      return err(`"${value.slice(0, 80)}" is no time zone that is known here: ${wanted}`);
    }
  },
};

function rangesOf(written: string): readonly WeekRange[] | undefined {
  const parts = /^(?:([a-z,-]+)\s+)?(\d\d):(\d\d)\s*-\s*(\d\d):(\d\d)$/.exec(written.trim().toLowerCase());
  if (parts === null) return undefined;
  const on = parts[1] === undefined ? [0, 1, 2, 3, 4, 5, 6] : daysOf(parts[1]);
  const from = minuteOf(parts[2], parts[3]);
  const to = minuteOf(parts[4], parts[5]);
  if (on === undefined || from === undefined || to === undefined) return undefined;
  if (from === day_minutes || from === to) return undefined;
  // An end that is not after the beginning is on the next day.
  const length = to > from ? to - from : to + day_minutes - from;
  return on.flatMap((day) => cutAtSunday(day * day_minutes + from, length));
}

function cutAtSunday(from: number, length: number): readonly WeekRange[] {
  const to = from + length;
  if (to <= week_minutes) return [{ from, to }];
  return [
    { from, to: week_minutes },
    { from: 0, to: to - week_minutes },
  ];
}

/** Days as numbers, Monday 0; a range may go over the week's end. */
function daysOf(written: string): readonly number[] | undefined {
  const found: number[] = [];
  for (const part of written.split(',')) {
    const [first, last = first, more] = part.split('-').map((name) => days.indexOf(name));
    if (first < 0 || last < 0 || more !== undefined) return undefined;
    for (let day = first; ; day = (day + 1) % 7) {
      found.push(day);
      if (day === last) break;
    }
  }
  return [...new Set(found)];
}

function minuteOf(hours: string, minutes: string): number | undefined {
  const minute = Number(hours) * 60 + Number(minutes);
  return Number(minutes) < 60 && minute <= day_minutes ? minute : undefined;
}
