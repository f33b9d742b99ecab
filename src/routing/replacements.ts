// Who takes whose place: the configured redirections, distribution lists and alternates of deliver spaces, in
// tables made for look-up. What is done with them is resolution.ts. Pure. Invariant: a look-up costs one
// step for each set of attributes that a redirected space names, however many entries there are.

import { type AddressSpace, type NormalAddress, normalAddress, type ORAddress } from '../address/index.ts';
import type { RedirectionReason } from '../p1/index.ts';
import { spaceKey, userKey } from './address-keys.ts';

/** The slice of the configuration that replacements are made from. */
export interface ReplacementsInput {
  readonly redirections?: readonly RedirectionInput[];
  readonly lists?: readonly ListInput[];
  readonly deliver: readonly {
    readonly name: string;
    readonly alternateRecipient?: { readonly address: ORAddress } | undefined;
  }[];
}
export interface RedirectionInput {
  readonly from: { readonly address: ORAddress } | undefined;
  readonly fromSpace: AddressSpace | undefined;
  readonly to: { readonly address: ORAddress };
  readonly reason: Exclude<RedirectionReason, number>;
}
export interface ListInput {
  readonly name: string;
  readonly address: { readonly address: ORAddress };
  readonly submit: readonly AddressSpace[];
}

/** One redirection. */
export interface Redirection {
  readonly to: ORAddress;
  readonly reason: Exclude<RedirectionReason, number>;
}

/** A list, as far as routing goes. */
export interface ListRoute {
  readonly name: string;
  readonly address: ORAddress;
  /** Empty: anybody. */
  readonly submit: readonly AddressSpace[];
}

export interface Replacements {
  /** By `userKey`. */
  readonly redirected: ReadonlyMap<string, Redirection>;
  /** Longest first. */
  readonly redirectedSpaces: readonly SpaceShape[];
  /** By `userKey`. */
  readonly lists: ReadonlyMap<string, ListRoute>;
  /** By the name of the deliver space. */
  readonly alternates: ReadonlyMap<string, ORAddress>;
}
interface SpaceShape {
  readonly keys: readonly string[];
  readonly byValues: Map<string, Redirection>;
}

/** The tables of these redirections, lists and deliver spaces. */
export function replacementsOf(input: ReplacementsInput): Replacements {
  const redirected = new Map<string, Redirection>();
  const shapes = new Map<string, SpaceShape>();
  for (const { from, fromSpace, to, reason } of input.redirections ?? []) {
    const redirection = { to: to.address, reason };
    if (from !== undefined) redirected.set(userKey(normalAddress(from.address)), redirection);
    if (fromSpace !== undefined) addSpace(shapes, fromSpace, redirection);
  }
  const lists = (input.lists ?? []).map(({ name, address: { address }, submit }) => {
    return [userKey(normalAddress(address)), { name, address, submit }] as const;
  });
  const alternates = input.deliver.flatMap(({ name, alternateRecipient }) =>
    alternateRecipient === undefined ? [] : [[name, alternateRecipient.address] as const],
  );
  return {
    redirected,
    redirectedSpaces: [...shapes.values()].sort((a, b) => b.keys.length - a.keys.length),
    lists: new Map(lists),
    alternates: new Map(alternates),
  };
}

/** Where an address is redirected to, if it is: its own entry before that of the longest space. */
export function redirectionOf(table: Replacements, address: NormalAddress): Redirection | undefined {
  const own = table.redirected.size === 0 ? undefined : table.redirected.get(userKey(address));
  if (own !== undefined) return own;
  for (const { keys, byValues } of table.redirectedSpaces) {
    const key = spaceKey(keys, address.attributes);
    const found = key === undefined ? undefined : byValues.get(key);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The list that has this address. */
export function listOf(table: Replacements, address: NormalAddress): ListRoute | undefined {
  return table.lists.size === 0 ? undefined : table.lists.get(userKey(address));
}

function addSpace(shapes: Map<string, SpaceShape>, space: AddressSpace, redirection: Redirection): void {
  const keys = [...space.attributes.keys()].sort();
  const name = JSON.stringify(keys);
  const shape = shapes.get(name) ?? { keys, byValues: new Map<string, Redirection>() };
  shapes.set(name, shape);
  const key = spaceKey(keys, space.attributes);
  if (key !== undefined && !shape.byValues.has(key)) shape.byValues.set(key, redirection);
}
