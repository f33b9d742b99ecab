// What must hold between keys. Works on the values as written, so that these errors are found beside those
// of single keys; what is not of the right kind here is passed over, because its own key complains. Each
// check names the other party, so that one reading is enough to mend it.

import { matchesAddressSpace, parseAddressSpace, parseORAddress } from '../address/index.ts';
import { toHex } from '../base/octets.ts';
import { checkConversions } from './conversion-relations.ts';
import { checkSchedule } from './schedule-relations.ts';
import type { KeyPath } from './source.ts';
import { checkRecipients } from './recipient-relations.ts';
import { checkTls } from './tls-relations.ts';
import { at, type Complain, listAt, textAt } from './written.ts';
import { selector, sizeOf } from './value-types.ts';

/** Calls `complain` for every relation that does not hold in `value`, the whole configuration as written. */
export function checkRelations(value: unknown, complain: Complain): void {
  const links = listAt(value, 'links');
  checkNames(links, complain);
  checkPeers(links, complain);
  links.forEach((link, index) => {
    checkMode(link, ['links', index], complain);
    checkSpaces(link, ['links', index], complain);
    checkSchedule(link, ['links', index], complain);
  });
  checkGroups(value, links, complain);
  checkTls(value, complain);
  checkConversions(value, complain);
  const deliveries = listAt(value, 'deliver');
  checkDeliverNames(deliveries, complain);
  deliveries.forEach((delivery, index) => {
    checkUsers(delivery, ['deliver', index], complain);
  });
  checkRecipients(value, complain);
  checkPorts(value, complain);
  checkSpaceMarks(value, complain);
}

/** What stops must have room to begin again. */
function checkSpaceMarks(value: unknown, complain: Complain): void {
  const low = sizeOf(String(at(value, 'store', 'space', 'low') ?? '16MiB'));
  const high = sizeOf(String(at(value, 'store', 'space', 'high') ?? '32MiB'));
  if (low === undefined || high === undefined || high >= low) return;
  const key = at(value, 'store', 'space', 'high') === undefined ? 'low' : 'high';
  complain(
    ['store', 'space', key],
    `store.space.high is ${high} octets, and must not be less than store.space.low, ${low}`,
  );
}

function checkNames(links: readonly unknown[], complain: Complain): void {
  const first = new Map<string, number>();
  links.forEach((link, index) => {
    const name = textAt(link, 'name');
    if (name === undefined) return;
    const earlier = first.get(name);
    if (earlier === undefined) first.set(name, index);
    else
      complain(['links', index, 'name'], `"${name}" is already the name of links[${earlier}]: names differ`);
  });
}

/** A caller is told from others by MTA name, mode and selectors: no two links may have all alike. */
function checkPeers(links: readonly unknown[], complain: Complain): void {
  const first = new Map<string, number>();
  links.forEach((link, index) => {
    const mta = textAt(link, 'peer', 'mta');
    if (mta === undefined) return;
    const identity = JSON.stringify([mta, textAt(link, 'mode') ?? 'normal', selectorsOf(link)]);
    const earlier = first.get(identity);
    if (earlier === undefined) first.set(identity, index);
    else {
      complain(
        ['links', index, 'peer', 'mta'],
        `links[${earlier}] has the same peer "${mta}" with the same mode and selectors: ` +
          'a caller could not be told apart; make one link of them or give them different selectors',
      );
    }
  });
}

function selectorsOf(link: unknown): readonly string[] {
  const read = selector(1024).read;
  return ['local', 'remote'].flatMap((side) =>
    ['transport', 'session', 'presentation'].map((layer) => {
      const octets = read(at(link, 'selectors', side, layer));
      return octets.ok ? toHex(octets.value) : '';
    }),
  );
}

/** X.410-1984 mode has no presentation protocol, so no presentation selector either (X.226 6.2). */
function checkMode(link: unknown, path: KeyPath, complain: Complain): void {
  const mode = textAt(link, 'mode');
  if (mode !== 'x410-1984' && textAt(link, 'contentDowngrade') === 'p2') {
    complain(
      [...path, 'contentDowngrade'],
      'contents become P2 for MTAs of 1984 alone: set mode: x410-1984, or contentDowngrade: none',
    );
  }
  if (mode !== 'x410-1988' && mode !== 'x410-1984') return;
  for (const side of ['local', 'remote']) {
    if (at(link, 'selectors', side, 'presentation') === undefined) continue;
    complain(
      [...path, 'selectors', side, 'presentation'],
      `mode ${mode} has no presentation selectors: remove this key, or set mode: normal`,
    );
  }
}

