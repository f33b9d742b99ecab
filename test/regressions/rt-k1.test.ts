// RT-K1: delays between calls grow and are drawn out by chance, the kind of failure is told, and a peer that
// calls us is called at once. Whole MTAs on virtual time; the delays themselves in src/scheduler.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from '../sim/world.ts';

const minute = 60_000;
const plans = [
  {
    name: 'A',
    links: [
      {
        to: 'B',
        extra:
          'retry: { backoff: exponential, openIntervalFirst: 10s, openInterval: 600s, openRetries: 100 }',
      },
    ],
  },
  { name: 'B', links: [{ to: 'A' }] },
];

test('RT-K1: calls of a peer that is down come further and further apart, up to the cap', async () => {
  const world = new World(11, plans);
  world.network.setWeather(['A', 'B'], { connect: 'refuse' });
  world.submit('A', 'B', 2000);
  await world.pass(60 * minute);
  const failed = world.mta('A').events('link-open-failed');
  const gaps = failed.slice(1).map(({ at }, index) => (at - failed[index].at) / 1000);
  const expected = [10, 20, 40, 80, 160, 320, 600, 600, 600];
  for (const [index, gap] of gaps.entries()) {
    const least = expected[index] ?? 600;
    assert.ok(gap >= least && gap <= least * 1.1 + 1, `${index}: ${gap} s after ${least}`);
  }
  assert.ok(gaps.length >= 8, `${gaps.length} calls`);
  assert.ok(failed.every(({ fields }) => fields.failure === 'refused'));
  await world.stop();
});

test('RT-K1: when the peer calls, what waits for it goes at once', async () => {
  const world = new World(12, plans);
  world.network.setWeather(['A', 'B'], { connect: 'refuse' });
  world.submit('A', 'B', 2000);
  await world.pass(30 * minute);
  world.network.setWeather(['A', 'B'], {});
  const before = world.now();
  world.submit('B', 'A', 2000);
  await world.pass(15_000);
  assert.equal(world.queued(), 0, `delivered within 15 s of ${before}`);
  world.checkNothingLost();
  await world.stop();
});
