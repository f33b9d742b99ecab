// RT-K4: running out of retries and the expiry of a message are two clocks. The first marks the link and
// looks for alternates; only the second ends the message, with a report, at its time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from '../sim/world.ts';

const minute = 60_000;

test('RT-K4: retries run out long before the message expires; it ends at its expiry', async () => {
  const world = new World(21, [
    {
      name: 'A',
      extra: 'expiry: { urgent: 30m, normal: 2h, nonUrgent: 3h }',
      links: [{ to: 'B', extra: 'retry: { openInterval: 60s, openRetries: 3 }' }],
    },
    { name: 'B', links: [{ to: 'A' }] },
  ]);
  const a = world.mta('A');
  world.network.setWeather(['A', 'B'], { connect: 'refuse' });
  const begun = world.now();
  for (const priority of ['urgent', 'normal'] as const) {
    void a.submit({
      to: ['/S=u/P=B/A= /C=GB/'],
      content: new Uint8Array(100),
      contentType: '2.6.1.10.1',
      priority,
    });
  }
  await world.pass(10 * minute);
  assert.equal(a.events('link-unhealthy').length, 1, 'the retries ran out');
  assert.equal(a.disk.copies.size, 2, 'and both messages are still there');
  const { openFailures, waitsFor, healthy } = snapshotOf(world);
  assert.ok(!healthy && openFailures > 3);
  assert.equal(waitsFor?.for, 'retry');
  await world.pass(115 * minute);
  const ends = a.events('non-delivery').map(({ at }) => (at - begun) / minute);
  assert.equal(ends.length, 2);
  for (const [index, expiry] of [30, 120].entries()) {
    assert.ok(ends[index] >= expiry && ends[index] < expiry + 0.1, `${ends[index]} min after ${expiry}`);
  }
  assert.equal(a.disk.copies.size, 0);
  await world.stop();
});

function snapshotOf(world: World) {
  const runner = world.mta('A').agent.hops.links.get('to-B');
  assert.ok(runner !== undefined);
  return runner.snapshot();
}
