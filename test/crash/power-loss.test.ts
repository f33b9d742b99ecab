// Nothing that was acknowledged is missing after a power failure, at 300 moments (RT-J1); and a program that
// forgets a sync is caught, so the judgement is worth something. `npm run nightly -- --only power-loss` takes
// 10,000 moments. POINTS and SEED repeat a run.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { seededRandom } from '../../src/base/random.ts';
import { faultsOf, quickDirectory } from './crash-points.ts';
import { type Forgotten, forgetfulness, forgetting, trustingAtStart } from './planted.ts';
import { type Recording, recordedLoad } from './recording.ts';
import { needsShim } from './shim.ts';

const POINTS = Number(process.env.POINTS ?? 120);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const powerLossFile = fileURLToPath(new URL('./power-loss.ts', import.meta.url));
const timeout = 60_000 + POINTS * 100;

test('RT-J1: nothing acknowledged is missing after a power failure', {
  ...needsShim(),
  timeout,
}, async (t) => {
  const args = ['--cases', String(POINTS), '--seed', String(SEED), '--jobs', '2'];
  const { code, told } = await new Promise<{ code: number; told: string }>((resolve) => {
    const command = ['--disable-warning=ExperimentalWarning', powerLossFile, ...args];
    execFile(process.execPath, command, { maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : 1, told: `${stdout}${stderr}` }),
    );
  });
  assert.equal(code, 0, told.slice(0, 10_000));
  for (const line of told.trim().split('\n')) t.diagnostic(line);
});

test('a program that forgets a sync is caught', { ...needsShim(), timeout: 120_000 }, async (t) => {
  const random = seededRandom(SEED);
  const recording = await recorded(t, SEED);
  for (const what of Object.keys(forgetfulness) as Forgotten[]) {
    const plan = { points: 150, random, threadEvery: Number.POSITIVE_INFINITY, firstOnly: true };
    const [fault] = await faultsOf(forgetting(recording, what), plan);
    assert.ok(fault !== undefined, `seed ${SEED}: who forgets to sync ${what} is not caught`);
  }
});

test('a program that trusts what it finds at its start is caught', {
  ...needsShim(),
  timeout: 120_000,
}, async (t) => {
  // It is wrong only where the process before it died between a write and its sync, and that was the last
  // write.
  for (let seed = SEED * 2 + 1; ; seed += 2) {
    const recording = await recorded(t, seed);
    const plan = { points: 60, random: seededRandom(seed), threadEvery: Number.POSITIVE_INFINITY };
    const faults = await faultsOf(trustingAtStart(recording), { ...plan, afterShown: 1, firstOnly: true });
    if (faults.length > 0) return;
    assert.ok(seed < SEED * 2 + 21, `not caught from seed ${SEED} on`);
  }
});

async function recorded(t: TestContext, seed: number): Promise<Recording> {
  const directory = mkdtempSync(join(quickDirectory(), 'chappe-record-'));
  t.after(() => rmSync(directory, { recursive: true }));
  return recordedLoad({ directory, seed, random: seededRandom(seed), transitions: 40 });
}
