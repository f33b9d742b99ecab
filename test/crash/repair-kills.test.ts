// A repair that dies: killed at every one of its file operations, with the power failing at some, and by
// real kills at random moments. Whoever comes next, a start or another repair, finds the damaged store as
// it was or the repaired one; nothing is served that the whole repair would not serve, nothing is lost that
// it would not lose, and the damaged files keep their octets. POINTS=all takes every operation; KILLS and
// SEED as elsewhere.

import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type TestContext, test } from 'node:test';

import { seededRandom } from '../../src/base/random.ts';
import type { RepairReport } from '../../src/store/index.ts';
import { damageIn, flip, repaired } from '../damage/damaged-store.ts';
import { expectedCopy, smallInline_octets, smallStore } from '../damage/small-store.ts';
import { quickDirectory } from './crash-points.ts';
import { Disk, type Survival } from './disk.ts';
import { openedHere } from './opened-store.ts';
import { run } from './recording.ts';
import { FaultControl, needsShim, watchedEnvironment } from './shim.ts';
import { type LogRecord, markOf, readLog } from './shim-log.ts';

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const KILLS = Number(process.env.KILLS ?? 3);
const POINTS = process.env.POINTS ?? '60';
const repairFile = fileURLToPath(new URL('./repair-run.ts', import.meta.url));
const options = { ...needsShim(), timeout: 60_000 + KILLS * 10_000 };

/** A damaged store, and what a repair makes of it that nobody disturbs. */
interface Case {
  readonly damaged: string;
  readonly report: RepairReport;
  readonly served: ReadonlySet<string>;
  readonly place: string;
}

async function prepared(t: TestContext): Promise<Case> {
  process.env.TMPDIR = quickDirectory();
  const { directory } = await smallStore(true);
  const place = mkdtempSync(join(quickDirectory(), 'chappe-repair-'));
  for (const each of [join(directory, '..'), place])
    t.after(() => rmSync(each, { recursive: true, force: true }));
  // The header, a row of a message, and something of the log: so that a part of all is lost.
  const database = join(directory, 'queue.sqlite');
  flip(database, 3);
  const row = 'envelope of /P=SITE-A/A= /C=GB/;m-0';
  for (const file of [database, `${database}-wal`]) {
    const octets = readFileSync(file);
    for (let at = octets.indexOf(row); at >= 0; at = octets.indexOf(row, at + 1)) flip(file, at);
  }
  flip(`${database}-wal`, 3 * 4120 + 2000);
  const whole = join(place, 'whole');
  cpSync(directory, whole, { recursive: true });
  const report = repaired(whole);
  assert.equal(report.outcome, 'repaired', report.detail);
  assert.ok(report.quarantined.length + report.lost.length > 0, 'there is something to tell');
  return { damaged: directory, report, served: await servedIn(whole), place };
}

/** The copies that are queued or held; what is in quarantine is not. */
async function servedIn(directory: string): Promise<Set<string>> {
  const { store, findings } = openedHere(directory, smallInline_octets);
  const list = await store.list({ limit: 1000 });
  await store.close();
  assert.deepEqual(findings, []);
  const served = list.filter(({ state }) => state !== 'quarantined');
  return new Set(served.map((copy) => expectedCopy(copy.mtsIdentifier, copy.nextHop, copy.state)));
}

/** What is wrong with a directory in which a repair has died. */
async function faultsAfter(directory: string, { damaged, report, served }: Case): Promise<string[]> {
  const faults: string[] = [];
  const started = mkdtempSync(join(quickDirectory(), 'chappe-repair-'));
  cpSync(directory, started, { recursive: true });
  try {
    const after = await servedIn(started);
    // It opens only what is repaired.
    if (!same(after, served)) faults.push(`a start serves ${[...after]}`);
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
  }
  rmSync(started, { recursive: true });
  const again = repaired(directory);
  if (again.outcome === 'impossible') faults.push(`impossible: ${again.detail}`);
  for (const { detail } of damageIn(directory)) faults.push(`it does not pass the check: ${detail}`);
  const after = await servedIn(directory);
  if (!same(after, served)) faults.push(`after the next repair ${[...after]} are served`);
  const told = new Set([...report.lost, ...report.quarantined].map(({ mtsIdentifier }) => mtsIdentifier));
  for (const { mtsIdentifier } of [...again.lost, ...again.quarantined])
    if (!told.has(mtsIdentifier)) faults.push(`${mtsIdentifier} is worse off`);
  for (const suffix of ['', '-wal']) {
    const name = readdirSync(directory).find(
      (each) => /damaged-[^-]+$/.test(each.replace(/-wal$/, '')) && each.endsWith('-wal') === (suffix !== ''),
    );
    const kept = name === undefined ? undefined : readFileSync(join(directory, name));
    if (kept?.equals(readFileSync(join(damaged, `queue.sqlite${suffix}`))) !== true)
      faults.push(`the damaged queue.sqlite${suffix} is not as it was`);
  }
  return faults;
}

