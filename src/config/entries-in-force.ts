// The entries that are in force, as they were written: what a reload puts in the place of those that have
// errors. They are looked at by the thread that reads the file; the one that runs the mail only keeps them,
// as octets that both threads share, and never opens them. Invariant: each entry was without errors, or is
// a link's disabled form.

import type { ConfigurationError } from './error.ts';
import { type EntryList, entryLists } from './entry-lists.ts';
import { listAt } from './written.ts';

export interface EntryInForce {
  readonly value: unknown;
  /** Why it is disabled. Absent: it is not. */
  readonly errors?: readonly ConfigurationError[];
}

export type EntriesInForce = Readonly<Record<EntryList, readonly EntryInForce[]>>;

/** Nothing is in force. */
export const no_entries = entriesOf(undefined);

/** The entries of a configuration without errors. */
export function entriesOf(value: unknown): EntriesInForce {
  return byList((list) => listAt(value, list).map((entry) => ({ value: entry })));
}

/** One value for each of the lists. */
export function byList<T>(make: (list: EntryList) => T): Readonly<Record<EntryList, T>> {
  return Object.fromEntries(entryLists.map((list) => [list, make(list)])) as Record<EntryList, T>;
}

/** In memory that threads can share. */
export function packEntries(entries: EntriesInForce): Uint8Array {
  const octets = new TextEncoder().encode(JSON.stringify(entries));
  const shared = new Uint8Array(new SharedArrayBuffer(octets.length));
  shared.set(octets);
  return shared;
}

export function unpackEntries(octets: Uint8Array): EntriesInForce {
  return JSON.parse(new TextDecoder().decode(octets.slice()));
}
