// What must hold between the keys of a link's schedule: hours that a style needs, keys that a style does not
// look at, delays that fit each other.

import type { KeyPath } from './source.ts';
import { durationOf } from './value-types.ts';
import { type Complain, listAt, textAt } from './written.ts';

/** Complains of a link whose schedule cannot mean what it says. */
export function checkSchedule(link: unknown, path: KeyPath, complain: Complain): void {
  const style = textAt(link, 'schedule', 'style') ?? 'always';
  const times = listAt(link, 'schedule', 'times');
  if (style === 'times' && times.length === 0) {
    complain(
      [...path, 'schedule', 'style'],
      'style times wants schedule.times: with none it would never call',
    );
  }
  if (times.length > 0 && style !== 'times' && style !== 'poll') {
    complain(
      [...path, 'schedule', 'times'],
      `style ${style} does not look at times: set style: times (or poll), or remove this key`,
    );
  }
  const longest = durationOf(textAt(link, 'retry', 'openInterval') ?? '600s') ?? 0;
  const first = durationOf(textAt(link, 'retry', 'openIntervalFirst') ?? '10s') ?? 0;
  if (textAt(link, 'retry', 'backoff') === 'exponential' && first > longest) {
    const key =
      textAt(link, 'retry', 'openIntervalFirst') === undefined ? 'openInterval' : 'openIntervalFirst';
    complain(
      [...path, 'retry', key],
      `openIntervalFirst is ${first / 1000} s, and must not be longer than openInterval, ${longest / 1000} s`,
    );
  }
  const addressless = textAt(link, 'peer', 'address') === undefined;
  if (addressless && (style === 'times' || style === 'poll')) {
    complain(
      [...path, 'schedule', 'style'],
      `style ${style} calls the peer, which has no peer.address: give one, or use remote-initiated`,
    );
  }
}
