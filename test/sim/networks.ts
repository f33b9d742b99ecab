// Networks by the thousand, from one seed: `node test/sim/networks.ts --cases 5000 --seed 7` plays the
// seeds 7,000,001 and so on, and says which went wrong; `--network N` plays one again, `--small` those of
// every change.

import { parseArgs } from 'node:util';
import { largeNetworks, type NetworkResult, playNetwork, smallNetworks } from './network-run.ts';

const failures_max = 20;

/** A result in a line, and what was wrong below it. */
export function networkText({ seed, what, breaches, counts }: NetworkResult): string {
  const counted = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
  const line = `${breaches.length === 0 ? 'ok' : 'FAILED'} network ${seed}: ${what}; ${counted.join(', ')}`;
  return [line, ...breaches.slice(0, 8).map((breach) => `  ${breach}`)].join('\n');
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      cases: { type: 'string', default: '100' },
      seed: { type: 'string', default: String(Date.now() % 1000) },
      network: { type: 'string' },
      small: { type: 'boolean', default: false },
    },
  });
  const options = values.small ? smallNetworks : largeNetworks;
  const seed = Number(values.seed) * 1_000_000;
  const cases = values.network === undefined ? Number(values.cases) : 1;
  const sums: Record<string, number> = {};
  const began = performance.now();
  let failed = 0;
  let played = 0;
  while (played < cases && failed < failures_max) {
    played += 1;
    const result = await playNetwork(Number(values.network ?? seed + played), options);
    for (const [name, count] of Object.entries(result.counts)) sums[name] = (sums[name] ?? 0) + count;
    if (result.breaches.length > 0) failed += 1;
    if (result.breaches.length > 0 || values.network !== undefined) {
      process.stdout.write(`${networkText(result)}\n`);
    }
  }
  const took = Math.round((performance.now() - began) / 100) / 10;
  const counted = Object.entries(sums).map(([name, count]) => `${count} ${name}`);
  process.stdout.write(
    `${played} networks, seed ${values.seed}: ${failed} failed; ${counted.join(', ')}; ${took} s\n`,
  );
  process.exitCode = failed === 0 ? 0 : 1;
}
