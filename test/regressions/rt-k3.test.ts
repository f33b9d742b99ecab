// RT-K3: an association that urgent mail opened outside the hours closes after its idle lifetime, although
// normal messages wait. Whole MTAs on virtual time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from '../sim/world.ts';

const minute = 60_000;

test('RT-K3: urgent mail does not keep the link open for what waits for its hours', async () => {
  const extra =
    'schedule: { style: times, times: ["mon-fri 18:00-19:00"], urgentIgnoresSchedule: true }\n' +
    'associations: { lifetime: 60s }';
  const world = new World(3, [
    { name: 'A', links: [{ to: 'B', extra }] },
    { name: 'B', links: [{ to: 'A' }] },
  ]);
  const submit = (priority: 'urgent' | 'normal') =>
    world.mta('A').submit({
      to: ['/S=u/P=B/A= /C=GB/'],
      content: new Uint8Array(2000),
      contentType: '2.6.1.10.1',
      priority,
    });
  for (let count = 0; count < 5; count += 1) void submit('normal');
  await world.pass(minute);
  assert.equal(world.mta('A').events('association-opened').length, 0);
  void submit('urgent');
  await world.pass(10_000);
  assert.equal(world.mta('B').delivered.length, 1, 'the urgent one is there at once');
  await world.pass(2 * minute);
  assert.equal(world.mta('A').events('association-closed').length, 1, 'closed after its idle lifetime');
  assert.equal(world.mta('B').delivered.length, 1, 'no normal one went along');
  await world.pass(6 * 60 * minute);
  assert.equal(world.mta('B').delivered.length, 6, 'the others went in the hours');
  assert.equal(world.queued(), 0);
  await world.stop();
});
