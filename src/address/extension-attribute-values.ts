// Reading and making extension attributes by name. A value that is not of the declared type reads as absent:
// the address is still relayed with it, octet for octet.

import { decode, encode, type Raw, rawOctets, rawOf, type Type } from '../asn1/index.ts';
import {
  type ExtensionAttributeName,
  type ExtensionAttributeValue,
  extensionAttributeTable,
  type UniversalOrBMPString,
} from './extension-attributes.ts';
import type { ExtensionAttribute, ORAddress } from './or-address.ts';

/** The value of the first extension attribute of that name. */
export function readExtensionAttribute<N extends ExtensionAttributeName>(
  address: ORAddress,
  name: N,
): ExtensionAttributeValue<N> | undefined {
  const { number, type } = extensionAttributeTable[name];
  const found = address.extensionAttributes?.find((each) => each.extensionAttributeType === number);
  return (
    found && (decodedValue(type, found.extensionAttributeValue) as ExtensionAttributeValue<N> | undefined)
  );
}

function decodedValue(type: Type<unknown>, raw: Raw): unknown {
  const decoded = decode(type, rawOctets(raw));
  return decoded.ok ? decoded.value : undefined;
}

/** An extension attribute with this value. */
export function makeExtensionAttribute<N extends ExtensionAttributeName>(
  name: N,
  value: ExtensionAttributeValue<N>,
): ExtensionAttribute {
  const { number, type } = extensionAttributeTable[name];
  const declared: Type<unknown> = type;
  return { extensionAttributeType: number, extensionAttributeValue: rawOf(encode(declared, value)) };
}

/** The text as a BMPString, or as a UniversalString where it has characters beyond the basic plane. */
export function universalText(text: string): UniversalOrBMPString {
  const astral = /[\u{10000}-\u{10ffff}]/u.test(text);
  return { characterEncoding: { kind: astral ? 'fourOctets' : 'twoOctets', value: text } };
}

/** The characters of a UniversalOrBMPString, whichever it is. */
export function textOfUniversal(value: UniversalOrBMPString): string {
  return value.characterEncoding.value;
}
