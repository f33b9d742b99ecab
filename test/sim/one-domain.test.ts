// Two MTAs of one domain (design §7, sameDomain): what comes from outside crosses both, is traced once for
// the domain and once for each MTA, and is taken for no loop; an unknown user is reported by the MTA whose
// deliver space matched.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readInternalTrace } from '../../src/p1/index.ts';
import { decodeStored } from '../../src/transfer/index.ts';
import { World } from './world.ts';

const everywhere = [{ address: '/A= /C=GB/', cost: 10 }];
const plans = [
  { name: 'OUT', links: [{ to: 'ONE', spaces: [{ address: '/P=X/A= /C=GB/', cost: 10 }] }] },
  {
    name: 'ONE',
    domain: 'X',
    delivers: '/O=one/P=X/A= /C=GB/',
    links: [
      { to: 'OUT' },
      {
        to: 'TWO',
        spaces: [{ address: '/O=two/P=X/A= /C=GB/', cost: 10 }],
        extra: 'sameDomain: true',
      },
    ],
  },
  {
    name: 'TWO',
    domain: 'X',
    delivers: '/O=two/P=X/A= /C=GB/',
    users: ['/S=known/O=two/P=X/A= /C=GB/'],
    links: [{ to: 'ONE', spaces: everywhere, extra: 'sameDomain: true' }],
  },
];

function worldOf(seed: number): World {
  const world = new World(seed, plans);
  return world;
}

test('a message from outside crosses both and is delivered, traced as the domain is one', async () => {
  const world = worldOf(1);
  world.submit('OUT', 'TWO', 500, '/S=known/O=two/P=X/A= /C=GB/');
  await world.drain(120_000);
  world.checkNothingLost();
  const [{ copy }] = world.mta('TWO').delivered;
  const stored = decodeStored(copy);
  assert.ok(stored.ok && stored.value.kind === 'message');
  const { traceInformation, extensions } = stored.value.envelope;
  const domains = traceInformation.map(
    ({ globalDomainIdentifier }) => globalDomainIdentifier.privateDomainIdentifier?.value,
  );
  assert.deepEqual(domains, ['OUT', 'X'], 'external trace: once for each domain');
  const internal = readInternalTrace(extensions);
  assert.ok(internal.ok);
  const names = internal.value.map(({ mtaName }) => mtaName);
  assert.deepEqual(names, ['MTA-ONE', 'MTA-TWO'], 'internal trace: our MTAs, none of the other domain');
  for (const mta of world.mtas.values()) assert.deepEqual(mta.events('loop-detected'), []);
  await world.stop();
});

test('an unknown user is reported by the MTA whose deliver space matched', async () => {
  const world = worldOf(2);
  world.submit('OUT', 'TWO', 500, '/S=nobody/O=two/P=X/A= /C=GB/');
  await world.drain(120_000);
  assert.equal(world.mta('ONE').events('report-generated').length, 0);
  assert.equal(world.mta('TWO').events('report-generated').length, 1);
  assert.deepEqual(
    world.mta('OUT').delivered.map(({ kind }) => kind),
    ['report'],
  );
  for (const mta of world.mtas.values()) assert.deepEqual(mta.events('loop-detected'), []);
  await world.stop();
});

test('large messages to either MTA of the domain, both ways, arrive once', async () => {
  const world = worldOf(3);
  for (let count = 0; count < 10; count += 1) {
    world.submit('OUT', 'TWO', 20_000, '/S=known/O=two/P=X/A= /C=GB/');
    world.submit('OUT', 'ONE', 20_000, '/S=anyone/O=one/P=X/A= /C=GB/');
    world.submit('TWO', 'OUT', 20_000);
  }
  await world.drain(120_000);
  world.checkNothingLost();
  world.checkLaws();
  assert.equal(world.mta('TWO').delivered.length, 10);
  assert.equal(world.mta('OUT').delivered.length, 10);
  await world.stop();
});
