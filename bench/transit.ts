// When a message left the source, carried in its local identifier, so that the sink can tell how long it was
// under way. Both read the same machine's clock: performance.timeOrigin makes it comparable between
// processes.

import { latin1 } from '../src/base/octets.ts';

const MARK = '-T';
const DIGITS = 16;
/** How far into an APDU the stamp is looked for: it stands in the first element of the envelope. */
const SEARCH_OCTETS_MAX = 600;

/** What a source puts into its template where the stamp will be. */
export const emptyStamp = MARK + '0'.repeat(DIGITS);

/** Microseconds since 1970, comparable between processes of this machine. */
export function now_us(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

/** The stamp of this moment, as long as `emptyStamp`. */
export function stamp(): string {
  return MARK + String(now_us()).padStart(DIGITS, '0');
}

/** The moment that is stamped into the beginning of an APDU, if one is. */
export function stampedAt_us(octets: Uint8Array): number | undefined {
  const found = /-T(\d{16})/.exec(latin1(octets.subarray(0, SEARCH_OCTETS_MAX)));
  return found === null ? undefined : Number(found[1]);
}
