// Address spaces: sets of O/R addresses named by the attributes that all of them have. What a space leaves
// out, any address may have or not. The more attributes a space names, the longer its match; routing takes
// the longest. For matching alone, an ADMD of one space, one of zero (`0`) and none are the same.

import { ok, type Result } from '../base/result.ts';
import { type AddressTextError, failure } from './address-lexer.ts';
import { parseAttributes, printAttributes } from './address-text.ts';
import type { AddressAttribute } from './attribute-labels.ts';
import { type NormalAddress, normalAddress, normalAttributes } from './normal-form.ts';
import type { ORAddress } from './or-address.ts';

export interface AddressSpace {
  /** As it is printed. */
  readonly text: string;
  /** Normal values by key, a blank ADMD as an empty value. */
  readonly attributes: ReadonlyMap<string, string>;
}

/** The space that a text names, in the text forms of addresses; `/` is every address. */
export function parseAddressSpace(text: string): Result<AddressSpace, AddressTextError> {
  if (text.trim() === '') return failure(0, 'an address space is empty; every address is written /');
  const attributes = parseAttributes(text.trim() === '/' ? '' : text);
  return attributes.ok ? ok(spaceOf(attributes.value)) : attributes;
}

/** The space of all addresses that have these attributes. */
export function spaceOf(attributes: readonly AddressAttribute[]): AddressSpace {
  return {
    text: printAttributes(attributes),
    attributes: normalAttributes(attributes, { keepBlankADMD: true }),
  };
}

/**
 * How many attributes of the address the space names, or undefined where the address is outside of it. The
 * longest match is the largest number; 0 is the space of every address.
 */
export function matchesAddressSpace(
  space: AddressSpace,
  address: ORAddress | NormalAddress,
): number | undefined {
  const { attributes } = 'attributes' in address ? address : normalAddress(address);
  for (const [key, wanted] of space.attributes) {
    const value = attributes.get(key);
    if (key === 'A' ? matchingADMD(value) !== matchingADMD(wanted) : value !== wanted) return undefined;
  }
  return space.attributes.size;
}

function matchingADMD(value: string | undefined): string {
  return value === undefined || value === '0' ? '' : value;
}
