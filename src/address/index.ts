// The door of the address room: O/R addresses and names, domains and identifiers, their text forms,
// comparison and matching.

export { address_text_max, type AddressTextError } from './address-lexer.ts';
export { attributesOf } from './address-attributes.ts';
export * from './address-space.ts';
export { parseAttributes, parseORAddress, printAttributes, printORAddress } from './address-text.ts';
export type { AddressAttribute, Label } from './attribute-labels.ts';
export * from './directory-name.ts';
export * from './domain-text.ts';
export * from './domains.ts';
export * from './extension-attribute-values.ts';
export * from './extension-attributes.ts';
export { type NormalAddress, normalAddress, normalKey, sameORAddress } from './normal-form.ts';
export * from './or-address.ts';
export { escapeRFC822, unescapeRFC822 } from './rfc822-escape.ts';
export { t61OfText, textOfT61 } from './t61.ts';
export * from './upper-bounds.ts';
export * as ub from './upper-bounds.ts';
