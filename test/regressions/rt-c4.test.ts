// RT-C4: limits per link and for all. Reaching a link's never blocks another link; it is told with the link's
// name and the key that sets it; and it is over by itself as soon as there is room again.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { eventually } from '../support/mta-process.ts';
import { call, messageHere, oneMta } from './one-mta.ts';

const limited = '    associations: { max: 2 }\n';

it("RT-C4: a link's limit is its own, is told, and passes", { timeout: 60_000 }, async (t) => {
  const { mta, port, counts, backTo } = await oneMta(t, {
    peers: [{ name: 'FULL', yaml: limited }, { name: 'FREE' }],
  });
  const before = await counts();
  const [first, second] = [await call(port, 'FULL'), await call(port, 'FULL')];
  assert.ok(first.opened && second.opened);
  const third = await call(port, 'FULL');
  assert.ok(!third.opened, 'a third association of a link with room for two');
  const event = await eventually('the event', 5000, () => mta.eventsNamed('association-limit')[0]);
  assert.equal(event.link, 'FULL');
  assert.equal(event.limit, 2);
  assert.equal(event.key, 'associations.max');
  assert.equal(event.severity, 'warning');

  const free = await call(port, 'FREE');
  assert.equal((await free.transfer(messageHere('free', 1000)))?.kind, 'RTTRcnf+');
  assert.equal((await first.transfer(messageHere('full', 1000)))?.kind, 'RTTRcnf+');
  await second.release();
  const again = await eventually('room again', 5000, async () => {
    const caller = await call(port, 'FULL');
    return caller.opened ? caller : undefined;
  });
  assert.equal((await again.transfer(messageHere('again', 1000)))?.kind, 'RTTRcnf+');
  for (const caller of [first, again, free]) await caller.release();
  await backTo(before);
});

it('RT-C4: the limit for all callers is told, and passes', { timeout: 60_000 }, async (t) => {
  const { mta, port, counts, backTo } = await oneMta(t, {
    peers: [{ name: 'ONE' }, { name: 'OTHER' }],
    limits: 'inboundAssociations: 2',
  });
  const before = await counts();
  const [one, other] = [await call(port, 'ONE'), await call(port, 'OTHER')];
  assert.ok(one.opened && other.opened);
  assert.ok(!(await call(port, 'OTHER')).opened);
  const event = await eventually('the event', 5000, () => mta.eventsNamed('association-limit')[0]);
  assert.equal(event.key, 'mta.limits.inboundAssociations');
  assert.equal(event.limit, 2);
  assert.equal((await one.transfer(messageHere('one', 1000)))?.kind, 'RTTRcnf+');
  await one.release();
  const again = await eventually('room again', 5000, async () => {
    const caller = await call(port, 'OTHER');
    return caller.opened ? caller : undefined;
  });
  await again.release();
  await other.release();
  await backTo(before);
});
