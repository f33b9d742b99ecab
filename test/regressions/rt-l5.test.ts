// RT-L5: conversions that failed without a trace, or with another reason (Q178365, Q232396: what
// was half converted was rerouted). Whole MTAs on virtual time: the sender gets a report with the
// right codes, the event and the tracking say why, and nothing is delivered or rerouted.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textContent } from '../support/ipm.ts';
import { userAt, World } from '../sim/world.ts';

test('RT-L5: a text that the users do not take, and that nothing may become, is returned', async () => {
  const sites = new World(178365, [
    { name: 'A', links: [{ to: 'B' }] },
    { name: 'B', links: [{ to: 'A' }], beside: ['    conversion: { accepts: [ia5] }'] },
  ]);
  const { content } = textContent('Größe', userAt('A'));
  void sites.mta('A').submit({ to: [userAt('B')], content, contentType: '2.6.1.10.1', priority: 'normal' });
  await sites.drain();
  assert.deepEqual(sites.mta('B').delivered, []);
  assert.deepEqual(
    sites.mta('A').delivered.map(({ kind }) => kind),
    ['report'],
  );
  const failed = sites.mta('B').told.find(({ name }) => name === 'conversion-failed');
  assert.equal(failed?.fields.cause, 'eits-unsupported');
  const reported = sites.mta('B').disk.tracking.find(({ act }) => act === 'reported');
  assert.match(String(reported?.detail.reason), /^1 unable-to-transfer$/);
  assert.match(String(reported?.detail.diagnostic), /^6 encoded-information-types-unsupported$/);
});
