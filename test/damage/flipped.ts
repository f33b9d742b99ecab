// One octet of a small store flipped: what an MTA that is started on it does, and what the check and the
// repair make of it. Judged is that nothing is served that was not queued, as it was queued and once; that
// what is not served is told of; and that what is hurt lay where the octet was. No thread, no process: the
// whole of a store's octets goes through here.

import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { farAway, noon } from '../../src/store/compliance-fixtures.ts';
import type { CopySummary, QueuedCopy, RepairReport, Store } from '../../src/store/index.ts';
import { problemOf } from '../../src/store/sqlite/open-problem.ts';
import { type OpenedStore, openedHere } from '../crash/opened-store.ts';
import { damageIn, repaired } from './damaged-store.ts';
import { type PageMap, pageAt } from './page-map.ts';
import { expectedCopy, type SmallStore, smallHops, smallInline_octets } from './small-store.ts';

export interface Flip {
  readonly path: string;
  readonly at: number;
  readonly mask: number;
}
export interface FlipOutcome {
  /** What is wrong; nothing, if all is well. */
  readonly faults: readonly string[];
  readonly seen: 'nothing' | 'refused' | 'ended' | 'served';
  /** Messages that are not as they were after the repair. */
  readonly hurt: number;
}
interface Judged {
  readonly store: SmallStore;
  readonly map: PageMap;
  /** Where it is damaged; made anew for each octet. */
  readonly place: string;
}

/** Flips bits of one octet, repairs what the check finds, starts on it so and as it was. */
export async function judgedFlip(judged: Judged, flip: Flip): Promise<FlipOutcome> {
  try {
    renew(judged, flip);
    const report = repaired(judged.place);
    if (report.outcome === 'nothing-to-repair') {
      const faults = await judgedUnseen(judged);
      return { faults, seen: 'nothing', hurt: 0 };
    }
    const touched = touchedBy(judged, flip);
    const { hurt, faults } = await judgedRepair(judged, report);
    const without = [...hurt].filter((name) => !touched.has(name));
    if (without.length > 0) faults.push(`hurt without need: ${without}`);
    renew(judged, flip);
    const started = await startedOn(judged);
    const beyond = started.quarantined.filter((name) => !touched.has(name));
    if (beyond.length > 0) faults.push(`as it is: quarantined without need: ${beyond}`);
    const all = [...faults, ...started.faults.map((fault) => `as it is: ${fault}`)];
    return { faults: all, seen: started.how, hurt: hurt.size };
  } catch (error) {
    const told = error instanceof Error ? error.stack : error;
    return { faults: [`it throws: ${told}`], seen: 'nothing', hurt: 0 };
  }
}

/** What the check does not see hurts nobody. */
async function judgedUnseen({ place, store: small }: Judged): Promise<string[]> {
  const opened = openedOr(place);
  if ('refusal' in opened) return [`the check sees nothing, a start: ${opened.refusal}`];
  const { faults, hurt } = await servedBy(opened.store, small);
  await opened.store.close();
  for (const { detail } of opened.findings) faults.push(`the check sees nothing, a start: ${detail}`);
  if (hurt.size > 0) faults.push(`the check sees nothing, not served: ${[...hurt]}`);
  return faults;
}

/** The names of the messages of which something lay on the page, or in the file. */
function touchedBy({ store, map }: Judged, { path, at }: Flip): ReadonlySet<string> {
  if (path.startsWith('spool')) return new Set(store.spooled.get(path) ?? []);
  const messages = map.messagesOn(pageAt(store.directory, path, at));
  return new Set([...messages].flatMap((message) => store.names.get(message) ?? []));
}

function renew({ store, place }: Judged, { path, at, mask }: Flip): void {
  rmSync(place, { recursive: true, force: true });
  cpSync(store.directory, place, { recursive: true });
  const octets = readFileSync(join(place, path));
  octets[at] ^= mask;
  writeFileSync(join(place, path), octets);
}

interface Started {
  readonly how: 'refused' | 'ended' | 'served';
  readonly faults: readonly string[];
  readonly quarantined: readonly string[];
}

async function startedOn(judged: Judged): Promise<Started> {
  const opened = openedOr(judged.place);
  if ('refusal' in opened) return { how: 'refused', ...opened, quarantined: [] };
  const { store, findings } = opened;
  const { faults, claimed } = await servedBy(store, judged.store);
  const both = claimed.filter(({ mtsIdentifier }) => mtsIdentifier.endsWith(';m-36'));
  const finished = [...claimed.slice(0, 3), ...both.slice(0, 1)];
  const done = new Set<number>();
  for (const { copy } of finished) {
    if ((await store.commit({ finish: [copy], onBehalfOf: 'x' })).ok) done.add(copy);
  }
  await operated(store);
  await store.close();
  const hasEnded = findings.some(({ kind }) => kind === 'store-ended');
  const again = openedOr(judged.place);
  if (hasEnded && !('refusal' in again)) faults.push('what had ended is opened again');
  if (!('refusal' in again)) {
    const claims = await claimedFrom(again.store);
    const twice = claims.filter(({ copy }) => done.has(copy));
    if (twice.length > 0) faults.push(`served once more: ${twice.map(({ mtsIdentifier }) => mtsIdentifier)}`);
    const still = new Set(claims.map(({ copy }) => copy));
    const aside = new Set(findings.flatMap(({ copies }) => copies));
    const gone = claimed.filter(({ copy }) => !done.has(copy) && !still.has(copy) && !aside.has(copy));
    // Where the second start finds the damage and ends with the remedy, nothing more is served of course.
    const endsLater = again.findings.some(({ kind }) => kind === 'store-ended');
    if (gone.length > 0 && !endsLater)
      faults.push(`not served any more: ${gone.map(({ mtsIdentifier }) => mtsIdentifier)}`);
    await again.store.close();
  } else faults.push(...again.faults);
  const quarantined = findings.flatMap(({ copies }) =>
    copies.flatMap((copy) => judged.store.ofCopy.get(copy) ?? []),
  );
  return { how: hasEnded ? 'ended' : 'served', faults, quarantined };
}

