// The power fails again and again: `node test/crash/power-loss.ts --cases N --seed S --jobs J`. Each
// recording is of a seed of its own and serves 250 failures. Prints what it did; exits 1 with what was
// wrong.

import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { seededRandom } from '../../src/base/random.ts';
import { beginCase, inJobs } from '../support/jobs.ts';
import { type Fault, faultsOf, quickDirectory } from './crash-points.ts';
import { recordedLoad, unseenChanges } from './recording.ts';

export const points_a_recording = 250;

export interface PowerLossResult {
  readonly points: number;
  readonly recordings: number;
  readonly records: number;
  readonly wrong: readonly (Fault & { readonly seed: number })[];
}

/** Lets the power fail `points` times in recordings from `seed` on. */
export async function powerLoss(points: number, seed: number): Promise<PowerLossResult> {
  const wrong: (Fault & { readonly seed: number })[] = [];
  let [done, recordings, records] = [0, 0, 0];
  for (let each = seed; done < points; each += 1) {
    beginCase(`recording ${each}`);
    const random = seededRandom(each);
    const directory = mkdtempSync(join(quickDirectory(), 'chappe-record-'));
    const recording = await recordedLoad({ directory, seed: each, random, transitions: 60 });
    const unseen = unseenChanges(recording);
    if (unseen.length > 0) throw new Error(`seed ${each}: the log does not tell all of ${unseen}`);
    const count = Math.min(points_a_recording, points - done);
    const faults = await faultsOf(recording, { points: count, random, threadEvery: 50 });
    for (const fault of faults) wrong.push({ ...fault, seed: each });
    rmSync(directory, { recursive: true });
    done += count;
    recordings += 1;
    records += recording.records.length;
  }
  return { points: done, recordings, records, wrong };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      cases: { type: 'string', default: '300' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      jobs: { type: 'string', default: '1' },
    },
  });
  const [cases, seed, jobs] = [Number(values.cases), Number(values.seed), Number(values.jobs)];
  if (jobs > 1) {
    const share = String(Math.ceil(cases / jobs));
    process.exitCode = await inJobs(import.meta.url, jobs, (job) => [
      ...['--cases', share, '--seed', String(seed + job * 100_000)],
    ]);
    return;
  }
  const began = performance.now();
  const { points, recordings, records, wrong } = await powerLoss(cases, seed);
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  for (const fault of wrong) process.stdout.write(`${JSON.stringify(fault)}\n`);
  process.stdout.write(
    `${points} power failures in ${recordings} recordings of ${records} records from seed ${seed}: ` +
      `${wrong.length} with something wrong, ${seconds} s\n`,
  );
  process.exitCode = wrong.length === 0 ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
