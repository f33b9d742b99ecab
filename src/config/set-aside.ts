// What an entry with errors is without them. A link is disabled: its name and its address spaces must be
// readable, because they say where mail goes, and that mail is to wait and neither to be returned nor to go
// another way. A group loses members that there are not, if any is left. Everything else decides who gets
// what, or what is reported, and nothing of it could wait: there is no such form of it. Works on the values
// as written; says nothing about what is wrong. Invariant: what is given back has no error of its own.

import { parseAddressSpace } from '../address/index.ts';
import type { EntryList } from './entry-lists.ts';
import type { ConfigurationError } from './error.ts';
import type { KeyPath } from './source.ts';
import { at, listAt, textAt } from './written.ts';

/** An error, and the keys that lead to it. */
export interface Flaw {
  readonly error: ConfigurationError;
  /** Empty where it is about the file. */
  readonly path: KeyPath;
  /** Whether there is no such key: what it was to say is not known. */
  readonly unknownKey?: boolean;
}

/** Stands for the name of a peer that cannot be read; no MTA should call by it. */
const unreadable_peer = '(unreadable)';

/** `entry` without its flaws; undefined if it cannot be without them. */
export function withoutFlaws(list: EntryList, entry: unknown, flaws: readonly Flaw[]): object | undefined {
  if (textAt(entry, 'name') === undefined) return undefined;
  if (list === 'links') return disabledLink(entry, flaws);
  return list === 'groups' ? smallerGroup(entry, flaws) : undefined;
}

/** The link with what can be read of it, disabled. */
function disabledLink(entry: unknown, flaws: readonly Flaw[]): object | undefined {
  const wrong = new Set<string | number | undefined>(flaws.map(({ path }) => path[2]));
  const addressSpaces = spacesOf(entry, flaws);
  if (wrong.has(undefined) || wrong.has('name') || addressSpaces === undefined) return undefined;
  const good = Object.entries(entry as object).filter(([key]) => !wrong.has(key));
  return { ...Object.fromEntries(good), peer: peerOf(entry, flaws), addressSpaces, enabled: false };
}

function peerOf(entry: unknown, flaws: readonly Flaw[]): object {
  const ofPeer = flaws.filter(({ path }) => path[2] === 'peer');
  const wrong = new Set<string | number | undefined>(ofPeer.map(({ path }) => path[3]));
  const peer = at(entry, 'peer');
  const keys = typeof peer === 'object' && peer !== null && !wrong.has(undefined) ? Object.entries(peer) : [];
  const mta = textAt(peer, 'mta') ?? '';
  const good = keys.filter(([key]) => !wrong.has(key));
  return { ...Object.fromEntries(good), mta: /^[\x20-\x7e]{1,32}$/.test(mta) ? mta : unreadable_peer };
}

/** Its spaces, each once; undefined if one cannot be read, or if some other key may have held them. */
function spacesOf(entry: unknown, flaws: readonly Flaw[]): readonly object[] | undefined {
  if (at(entry, 'addressSpaces') === undefined) {
    return flaws.some(({ unknownKey }) => unknownKey) ? undefined : [];
  }
  if (flaws.some(({ path }) => path.length === 3 && path[2] === 'addressSpaces')) return undefined;
  const spaces = new Map<string, object>();
  for (const [index, each] of listAt(entry, 'addressSpaces').entries()) {
    const address = textAt(each, 'address');
    const space = address === undefined ? undefined : parseAddressSpace(address);
    if (space?.ok !== true) return undefined;
    const wrong = flaws.some(({ path }) => path[2] === 'addressSpaces' && path[3] === index);
    const { text } = space.value;
    if (!spaces.has(text)) spaces.set(text, { address, ...(!wrong && { cost: at(each, 'cost') }) });
  }
  return [...spaces.values()];
}

/** The group without the members that there are not, or that it has already. */
function smallerGroup(entry: unknown, flaws: readonly Flaw[]): object | undefined {
  const wrong = new Set(flaws.map(({ path }) => path[3]));
  const ofMembers = flaws.every(({ path }) => path[2] === 'links' && typeof path[3] === 'number');
  const links = listAt(entry, 'links').filter((_, index) => !wrong.has(index));
  return ofMembers && links.length > 0 ? { ...(entry as object), links } : undefined;
}
