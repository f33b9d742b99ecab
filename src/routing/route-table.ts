// The route table: a pure function of the configured address spaces. Spaces that name the same attributes
// share a shape, and one map from the values of those attributes finds a shape's routes; so finding what an
// address matches costs one look-up a shape, however many routes there are. A space that cannot be read is a
// flaw, and the others count all the same. Invariant: the table does not depend on the order in which links
// and spaces are written.

import { normalAddress, type NormalAddress, type ORAddress, parseAddressSpace } from '../address/index.ts';

/** The slice of the configuration that routing needs. */
export interface RouteTableInput {
  readonly links: readonly LinkRoutesInput[];
  readonly deliver: readonly DeliverRoutesInput[];
}
export interface LinkRoutesInput {
  readonly name: string;
  readonly enabled: boolean;
  readonly addressSpaces: readonly { readonly text: string; readonly cost: number }[];
  /** The longest content that the link takes, in octets. */
  readonly maxMessageSize?: number | undefined;
}
export interface DeliverRoutesInput {
  readonly name: string;
  readonly addressSpace: { readonly text: string };
  readonly users: 'any' | readonly { readonly address: ORAddress }[];
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
}
export interface RouteShape {
  /** Keys of normal attributes, sorted. */
  readonly keys: readonly string[];
  readonly routes: ReadonlyMap<string, readonly Route[]>;
}

/** The table of these links and deliver spaces. */
export function buildRouteTable(input: RouteTableInput): RouteTable {
  const build: TableInBuilding = { shapes: new Map(), flaws: [] };
  for (const link of input.links) {
    const contentLengthMax = link.maxMessageSize ?? Number.POSITIVE_INFINITY;
    const { name, enabled } = link;
    for (const { text, cost } of link.addressSpaces) {
      addRoute(build, text, { kind: 'link', name, addressSpace: text, cost, enabled, contentLengthMax });
    }
  }
  for (const { name, addressSpace, users } of input.deliver) {
    const known =
      users === 'any' ? undefined : new Set(users.map((user) => userKey(normalAddress(user.address))));
    const { text } = addressSpace;
    addRoute(build, text, { kind: 'deliver', name, addressSpace: text, cost: 0, users: known });
  }
  return finished(build);
}

/** The routes whose spaces an address lies in, longest match first. */
export function matchingRoutes(table: RouteTable, address: NormalAddress): readonly Route[] {
  const found: Route[] = [];
  for (const shape of table.shapes) {
    const key = keyOf(shape.keys, address.attributes);
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

function addRoute(build: TableInBuilding, text: string, route: RouteWithoutLength): void {
  const space = parseAddressSpace(text);
  if (!space.ok) {
    const { kind, name, addressSpace } = route;
    build.flaws.push({ kind, name, addressSpace, message: space.error.message });
    return;
  }
  const keys = [...space.value.attributes.keys()].sort();
  const shapeKey = JSON.stringify(keys);
  const shape = build.shapes.get(shapeKey) ?? { keys, routes: new Map<string, Route[]>() };
  build.shapes.set(shapeKey, shape);
  const key = keyOf(keys, space.value.attributes) ?? '';
  const routes = shape.routes.get(key);
  const whole: Route = { ...route, length: keys.length };
  if (routes === undefined) shape.routes.set(key, [whole]);
  else routes.push(whole);
}

function finished(build: TableInBuilding): RouteTable {
  const shapes = [...build.shapes].sort(
    ([a, left], [b, right]) => right.keys.length - left.keys.length || compareText(a, b),
  );
  for (const [, shape] of shapes) for (const routes of shape.routes.values()) routes.sort(compareRoutes);
  return { shapes: shapes.map(([, shape]) => shape), flaws: build.flaws };
}

function compareRoutes(a: Route, b: Route): number {
  return compareText(a.kind, b.kind) || a.cost - b.cost || compareText(a.name, b.name);
}

/** One text for each address, whatever the order of its attributes. */
export function userKey(address: NormalAddress): string {
  const keys = [...address.attributes.keys()].sort();
  return JSON.stringify(keys.map((key) => [key, address.attributes.get(key)]));
}

/** By code units: the order must not depend on a locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** The values under these keys as one text, or undefined where the address lacks one. */
function keyOf(keys: readonly string[], attributes: ReadonlyMap<string, string>): string | undefined {
  let text = '';
  for (const key of keys) {
    const value = key === 'A' ? matchingADMD(attributes.get(key)) : attributes.get(key);
    if (value === undefined) return undefined;
    text += `${value.length}:${value}`;
  }
  return text;
}

/** For matching, an ADMD of one space, of one zero and none are the same (X.402 18.3.1). */
function matchingADMD(value: string | undefined): string {
  return value === undefined || value === '0' ? '' : value;
}
