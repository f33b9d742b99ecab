// The lists of the configuration whose entries do not depend on each other: what an entry of each is called,
// by what it is known again in another version of the file, and what mail is its. Works on entries as they
// are written, wrong ones too. Says nothing about what is wrong, and nothing about what becomes of it.

import { normalKey, parseAddressSpace, parseORAddress } from '../address/index.ts';
import type { SetAsideEntry } from './configuration.ts';
import { at, listAt, textAt } from './written.ts';

export const entryLists = ['links', 'groups', 'deliver', 'redirections', 'lists'] as const;
export type EntryList = (typeof entryLists)[number];

/** What one entry of each is called. */
export const entryKinds: Readonly<Record<EntryList, SetAsideEntry['kind']>> = {
  links: 'link',
  groups: 'group',
  deliver: 'deliver space',
  redirections: 'redirection',
  lists: 'list',
};

/** Characters of a name that is shown. */
const shown_max = 200;

/** The mail that an entry answers for. */
export interface Claims {
  /** As they are shown. By key, so that one that is written otherwise is the same. */
  readonly known: ReadonlyMap<string, string>;
  /** Whether that is all; else something of it cannot be read. */
  readonly all: boolean;
}

/** By what an entry is known again; undefined where that cannot be read. */
export function identityOf(list: EntryList, entry: unknown): string | undefined {
  if (list === 'deliver') {
    return textAt(entry, 'name') ?? spaceOf(textAt(entry, 'addressSpace'));
  }
  if (list !== 'redirections') return textAt(entry, 'name');
  return at(entry, 'from') === undefined
    ? spaceKey(textAt(entry, 'fromSpace'))
    : addressKey(textAt(entry, 'from'));
}

/** What an operator knows an entry by. */
export function labelOf(list: EntryList, entry: unknown, index: number): string {
  const names = list === 'redirections' ? ['from', 'fromSpace'] : ['name', 'addressSpace'];
  const label = names.map((key) => textAt(entry, key)).find((each) => each !== undefined);
  return label === undefined ? `${list}[${index}]` : label.slice(0, shown_max);
}

/** What mail the entry says is its. */
export function claimsOf(list: EntryList, entry: unknown): Claims {
  const known = new Map<string, string>();
  let all = true;
  const claim = (written: unknown, keyOf: (text: string | undefined) => string | undefined): void => {
    const key = typeof written === 'string' ? keyOf(written) : undefined;
    if (key === undefined) all = false;
    else known.set(key, String(written).slice(0, shown_max));
  };
  const given = (key: string): boolean => at(entry, key) !== undefined;
  if (list === 'links' || list === 'groups') {
    if (given('addressSpaces') && !Array.isArray(at(entry, 'addressSpaces'))) all = false;
    for (const each of listAt(entry, 'addressSpaces')) claim(at(each, 'address'), spaceKey);
  } else if (list === 'deliver') {
    claim(at(entry, 'addressSpace'), spaceKey);
    for (const user of listAt(entry, 'users')) claim(user, addressKey);
  } else if (list === 'lists') {
    claim(at(entry, 'address'), addressKey);
  } else {
    if (given('from') || !given('fromSpace')) claim(at(entry, 'from'), addressKey);
    if (given('fromSpace')) claim(at(entry, 'fromSpace'), spaceKey);
  }
  return { known, all };
}

function spaceOf(written: string | undefined): string | undefined {
  const read = written === undefined ? undefined : parseAddressSpace(written);
  return read?.ok === true ? read.value.text : undefined;
}

function spaceKey(written: string | undefined): string | undefined {
  const text = spaceOf(written);
  return text === undefined ? undefined : `space ${text}`;
}

function addressKey(written: string | undefined): string | undefined {
  const read = written === undefined ? undefined : parseORAddress(written);
  return read?.ok === true ? `address ${normalKey(read.value)}` : undefined;
}
