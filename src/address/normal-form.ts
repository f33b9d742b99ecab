// The normal form of O/R addresses, in which two ways of writing one address are equal: case folded, spaces
// at the ends dropped and inner ones made one (X.402 18.4), digits without spaces, string forms merged, a
// blank ADMD the same as none. Country codes are not translated: GB and 234 stay distinct. For comparing,
// never for sending.

import { attributesOf } from './address-attributes.ts';
import { type AddressAttribute, type Label, ruleOf } from './attribute-labels.ts';
import type { ORAddress } from './or-address.ts';
import { escapeRFC822 } from './rfc822-escape.ts';

/**
 * Values by label; a domain-defined attribute is `DD.` and its type, with `#2` and so on where types repeat.
 */
export interface NormalAddress {
  /** In one order of labels for all addresses, domain-defined ones last and as the address has them. */
  readonly attributes: ReadonlyMap<string, string>;
}

/** The normal form of an address. */
export function normalAddress(address: ORAddress): NormalAddress {
  return { attributes: normalAttributes(attributesOf(address), { keepBlankADMD: false }) };
}

/** One text per address: equal exactly where the addresses are the same. For keys of maps and lists. */
export function normalKey(address: ORAddress): string {
  const entries = [...normalAddress(address).attributes].sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(entries);
}

/** Whether two addresses name the same user. Directory names are not looked at. */
export function sameORAddress(a: ORAddress, b: ORAddress): boolean {
  const [left, right] = [normalAddress(a).attributes, normalAddress(b).attributes];
  if (left.size !== right.size) return false;
  for (const [key, value] of left) if (right.get(key) !== value) return false;
  return true;
}

/** Normal values by key. A blank ADMD is left out, or kept as an empty value. */
export function normalAttributes(
  attributes: readonly AddressAttribute[],
  options: { readonly keepBlankADMD: boolean },
): ReadonlyMap<string, string> {
  const normal = new Map<string, string>();
  // A peer may send any number of one type: each is counted on from the last.
  const counts = new Map<string, number>();
  for (const attribute of attributes) {
    if (attribute.label !== 'DD') {
      const value = normalValue(attribute.label, attribute.value);
      if (attribute.label !== 'A' || value !== '' || options.keepBlankADMD)
        normal.set(attribute.label, value);
      continue;
    }
    const base = `DD.${normalValue('DD', attribute.type)}`;
    // A teletex form may have an Internet address as it is.
    const written = base === 'DD.RFC-822' ? escapeRFC822(attribute.value) : attribute.value;
    let count = counts.get(base) ?? 1;
    let key = count === 1 ? base : `${base}#${count}`;
    for (; normal.has(key); key = `${base}#${count}`) count += 1;
    counts.set(base, count);
    normal.set(key, normalValue('DD', written));
  }
  return normal;
}

/** One value in normal form. */
export function normalValue(label: Label | 'DD', value: string): string {
  if (label !== 'DD' && ruleOf(label).numeric === true) return value.replace(/ /g, '');
  return value.trim().replace(/\s+/g, ' ').normalize('NFC').toUpperCase();
}
