// The route table: a pure function of the configured address spaces. Spaces that name the same attributes
// share a shape, and one map from the values of those attributes finds a shape's routes; so finding what an
// address matches costs one look-up a shape, however many routes there are. A space that cannot be read is a
// flaw, and the others count all the same. Invariant: the table does not depend on the order in which links
// and spaces are written.

import {
  type AddressSpace,
  normalAddress,
  type NormalAddress,
  type ORAddress,
  parseAddressSpace,
} from '../address/index.ts';
import { ok } from '../base/result.ts';
import { atOnce, type Steps } from '../base/steps.ts';
import { spaceKey, userKey } from './address-keys.ts';
import { type ListInput, type RedirectionInput, type Replacements, replacementsOf } from './replacements.ts';
import type { LinkRestrictions } from './restrictions.ts';

/** The slice of the configuration that routing needs. */
export interface RouteTableInput {
  readonly links: readonly LinkRoutesInput[];
  /** Groups of MTAs: their spaces are those of every member. */
  readonly groups?: readonly GroupRoutesInput[];
  readonly deliver: readonly DeliverRoutesInput[];
  readonly redirections?: readonly RedirectionInput[];
  readonly lists?: readonly ListInput[];
}
export interface SpaceInput {
  readonly text: string;
  readonly cost: number;
  /** `text`, read before; read here if absent. */
  readonly space?: AddressSpace;
}
export interface GroupRoutesInput {
  readonly name: string;
  /** Names of links. */
  readonly links: readonly string[];
  readonly addressSpaces: readonly SpaceInput[];
}
export interface LinkRoutesInput {
  readonly name: string;
  readonly enabled: boolean;
  readonly addressSpaces: readonly SpaceInput[];
  readonly restrictions?: LinkRestrictions | undefined;
  /** The longest content that the link takes, in octets. */
  readonly maxMessageSize?: number | undefined;
}
export interface DeliverRoutesInput {
  readonly name: string;
  readonly addressSpace: { readonly text: string };
  readonly users: 'any' | readonly { readonly address: ORAddress }[];
  readonly alternateRecipient?: { readonly address: ORAddress } | undefined;
}

export type Route = LinkRoute | DeliverRoute;
export interface LinkRoute {
  readonly kind: 'link';
  readonly name: string;
  readonly addressSpace: string;
  readonly length: number;
  readonly cost: number;
  readonly enabled: boolean;
  readonly contentLengthMax: number;
  readonly restrictions?: LinkRestrictions | undefined;
  /** Through which group it serves this space; absent where the space is its own. */
  readonly group?: string;
}
export interface DeliverRoute {
  readonly kind: 'deliver';
  readonly name: string;
  readonly addressSpace: string;
  readonly length: number;
  readonly cost: 0;
  /** By `userKey`; undefined where any user is known. */
  readonly users: ReadonlySet<string> | undefined;
}

/** An address space that is left out, and why. */
export interface RouteFlaw {
  readonly kind: 'link' | 'deliver';
  readonly name: string;
  readonly addressSpace: string;
  readonly message: string;
}

export interface RouteTable {
  /** Longest first. */
  readonly shapes: readonly RouteShape[];
  readonly flaws: readonly RouteFlaw[];
  /** Redirections, lists and alternate recipients. */
  readonly replacements: Replacements;
}
export interface RouteShape {
  /** Keys of normal attributes, sorted. */
  readonly keys: readonly string[];
  readonly routes: ReadonlyMap<string, readonly Route[]>;
}

/** The table of these links and deliver spaces. */
export function buildRouteTable(input: RouteTableInput): RouteTable {
  return atOnce(routeTableInSteps(input, Number.MAX_SAFE_INTEGER));
}

/**
 * The same table, built in steps of at most `routes_per_step` routes: whoever drives it lets others work
 * between two steps, so that a table of 100,000 routes holds nobody up.
 */
export function* routeTableInSteps(input: RouteTableInput, routes_per_step: number): Steps<RouteTable> {
  const build: TableInBuilding = { shapes: new Map(), flaws: [] };
  let routes = 0;
  for (const [space, route] of routesOf(input)) {
    if (routes > 0 && routes % routes_per_step === 0) yield;
    routes += 1;
    addRoute(build, space, route);
  }
  return finished(build, replacementsOf(input));
}

