// RT-L1: a relay that converted, or touched parts that it did not know (Q184103, Q164865). Whole MTAs on
// virtual time: what is only relayed arrives with the same octets, whatever the relay converts for its own
// users; and what those get is converted.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ipmText, readContent } from '../../src/content/index.ts';
import { textContent } from '../support/ipm.ts';
import { digest } from '../sim/virtual-mta.ts';
import { userAt, World } from '../sim/world.ts';

const ia5Alone = ['    conversion: { accepts: [ia5], text: ia5 }'];

/** A sends to C by B; B's own users take IA5 alone. */
function world(): World {
  const spaces = ['B', 'C'].map((to) => ({ address: `/P=${to}/A= /C=GB/`, cost: 10 }));
  return new World(184103, [
    { name: 'A', links: [{ to: 'B', spaces }] },
    { name: 'B', links: [{ to: 'A' }, { to: 'C' }], beside: ia5Alone },
    { name: 'C', links: [{ to: 'B' }] },
  ]);
}

function latinText(): Uint8Array {
  return textContent('Größe', userAt('A')).content;
}

test('RT-L1: content octets in are content octets out, but for users of a space that asks', async () => {
  const sites = world();
  const content = latinText();
  const to = [userAt('B'), userAt('C')];
  void sites.mta('A').submit({ to, content, contentType: '2.6.1.10.1', priority: 'normal' });
  await sites.drain();
  const [atB] = sites.mta('B').delivered;
  const [atC] = sites.mta('C').delivered;
  assert.equal(atC.content, digest(content));
  assert.notEqual(atB.content, digest(content));
  assert.ok(atB.copy.content.kind === 'inline');
  const read = readContent(atB.copy.content.octets);
  assert.ok(read.ok && read.value.object.kind === 'ipm');
  assert.equal(ipmText(read.value.object.value), 'Grosse');
});
