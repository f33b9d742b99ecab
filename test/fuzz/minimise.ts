// Makes a failing case smaller while it goes on failing: pieces are taken out, large ones first, then
// octets are replaced by zero. Bounded in trials, so that a slow case costs no more than a while.

import { concat } from '../../src/base/octets.ts';

/** A smaller input for which `fails` still holds. */
export function minimised(
  octets: Uint8Array,
  fails: (octets: Uint8Array) => boolean,
  trials_max = 4000,
): Uint8Array {
  let small = octets;
  let trials = 0;
  const attempt = (candidate: Uint8Array): boolean => {
    trials += 1;
    if (trials > trials_max || !fails(candidate)) return false;
    small = candidate;
    return true;
  };
  for (let size = octets.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at < small.length && trials <= trials_max; ) {
      const without = concat([small.subarray(0, at), small.subarray(at + size)]);
      if (!attempt(without)) at += size;
    }
  }
  for (let at = 0; at < small.length && trials <= trials_max; at += 1) {
    if (small[at] === 0) continue;
    const zeroed = small.slice();
    zeroed[at] = 0;
    attempt(zeroed);
  }
  return small;
}
