// The choice of a next hop. The longest match decides, over deliver spaces and links alike; nothing shorter
// is an alternate, because a default route would send the recipient round in a circle. Within it a deliver
// space that knows the user wins; then links: working before unhealthy before disabled, then by cost, then
// by when their schedule lets them be called, then spread over what is equal. A link that is down while
// there is no other keeps its copies: only a missing route is a report's reason.

import { normalAddress, type NormalAddress } from '../address/index.ts';
import type { Candidate, CandidateReason, LinkHealth, RouteDecision, RouteRequest } from './decision.ts';
import { userKey } from './address-keys.ts';
import { nextHopKey } from './next-hop.ts';
import { listOf } from './replacements.ts';
import { restrictionOf } from './restrictions.ts';
import {
  compareText,
  type DeliverRoute,
  type LinkRoute,
  matchingRoutes,
  type Route,
  type RouteTable,
} from './route-table.ts';

/** The next hop of a recipient as it is named, or why there is none, with every space that it lies in. */
export function chooseRoute(table: RouteTable, request: RouteRequest): RouteDecision {
  const address = 'attributes' in request.recipient ? request.recipient : normalAddress(request.recipient);
  const list = request.kind === 'report' ? undefined : listOf(table.replacements, address);
  if (list !== undefined) {
    const { name } = list;
    return { kind: 'list', nextHop: nextHopKey({ kind: 'list', name }), list: name, candidates: [] };
  }
  const matches = matchingRoutes(table, address);
  if (matches.length === 0) return { kind: 'no-route', why: 'no-address-space', candidates: [] };
  const longest = matches[0].length;
  const level = matches.filter((route) => route.length === longest);
  const shorter = matches
    .filter((route) => route.length !== longest)
    .map((route) => dropped(route, 'shorter-match'));

  const delivers = level.filter((route) => route.kind === 'deliver');
  const links = level.filter((route) => route.kind === 'link');
  const home = delivers.find((route) => knowsUser(route, address));
  if (home !== undefined) return delivery(home, level, shorter);
  const unknown = delivers.map((route) => dropped(route, 'unknown-user'));
  return transferOrNothing(rankLinks(links, request), [...unknown, ...shorter]);
}

function delivery(home: DeliverRoute, level: readonly Route[], shorter: readonly Candidate[]): RouteDecision {
  const others = level
    .filter((route) => route !== home)
    .map((route) => dropped(route, route.kind === 'link' ? 'deliver-first' : 'second-space'));
  return {
    kind: 'deliver',
    nextHop: nextHopKey(home),
    deliver: home.name,
    candidates: [candidate(home, 'taken', 'chosen'), ...others, ...shorter],
  };
}

interface UsableLink {
  readonly route: LinkRoute;
  readonly health: LinkHealth;
  readonly opensAt: number;
}
interface RankedLinks {
  /** Best first. */
  readonly usable: readonly UsableLink[];
  readonly dropped: readonly Candidate[];
  /** Among those dropped for the content's length alone; undefined if there is none. */
  readonly contentLengthMax: number | undefined;
}

/** Why a link is not taken whatever else there is; undefined if it may be. */
function unfit(route: LinkRoute, request: RouteRequest): CandidateReason | undefined {
  if (request.arrivedBy === nextHopKey(route)) return 'came-by-it';
  if ((request.contentLength ?? 0) > route.contentLengthMax) return 'content-too-long';
  return restrictionOf(route.restrictions, request);
}

function rankLinks(links: readonly LinkRoute[], request: RouteRequest): RankedLinks {
  const usable: (UsableLink & { readonly rank: number })[] = [];
  const out: Candidate[] = [];
  const seen = new Set<string>();
  let contentLengthMax: number | undefined;
  // Of the spaces of one link that fit alike, the cheapest is the way.
  const byCost = links.length > 1 ? links.toSorted((a, b) => a.cost - b.cost) : links;
  for (const route of byCost) {
    const reason = seen.has(route.name) ? 'second-space' : unfit(route, request);
    if (reason === 'content-too-long') {
      contentLengthMax = Math.max(contentLengthMax ?? 0, route.contentLengthMax);
    }
    if (reason !== undefined) out.push(dropped(route, reason));
    else {
      const rank = links.length > 1 ? hash(`${request.balanceBy ?? ''}\u0000${route.name}`) : 0;
      usable.push({ route, health: healthOf(route, request), opensAt: opensAt(route, request), rank });
    }
    seen.add(route.name);
  }
  usable.sort(
    (a, b) =>
      order[a.health] - order[b.health] ||
      a.route.cost - b.route.cost ||
      compareNumbers(a.opensAt, b.opensAt) ||
      a.rank - b.rank ||
      compareText(a.route.name, b.route.name),
  );
  return { usable, dropped: out, contentLengthMax };
}

