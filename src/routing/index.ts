// The door of the routing room: which next hop a recipient gets, and why.

export * from './address-keys.ts';
export * from './choice.ts';
export * from './decision.ts';
export * from './explain.ts';
export * from './loop.ts';
export * from './next-hop.ts';
export * from './replacements.ts';
export * from './resolution.ts';
export * from './responsibility.ts';
export * from './restrictions.ts';
export * from './route-table.ts';
export * from './splitting.ts';
