// An operator gives waiting messages another address (X.411 06/1999, 14.3.6), by whole MTAs on virtual time:
// the message goes on to it, once, and reports name who was first intended, whatever fails, races or dies
// meanwhile.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printORAddress } from '../../src/address/index.ts';
import { decodeStored } from '../../src/transfer/stored-value.ts';
import { nameOf } from '../support/transfer.ts';
import { heal, weatherOf } from './storms.ts';
import { digest } from './virtual-mta.ts';
import { seeds, userAt, World } from './world.ts';

const wrong = userAt('DEAD', 'ada');
const right = userAt('C', 'ada');

/** A between B, C and a site that nobody ever reaches. */
function world(seed: number): World {
  const sites = new World(seed, [
    { name: 'A', links: [{ to: 'DEAD' }, { to: 'B' }, { to: 'C' }] },
    { name: 'B', links: [{ to: 'A' }] },
    { name: 'C', links: [{ to: 'A' }] },
    { name: 'DEAD', links: [{ to: 'A' }] },
  ]);
  sites.network.setWeather(['A', 'DEAD'], { connect: 'refuse' });
  return sites;
}

function redirect(sites: World, copy: number, to: string, recipient?: string) {
  const order = { kind: 'redirect', to: nameOf(to), sameRecipient: true } as const;
  const meant = recipient === undefined ? {} : { recipient: nameOf(recipient) };
  return sites.mta('A').agent.commands.perform(copy, { ...order, ...meant });
}

/** What the reports say that A's users got: who got it, and who was meant. */
function reported(sites: World): readonly unknown[] {
  return sites
    .mta('A')
    .delivered.filter(({ kind }) => kind === 'report')
    .flatMap(({ copy }) => {
      const stored = decodeStored(copy);
      assert.ok(stored.ok && stored.value.kind === 'report');
      return stored.value.report.content.perRecipientFields.map((fields) => [
        fields.originallySpecifiedRecipientNumber,
        fields.lastTraceInformation.reportType.kind,
        printORAddress(fields.actualRecipientName),
        fields.originallyIntendedRecipientName && printORAddress(fields.originallyIntendedRecipientName),
      ]);
    });
}

const gotIt = (sites: World, mta: string) => sites.mta(mta).delivered.map(({ recipient }) => recipient);

test('what waits for a dead link goes on elsewhere, whole; the report names who was meant', async () => {
  const sites = world(1);
  const content = sites.random.octets(20_000);
  const { submit } = sites.mta('A');
  void submit.call(sites.mta('A'), { to: [wrong], content, contentType: '2.6.1.10.1', report: 'report' });
  await sites.pass(100_000);
  const [copy] = [...sites.mta('A').disk.copies.keys()];
  const outcome = redirect(sites, copy, right);
  await sites.drain();
  assert.equal((await outcome).done, true);
  assert.deepEqual(gotIt(sites, 'C'), [right]);
  assert.equal(sites.mta('C').delivered[0].content, digest(content));
  assert.deepEqual(reported(sites), [[1, 'delivery', right, wrong]]);
  sites.checkLaws();
  await sites.stop();
});

