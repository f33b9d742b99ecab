// The keys by which tables of addresses and address spaces are made: one text for one address, one text for
// the values of some attributes. Pure.

import type { NormalAddress } from '../address/index.ts';

/** One text for each address, whatever the order of its domain-defined attributes. */
export function userKey({ attributes }: NormalAddress): string {
  const parts: (string | number)[] = [];
  const domainDefined: string[] = [];
  for (const [key, value] of attributes) {
    if (key.startsWith('DD.')) domainDefined.push(JSON.stringify([key, value]));
    else parts.push(key, value.length, value);
  }
  for (const each of domainDefined.sort()) parts.push(each);
  return parts.join(':');
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
