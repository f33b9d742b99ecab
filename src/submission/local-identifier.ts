// Makes the local identifiers of MTS identifiers (X.411 8.2.1.1.2.1; ub-local-id-length is 32): unique among
// all that this MTA ever makes. Reads no clock and rolls no dice: both are given. Invariant: two identifiers
// of one source differ in their count, those of two sources in the nonce, whatever the clock did in between.

import { assert } from '../base/assert.ts';
import { type Instant, isoTime } from '../base/time.ts';

/** Octets of randomness that a source wants, once per start of the process. */
export const bootNonce_octets = 5;

export interface LocalIdentifierSource {
  /**
   * The next identifier: at most 32 characters of IA5, never the same again. `now` is for people who read it.
   */
  next(now: Instant): string;
}

const digits36 = 36;
const nonceLength = 8;
const count_max = digits36 ** 9;

/** A source for one run of the process. `bootNonce` is random and belongs to this run alone. */
export function localIdentifierSource(bootNonce: Uint8Array): LocalIdentifierSource {
  assert(bootNonce.length === bootNonce_octets, `a boot nonce of ${bootNonce_octets} octets`);
  let value = 0;
  for (const octet of bootNonce) value = value * 256 + octet;
  const nonce = value.toString(digits36).padStart(nonceLength, '0');
  let count = 0;
  return {
    next(now) {
      count += 1;
      assert(count < count_max, 'a process makes fewer identifiers than that');
      return `${secondsText(now)}-${nonce}-${count.toString(digits36)}`;
    },
  };
}

/** YYMMDDhhmmss in UTC. */
function secondsText(now: Instant): string {
  return isoTime(now).replace(/\D/g, '').slice(2, 14);
}
