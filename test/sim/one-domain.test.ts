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

/** MTAs of one domain whose tables send a stranger round in a circle. */
function circle(seed: number, size: number, extra?: string): World {
  const names = Array.from({ length: size }, (_, index) => `M${index}`);
  const sites = names.map((name, at) => {
    const before = names[(at + size - 1) % size];
    return {
      name,
      domain: 'X',
      delivers: `/O=${name}/P=X/A= /C=GB/`,
      ...(extra !== undefined && { extra }),
      links: [
        { to: names[(at + 1) % size], spaces: everywhere, extra: 'sameDomain: true' },
        {
          to: before,
          spaces: [{ address: `/O=${before}/P=X/A= /C=GB/`, cost: 1 }],
          extra: 'sameDomain: true',
        },
      ],
    };
  });
  return new World(seed, sites);
}

/** One message to a stranger from the first; the diagnostics that its MTA or another reported. */
async function stranger(world: World): Promise<readonly string[]> {
  const to = '/S=stranger/P=ELSEWHERE/A= /C=GB/';
  void world.mta('M0').submit({ from: '/S=u/O=M0/P=X/A= /C=GB/', to: [to], text: 'round and round' });
  await world.drain(600_000);
  world.checkLaws();
  const told = [...world.mtas.values()].flatMap((mta) =>
    mta.events('non-delivery').map(({ fields }) => `${mta.host}: ${String(fields.diagnostic)}`),
  );
  const reports = world.mta('M0').delivered.filter(({ kind }) => kind === 'report');
  assert.equal(reports.length, 1, 'its originator is told once');
  await world.stop();
  return told;
}

test('a circle within the domain is a loop by the internal trace, where it closes', async () => {
  const world = circle(4, 3);
  assert.deepEqual(await stranger(world), ['M0: 3 loop-detected']);
  const [loop] = world.mta('M0').events('loop-detected');
  assert.match(String(loop?.fields.trace), /^this MTA is internal trace element 1 of 3/);
});

test('within the domain the budget of hops counts MTAs', async () => {
  const world = circle(5, 6, 'limits: { hops: 3 }');
  assert.deepEqual(await stranger(world), ['M4: 3 loop-detected']);
});
