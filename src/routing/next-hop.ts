// Next hops and the keys by which the store files them. Nobody else takes these keys apart.

import type { NextHopKey } from '../store/port.ts';

export type NextHop =
  | { readonly kind: 'link'; readonly name: string }
  | { readonly kind: 'deliver'; readonly name: string }
  | { readonly kind: 'list'; readonly name: string };

/** Where reports lie that cannot go on: nobody serves it, and an operator looks after it. */
export const deadLetterHop: NextHopKey = 'dead-letter/reports';

/** 'link/NAME', 'deliver/NAME' or 'list/NAME'. */
export function nextHopKey(hop: NextHop): NextHopKey {
  return `${hop.kind}/${hop.name}`;
}

/** The next hop of a key, or undefined if the key is none of ours. */
export function parseNextHopKey(key: NextHopKey): NextHop | undefined {
  if (key.startsWith('link/')) return { kind: 'link', name: key.slice('link/'.length) };
  if (key.startsWith('deliver/')) return { kind: 'deliver', name: key.slice('deliver/'.length) };
  if (key.startsWith('list/')) return { kind: 'list', name: key.slice('list/'.length) };
  return undefined;
}