/** The routes whose spaces an address lies in, longest match first. */
export function matchingRoutes(table: RouteTable, address: NormalAddress): readonly Route[] {
  const found: Route[] = [];
  for (const shape of table.shapes) {
    const key = spaceKey(shape.keys, address.attributes);
    const routes = key === undefined ? undefined : shape.routes.get(key);
    if (routes !== undefined) found.push(...routes);
  }
  return found;
}

interface TableInBuilding {
  readonly shapes: Map<string, { readonly keys: readonly string[]; readonly routes: Map<string, Route[]> }>;
  readonly flaws: RouteFlaw[];
}
type RouteWithoutLength = Omit<LinkRoute, 'length'> | Omit<DeliverRoute, 'length'>;

/** Every route with the space that it is for. */
function* routesOf(input: RouteTableInput): Generator<readonly [AddressSpace | string, RouteWithoutLength]> {
  const links = new Map<string, Omit<LinkRoute, 'length' | 'addressSpace' | 'cost'>>();
  for (const { name, enabled, restrictions, maxMessageSize, addressSpaces } of input.links) {
    const contentLengthMax = maxMessageSize ?? Number.POSITIVE_INFINITY;
    const link = { kind: 'link', name, enabled, contentLengthMax, restrictions } as const;
    links.set(name, link);
    for (const { text, cost, space } of addressSpaces) {
      yield [space ?? text, { ...link, addressSpace: text, cost }];
    }
  }
  for (const group of input.groups ?? []) {
    for (const { text, cost, space } of group.addressSpaces) {
      for (const name of group.links) {
        const link = links.get(name);
        if (link !== undefined)
          yield [space ?? text, { ...link, addressSpace: text, cost, group: group.name }];
      }
    }
  }
  for (const { name, addressSpace, users } of input.deliver) {
    const known =
      users === 'any' ? undefined : new Set(users.map((user) => userKey(normalAddress(user.address))));
    const { text } = addressSpace;
    yield [text, { kind: 'deliver', name, addressSpace: text, cost: 0, users: known }];
  }
}

function addRoute(build: TableInBuilding, space: AddressSpace | string, route: RouteWithoutLength): void {
  const read = typeof space === 'string' ? parseAddressSpace(space) : ok(space);
  if (!read.ok) {
    const { kind, name, addressSpace } = route;
    build.flaws.push({ kind, name, addressSpace, message: read.error.message });
    return;
  }
  const keys = [...read.value.attributes.keys()].sort();
  const shapeKey = JSON.stringify(keys);
  const shape = build.shapes.get(shapeKey) ?? { keys, routes: new Map<string, Route[]>() };
  build.shapes.set(shapeKey, shape);
  const key = spaceKey(keys, read.value.attributes) ?? '';
  const whole: Route = { ...route, length: keys.length };
  const routes = shape.routes.get(key);
  if (routes === undefined) shape.routes.set(key, [whole]);
  else insertInOrder(routes, whole);
}

/** By binary search: thousands of links may share one space. */
function insertInOrder(routes: Route[], route: Route): void {
  let low = 0;
  let high = routes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareRoutes(routes[middle], route) <= 0) low = middle + 1;
    else high = middle;
  }
  routes.splice(low, 0, route);
}

function finished(build: TableInBuilding, replacements: Replacements): RouteTable {
  const shapes = [...build.shapes].sort(
    ([a, left], [b, right]) => right.keys.length - left.keys.length || compareText(a, b),
  );
  return { shapes: shapes.map(([, shape]) => shape), flaws: build.flaws, replacements };
}

function compareRoutes(a: Route, b: Route): number {
  return (
    compareText(a.kind, b.kind) ||
    a.cost - b.cost ||
    compareText(a.name, b.name) ||
    compareText(groupOf(a), groupOf(b))
  );
}

function groupOf(route: Route): string {
  return (route.kind === 'link' ? route.group : undefined) ?? '';
}

/** By code units: the order must not depend on a locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
