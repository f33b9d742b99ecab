// What a new configuration changes of those who serve next hops: whoever is gone or works otherwise is
// stopped and, if there still is one of that name, started anew; whoever only has other routes works on.
// Links are stopped side by side, so that one that takes its time holds up no other.

import { after, type Clock } from '../base/time.ts';
import type { DeliverConfiguration, LinkConfiguration, ListConfiguration } from '../config/index.ts';
import { type RouteTable, routeTableInSteps, type RouteTableInput } from '../routing/index.ts';
import type { Hops } from './hops.ts';
import { Slices } from './slices.ts';

/** Routes of one step of a table: a fraction of a millisecond. */
const routes_per_step = 25;

export interface ReconfigurationParts {
  readonly hops: Hops;
  readonly clock: Clock;
  readonly startLink: (link: LinkConfiguration) => void;
  readonly startDelivery: (deliver: DeliverConfiguration) => void;
  readonly startList: (list: ListConfiguration) => void;
}

/** The table of a new configuration, made while mail flows. */
export async function tableMeanwhile(input: RouteTableInput, clock: Clock): Promise<RouteTable> {
  return Slices.on(clock).run(routeTableInSteps(input, routes_per_step));
}

/** Stops, starts and leaves alone. Resolves when what was stopped has ended. */
export async function replaceLinks(
  { hops, clock, startLink }: ReconfigurationParts,
  before: readonly LinkConfiguration[],
  now: readonly LinkConfiguration[],
): Promise<void> {
  const next = new Map(now.map((link) => [link.name, link]));
  const replaced = before.map(async (old) => {
    const link = next.get(old.name);
    if (link !== undefined && worksAlike(old, link)) return;
    await hops.links.get(old.name)?.stop(after(clock.now(), old.associations.disconnect));
    hops.links.delete(old.name);
    if (link !== undefined) startLink(link);
  });
  await Promise.all(replaced);
  for (const link of now) if (!hops.links.has(link.name)) startLink(link);
}

/** The same for deliver spaces. */
export async function replaceDeliveries(
  { hops, startDelivery }: ReconfigurationParts,
  before: readonly DeliverConfiguration[],
  now: readonly DeliverConfiguration[],
): Promise<void> {
  for (const old of before) {
    const next = now.find((deliver) => deliver.name === old.name);
    if (next !== undefined && sameConfiguration(old, next)) continue;
    await hops.delivers.get(old.name)?.stop();
    hops.delivers.delete(old.name);
  }
  for (const deliver of now) if (!hops.delivers.has(deliver.name)) startDelivery(deliver);
}

/** The same for distribution lists. */
export async function replaceLists(
  { hops, startList }: ReconfigurationParts,
  before: readonly ListConfiguration[],
  now: readonly ListConfiguration[],
): Promise<void> {
  const next = new Map(now.map((list) => [list.name, list]));
  for (const old of before) {
    const list = next.get(old.name);
    if (list !== undefined && sameConfiguration(old, list)) continue;
    await hops.lists.get(old.name)?.stop();
    hops.lists.delete(old.name);
  }
  for (const list of now) if (!hops.lists.has(list.name)) startList(list);
}

/** Whether two configurations send every message the same way. */
export function sameRoutes(before: RouteTableInput, now: RouteTableInput): boolean {
  const alike = <T>(a: readonly T[], b: readonly T[], same: (one: T, other: T) => boolean): boolean =>
    a.length === b.length && a.every((each, index) => same(each, b[index]));
  // A hundred thousand spaces are compared here: no texts are made of them.
  const spaces = (a: RouteTableInput['links'][number], b: RouteTableInput['links'][number]): boolean =>
    alike(
      a.addressSpaces,
      b.addressSpaces,
      (one, other) => one.text === other.text && one.cost === other.cost,
    );
  const links = alike(
    before.links,
    now.links,
    (a, b) => spaces(a, b) && sameConfiguration(termsOf(a), termsOf(b)),
  );
  const delivers = ({ deliver }: RouteTableInput) => deliver.map(({ addressSpace }) => addressSpace.text);
  return (
    links &&
    alike(delivers(before), delivers(now), (a, b) => a === b) &&
    sameConfiguration(before.groups ?? [], now.groups ?? [])
  );
}

/** What decides beside the spaces whether a link is taken. */
function termsOf({ name, enabled, restrictions, maxMessageSize }: RouteTableInput['links'][number]): object {
  return { name, enabled, restrictions, maxMessageSize };
}

/** Whether a link's runner can go on: its routes and restrictions are the route table's affair. */
function worksAlike(old: LinkConfiguration, next: LinkConfiguration): boolean {
  const { addressSpaces: _, restrictions: __, ...work } = old;
  const { addressSpaces: ___, restrictions: ____, ...nextWork } = next;
  return sameConfiguration(work, nextWork);
}

function sameConfiguration(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
