// RT-D3: after an outage of minutes or hours all queues drain, without a restart and without an operator, and
// as soon as the next call is due: refused, silent, stalled in the middle of transfers, or both ends gone
// and back. The old MTA needed a restart of the connector. Whole MTAs on virtual time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Weather } from '../sim/virtual-socket.ts';
import { World } from '../sim/world.ts';

const minute = 60_000;
const plans = [
  { name: 'A', links: [{ to: 'B' }, { to: 'C', spaces: [{ address: '/P=C/A= /C=GB/', cost: 1 }] }] },
  { name: 'B', links: [{ to: 'A' }] },
  { name: 'C', links: [{ to: 'A' }, { to: 'B', spaces: [] }] },
];
const outages: Readonly<Record<string, Partial<Weather>>> = {
  refused: { connect: 'refuse' },
  silent: { connect: 'silent', stalled: true },
  stalled: { stalled: true },
  resetting: { resetChance: 1 },
};

for (const [what, weather] of Object.entries(outages)) {
  for (const minutes of [3, 45, 300]) {
    test(`RT-D3: ${what} for ${minutes} minutes: everything drains by itself`, async () => {
      const world = new World(minutes, plans, { expirySweep_ms: 30 * minute });
      await world.pass(1000);
      for (const [from, to] of [
        ['A', 'B'],
        ['B', 'A'],
        ['A', 'C'],
        ['C', 'A'],
      ]) {
        for (let count = 0; count < 6; count += 1) world.submit(from, to, 6000);
      }
      // In the middle of the first transfers.
      await world.pass(30);
      for (const peer of ['B', 'C']) world.network.setWeather(['A', peer], weather);
      await world.pass(minute);
      for (const to of ['B', 'C']) for (let count = 0; count < 4; count += 1) world.submit('A', to, 500);
      await world.pass((minutes - 1) * minute);
      assert.ok(world.queued() > 0, 'there is something to drain');
      for (const peer of ['B', 'C']) world.network.setWeather(['A', peer], {});
      // The interval between calls is 20 s here; what was stalled is given up after its own timers.
      await world.drain(5 * minute);
      world.checkNothingLost();
      world.checkLaws();
      await world.stop();
    });
  }
}

test('RT-D3: both ends die during the outage, and drain when they are back', async () => {
  const world = new World(7, plans);
  await world.pass(1000);
  for (let count = 0; count < 10; count += 1) world.submit('A', 'B', 6000);
  await world.pass(30);
  world.network.setWeather(['A', 'B'], { connect: 'refuse' });
  await world.pass(minute);
  for (const name of ['A', 'B']) world.mta(name).kill();
  await world.pass(10 * minute);
  for (const name of ['A', 'B']) world.mta(name).start();
  world.network.setWeather(['A', 'B'], {});
  await world.drain(5 * minute);
  world.checkNothingLost();
  world.checkLaws();
  await world.stop();
});