function openedOr(
  place: string,
): OpenedStore | { readonly refusal: string; readonly faults: readonly string[] } {
  try {
    return openedHere(place, smallInline_octets);
  } catch (error) {
    const { problem, detail } = problemOf(error);
    const faults = problem === 'damaged' ? [] : [`refused as ${problem}: ${detail}`];
    return { refusal: detail, faults };
  }
}

async function servedBy(store: Store, small: SmallStore) {
  const faults: string[] = [];
  const claimed = await claimedFrom(store);
  const listed = await store.list({ limit: 1000 });
  const rest = listed.filter(({ copy }) => !claimed.some((each) => each.copy === copy));
  const served = new Set<string>();
  for (const each of [...claimed, ...rest]) {
    // A list does not hold what it tells against checksums; whoever takes a copy up does.
    const copy = claimed.includes(each as QueuedCopy) ? each : await store.show(each.copy);
    if (copy === undefined || copy.state === 'quarantined') continue;
    const { mtsIdentifier, nextHop, state } = copy;
    const told = expectedCopy(mtsIdentifier, nextHop, state);
    if (!small.copies.has(told)) faults.push(`${told} was not queued so`);
    else if (served.has(told)) faults.push(`${told} is there twice`);
    else if (await isWhole(store, small, copy)) served.add(told);
  }
  const hurt = new Set(
    [...small.copies].filter((copy) => !served.has(copy)).map((copy) => copy.split(' link/')[0]),
  );
  return { faults, hurt, claimed };
}

async function claimedFrom(store: Store): Promise<QueuedCopy[]> {
  const claims: QueuedCopy[] = [];
  for (const nextHop of smallHops) {
    const wanted = { owner: 'x', until: farAway, now: noon, limit: 100 };
    claims.push(...(await store.claim({ ...wanted, nextHop })));
  }
  return claims;
}

/** Its content is what was put in, or it is not told at all. */
async function isWhole(
  store: Store,
  { contents }: SmallStore,
  { message, mtsIdentifier }: CopySummary,
): Promise<boolean> {
  const expected = contents.get(mtsIdentifier) ?? new Uint8Array();
  const octets = await store.readContent(message, 0, expected.length + 1);
  if (octets !== undefined && Buffer.compare(octets, expected) !== 0)
    throw new Error(`${mtsIdentifier} has other content`);
  return octets !== undefined;
}

/** What operators and the MTA's own rounds ask; it may be refused, and must not fail. */
async function operated(store: Store): Promise<void> {
  await store.counts();
  await store.track({});
  await store.entries(0, 1000);
  await store.recoveryPoints('b');
  await store.strikes();
  for (const nextHop of smallHops) await store.nextDue(nextHop, noon);
  await store.expired(farAway, 1000);
  for (const { copy, state } of await store.list({ limit: 1000 })) {
    await store.show(copy);
    if (state === 'held') await store.commit({ place: [{ copy, state: 'queued' }] });
  }
  await store.commit({ dropRecovery: ['out/1'], dropStrikes: ['copy/2/delivery'] });
  await store.prune(farAway);
}

async function judgedRepair({ store: small, place }: Judged, report: RepairReport) {
  const faults = report.outcome === 'repaired' ? [] : [`${report.outcome}: ${report.detail}`];
  for (const { detail } of damageIn(place)) faults.push(`does not pass the check: ${detail}`);
  const opened = openedOr(place);
  if ('refusal' in opened)
    return { hurt: new Set<string>(), faults: [...faults, `refused: ${opened.refusal}`] };
  const { faults: later, hurt } = await servedBy(opened.store, small);
  const aside = new Set((await opened.store.list({ limit: 1000 })).map(({ mtsIdentifier }) => mtsIdentifier));
  const named = [...report.lost, ...report.quarantined].map(({ mtsIdentifier }) => mtsIdentifier);
  const unsaid = [...hurt].filter((name) => !aside.has(name) && !named.includes(name));
  if (unsaid.length > 0) faults.push(`gone without a word: ${unsaid}`);
  for (const { detail } of opened.findings) faults.push(`found by a start: ${detail}`);
  await opened.store.close();
  return { hurt, faults: [...faults, ...later] };
}