function checkSpaces(link: unknown, path: KeyPath, complain: Complain): void {
  const first = new Map<string, number>();
  listAt(link, 'addressSpaces').forEach((each, index) => {
    const space = spaceAt(each, 'address');
    if (space === undefined) return;
    const earlier = first.get(space.text);
    if (earlier === undefined) first.set(space.text, index);
    else
      complain(
        [...path, 'addressSpaces', index, 'address'],
        `this space is addressSpaces[${earlier}] already`,
      );
  });
}

/** A group has members, each once, and each a link that there is. */
function checkGroups(value: unknown, links: readonly unknown[], complain: Complain): void {
  const names = new Set(links.map((link) => textAt(link, 'name')));
  const groups = listAt(value, 'groups');
  const first = new Map<string, number>();
  groups.forEach((group, index) => {
    const path: KeyPath = ['groups', index];
    const name = textAt(group, 'name');
    const earlier = name === undefined ? undefined : first.get(name);
    if (earlier !== undefined)
      complain([...path, 'name'], `"${name}" is already the name of groups[${earlier}]`);
    if (name !== undefined) first.set(name, index);
    const members = listAt(group, 'links');
    if (members.length === 0) complain([...path, 'links'], 'a group needs links: the names of its members');
    members.forEach((member, at) => {
      if (typeof member !== 'string') return;
      if (!names.has(member)) {
        complain([...path, 'links', at], `there is no link "${member}"; known are ${[...names].join(', ')}`);
      } else if (members.indexOf(member) !== at) {
        complain([...path, 'links', at], `"${member}" is in this group already`);
      }
    });
    checkSpaces(group, path, complain);
  });
}

function checkDeliverNames(deliveries: readonly unknown[], complain: Complain): void {
  const first = new Map<string, number>();
  deliveries.forEach((delivery, index) => {
    const given = textAt(delivery, 'name');
    const name = given ?? spaceAt(delivery, 'addressSpace')?.text;
    if (name === undefined) return;
    const earlier = first.get(name);
    const key = given === undefined ? 'addressSpace' : 'name';
    if (earlier === undefined) first.set(name, index);
    else complain(['deliver', index, key], `"${name}" is deliver[${earlier}] already: make one of them`);
  });
}

function checkUsers(delivery: unknown, path: KeyPath, complain: Complain): void {
  const space = spaceAt(delivery, 'addressSpace');
  if (space === undefined) return;
  listAt(delivery, 'users').forEach((user, index) => {
    const address = typeof user === 'string' ? parseORAddress(user) : undefined;
    if (address?.ok !== true || matchesAddressSpace(space, address.value) !== undefined) return;
    complain(
      [...path, 'users', index],
      `this address is not inside the addressSpace ${space.text} of its entry`,
    );
  });
}

function checkPorts(value: unknown, complain: Complain): void {
  const taken: { readonly path: string; readonly address: string; readonly port: number }[] = [];
  const claim = (path: KeyPath, entry: unknown, defaultPort: number) => {
    const address = textAt(entry, 'address') ?? '127.0.0.1';
    const port = at(entry, 'port') ?? defaultPort;
    if (typeof port !== 'number' || port === 0) return;
    const other = taken.find((each) => each.port === port && overlap(each.address, address));
    const name = path.map((step) => (typeof step === 'number' ? `[${step}]` : step)).join('');
    if (other === undefined) taken.push({ path: name, address, port });
    else complain([...path, 'port'], `port ${port} of ${address} is used by ${other.path} already`);
  };
  const listeners = at(value, 'listen') === undefined ? [{ port: 10102 }] : listAt(value, 'listen');
  listeners.forEach((entry, index) => {
    claim(['listen', index], entry, 102);
  });
  claim(['admin'], at(value, 'admin'), 10480);
}

function overlap(a: string, b: string): boolean {
  const any = ['0.0.0.0', '::'];
  return a === b || any.includes(a) || any.includes(b);
}

function spaceAt(value: unknown, ...keys: readonly string[]) {
  const written = textAt(value, ...keys);
  const space = written === undefined ? undefined : parseAddressSpace(written);
  return space?.ok === true ? space.value : undefined;
}
