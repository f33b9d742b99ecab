// RT-J1: killed at every boundary of a write, the store loses nothing and repeats nothing; and an MTA with
// 100,000 messages is ready again within 30 seconds. To the files a kill is a power failure in which
// everything written survives, so every boundary of a recorded run is taken; real kills, in the middle of
// writes, are counted on top of one another in one directory. Power failures proper: test/crash. SEED
// repeats a run.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';

import { seededRandom } from '../../src/base/random.ts';
import { type Instant, instant } from '../../src/base/time.ts';
import { message } from '../../src/store/compliance-fixtures.ts';
import { openSqliteStore } from '../../src/store/index.ts';
import { type CrashPoint, faultsAt, faultsIn, quickDirectory } from '../crash/crash-points.ts';
import type { StoreMark } from '../crash/entities.ts';
import { Expectation } from '../crash/expectation.ts';
import { loadFile, recordedLoad, run } from '../crash/recording.ts';
import { FaultControl, needsShim, watchedEnvironment } from '../crash/shim.ts';
import { markOf, readLog } from '../crash/shim-log.ts';
import { MtaProcess } from '../support/mta-process.ts';
import { configurationOf, sites, temporaryDirectory } from '../support/network.ts';

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const KILLS = Number(process.env.KILLS ?? 6);
const MESSAGES = 100_000;
const start_ms_max = 30_000;

test('RT-J1: killed at any boundary of a write, nothing is lost', {
  ...needsShim(),
  timeout: 120_000,
}, async (t) => {
  const random = seededRandom(SEED);
  const directory = quickDirectoryFor(t);
  const recording = await recordedLoad({ directory, seed: SEED, random, transitions: 6 });
  const points = recording.records.flatMap(({ op }, record): CrashPoint[] => {
    // What comes between two changes leaves the files alike.
    if (op === 'open' || op === 'close' || op === 'sync') return [];
    const whole: CrashPoint = { record, survival: 'everything' };
    return op === 'write' && random.chance(0.1) ? [whole, { record, survival: 'a beginning' }] : [whole];
  });
  const plan = { random, threadEvery: Number.POSITIVE_INFINITY };
  const faults = await faultsAt(recording, points, plan);
  assert.deepEqual(faults, [], `seed ${SEED}`);
  t.diagnostic(`seed ${SEED}: ${points.length} boundaries of ${recording.records.length} records`);
});

test('killed again and again in the middle of writes', {
  ...needsShim(),
  timeout: 60_000 + KILLS * 10_000,
}, async (t) => {
  const random = seededRandom(SEED + 1);
  const directory = quickDirectoryFor(t);
  const root = join(directory, 'root');
  mkdirSync(root);
  const [store, log] = [join(root, 'store'), join(directory, 'log')];
  const control = new FaultControl(join(directory, 'control'));
  const environment = watchedEnvironment({ root, log, control: control.path });
  const expected = new Expectation();
  let judged = 0;
  for (let kill = 1; kill <= KILLS; kill += 1) {
    control.set({ changes: 0, killAt: random.between(1, 400), killHalfway: kill % 2 });
    assert.equal(await run([loadFile, store, log, String(SEED + kill), '0', 'stay'], environment), 'SIGKILL');
    const records = readLog(log);
    for (const record of records.slice(judged)) {
      if (record.op === 'mark') expected.take(markOf<StoreMark>(record));
    }
    judged = records.length;
    assert.deepEqual(await faultsIn(store, expected, true), [], `kill ${kill}, seed ${SEED}`);
  }
  control.close();
  t.diagnostic(`seed ${SEED}: ${KILLS} kills, ${expected.size} things to answer for at the last`);
});

test('RT-J1: killed with 100,000 messages, an MTA is ready within 30 seconds', {
  timeout: 240_000,
}, async (t) => {
  const directory = await temporaryDirectory(t);
  const [here, there] = await sites('HERE', 'THERE');
  const mta = await MtaProcess.prepare(directory, configurationOf(here, { links: [{ to: there }] }));
  await fill(join(directory, 'store'));
  t.after(() => mta.stop('SIGKILL').then(() => undefined));
  const first_ms = await mta.start();
  await mta.stop('SIGKILL');
  const again_ms = await mta.start();
  for (const taken_ms of [first_ms, again_ms]) {
    assert.ok(taken_ms < start_ms_max, `${taken_ms} ms until it was ready`);
  }
  const { stdout } = await mta.command('queue', 'list', '--json');
  assert.notEqual(stdout, '');
  t.diagnostic(
    `${MESSAGES} messages: ready in ${Math.round(first_ms)} ms, ${Math.round(again_ms)} ms after a kill`,
  );
});

async function fill(directory: string): Promise<void> {
  const store = await openSqliteStore({ directory });
  const copies = [{ nextHop: 'link/there', recipients: [0] }];
  for (let left = MESSAGES; left > 0; left -= 1000) {
    const create = Array.from({ length: 1000 }, () => message({ copies, expiresAt: tomorrow() }));
    const result = await store.commit({ create });
    assert.ok(result.ok);
  }
  await store.close();
}

function tomorrow(): Instant {
  return instant(Date.now() + 86_400_000);
}

function quickDirectoryFor(t: TestContext): string {
  const directory = mkdtempSync(join(quickDirectory(), 'chappe-kill-'));
  t.after(() => rmSync(directory, { recursive: true }));
  return directory;
}
