// A small store with a bit of everything, as it lies on disk after a stop or after a crash, and what
// happens to it when octets are damaged: it is checked, repaired, checked again and opened. A message whose
// octets are undamaged must be there, as it was.

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { farAway as later, hop, noon, octetsOf, taken } from '../../src/store/compliance-fixtures.ts';
import {
  type CheckFinding,
  checkDirectory,
  openSqliteStore,
  type RepairReport,
  repairStore,
  type Store,
  StoreOpenError,
} from '../../src/store/index.ts';
import { actOn, lastTransition, storedMessage, takeIn } from './messages.ts';

export interface Sample {
  readonly directory: string;
  /** The names of messages that are queued, by their identifiers. */
  readonly queued: ReadonlyMap<number, string>;
}

async function put(store: Store, name: string, size: number): Promise<{ message: number; copy: number }> {
  const octets = new Uint8Array(size).fill(name.length);
  const envelope = octetsOf(`envelope of ${name}`.repeat(10));
  const { message, copies } = await takeIn(store, storedMessage(name, octets, { envelope }));
  return { message, copy: copies[0] };
}

/** Fills a store; `crashed` leaves it as a process that is killed does. */
export async function sampleStore(crashed: boolean, count = 24): Promise<Sample> {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-damage-'));
  const live = join(directory, 'live');
  const store = await openSqliteStore({ directory: live, inlineOctetsMax: 9000, now: () => noon });
  const queued = new Map<number, string>();
  const finished: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const name = `/P=SITE-A/A= /C=GB/;m-${n}`;
    const { message, copy } = await put(store, name, [40, 700, 8000, 150_000][n % 4]);
    if (n % 3 === 1) finished.push(copy);
    else queued.set(message, name);
  }
  for (const copy of finished) await finish(store, copy);
  await taken(store, lastTransition);
  const kept = join(directory, 'kept');
  if (!crashed) await store.close();
  cpSync(live, kept, { recursive: true, filter: (path) => !/lock.sqlite|-shm/.test(path) });
  if (crashed) await store.close();
  rmSync(live, { recursive: true });
  return { directory: kept, queued };
}

async function finish(store: Store, copy: number): Promise<void> {
  const shown = await store.show(copy);
  assert.ok(shown !== undefined);
  const { mtsIdentifier, message } = shown;
  const tracking = [{ ...actOn(mtsIdentifier, 'transferred-out'), message }];
  await taken(store, { finish: [copy], tracking });
}

export function findingsIn(directory: string): readonly CheckFinding[] {
  return [...checkDirectory(directory)].flatMap(({ findings }) => findings);
}

export function damageIn(directory: string): readonly CheckFinding[] {
  return findingsIn(directory).filter(({ weight }) => weight === 'damage');
}

export function repaired(directory: string): RepairReport {
  const steps = [...repairStore(directory, noon)];
  const last = steps.at(-1);
  assert.ok(last?.kind === 'report');
  return last.report;
}

export interface Outcome {
  readonly damage: readonly CheckFinding[];
  readonly report: RepairReport;
  /** Messages by what has become of them. */
  readonly served: ReadonlySet<string>;
  readonly aside: ReadonlySet<string>;
}

/** Damages a copy of the sample, repairs it and judges what came of it. */
export async function judged(sample: Sample, damage: (directory: string) => void): Promise<Outcome> {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-damaged-'));
  try {
    cpSync(sample.directory, directory, { recursive: true });
    damage(directory);
    const found = damageIn(directory);
    const report = repaired(directory);
    assert.notEqual(report.outcome, 'impossible', report.detail);
    assert.deepEqual(damageIn(directory), [], 'what was repaired passes the check');
    const store = await openSqliteStore({ directory, now: () => noon });
    const list = await store.list({ limit: 1000 });
    const claims = await store.claim({ owner: 'x', nextHop: hop, until: later, now: noon, limit: 1000 });
    await store.close();
    const served = new Set(claims.map(({ mtsIdentifier }) => mtsIdentifier));
    const rest = list.filter(({ mtsIdentifier }) => !served.has(mtsIdentifier));
    assert.equal(served.size, claims.length, 'nothing is there twice');
    for (const name of served)
      assert.ok([...sample.queued.values()].includes(name), `${name} had been finished`);
    return { damage: found, report, served, aside: new Set(rest.map(({ mtsIdentifier }) => mtsIdentifier)) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Messages that are neither served nor set aside nor named as lost. */
export function unaccounted({ queued }: Sample, { served, aside, report }: Outcome): readonly string[] {
  const lost = new Set([...report.lost, ...report.quarantined].map(({ mtsIdentifier }) => mtsIdentifier));
  return [...queued.values()].filter((name) => !served.has(name) && !aside.has(name) && !lost.has(name));
}

export function flip(path: string, at: number, mask = 0x10): void {
  const octets = readFileSync(path);
  octets[at] ^= mask;
  writeFileSync(path, octets);
}

/** Files in which octets are damaged, with their lengths. */
export function filesOf(directory: string): readonly { readonly path: string; readonly size: number }[] {
  const spools = readdirSync(join(directory, 'spool')).map((name) => join('spool', name));
  return ['queue.sqlite', 'queue.sqlite-wal', ...spools].flatMap((path) => {
    try {
      return [{ path, size: readFileSync(join(directory, path)).length }];
    } catch {
      return [];
    }
  });
}

export { StoreOpenError };
