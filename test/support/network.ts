// Configurations for networks of real processes: each MTA owns one domain (C=GB, A=" ", P=NAME) and delivers
// it into `delivered`; links are listed by the neighbours' names. Ports are free ones.

import { rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killBelow, MtaProcess } from './mta-process.ts';
import { freePorts } from './ports.ts';

export interface Site {
  readonly name: string;
  readonly port: number;
  readonly adminPort: number;
}

export interface LinkPlan {
  readonly to: Site;
  /** Address spaces with cost; the neighbour's own domain if left out. */
  readonly spaces?: readonly { readonly address: string; readonly cost: number }[];
  /** Further YAML keys of the link, as one flow or block line each, already indented by four. */
  readonly extra?: string;
}

/** One site for each name, on free ports. */
export async function sites<const Names extends readonly string[]>(
  ...names: Names
): Promise<{ readonly [Index in keyof Names]: Site }> {
  const ports = await freePorts(names.length * 2);
  const made = names.map((name, index) => ({
    name,
    port: ports[2 * index],
    adminPort: ports[2 * index + 1],
  }));
  return made as { readonly [Index in keyof Names]: Site };
}

/** The address space of a site's domain. */
export function domainOf(site: Site): string {
  return `/P=${site.name}/A= /C=GB/`;
}

/** An address in a site's domain. */
export function userAt(site: Site, surname = 'user'): string {
  return `/S=${surname}/P=${site.name}/A= /C=GB/`;
}

export interface SitePlan {
  readonly links: readonly LinkPlan[];
  /** Top-level YAML added at the end. */
  readonly extra?: string;
  readonly users?: readonly string[];
}

/** The configuration file of a site. Passwords are 'NAME-secret'. */
export function configurationOf(site: Site, plan: SitePlan): string {
  const users = plan.users === undefined ? 'any' : JSON.stringify(plan.users);
  return `mta:
  name: MTA-${site.name}
  domain: { country: GB, admd: " ", prmd: ${site.name} }
listen: [ { address: 127.0.0.1, port: ${site.port} } ]
admin: { address: 127.0.0.1, port: ${site.adminPort} }
store: { directory: ./store }
links:${plan.links.length === 0 ? ' []' : ''}
${plan.links.map((link) => linkYaml(site, link)).join('\n')}
deliver:
  - addressSpace: ${JSON.stringify(domainOf(site))}
    users: ${users}
    directory: ./delivered
${plan.extra ?? ''}`;
}

function linkYaml(site: Site, link: LinkPlan): string {
  const spaces = link.spaces ?? [{ address: domainOf(link.to), cost: 10 }];
  return `  - name: ${link.to.name.toLowerCase()}
    peer:
      mta: MTA-${link.to.name}
      password: ${link.to.name}-secret
      address: 127.0.0.1
      port: ${link.to.port}
    credentials: { mta: MTA-${site.name}, password: ${site.name}-secret }
    addressSpaces: ${JSON.stringify(spaces)}
${link.extra ?? ''}`;
}

/** The process of a site, prepared in a directory of its own below `directory`. */
export function siteProcess(directory: string, site: Site, plan: SitePlan): Promise<MtaProcess> {
  return MtaProcess.prepare(join(directory, site.name.toLowerCase()), configurationOf(site, plan));
}

/**
 * A temporary directory. When the test ends, however it ends, the MTAs that still live there are killed and
 * it is removed, unless KEEP_TEST_FILES is set.
 */
export async function temporaryDirectory(t: {
  after: (clean: () => Promise<void>) => void;
}): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'chappe-test-'));
  t.after(async () => {
    await killBelow(path);
    if (process.env.KEEP_TEST_FILES === undefined)
      await rm(path, { recursive: true, force: true, maxRetries: 5 });
  });
  return path;
}

/** Three MTAs in a row, A – B – C, prepared in `directory`: A and C reach each other through B. */
export async function chain(directory: string): Promise<{
  readonly a: MtaProcess;
  readonly b: MtaProcess;
  readonly c: MtaProcess;
  readonly sites: { readonly a: Site; readonly b: Site; readonly c: Site };
}> {
  const [siteA, siteB, siteC] = await sites('A', 'B', 'C');
  const quick = '    retry: { openInterval: 1s, transferInterval: 1s }\n';
  const both = (near: Site, far: Site): readonly { address: string; cost: number }[] => [
    { address: domainOf(near), cost: 10 },
    { address: domainOf(far), cost: 10 },
  ];
  const a = await siteProcess(directory, siteA, {
    links: [{ to: siteB, spaces: both(siteB, siteC), extra: quick }],
  });
  const b = await siteProcess(directory, siteB, {
    links: [
      { to: siteA, extra: quick },
      { to: siteC, extra: quick },
    ],
  });
  const c = await siteProcess(directory, siteC, {
    links: [{ to: siteB, spaces: both(siteB, siteA), extra: quick }],
  });
  return { a, b, c, sites: { a: siteA, b: siteB, c: siteC } };
}
