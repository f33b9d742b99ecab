// The question of `route explain`: everything optional but the address, and each text that is no address
// named.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { routeQuestion } from './route-question.ts';

test('the address alone restricts nothing', () => {
  const question = routeQuestion({ address: '/S=Smith/C=GB/' });
  assert.ok(question.ok);
  const { recipient: _, ...rest } = question.value;
  const absent = { priority: undefined, contentType: undefined, contentLength: undefined };
  assert.deepEqual(rest, { kind: 'message', ...absent, originator: undefined });
});

test('the link that it came by is the next hop that it may not go back on', () => {
  const question = routeQuestion({ address: '/S=Smith/C=GB/', arrivedBy: 'site-b' });
  assert.ok(question.ok);
  assert.equal(question.value.arrivedBy, 'link/site-b');
});

test('what is no address is named', () => {
  for (const json of [{ address: 'Smith' }, { address: '/S=Smith/C=GB/', from: 'Jones' }]) {
    const question = routeQuestion(json);
    assert.ok(!question.ok);
    assert.match(question.error, /^"(Smith|Jones)" is no O\/R address: /);
  }
});
