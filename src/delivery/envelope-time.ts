// How the times of envelopes are printed for those who read a delivery directory.

import { type Instant, isoTime } from '../base/time.ts';
import { parseUTCTime } from '../p1/index.ts';

/** A UTCTime in ISO 8601, or as it stands if it is none. `now` tells the century. */
export function timeText(utcTime: string, now: Instant): string {
  const at = parseUTCTime(utcTime, now);
  return at === undefined ? utcTime : isoTime(at);
}
