// What a new configuration changes of those who serve next hops: whoever is gone or works otherwise is
// stopped and, if there still is one of that name, started anew; whoever only has other routes works on.
// All are stopped side by side and each but for a time, so that one that takes its time holds up no other.

import { after, type Clock, millis } from '../base/time.ts';
import type {
  Configuration,
  DeliverConfiguration,
  LinkConfiguration,
  ListConfiguration,
} from '../config/index.ts';
import {
  type NextHop,
  nextHopKey,
  type RouteTable,
  routeTableInSteps,
  type RouteTableInput,
} from '../routing/index.ts';
import type { NextHopKey } from '../store/index.ts';
import type { HopServer } from './hop-server.ts';
import type { Hops } from './hops.ts';
import { Slices } from './slices.ts';

/** Routes of one step of a table: a fraction of a millisecond. */
const routes_per_step = 25;
/** How long a reload waits for what a deliver space or list has in service, in milliseconds. */
const LOCAL_ENDS_MS = 10_000;

export interface ReconfigurationParts {
  readonly hops: Hops;
  readonly clock: Clock;
  /** The new one asks the store for what waits for it: nobody tells it. */
  readonly startLink: (link: LinkConfiguration) => void;
  readonly startDelivery: (deliver: DeliverConfiguration) => void;
  readonly startList: (list: ListConfiguration) => void;
  /** Nobody serves this hop any more: what waits for it must go another way. */
  readonly unserved: (hop: NextHopKey) => void;
}

/** The table of a new configuration, made while mail flows. */
export async function tableMeanwhile(input: RouteTableInput, clock: Clock): Promise<RouteTable> {
  return Slices.on(clock).run(routeTableInSteps(input, routes_per_step));
}

/** Stops, starts and leaves alone. Resolves when what was stopped has ended. */
export async function replaceLinks(
  { hops, clock, startLink, unserved }: ReconfigurationParts,
  before: readonly LinkConfiguration[],
  now: readonly LinkConfiguration[],
): Promise<void> {
  await replaceAll(before, now, {
    running: hops.links,
    kind: 'link',
    alike: worksAlike,
    stop: (runner, old) => runner.stop(after(clock.now(), old.associations.disconnect)),
    start: startLink,
    unserved,
  });
}

/** The same for deliver spaces and distribution lists. */
export async function replaceLocal(
  { hops, clock, startDelivery, startList, unserved }: ReconfigurationParts,
  before: Pick<Configuration, 'deliver' | 'lists'>,
  now: Pick<Configuration, 'deliver' | 'lists'>,
): Promise<void> {
  const common = {
    alike: sameConfiguration,
    stop: (runner: HopServer) => runner.stop(after(clock.now(), millis(LOCAL_ENDS_MS))),
    unserved,
  };
  await Promise.all([
    replaceAll(before.deliver, now.deliver, {
      ...common,
      running: hops.delivers,
      kind: 'deliver',
      start: startDelivery,
    }),
    replaceAll(before.lists, now.lists, { ...common, running: hops.lists, kind: 'list', start: startList }),
  ]);
}

interface Replacing<C, R> {
  /** By name. */
  readonly running: Map<string, R>;
  readonly kind: NextHop['kind'];
  readonly alike: (old: C, next: C) => boolean;
  readonly stop: (runner: R, old: C) => Promise<void>;
  readonly start: (next: C) => void;
  readonly unserved: ReconfigurationParts['unserved'];
}

async function replaceAll<C extends { readonly name: string }, R>(
  before: readonly C[],
  now: readonly C[],
  { running, kind, alike, stop, start, unserved }: Replacing<C, R>,
): Promise<void> {
  const next = new Map(now.map((each) => [each.name, each]));
  const replaced = before.map(async (old) => {
    const { name } = old;
    const another = next.get(name);
    if (another !== undefined && alike(old, another)) return;
    const runner = running.get(name);
    if (runner !== undefined) await stop(runner, old);
    running.delete(name);
    if (another === undefined) unserved(nextHopKey({ kind, name }));
    else start(another);
  });
  // What is being stopped is still there: it starts anew when it has.
  for (const each of now) if (!running.has(each.name)) start(each);
  await Promise.all(replaced);
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