const order: Readonly<Record<LinkHealth, number>> = { healthy: 0, unhealthy: 1, disabled: 2 };

function transferOrNothing(links: RankedLinks, others: readonly Candidate[]): RouteDecision {
  const rest = [...links.dropped, ...others];
  const [best, ...lesser] = links.usable;
  if (best === undefined) return nothing(links, rest);
  const alternates = lesser.filter((each) => each.health !== 'disabled');
  const compared = lesser.map((each) =>
    each.health === 'disabled'
      ? dropped(each.route, 'disabled')
      : candidate(each.route, 'alternate', lesserBy(each, best)),
  );
  return {
    kind: 'link',
    nextHop: nextHopKey(best.route),
    link: best.route.name,
    alternates: alternates.map((each) => each.route.name),
    ...(best.health !== 'healthy' && { waitsFor: best.health }),
    candidates: [candidate(best.route, 'taken', 'chosen'), ...compared, ...rest],
  };
}

/** Why a link comes after the best. */
function lesserBy({ route, health, opensAt: at }: UsableLink, best: UsableLink): CandidateReason {
  if (health === 'unhealthy') return 'unhealthy';
  if (route.cost > best.route.cost) return 'higher-cost';
  return at > best.opensAt ? 'opens-later' : 'equal-cost';
}

/**
 * Too long is said before unknown: the user may well exist where the content could not go; so is what the
 * links are closed to.
 */
function nothing(links: RankedLinks, candidates: readonly Candidate[]): RouteDecision {
  const { contentLengthMax } = links;
  if (contentLengthMax !== undefined) return { kind: 'content-too-long', contentLengthMax, candidates };
  const closed = (...reasons: readonly CandidateReason[]): string[] =>
    candidates.filter((each) => reasons.includes(each.reason)).map((each) => each.name);
  const notThisType = closed('content-type-restricted');
  if (notThisType.length > 0) return { kind: 'content-type-not-supported', links: notThisType, candidates };
  const restricted = closed('priority-restricted', 'originator-restricted');
  if (restricted.length > 0) return { kind: 'restricted-delivery', links: restricted, candidates };
  const unknown = candidates.find((each) => each.reason === 'unknown-user');
  if (unknown !== undefined) return { kind: 'unknown-user', deliver: unknown.name, candidates };
  return { kind: 'no-route', why: 'only-back', candidates };
}

function healthOf(route: LinkRoute, request: RouteRequest): LinkHealth {
  if (request.health !== undefined) return request.health(route.name);
  return route.enabled ? 'healthy' : 'disabled';
}

function opensAt({ name }: LinkRoute, { kind, priority = 'normal', ...request }: RouteRequest): number {
  // Reports wait for the hours with the normal messages.
  return request.opensAt?.(name, kind === 'report' ? 'normal' : priority) ?? 0;
}

/** Never is later than anything, and as late as never. */
function compareNumbers(a: number, b: number): number {
  return a < b ? -1 : Number(a > b);
}

function knowsUser(route: DeliverRoute, address: NormalAddress): boolean {
  return route.users === undefined || route.users.has(userKey(address));
}

function dropped(route: Route, reason: CandidateReason): Candidate {
  return candidate(route, 'dropped', reason);
}

function candidate(route: Route, verdict: Candidate['verdict'], reason: CandidateReason): Candidate {
  const { kind, name, addressSpace, length, cost } = route;
  const group = route.kind === 'link' && route.group !== undefined ? { group: route.group } : {};
  return { kind, name, addressSpace, ...group, length, cost, verdict, reason };
}

/** FNV-1a with a final mixing, so that names that differ in one character are spread. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x21f0aaad);
  value = Math.imul(value ^ (value >>> 15), 0x735a2d97);
  return (value ^ (value >>> 15)) >>> 0;
}
