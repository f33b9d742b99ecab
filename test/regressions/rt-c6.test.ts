// RT-C6: no pool that needs a restart to be tuned: a changed count takes effect when the configuration is
// read again (SIGHUP), upwards and downwards, and those who keep to it are not disturbed.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { eventually } from '../support/mta-process.ts';
import { call, messageHere, oneMta } from './one-mta.ts';

it('RT-C6: associations.max changes while associations stand', { timeout: 60_000 }, async (t) => {
  const { port, counts, backTo, reload } = await oneMta(t, {
    peers: [{ name: 'PEER', yaml: '    associations: { max: 1 }\n' }, { name: 'OTHER' }],
    limits: 'inboundAssociations: 100',
  });
  const before = await counts();
  const first = await call(port, 'PEER');
  const other = await call(port, 'OTHER');
  assert.ok(first.opened && other.opened);
  assert.ok(!(await call(port, 'PEER')).opened);

  await reload((text) => text.replace('max: 1 ', 'max: 3 '));
  const more = [await call(port, 'PEER'), await call(port, 'PEER')];
  assert.ok(
    more.every(({ opened }) => opened),
    'room for three',
  );
  assert.ok(!(await call(port, 'PEER')).opened, 'and not for four');
  for (const caller of [first, ...more, other]) {
    const confirmed = await caller.transfer(messageHere(`m${[first, ...more, other].indexOf(caller)}`, 500));
    assert.equal(confirmed?.kind, 'RTTRcnf+', 'who kept to the limit is not disturbed');
  }

  await reload((text) => text.replace('max: 3 ', 'max: 1 '));
  await more[0].release();
  assert.ok(!(await call(port, 'PEER')).opened, 'two stand where one may');
  await more[1].release();
  await first.release();
  const last = await eventually('room for one', 5000, async () => {
    const caller = await call(port, 'PEER');
    return caller.opened ? caller : undefined;
  });
  await reload((text) => text.replace('inboundAssociations: 100', 'inboundAssociations: 2'));
  assert.ok(!(await call(port, 'OTHER')).opened, 'the limit for all counts at once');
  await last.release();
  await other.release();
  await backTo(before);
});
