// UTCTime as envelopes use it (X.411 "Time"; X.680 46): YYMMDDhhmm, perhaps seconds, then Z or an offset. Two
// digits of a year are read in a window around `now`: 40 years ahead, and so 59 back (the aviation profile
// asks for −10 to +40, which this contains). Written: always with seconds and Z.

import { type Instant, instant } from '../base/time.ts';

/** How many years after the present one two digits may still mean. */
export const years_ahead_max = 40;

const form = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:Z|([+-])(\d\d)(\d\d))$/;

/** The moment that a UTCTime means, or undefined if it is none. */
export function parseUTCTime(text: string, now: Instant): Instant | undefined {
  const match = form.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute] = match.slice(1, 6).map(Number);
  const second = Number(match[6] ?? 0);
  const full = fullYear(year, now);
  if (month < 1 || month > 12 || day < 1 || day > daysIn(full, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const offset = offsetMinutes(match[7], match[8], match[9]);
  if (offset === undefined) return undefined;
  return instant(Date.UTC(full, month - 1, day, hour, minute, second) - offset * 60_000);
}

/** `YYMMDDhhmmssZ`, with milliseconds cut off. */
export function formatUTCTime(at: Instant): string {
  const iso = new Date(at).toISOString();
  const [date, time] = iso.split('T');
  return `${date.slice(-8).replaceAll('-', '')}${time.slice(0, 8).replaceAll(':', '')}Z`;
}

function fullYear(twoDigits: number, now: Instant): number {
  const present = new Date(now).getUTCFullYear();
  const highest = present + years_ahead_max;
  return highest - ((((highest - twoDigits) % 100) + 100) % 100);
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function offsetMinutes(sign: string | undefined, hours = '', minutes = ''): number | undefined {
  if (sign === undefined) return 0;
  const size = Number(hours) * 60 + Number(minutes);
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined;
  return sign === '-' ? -size : size;
}
