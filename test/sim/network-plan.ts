// A random network of MTAs, from one seed: who is linked with whom and how, and what everybody's routing
// table says of everybody else. A tree, a ring or a mesh; some pairs are one domain; tables are sound, or
// have alternates too, or are wrong here and there, with loops and holes. Pure; nothing runs here.

import { type Random, seededRandom } from '../../src/base/random.ts';
import type { GroupPlan, LinkPlan, SitePlan } from './world.ts';

export interface NetworkSize {
  readonly sitesMin: number;
  readonly sitesMax: number;
}

export const shapes = ['tree', 'ring', 'mesh'] as const;
/** Whether tables lead everywhere by shortest ways alone, have lesser ways too, or are wrong in places. */
export const tableKinds = ['sound', 'alternates', 'wrong'] as const;
const modes = ['normal', 'normal', 'x410-1988', 'x410-1984'] as const;

export interface NetworkSite {
  readonly name: string;
  /** The private domain, which two sites may share. */
  readonly domain: string;
  /** The address space that it delivers. */
  readonly space: string;
  /** All users that it knows; others of its space are unknown. */
  readonly users: readonly string[];
  readonly plan: SitePlan;
}

export interface NetworkEdge {
  readonly between: readonly [string, string];
  /** Which of the two never calls, if any. */
  readonly answered: string | undefined;
}

export interface NetworkPlan {
  readonly shape: (typeof shapes)[number];
  readonly tables: (typeof tableKinds)[number];
  readonly restricted: boolean;
  readonly sites: readonly NetworkSite[];
  readonly edges: readonly NetworkEdge[];
}

interface Draft extends Omit<NetworkPlan, 'sites'> {
  readonly random: Random;
  readonly names: readonly string[];
  readonly links: ReadonlyMap<string, readonly string[]>;
  /** The sites that share a domain, in pairs. */
  readonly partner: ReadonlyMap<string, string>;
}

/** The network of a seed. */
export function networkOf(seed: number, size: NetworkSize): NetworkPlan {
  const random = seededRandom(seed);
  const names = Array.from({ length: random.between(size.sitesMin, size.sitesMax) }, (_, at) => `S${at}`);
  const shape = random.pick(shapes);
  const pairs = pairsOf(shape, names, random);
  const partner = partnersOf(pairs, random);
  const edges = pairs.map((between): NetworkEdge => {
    const answered = shape === 'tree' && !partner.has(between[1]) && random.chance(0.2);
    return { between, answered: answered ? between[1] : undefined };
  });
  const links = new Map(names.map((name) => [name, neighboursOf(name, pairs)]));
  const tables = random.pick(tableKinds);
  const draft: Draft = {
    ...{ random, names, shape, edges, links, partner, tables },
    restricted: tables !== 'sound' && random.chance(0.4),
  };
  return { shape, tables, restricted: draft.restricted, edges, sites: sitesOf(draft) };
}

/** An address of a site's space. */
export function addressAt(site: { readonly space: string }, surname: string): string {
  return `/S=${surname}${site.space}`;
}

function pairsOf(
  shape: NetworkPlan['shape'],
  names: readonly string[],
  random: Random,
): readonly (readonly [string, string])[] {
  const pairs = names.slice(1).map((name, at): [string, string] => {
    const parent = shape === 'tree' ? random.between(0, at) : at;
    return [names[parent], name];
  });
  if (shape === 'tree') return pairs;
  if (names.length > 2) pairs.push([names[names.length - 1], names[0]]);
  if (shape === 'ring') return pairs;
  const known = new Set(pairs.flatMap(([a, b]) => [`${a} ${b}`, `${b} ${a}`]));
  for (let more = random.between(1, names.length); more > 0; more -= 1) {
    const [a, b] = [random.pick(names), random.pick(names)];
    if (a === b || known.has(`${a} ${b}`)) continue;
    known.add(`${a} ${b}`).add(`${b} ${a}`);
    pairs.push([a, b]);
  }
  return pairs;
}

function partnersOf(pairs: readonly (readonly [string, string])[], random: Random): Map<string, string> {
  const partner = new Map<string, string>();
  for (const [a, b] of pairs) {
    if (partner.has(a) || partner.has(b) || !random.chance(0.15)) continue;
    partner.set(a, b).set(b, a);
  }
  return partner;
}

function neighboursOf(name: string, pairs: readonly (readonly [string, string])[]): readonly string[] {
  return pairs.flatMap(([a, b]) => (a === name ? [b] : b === name ? [a] : []));
}

