// Worlds of two stacks by the thousand, from one seed: counts what happened, and says which worlds went
// wrong. `node test/sim/two-stacks.ts --associations 100000 --seed 7` plays until so many associations were
// opened; `--world N` plays one again.

import { parseArgs } from 'node:util';
import { type Planted, TwoStacksWorld, type WorldCounts } from './two-stacks-world.ts';

const failures_max = 10;

export interface TwoStacksRun extends WorldCounts {
  readonly seed: number;
  readonly worlds: number;
  readonly transfers: number;
  readonly resumed: number;
  readonly repeated: number;
  readonly duplicates: number;
  readonly failures: readonly {
    readonly world: number;
    readonly what: string;
    readonly breaches: readonly string[];
  }[];
}

/** Plays worlds until so many associations were opened; number n has the seed `seed * 1,000,003 + n`. */
export function playTwoStacks(plan: {
  readonly associations: number;
  readonly seed: number;
  readonly planted?: Planted;
}): TwoStacksRun {
  const run = {
    ...{ associations: 0, recoveries: 0, refusedConnects: 0, deaths: 0, orderly: 0 },
    ...{ worlds: 0, transfers: 0, resumed: 0, repeated: 0, duplicates: 0 },
  };
  const failures: { world: number; what: string; breaches: readonly string[] }[] = [];
  while (run.associations < plan.associations && failures.length < failures_max) {
    const seed = (plan.seed * 1_000_003 + run.worlds) % 2 ** 31;
    const world = new TwoStacksWorld(seed, plan.planted);
    world.play();
    run.worlds += 1;
    for (const [name, count] of Object.entries(world.counts)) run[name as keyof WorldCounts] += count;
    for (const site of [world.a, world.b]) {
      const distinct = new Set(site.inbox).size;
      run.transfers += distinct;
      run.duplicates += site.inbox.length - distinct;
      run.resumed += site.resumed;
      run.repeated += site.repeated;
    }
    if (world.breaches.length === 0) continue;
    const what = `${world.terms.mode}, ${world.terms.alternate ? 'two-way alternate' : 'monologue'}`;
    failures.push({ world: seed, what, breaches: world.breaches });
  }
  return { seed: plan.seed, ...run, failures };
}

/** The run in words. */
export function twoStacksReport(run: TwoStacksRun): string {
  return [
    `${run.associations} associations in ${run.worlds} worlds, seed ${run.seed}: ` +
      `${run.orderly} ended in order, ` +
      `${run.recoveries} were recover binds, ${run.refusedConnects} connects refused, ${run.deaths} deaths`,
    `${run.transfers} transfers: ${run.resumed} resumptions, ${run.repeated} confirmed again, ` +
      `${run.duplicates} duplicates`,
    ...run.failures.map(
      ({ world, what, breaches }) => `FAILED world ${world} (${what}): ${breaches.slice(0, 5).join('; ')}`,
    ),
  ].join('\n');
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { associations: { type: 'string' }, seed: { type: 'string' }, world: { type: 'string' } },
  });
  if (values.world !== undefined) {
    const world = new TwoStacksWorld(Number(values.world));
    world.play();
    process.stdout.write(`${world.breaches.join('\n') || 'nothing wrong'}\n`);
  } else {
    const began = performance.now();
    const run = playTwoStacks({
      associations: Number(values.associations ?? 3000),
      seed: Number(values.seed ?? Date.now() % 1_000_000),
    });
    const took = Math.round((performance.now() - began) / 100) / 10;
    process.stdout.write(`${twoStacksReport(run)}\n${took} s\n`);
    process.exitCode = run.failures.length === 0 ? 0 : 1;
  }
}
