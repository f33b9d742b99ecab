// From checked keys to the configuration that rooms get: defaults that depend on other keys, absolute paths,
// everything frozen. Nothing can be wrong any more here.

import { isAbsolute, join, resolve } from 'node:path';

import { globalDomainIdentifier } from '../address/index.ts';
import type {
  Configuration,
  DeliverConfiguration,
  LinkConfiguration,
  SelectorsConfiguration,
  SetAsideEntry,
} from './configuration.ts';
import type { CheckedConfiguration } from './schema.ts';

export interface Origin {
  readonly file: string | undefined;
  /** Relative paths are taken from here: the directory of the file. */
  readonly directory: string;
}

/** The configuration of `checked`, frozen. Of links, those that are disabled by errors come last. */
export function complete(
  checked: CheckedConfiguration,
  origin: Origin,
  setAside: readonly SetAsideEntry[] = [],
): Configuration {
  const absolute = (path: string) => (isAbsolute(path) ? path : resolve(origin.directory, path));
  const directory = absolute(checked.store.directory);
  const { tokenFile, ...admin } = checked.admin;
  return freeze({
    file: origin.file,
    mta: { ...checked.mta, domain: globalDomainIdentifier(checked.mta.domain) },
    listen: checked.listen.map(({ tls, ...at }) =>
      tls === undefined ? at : { ...at, tls: withPaths(tls, absolute) },
    ),
    admin: {
      ...admin,
      tokenFile: tokenFile === undefined ? join(directory, 'admin.token') : absolute(tokenFile),
    },
    store: { ...checked.store, directory },
    tracking: checked.tracking,
    alarms: checked.alarms,
    links: faultyLast(
      checked.links.map((link) => completeLink(link, checked.mta.name, absolute)),
      setAside,
    ),
    groups: checked.groups.map((group) => ({ ...group, addressSpaces: spacesOf(group.addressSpaces) })),
    deliver: checked.deliver.map((deliver) => ({
      ...deliver,
      name: deliver.name ?? deliver.addressSpace.text,
      directory: absolute(deliver.directory),
      alternateRecipient: deliver.alternateRecipient,
    })) satisfies DeliverConfiguration[],
    redirections: checked.redirections.map(({ from, fromSpace, to, reason }) => ({
      from,
      fromSpace,
      to,
      reason,
    })),
    lists: checked.lists.map((list) => ({
      ...list,
      owner: list.owner,
      file: list.file === undefined ? undefined : absolute(list.file),
    })),
    ...(setAside.length > 0 && { setAside }),
  });
}

function faultyLast(
  links: readonly LinkConfiguration[],
  setAside: readonly SetAsideEntry[],
): readonly LinkConfiguration[] {
  const faults = new Map(
    setAside.flatMap(({ name, errors, meanwhile }) => (meanwhile === 'disabled' ? [[name, errors]] : [])),
  );
  const faulty = links.flatMap((link) => {
    const wrong = faults.get(link.name);
    return wrong === undefined ? [] : [{ ...link, faults: wrong }];
  });
  return [...links.filter(({ name }) => !faults.has(name)), ...faulty];
}

function completeLink(
  link: CheckedConfiguration['links'][number],
  ourName: string,
  absolute: (path: string) => string,
): LinkConfiguration {
  const { tls, ...rest } = link;
  const { peer, credentials } = link;
  return {
    ...rest,
    ...(tls !== undefined && { tls: { ...linkTls(tls), ...withPaths(tls, absolute) } }),
    peer: {
      mta: peer.mta,
      password: peer.password,
      address: peer.address,
      port: peer.port,
      addresses: peer.addresses,
    },
    credentials: { mta: credentials.mta ?? ourName, password: credentials.password },
    addressSpaces: spacesOf(link.addressSpaces),
    selectors: { local: present(link.selectors.local), remote: present(link.selectors.remote) },
  };
}

function spacesOf(written: CheckedConfiguration['links'][number]['addressSpaces']) {
  return written.map(({ address: space, cost }) => ({ text: space.text, space, cost }));
}

type CheckedLinkTls = NonNullable<CheckedConfiguration['links'][number]['tls']>;

function linkTls({ fingerprint, serverName, ...tls }: CheckedLinkTls) {
  return { ...tls, fingerprint, serverName };
}

interface TlsFiles {
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
  readonly ca?: string | undefined;
}

/** With its files by absolute paths; every key is there, so that equal configurations look alike. */
function withPaths<T extends TlsFiles>(tls: T, absolute: (path: string) => string) {
  const place = <P extends string | undefined>(path: P) =>
    (path === undefined ? undefined : absolute(path)) as P;
  return {
    ...tls,
    certificate: place(tls.certificate as T['certificate']),
    key: place(tls.key as T['key']),
    ca: tls.ca === undefined ? undefined : absolute(tls.ca),
  };
}

/** Without the layers that have none. */
function present(selectors: { readonly [L in keyof SelectorsConfiguration]?: Uint8Array | undefined }) {
  const { transport, session, presentation } = selectors;
  return {
    ...(transport !== undefined && { transport }),
    ...(session !== undefined && { session }),
    ...(presentation !== undefined && { presentation }),
  };
}

/** Freezes plain objects and lists, deeply. Octet arrays and maps cannot be; nobody writes to them. */
export function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && !Array.isArray(value)) return value;
  for (const each of Object.values(value)) freeze(each);
  return Object.freeze(value);
}
