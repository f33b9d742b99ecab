// The door of the address room: O/R addresses and names, domains and identifiers, their text forms,
// comparison and matching.

export * from './directory-name.ts';
export * from './domains.ts';
export * from './extension-attributes.ts';
export * from './or-address.ts';
export * from './upper-bounds.ts';
