// Octets of small stores flipped in turn: `node test/damage/every-octet.ts --cases N|all --seed S --jobs J`.
// Of a store that was stopped, the database and the spool; of one that was killed, its log. The seed chooses
// which bit of each, and with a number which octets. Prints what came of it; exits 1 with what was wrong.

import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { seededRandom } from '../../src/base/random.ts';
import { beginCase, inJobs } from '../support/jobs.ts';
import { quickDirectory } from '../crash/crash-points.ts';
import { filesOf } from './damaged-store.ts';
import { type Flip, type FlipOutcome, judgedFlip } from './flipped.ts';
import { pageAt, pageMap } from './page-map.ts';
import { smallStore } from './small-store.ts';

export interface EveryOctetPlan {
  readonly cases: number | 'all';
  readonly seed: number;
  /** Takes each `jobs`th octet, from this one on. */
  readonly job?: number;
  readonly jobs?: number;
  /** Hears how it gets on. */
  readonly tell?: (text: string) => void;
}
export interface EveryOctetResult {
  readonly flips: number;
  readonly seen: Readonly<Record<FlipOutcome['seen'], number>>;
  /** Messages that were not as they were after a repair, over all flips. */
  readonly hurt: number;
  readonly wrong: readonly (Flip & { readonly lay: string; readonly faults: readonly string[] })[];
}

const told_flips = 5000;
/** Enough to see what is wrong. */
const wrong_max = 50;

/** Flips octets of both stores, one at a time. */
export async function everyOctet(plan: EveryOctetPlan): Promise<EveryOctetResult> {
  // What a check copies after a crash goes there.
  process.env.TMPDIR = quickDirectory();
  const seen = { nothing: 0, refused: 0, ended: 0, served: 0 };
  const result = { flips: 0, seen, hurt: 0, wrong: [] as EveryOctetResult['wrong'][number][] };
  for (const isKilled of [false, true]) {
    const store = await smallStore(isKilled);
    const parent = join(store.directory, '..');
    const readable = join(parent, 'readable');
    cpSync(store.directory, readable, { recursive: true });
    const judged = { store, map: pageMap(store.directory, readable), place: join(parent, 'damaged') };
    for (const flip of flipsOf(store.directory, isKilled, plan)) {
      beginCase(JSON.stringify(flip));
      const { faults, seen: how, hurt } = await judgedFlip(judged, flip);
      result.flips += 1;
      seen[how] += 1;
      result.hurt += hurt;
      const lay = () => judged.map.kindOf(pageAt(store.directory, flip.path, flip.at));
      if (faults.length > 0) {
        result.wrong.push({ ...flip, lay: lay(), faults });
        plan.tell?.(JSON.stringify(result.wrong.at(-1)));
      }
      if (result.flips % told_flips === 0) plan.tell?.(`${result.flips} flips, ${result.wrong.length} wrong`);
      if (result.wrong.length >= wrong_max) break;
    }
    rmSync(parent, { recursive: true });
  }
  return result;
}

function* flipsOf(directory: string, isKilled: boolean, plan: EveryOctetPlan): Generator<Flip> {
  const { cases, seed, job = 0, jobs = 1 } = plan;
  const files = filesOf(directory).filter(({ path }) => path.endsWith('-wal') === isKilled);
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const random = seededRandom(seed + (isKilled ? 1 : 0));
  const count = cases === 'all' ? total : Math.ceil(cases / 2);
  for (let each = 0; each < count; each += 1) {
    const place = cases === 'all' ? each : random.between(0, total - 1);
    const mask = 1 << random.between(0, 7);
    if (each % jobs !== job) continue;
    let at = place;
    const file = files.find(({ size }) => {
      if (at < size) return true;
      at -= size;
      return false;
    });
    if (file !== undefined) yield { path: file.path, at, mask };
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      cases: { type: 'string', default: '1000' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      jobs: { type: 'string', default: '1' },
      job: { type: 'string' },
    },
  });
  const cases = values.cases === 'all' ? 'all' : Number(values.cases);
  const [seed, jobs] = [Number(values.seed), Number(values.jobs)];
  if (jobs > 1 && values.job === undefined) {
    process.exitCode = await inJobs(import.meta.url, jobs, (job) => [
      ...['--cases', `${cases}`, '--seed', `${seed}`, '--jobs', `${jobs}`, '--job', `${job}`],
    ]);
    return;
  }
  const began = performance.now();
  const told = values.job === undefined ? '' : `job ${values.job}: `;
  const tell = (text: string): void => void process.stdout.write(`${told}${text}\n`);
  const plan = { cases, seed, job: Number(values.job ?? 0), jobs, tell } as const;
  const { flips, seen, hurt, wrong } = await everyOctet(plan);
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  const figures = `${JSON.stringify(seen)}, ${hurt} messages hurt, ${wrong.length} wrong`;
  tell(`${flips} octets flipped, seed ${seed}: ${figures}, ${seconds} s`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
