// Times in a trace that cannot be right: an MTA on the way has its clock set wrong, by a year as often as
// not. Such a message is flagged and carried on. Nothing that we decide is counted from its times but what
// the originator set by the same wrong clock, which is put right by as much (X.411 06/1999, 8.2.1.1.1.12
// and .13 speak of times, and mean the originator's). Pure. Invariant: with times that can be right nothing
// changes.

import { printGlobalDomainIdentifier } from '../address/index.ts';
import { after, type Instant, isoTime, type Millis, millis } from '../base/time.ts';
import { parseUTCTime, type TraceInformationElement } from '../p1/index.ts';
import type { StoredValue } from './stored-value.ts';

const day = 24 * 60 * 60 * 1000;
/** No message is under way for longer than this: eight MTAs may each keep one for ten days. */
export const behind_max = millis(90 * day);
/** No zone is further ahead, if somebody took its time for UTC. */
export const ahead_max = millis(day);

export interface OddTime {
  /** Whose mark it is, in text form. */
  readonly domain: string;
  /** ISO 8601. */
  readonly time: string;
  /** In words: `365 days behind`. */
  readonly off: string;
}

/** The first mark of the trace whose time cannot be right at `now`. */
export function oddTimeOf(value: StoredValue, now: Instant): OddTime | undefined {
  const { traceInformation } = value.kind === 'report' ? value.report.envelope : value.envelope;
  for (const [index, element] of traceInformation.entries()) {
    const time = timeOf(value, { element, index }, now);
    const off = time === undefined ? undefined : oddness(time, now);
    if (time === undefined || off === undefined) continue;
    const days = Math.round(Math.abs(off) / day);
    const domain = printGlobalDomainIdentifier(element.globalDomainIdentifier);
    const words = `${days} ${days === 1 ? 'day' : 'days'} ${off > 0 ? 'ahead' : 'behind'}`;
    return { domain, time: isoTime(time), off: words };
  }
  return undefined;
}

/**
 * A time that the originator set, by our clock: moved by as much as the time of submission is off, if that
 * cannot be right.
 */
export function byOurClock(time: Instant, value: StoredValue, now: Instant): Instant {
  if (value.kind === 'report') return time;
  const [element] = value.envelope.traceInformation;
  if (element === undefined) return time;
  const released = timeOf(value, { element, index: 0 }, now);
  const submitted = parseUTCTime(element.domainSuppliedInformation.arrivalTime, now);
  if (released === undefined || submitted === undefined) return time;
  return oddness(released, now) === undefined ? time : after(time, millis(now - submitted));
}

/** How far the time is ahead of ours, if that is too far one way or the other. */
function oddness(time: Instant, now: Instant): Millis | undefined {
  const off = time - now;
  return off > ahead_max || -off > behind_max ? millis(off) : undefined;
}

/** When a mark was made, or when what it marks was released: what is deferred may be as old as it likes. */
function timeOf(
  value: StoredValue,
  { element, index }: { readonly element: TraceInformationElement; readonly index: number },
  now: Instant,
): Instant | undefined {
  const { arrivalTime, deferredTime } = element.domainSuppliedInformation;
  const arrived = parseUTCTime(arrivalTime, now);
  if (arrived === undefined) return undefined;
  const own = value.kind === 'message' && index === 0 ? value.envelope.deferredDeliveryTime : undefined;
  const released = [deferredTime, own].map((time) =>
    time === undefined ? undefined : parseUTCTime(time, now),
  );
  // A time of release that still lies ahead says nothing about the clock.
  const past = released.filter((time) => time !== undefined && time <= now && time > arrived);
  return past.reduce<Instant>(
    (latest, time) => (time !== undefined && time > latest ? time : latest),
    arrived,
  );
}
