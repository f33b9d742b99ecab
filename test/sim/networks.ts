// Networks by the thousand, from one seed: `node test/sim/networks.ts --cases 5000 --seed 7` plays the
// seeds 7,000,001 and so on, shared by `--jobs` processes, and says which went wrong; `--network N` plays one
// again, `--small` those of every change.

import { parseArgs } from 'node:util';
import { beginCase, inJobs } from '../support/jobs.ts';
import {
  largeNetworks,
  type NetworkOptions,
  type NetworkResult,
  playNetwork,
  smallNetworks,
} from './network-run.ts';

/** Enough to see what is wrong. */
const failures_max = 20;
/** How often a long run says how it gets on. */
const told_networks = 250;

/** A result in a line, and what was wrong below it. */
export function networkText({ seed, what, breaches, counts }: NetworkResult): string {
  const counted = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
  const line = `${breaches.length === 0 ? 'ok' : 'FAILED'} network ${seed}: ${what}; ${counted.join(', ')}`;
  return [line, ...breaches.slice(0, 8).map((breach) => `  ${breach}`)].join('\n');
}

interface Share {
  readonly cases: number;
  readonly seed: number;
  /** Plays each `jobs`th network, from this one on. */
  readonly job: number;
  readonly jobs: number;
  readonly options: NetworkOptions;
}

/** Plays a share of the networks of a seed, and says which went wrong; how many did. */
async function playShare({ cases, seed, job, jobs, options }: Share): Promise<number> {
  const tell = (text: string): void => void process.stdout.write(`${text}\n`);
  const sums: Record<string, number> = {};
  const began = performance.now();
  let [failed, played] = [0, 0];
  const told = (): string => {
    const counted = Object.entries(sums).map(([name, count]) => `${count} ${name}`);
    const took = Math.round((performance.now() - began) / 100) / 10;
    return `${played} networks, seed ${seed}: ${failed} failed; ${counted.join(', ')}; ${took} s`;
  };
  for (let each = 1 + job; each <= cases && failed < failures_max; each += jobs) {
    const network = seed * 1_000_000 + each;
    beginCase(`network ${network}`);
    const result = await playNetwork(network, options);
    played += 1;
    for (const [name, count] of Object.entries(result.counts)) sums[name] = (sums[name] ?? 0) + count;
    if (result.breaches.length > 0) {
      failed += 1;
      tell(networkText(result));
    }
    if (played % told_networks === 0) tell(told());
  }
  tell(told());
  return failed;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      cases: { type: 'string', default: '100' },
      seed: { type: 'string', default: String(Date.now() % 1000) },
      jobs: { type: 'string', default: '1' },
      job: { type: 'string' },
      network: { type: 'string' },
      small: { type: 'boolean', default: false },
    },
  });
  const options = values.small ? smallNetworks : largeNetworks;
  if (values.network !== undefined) {
    const result = await playNetwork(Number(values.network), options);
    process.stdout.write(`${networkText(result)}\n`);
    return result.breaches.length;
  }
  const { cases, seed, jobs } = values;
  const small = values.small ? ['--small'] : [];
  const shared = ['--cases', cases, '--seed', seed, '--jobs', jobs, ...small];
  if (values.job === undefined) {
    return inJobs(import.meta.url, Number(jobs), (job) => [...shared, '--job', String(job)]);
  }
  const share = { cases: Number(cases), seed: Number(seed), jobs: Number(jobs), options };
  return playShare({ ...share, job: Number(values.job) });
}

if (import.meta.main) process.exitCode = (await main()) === 0 ? 0 : 1;
