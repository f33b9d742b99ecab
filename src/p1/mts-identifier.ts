// Making MTS identifiers (X.411 06/1999, 8.5.1.1): unique in the domain, across restarts and within a
// millisecond, because they name the MTA, the time and a count that the caller never repeats within that
// millisecond.

import { type GlobalDomainIdentifier, type MTSIdentifier, ub } from '../address/index.ts';
import { assert } from '../base/assert.ts';
import type { Instant } from '../base/time.ts';

/** The identifier of the message, probe or report number `count` that `mta` made at `at`. */
export function makeMTSIdentifier(
  mta: { readonly domain: GlobalDomainIdentifier; readonly name: string },
  at: Instant,
  count: number,
): MTSIdentifier {
  assert(Number.isSafeInteger(count) && count >= 0, `count ${count} is a whole number`);
  const suffix = `-${Math.floor(at).toString(36)}-${count.toString(36)}`;
  const name = mta.name.slice(0, ub.ubLocalIdLength - suffix.length);
  return { globalDomainIdentifier: mta.domain, localIdentifier: `${name}${suffix}` };
}
