// What must hold between the keys about redirections and distribution lists. As relations.ts, of which it is
// a part.

import { normalKey, parseORAddress } from '../address/index.ts';
import { at, type Complain, listAt, textAt } from './written.ts';

/** Calls `complain` for every relation between redirections, or lists, that does not hold. */
export function checkRecipients(value: unknown, complain: Complain): void {
  checkRedirections(listAt(value, 'redirections'), complain);
  checkLists(listAt(value, 'lists'), complain);
}

function checkRedirections(redirections: readonly unknown[], complain: Complain): void {
  const first = new Map<string, number>();
  redirections.forEach((each, index) => {
    const [from, space] = [textAt(each, 'from'), textAt(each, 'fromSpace')];
    const path = ['redirections', index] as const;
    if (at(each, 'from') === undefined && at(each, 'fromSpace') === undefined) {
      complain(path, 'what is redirected is missing: from, an O/R address, or fromSpace, an address space');
    } else if (from !== undefined && space !== undefined) {
      complain([...path, 'fromSpace'], 'from is given already: make two entries of it');
    }
    const key = keyOf(from);
    if (key === undefined) return;
    if (key === keyOf(textAt(each, 'to'))) complain([...path, 'to'], 'this is the address itself');
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, index);
    else complain([...path, 'from'], `this address is redirected by redirections[${earlier}] already`);
  });
}

function checkLists(lists: readonly unknown[], complain: Complain): void {
  const names = new Map<string, number>();
  const addresses = new Map<string, number>();
  lists.forEach((list, index) => {
    const path = ['lists', index] as const;
    const name = textAt(list, 'name');
    const named = name === undefined ? undefined : names.get(name);
    if (named !== undefined) complain([...path, 'name'], `"${name}" is the name of lists[${named}] already`);
    else if (name !== undefined) names.set(name, index);
    const key = keyOf(textAt(list, 'address'));
    const addressed = key === undefined ? undefined : addresses.get(key);
    if (addressed !== undefined) {
      complain([...path, 'address'], `this is the address of lists[${addressed}] already`);
    } else if (key !== undefined) addresses.set(key, index);
    if (at(list, 'file') === undefined && at(list, 'members') === undefined) {
      complain([...path, 'name'], 'the list has no members: give it a file, or members');
    }
    const reports = textAt(list, 'reports');
    if ((reports === 'owner' || reports === 'both') && at(list, 'owner') === undefined) {
      complain([...path, 'reports'], `reports: ${reports} needs an owner to get them`);
    }
  });
}

function keyOf(written: string | undefined): string | undefined {
  const address = written === undefined ? undefined : parseORAddress(written);
  return address?.ok === true ? normalKey(address.value) : undefined;
}
