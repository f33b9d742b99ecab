// The keys by which tables of addresses and address spaces are made: one text for one address, one text for
// the values of some attributes. Pure.

import type { NormalAddress } from '../address/index.ts';

/** One text for each address, whatever the order of its attributes. */
export function userKey(address: NormalAddress): string {
  const keys = [...address.attributes.keys()].sort();
  return JSON.stringify(keys.map((key) => [key, address.attributes.get(key)]));
}

/** The values under these keys as one text, or undefined where the address lacks one. */
export function spaceKey(
  keys: readonly string[],
  attributes: ReadonlyMap<string, string>,
): string | undefined {
  let text = '';
  for (const key of keys) {
    const value = key === 'A' ? matchingADMD(attributes.get(key)) : attributes.get(key);
    if (value === undefined) return undefined;
    text += `${value.length}:${value}`;
  }
  return text;
}

/** For matching, an ADMD of one space, of one zero and none are the same (X.402 18.3.1). */
function matchingADMD(value: string | undefined): string {
  return value === undefined || value === '0' ? '' : value;
}
