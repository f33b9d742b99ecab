// The mail of a simulated network, and what became of each recipient of it, as far as users can see:
// delivered, or reported to the originator. The first checker: exactly one outcome, and a report for every
// failure.

import { printMTSIdentifier, printORAddress } from '../../src/address/index.ts';
import type { Random } from '../../src/base/random.ts';
import { after, type Instant, millis } from '../../src/base/time.ts';
import { deadLetterHop } from '../../src/routing/index.ts';
import type { Priority } from '../../src/store/index.ts';
import { queuedCopyOf } from '../../src/store/memory/disk.ts';
import { decodeStored } from '../../src/transfer/index.ts';
import { addressAt, type NetworkPlan, type NetworkSite } from './network-plan.ts';
import { digest, type VirtualMta } from './virtual-mta.ts';
import type { World } from './world.ts';

const MINUTE_MS = 60_000;

/** Something that a user submitted, and was told has been taken. */
export interface Posted {
  readonly kind: 'message' | 'probe';
  readonly mtsIdentifier: string;
  readonly from: string;
  readonly recipients: readonly string[];
  readonly content: string;
  readonly report: 'report' | 'non-delivery-report';
}

/** What is known of one recipient. */
interface Known {
  delivered: number;
  readonly contents: Set<string>;
  /** The reports that say so, by their identifiers. */
  readonly toldDelivered: Set<string>;
  readonly toldFailed: Set<string>;
}

/** Submits something random; `posted` is told if it is taken. */
export function postSomething(world: World, plan: NetworkPlan, posted: (what: Posted) => void): void {
  const { random } = world;
  const from = random.pick(plan.sites);
  const mta = world.mta(from.name);
  if (!mta.alive) return;
  const recipients = [...new Set(Array.from({ length: random.between(1, 4) }, () => someone(plan, random)))];
  const probe = random.chance(0.1);
  const report = probe || random.chance(0.3) ? 'report' : 'non-delivery-report';
  const priority: Priority = random.pick(['urgent', 'normal', 'non-urgent']);
  const large = random.chance(0.15);
  const content = random.octets(large ? random.between(4000, 15_000) : random.between(1, 1500));
  const what = probe
    ? { probe, contentLength: content.length }
    : { content, contentType: '2.6.1.10.1', ...timesOf(world.now(), random) };
  const request = { from: addressAt(from, 'Sender'), to: recipients, priority, report, ...what } as const;
  void mta.submit(request).then((mtsIdentifier) => {
    if (mtsIdentifier === undefined) return;
    const kind = probe ? 'probe' : 'message';
    posted({ kind, mtsIdentifier, from: from.name, recipients, content: digest(content), report });
  });
}

function timesOf(now: Instant, random: Random): { deferred?: Instant; latest?: Instant } {
  if (random.chance(0.1)) return { deferred: after(now, millis(random.between(1, 300) * MINUTE_MS)) };
  if (random.chance(0.1)) return { latest: after(now, millis(random.between(5, 200) * MINUTE_MS)) };
  return {};
}

/** Mostly somebody who exists. */
function someone({ sites }: NetworkPlan, random: Random): string {
  if (random.chance(0.03)) return '/S=U1/P=NOWHERE/A= /C=GB/';
  const site: NetworkSite = random.pick(sites);
  return addressAt(site, `U${random.between(1, random.chance(0.2) ? 3 : 2)}`);
}

/** What is wrong with the outcomes of what was posted. */
export function wrongOutcomes(world: World, posted: readonly Posted[]): readonly string[] {
  const known = knownOutcomes(world);
  return posted.flatMap((post) =>
    post.recipients.flatMap((recipient) => {
      const found = known.get(keyOf(post.mtsIdentifier, recipient));
      const wrong = verdict(post, found ?? nothingKnown(), repeatsOf(world, post));
      return wrong === undefined ? [] : [`${post.kind} ${post.mtsIdentifier} to ${recipient}: ${wrong}`];
    }),
  );
}

function verdict(post: Posted, found: Known, mayRepeat: boolean): string | undefined {
  const { delivered, toldDelivered, toldFailed } = found;
  const ended = post.kind === 'probe' ? toldDelivered.size : delivered;
  if (ended + toldFailed.size === 0) return 'neither delivered nor reported';
  if (delivered > 0 && [...found.contents].some((each) => each !== post.content)) return 'not whole';
  if (post.report === 'report' && ended > 0 && toldDelivered.size === 0)
    return 'delivered and not reported so';
  if (mayRepeat) return undefined;
  if (ended > 0 && toldFailed.size > 0) return 'delivered, and reported as not delivered';
  if (ended > 1 || toldFailed.size > 1) return `${ended} times delivered, ${toldFailed.size} times reported`;
  return undefined;
}

function repeatsOf(world: World, { mtsIdentifier }: Posted): boolean {
  return [...world.mtas.values()].some((mta) => (mta.mayRepeat.get(mtsIdentifier) ?? 0) > 0);
}

function knownOutcomes(world: World): ReadonlyMap<string, Known> {
  const known = new Map<string, Known>();
  const of = (mtsIdentifier: string, recipient: string): Known => {
    const key = keyOf(mtsIdentifier, recipient);
    const found = known.get(key) ?? nothingKnown();
    known.set(key, found);
    return found;
  };
  for (const mta of world.mtas.values()) {
    for (const { kind, mtsIdentifier, recipient, content } of mta.delivered) {
      if (kind !== 'message') continue;
      const found = of(mtsIdentifier, recipient);
      found.delivered += 1;
      found.contents.add(content);
    }
    for (const copy of reportsAt(mta)) {
      const stored = decodeStored(copy);
      if (!stored.ok || stored.value.kind !== 'report') continue;
      const { subjectIdentifier, perRecipientFields } = stored.value.report.content;
      for (const { actualRecipientName, lastTraceInformation } of perRecipientFields) {
        const found = of(printMTSIdentifier(subjectIdentifier), printORAddress(actualRecipientName));
        const { kind } = lastTraceInformation.reportType;
        (kind === 'delivery' ? found.toldDelivered : found.toldFailed).add(copy.mtsIdentifier);
      }
    }
  }
  return known;
}

/** Reports that were delivered to users here, and those that lie as dead letters. */
function reportsAt(mta: VirtualMta) {
  const delivered = mta.delivered.flatMap(({ kind, copy }) => (kind === 'report' ? [copy] : []));
  const dead = [...mta.disk.copies.values()].filter(({ nextHop }) => nextHop === deadLetterHop);
  return [...delivered, ...dead.map(queuedCopyOf)];
}

function nothingKnown(): Known {
  return { delivered: 0, contents: new Set(), toldDelivered: new Set(), toldFailed: new Set() };
}

function keyOf(mtsIdentifier: string, recipient: string): string {
  return `${mtsIdentifier} ${recipient}`;
}
