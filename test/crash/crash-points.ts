// Lets the power fail at many moments of a recording, opens what is left with the real adapter, and judges
// it: it opens without repair, everything acknowledged is there, nothing is half, nothing is there that
// nobody asked for, and the store works.

import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

import type { Random } from '../../src/base/random.ts';
import { message } from '../../src/store/compliance-fixtures.ts';
import { openSqliteStore } from '../../src/store/index.ts';
import { Disk, type Survival, survivals } from './disk.ts';
import { entitiesIn, type StoreMark } from './entities.ts';
import { Expectation } from './expectation.ts';
import { isTrouble, type OpenedStore, openedHere } from './opened-store.ts';
import type { Recording } from './recording.ts';
import { type LogRecord, markOf } from './shim-log.ts';

const inlineOctetsMax = 3000;

export interface PointsPlan {
  readonly points: number;
  readonly random: Random;
  /** One of so many is opened with its thread, as an MTA opens it. */
  readonly threadEvery: number;
  /** The share of moments that come soon after a process has shown what is in the store. */
  readonly afterShown?: number;
  /** Whether the first that is wrong is enough. */
  readonly firstOnly?: boolean;
}
/** A moment of a recording, and how much of what was not synced survives it. */
export interface CrashPoint {
  readonly record: number;
  readonly survival: Survival;
}
export interface Fault extends CrashPoint {
  readonly faults: readonly string[];
}

/** What was wrong after power failures at random moments; empty if nothing ever was. */
export function faultsOf(recording: Recording, plan: PointsPlan): Promise<Fault[]> {
  const points = momentsOf(recording, plan).map((record) => ({
    record,
    survival: plan.random.pick(survivals),
  }));
  return faultsAt(recording, points, plan);
}

/** What was wrong after these crashes, which come in the order of their moments. */
export async function faultsAt(
  { records, root, store }: Recording,
  points: readonly CrashPoint[],
  plan: Pick<PointsPlan, 'random' | 'threadEvery' | 'firstOnly'>,
): Promise<Fault[]> {
  const disk = new Disk(root);
  const expected = new Expectation();
  const found: Fault[] = [];
  let taken = 0;
  for (const [number, { record: moment, survival }] of points.entries()) {
    for (; taken < moment; taken += 1) take(records[taken], disk, expected);
    const directory = mkdtempSync(join(quickDirectory(), 'chappe-power-'));
    disk.fail(directory, survival, plan.random);
    const left = join(directory, relative(root, store));
    const isThreaded = number % plan.threadEvery === plan.threadEvery - 1;
    const faults = await faultsIn(left, expected, isThreaded).catch((error) => [`it fails: ${error}`]);
    const isKept = faults.length > 0 && process.env.KEEP_TEST_FILES !== undefined;
    if (!isKept) rmSync(directory, { recursive: true });
    if (faults.length > 0) found.push({ record: moment, survival, faults });
    if (faults.length > 0 && plan.firstOnly === true) break;
  }
  return found;
}

/** Most anywhere, some soon after a process has opened the store and shown what is in it. */
function momentsOf({ records }: Recording, { points, random, afterShown = 0.2 }: PointsPlan): number[] {
  const shown = records.flatMap((record, index) =>
    record.op === 'mark' && markOf<StoreMark>(record).mark === 'seen' ? [index + 1] : [],
  );
  const moments = Array.from({ length: points }, () => {
    if (shown.length === 0 || !random.chance(afterShown)) return random.between(0, records.length);
    return Math.min(records.length, random.pick(shown) + random.between(0, 5));
  });
  return moments.sort((one, other) => one - other);
}

function take(record: LogRecord, disk: Disk, expected: Expectation): void {
  if (record.op === 'mark') expected.take(markOf<StoreMark>(record));
  else disk.take(record);
}

/** What is wrong with the store in a directory. */
export async function faultsIn(
  directory: string,
  expected: Expectation,
  isThreaded: boolean,
): Promise<string[]> {
  let opened: OpenedStore;
  try {
    opened = isThreaded ? await openedAside(directory) : openedHere(directory, inlineOctetsMax);
  } catch (error) {
    return [`it does not open: ${error}`];
  }
  const { store, findings } = opened;
  const faults = expected.faultsIn(await entitiesIn(store, directory));
  const { length } = await store.list({ limit: 1_000_000 });
  const tallied = (await store.counts()).reduce((sum, { copies }) => sum + copies, 0);
  if (tallied !== length) faults.push(`${length} copies are listed, ${tallied} are counted`);
  const secured = await store.commit({ create: [message()] });
  if (!secured.ok) faults.push(`nothing can be secured: ${JSON.stringify(secured.refusal)}`);
  else if (secured.created[0].message <= expected.lastId) {
    faults.push(`identifier ${secured.created[0].message} was given before`);
  } else await store.commit({ finish: secured.created[0].copies });
  await store.close();
  return [...faults, ...findings.filter(isTrouble).map(({ kind, detail }) => `${kind}: ${detail}`)];
}

async function openedAside(directory: string): Promise<OpenedStore> {
  const findings: OpenedStore['findings'] = [];
  const onFinding = (finding: OpenedStore['findings'][number]) => void findings.push(finding);
  return { findings, store: await openSqliteStore({ directory, inlineOctetsMax, onFinding }) };
}

/** Where a sync costs nothing, if there is such a place. */
export function quickDirectory(): string {
  const memory = '/dev/shm';
  if (!existsSync(memory)) return tmpdir();
  const directory = join(memory, `chappe-${process.getuid?.() ?? 0}`);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return directory;
}