function sitesOf(draft: Draft): readonly NetworkSite[] {
  const homes = new Map(draft.names.map((name) => [name, homeOf(name, draft.partner.get(name))]));
  const extras = new Map(draft.edges.map((edge) => [edge, edgeKeys(draft, edge)]));
  return draft.names.map((name): NetworkSite => {
    const home = homes.get(name) ?? homeOf(name, undefined);
    const spaces = spacesOf(draft, name, homes);
    const links = draft.edges.flatMap((edge): LinkPlan[] => {
      const to = other(edge, name);
      if (to === undefined) return [];
      const extra = extras.get(edge) ?? '';
      return [{ to, spaces: spaces.get(to) ?? [], extra, onlyAnswered: edge.answered === name }];
    });
    const users = draft.random.chance(0.3) ? ['Sender', 'U1', 'U2'] : undefined;
    const groups = groupsOf(draft, links);
    const grouped = new Set(groups.flatMap(({ spaces: taken }) => taken.map(({ address }) => address)));
    const plan: SitePlan = {
      name,
      ...{ domain: home.domain, delivers: home.space, groups },
      links: links.map((link) => ({
        ...link,
        spaces: (link.spaces ?? []).filter(({ address }) => !grouped.has(address)),
      })),
      ...(users !== undefined && { users: users.map((user) => addressAt(home, user)) }),
      extra: 'expiry: { urgent: 4h, normal: 12h, nonUrgent: 24h }',
    };
    return { name, ...home, users: users ?? ['Sender', 'U1', 'U2', 'U3'], plan };
  });
}

function homeOf(name: string, partner: string | undefined): { domain: string; space: string } {
  if (partner === undefined) return { domain: name, space: `/P=${name}/A= /C=GB/` };
  const domain = `D${[name, partner].toSorted().join('')}`;
  return { domain, space: `/O=${name}/P=${domain}/A= /C=GB/` };
}

function other({ between: [a, b] }: NetworkEdge, name: string): string | undefined {
  return a === name ? b : b === name ? a : undefined;
}

/** What both ends of an edge agree on, as keys of the link. */
function edgeKeys({ random, partner, restricted }: Draft, edge: NetworkEdge): string {
  const [a, b] = edge.between;
  const oneDomain = partner.get(a) === b;
  const openInterval = random.pick(['60s', '300s', '600s']);
  const dialogue = edge.answered === undefined && random.chance(0.7) ? 'any' : 'two-way-alternate';
  return [
    `mode: ${oneDomain ? random.pick(['normal', 'x410-1988']) : random.pick(modes)}`,
    `sameDomain: ${oneDomain}`,
    `retry: { openInterval: ${openInterval}, openRetries: 4, transferInterval: 60s, transferRetries: 2 }`,
    `rts: { checkpoint: 1KiB, window: 3, dialogue: ${dialogue} }`,
    ...(restricted && random.chance(0.3) ? [restrictionOf(random)] : []),
  ].join('\n');
}

function restrictionOf(random: Random): string {
  return random.pick([
    'maxMessageSize: 4KiB',
    'restrictions: { priorities: [urgent, normal] }',
    'restrictions: { originators: { reject: ["/P=S1/A= /C=GB/"] } }',
    'restrictions: { contentTypes: ["2.6.1.10.0"] }',
  ]);
}

type Spaces = Map<string, { address: string; cost: number }[]>;

/** The address spaces of a site's links, by the site at their other end. */
function spacesOf(draft: Draft, name: string, homes: ReadonlyMap<string, { space: string }>): Spaces {
  const spaces: Spaces = new Map();
  for (const target of draft.names) {
    const home = homes.get(target);
    if (target === name || home === undefined) continue;
    for (const [to, cost] of waysTo(draft, name, target)) {
      spaces.set(to, [...(spaces.get(to) ?? []), { address: home.space, cost }]);
    }
  }
  return spaces;
}

/** By which neighbours a site sends what is for another, each with its cost. */
function waysTo({ random, links, tables }: Draft, from: string, target: string): [string, number][] {
  const far = distancesTo(target, links);
  const here = far.get(from) ?? 0;
  const neighbours = links.get(from) ?? [];
  const nearer = neighbours.filter((each) => (far.get(each) ?? 0) < here);
  const level = neighbours.filter((each) => (far.get(each) ?? 0) === here);
  const wrong = tables === 'wrong' && random.chance(0.25);
  if (wrong && random.chance(0.3)) return [];
  if (wrong) return [[random.pick(neighbours), 5]];
  const ways = random.chance(0.6) ? nearer : [random.pick(nearer)];
  const best = ways.map((each): [string, number] => [each, 10]);
  if (tables === 'sound' || random.chance(0.4)) return best;
  return [...best, ...level.map((each): [string, number] => [each, 20])];
}

function distancesTo(target: string, links: Draft['links']): ReadonlyMap<string, number> {
  const far = new Map([[target, 0]]);
  for (const [name, distance] of far) {
    for (const next of links.get(name) ?? []) if (!far.has(next)) far.set(next, distance + 1);
  }
  return far;
}

/** Sometimes a space that several links have at one cost is that of a group instead. */
function groupsOf({ random }: Draft, links: readonly LinkPlan[]): readonly GroupPlan[] {
  const by = new Map<string, { to: string[]; costs: Set<number> }>();
  for (const { to, spaces = [] } of links) {
    for (const { address, cost } of spaces) {
      const found = by.get(address) ?? { to: [], costs: new Set() };
      found.to.push(to);
      found.costs.add(cost);
      by.set(address, found);
    }
  }
  const shared = [...by].filter(([, { to, costs }]) => to.length > 1 && costs.size === 1);
  if (shared.length === 0 || !random.chance(0.5)) return [];
  const [address, { to, costs }] = random.pick(shared);
  return [{ name: 'group', to, spaces: [{ address, cost: [...costs][0] }] }];
}
