// Networks of 3 to 6 whole MTAs through about a day each, every one from its seed: one outcome for each
// recipient, reports for every failure, no acknowledgement before security, trace that grows and loops that
// end, expiry on time, nothing starved, and after healing everything at rest. `npm run nightly` plays
// larger ones.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { networkText } from './networks.ts';
import { playNetwork, smallNetworks } from './network-run.ts';
import { seeds } from './world.ts';

/** Each line: seed, fewest and most sites, steps, and what it found. */
const kept = readFileSync(new URL('./kept-seeds.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => /^\d/.test(line))
  .map((line) => {
    const [seed, sitesMin, sitesMax, steps] = line.split(' ').map(Number);
    return { seed, options: { sitesMin, sitesMax, steps } };
  });

for (const { seed, options } of [
  ...seeds(1, 50).map((each) => ({ seed: each, options: smallNetworks })),
  ...kept,
]) {
  test(`a network of MTAs through faults of every kind, seed ${seed}`, async () => {
    const result = await playNetwork(seed, options);
    assert.deepEqual(result.breaches, [], networkText(result));
    assert.ok(result.counts.posted > 0 && result.counts.arrivals > 0, 'there was mail');
  });
}

test('the same seed is the same network, to the last event', async () => {
  const first = await playNetwork(7, smallNetworks);
  const second = await playNetwork(7, smallNetworks);
  assert.deepEqual(second, first);
});