function same(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((each) => other.has(each));
}

/** The changes of one repair, recorded. */
async function recorded({ damaged, place }: Case): Promise<{ records: readonly LogRecord[]; root: string }> {
  const root = join(place, 'root');
  mkdirSync(root);
  const log = join(place, 'log');
  const environment = watchedEnvironment({ root, log });
  assert.equal(await run([repairFile, join(root, 'store'), damaged, log], environment), 0);
  return { records: readLog(log), root };
}

test('RT-J3: a repair that dies at any of its file operations makes nothing worse', options, async (t) => {
  const random = seededRandom(SEED);
  const world = await prepared(t);
  const { records, root } = await recorded(world);
  const begun = records.findIndex(
    (record) => record.op === 'mark' && markOf<{ mark: string }>(record).mark === 'copied',
  );
  const changes = records.flatMap(({ op }, index) =>
    index > begun && !['open', 'close', 'mark', 'start'].includes(op) ? [index + 1] : [],
  );
  // The exchange of the files is at the end: all of that, and some of what comes before.
  const moments = POINTS === 'all' ? changes : chosen(changes, Number(POINTS), random);
  const disk = new Disk(root);
  let taken = 0;
  for (const moment of moments) {
    for (; taken < moment; taken += 1) if (records[taken].op !== 'mark') disk.take(records[taken]);
    const survivals: Survival[] = ['everything', random.pick(['nothing', 'a beginning', 'any part'])];
    for (const survival of survivals) {
      const directory = mkdtempSync(join(quickDirectory(), 'chappe-repair-'));
      disk.fail(directory, survival, random);
      const faults = await faultsAfter(join(directory, 'store'), world);
      rmSync(directory, { recursive: true });
      const { op, path } = records[moment - 1];
      assert.deepEqual(faults, [], `seed ${SEED}, ${survival} survives after ${moment}, ${op} ${path}`);
    }
  }
  t.diagnostic(`seed ${SEED}: ${moments.length} of ${changes.length} operations, twice each`);
});

function chosen(
  changes: readonly number[],
  count: number,
  random: ReturnType<typeof seededRandom>,
): number[] {
  const last = changes.slice(-Math.floor(count / 2));
  const rest = changes.slice(0, -last.length);
  const some = Array.from({ length: count - last.length }, () => random.pick(rest));
  return [...new Set([...some, ...last])].sort((one, other) => one - other);
}

test('a repair that is killed again and again comes to its end, and nothing is worse', options, async (t) => {
  const random = seededRandom(SEED + 1);
  const world = await prepared(t);
  const control = new FaultControl(join(world.place, 'control'));
  let changes = 0;
  for (let kill = 0; kill <= KILLS; kill += 1) {
    const root = join(world.place, `killed-${kill}`);
    const target = join(root, 'store');
    cpSync(world.damaged, target, { recursive: true });
    const environment = watchedEnvironment({ root, control: control.path });
    // The first is not killed: it tells how many changes there are.
    const killAt = kill === 0 ? 0 : random.between(1, changes);
    control.set({ changes: 0, killAt, killHalfway: kill % 2 });
    const ended = await run([repairFile, target], environment);
    assert.equal(ended, kill === 0 ? 0 : 'SIGKILL');
    if (kill === 0) changes = control.get('changes');
    else assert.deepEqual(await faultsAfter(target, world), [], `kill ${kill}, seed ${SEED}`);
  }
  control.close();
  t.diagnostic(`seed ${SEED}: ${KILLS} kills, each at one of ${changes} changes`);
});