test('redirected twice, one recipient of three: the report still names the first', async () => {
  const sites = world(2);
  const [one, two] = [userAt('B', 'one'), userAt('DEAD', 'two')];
  void sites.mta('A').submit({ to: [one, wrong, two], text: 'x', report: 'report' });
  await sites.pass(10_000);
  const copies = () => [...sites.mta('A').disk.copies.values()];
  const [waiting] = copies();
  const refused = redirect(sites, waiting.id, right);
  const first = redirect(sites, waiting.id, userAt('DEAD', 'again'), wrong);
  await sites.pass(10_000);
  assert.match((await refused).detail ?? '', /2 recipients, name one/);
  assert.equal((await first).done, true);
  const again = copies().find(({ recipients }) => recipients.length === 1 && recipients[0] === 1);
  const second = redirect(sites, again?.id ?? -1, right);
  await sites.pass(60_000);
  assert.equal((await second).done, true);
  const [left] = copies();
  assert.deepEqual([copies().length, left.recipients], [1, [2]], 'the other waits on');
  sites.network.setWeather(['A', 'DEAD'], {});
  await sites.drain();
  assert.deepEqual([gotIt(sites, 'B'), gotIt(sites, 'C'), gotIt(sites, 'DEAD')], [[one], [right], [two]]);
  const said = reported(sites).map((each) => JSON.stringify(each));
  assert.deepEqual(
    said.toSorted(),
    [
      [1, 'delivery', one, undefined],
      [2, 'delivery', right, wrong],
      [3, 'delivery', two, undefined],
    ].map((each) => JSON.stringify(each)),
  );
  sites.checkLaws();
  await sites.stop();
});

test('killed at any moment around the command: before or after it, never between', async () => {
  let before = 0;
  for (let delay = 0; delay < 30; delay += 5) {
    const sites = world(3);
    const a = sites.mta('A');
    void a.submit({ to: [wrong], text: 'x', report: 'report' });
    await sites.pass(5000);
    a.diskWeather.delay = [3, 9];
    const [copy] = [...a.disk.copies.keys()];
    void redirect(sites, copy, right);
    await sites.pass(delay);
    a.kill();
    await sites.pass(500);
    a.diskWeather.delay = [0, 3];
    sites.network.setWeather(['A', 'DEAD'], {});
    a.start();
    await sites.drain();
    const times = [...gotIt(sites, 'C'), ...gotIt(sites, 'DEAD')];
    assert.equal(new Set(times).size, 1, `${delay} ms: ${times}`);
    if (gotIt(sites, 'C').length === 0) before += 1;
    sites.checkLaws();
  }
  assert.ok(before > 0 && before < 6, `${before} of 6 kills came before it`);
});

for (const seed of seeds(41_001, 3)) {
  test(`redirections race transfers, faults and deaths, seed ${seed}`, async () => {
    const sites = world(seed);
    const { random } = sites;
    const a = sites.mta('A');
    const sent = new Set<string>();
    for (let step = 0; step < 20; step += 1) {
      for (const to of ['B', 'C'] as const) {
        if (random.chance(0.3)) sites.network.setWeather(['A', to], weatherOf(random));
      }
      a.diskWeather.refusalChance = random.chance(0.2) ? 0.3 : 0;
      if (!a.alive) a.start();
      else if (random.chance(0.1)) a.kill();
      for (let count = a.alive ? random.between(0, 3) : 0; count > 0; count -= 1) {
        const to = [userAt(random.pick(['B', 'C', 'DEAD']), `u${step}`)];
        void a.submit({ to, text: `${step}` }).then((id) => id !== undefined && sent.add(id));
      }
      for (const copy of a.alive ? [...a.disk.copies.keys()] : []) {
        if (random.chance(0.3)) void redirect(sites, copy, userAt(random.pick(['B', 'C']), `r${step}`));
      }
      await sites.pass(random.between(1, 2000));
    }
    heal(sites);
    for (const to of ['C', 'DEAD'] as const) sites.network.setWeather(['A', to], {});
    await sites.drain();
    assert.ok(a.events('redirected').length > 0);
    for (const id of sent) {
      const everywhere = ['B', 'C', 'DEAD'].flatMap((name) =>
        sites.mta(name).delivered.filter(({ mtsIdentifier }) => mtsIdentifier === id),
      );
      assert.ok(everywhere.length > 0, `${id} is lost`);
      // A transfer whose confirmation was lost may have arrived before it went on elsewhere.
      const allowed = 1 + (a.mayRepeat.get(id) ?? 0);
      assert.ok(everywhere.length <= allowed, `${id}: ${everywhere.length} times, allowed ${allowed}`);
    }
    sites.checkLaws();
    await sites.stop();
  });
}
