// The alternate that an originator requested (X.411 06/1999, 8.2.1.1.1.5, 14.3.6), by whole MTAs on virtual
// time: A sends by B, where the delivery fails for good, or to C, whose link takes not every text. Instead
// of a report the alternate gets it, once, with the history of it; whatever fails or dies meanwhile, the
// books balance.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { after, seconds } from '../../src/base/time.ts';
import { buildTextContent } from '../../src/content/index.ts';
import { externalTraceElement, makeExtension, type MessageTransferEnvelope } from '../../src/p1/index.ts';
import { decodeStored } from '../../src/transfer/stored-value.ts';
import { redirectedMarks, redirectionHistory } from '../support/redirections.ts';
import { codesOf } from '../support/reporting.ts';
import { domainNamed, envelopeOf, nameOf } from '../support/transfer.ts';
import { heal, weatherOf } from './storms.ts';
import { seeds, userAt, World } from './world.ts';

const full = userAt('B', 'full');
const spare = userAt('C', 'spare');
const wide = [{ address: '/A= /C=GB/', cost: 10 }];

/** A, B and C in a row; the mailbox of `full` takes nothing, and the link to C takes IA5 alone. */
function world(seed: number, beside: readonly string[] = []): World {
  const sites = new World(seed, [
    { name: 'A', links: [{ to: 'B', spaces: wide }] },
    { name: 'B', links: [{ to: 'A' }, { to: 'C', extra: 'conversion: { accepts: [ia5] }' }], beside },
    { name: 'C', links: [{ to: 'B', spaces: wide }] },
  ]);
  sites.mta('B').refusing.add(full);
  return sites;
}

interface Wish {
  readonly to: string;
  readonly alternate?: string;
}

let messages = 0;

/** A user of A sends it; resolves to its identifier once it is secured, or undefined. */
function send(sites: World, wishes: readonly Wish[], text = 'plain'): Promise<string | undefined> {
  const from = nameOf(userAt('A'));
  const built = buildTextContent({ identifier: 'id', from, to: [from], text });
  assert.ok(built.ok);
  const { content: octets, encodedInformationTypes } = built.value;
  messages += 1;
  const plans = wishes.map(({ to, alternate }) => ({
    to,
    report: 'report' as const,
    extensions:
      alternate === undefined
        ? []
        : [makeExtension('originator-requested-alternate-recipient', nameOf(alternate))],
  }));
  const localIdentifier = `m${messages}`;
  const envelope = envelopeOf(plans, {
    messageIdentifier: { globalDomainIdentifier: domainNamed('A'), localIdentifier },
    originatorName: from,
    originalEncodedInformationTypes: encodedInformationTypes,
    traceInformation: [externalTraceElement(domainNamed('A'), { arrivalTime: sites.now() })],
  });
  const value = { kind: 'message', envelope } as const;
  const content = { kind: 'inline', octets } as const;
  return sites
    .mta('A')
    .agent.submit({ value, content, contentLength: octets.length })
    .then(({ ok }) => (ok ? `/P=A/A= /C=GB/;${localIdentifier}` : undefined));
}

/** What the reports say that A's users got, by the number of the recipient. */
function reported(sites: World) {
  const codes = sites.mta('A').delivered.map(({ copy }) => {
    const stored = decodeStored(copy);
    assert.ok(stored.ok && stored.value.kind === 'report');
    return codesOf(stored.value.report);
  });
  return Object.assign({}, ...codes);
}

function envelopeAt(sites: World, mta: string): MessageTransferEnvelope {
  const [{ copy }] = sites.mta(mta).delivered;
  const stored = decodeStored(copy);
  assert.ok(stored.ok && stored.value.kind === 'message');
  return stored.value.envelope;
}

const gotIt = (sites: World, mta: string) => sites.mta(mta).delivered.map(({ recipient }) => recipient);

test('a delivery that fails for good: the alternate has it, with its history and trace', async () => {
  const sites = world(1);
  void send(sites, [{ to: full, alternate: spare }]);
  await sites.drain();
  assert.deepEqual(gotIt(sites, 'C'), [spare]);
  assert.deepEqual(reported(sites), { 1: 'delivered' });
  const envelope = envelopeAt(sites, 'C');
  assert.deepEqual(
    redirectionHistory(envelope.perRecipientFields[0].extensions).map(([, reason]) => reason),
    ['originator-requested-alternate-recipient'],
  );
  assert.deepEqual(redirectedMarks(envelope), [false, true, false], 'B did it, A and C did not');
  const [event] = sites.mta('B').events('redirected');
  assert.deepEqual([event.fields.recipient, event.fields.alternate], [full, spare]);
  sites.checkLaws();
  await sites.stop();
});

test('a conversion that fails on the way out: the alternate, over another way', async () => {
  const sites = world(2);
  void send(sites, [{ to: userAt('C', 'u'), alternate: userAt('B', 'spare') }], 'Größe');
  await sites.drain();
  assert.deepEqual(gotIt(sites, 'B'), [userAt('B', 'spare')]);
  assert.deepEqual(gotIt(sites, 'C'), []);
  assert.deepEqual(reported(sites), { 1: 'delivered' });
  sites.checkLaws();
});

test('an alternate whose way ends too is reported once; so are others who named nobody', async () => {
  const sites = world(3);
  void send(sites, [
    { to: full, alternate: userAt('C', 'u') },
    { to: full },
    { to: userAt('B', 'there'), alternate: spare },
    { to: full, alternate: userAt('B', 'spare') },
  ]);
  // The alternate's link takes no such text.
  void send(sites, [{ to: full, alternate: spare }], 'Größe');
  await sites.drain();
  assert.deepEqual(gotIt(sites, 'C'), [userAt('C', 'u')]);
  assert.deepEqual(gotIt(sites, 'B').toSorted(), [userAt('B', 'spare'), userAt('B', 'there')]);
  const outcomes = sites.mta('A').delivered.flatMap(({ copy }) => {
    const stored = decodeStored(copy);
    assert.ok(stored.ok && stored.value.kind === 'report');
    return Object.entries(codesOf(stored.value.report)).map((each) => JSON.stringify(each));
  });
  assert.deepEqual(outcomes.toSorted(), [
    '["1","delivered"]',
    '["1",[1,6]]',
    '["2",[0,4]]',
    '["3","delivered"]',
    '["4","delivered"]',
  ]);
  sites.checkLaws();
});

test('a list that cannot be expanded has the alternate too', async () => {
  const list = userAt('B', 'crew');
  const sites = world(4, ['lists:', `  - { name: crew, address: "${list}", file: /nowhere/no-such-file }`]);
  void send(sites, [{ to: list, alternate: spare }]);
  await sites.drain();
  assert.deepEqual(gotIt(sites, 'C'), [spare]);
  assert.deepEqual(reported(sites), { 1: 'delivered' });
  sites.checkLaws();
});

test('killed at any moment around the decision: the alternate has it, nobody hears of it', async () => {
  let between = 0;
  for (let delay = 0; delay < 60; delay += 2) {
    const sites = world(5);
    const b = sites.mta('B');
    b.diskWeather.delay = [2, 4];
    void send(sites, [{ to: full, alternate: spare }]);
    const arrived = (): boolean => b.disk.copies.size > 0;
    assert.ok(await sites.clock.runWhile(() => !arrived(), after(sites.now(), seconds(60))));
    await sites.pass(delay);
    if (b.disk.copies.size > 0) between += 1;
    b.kill();
    await sites.pass(500);
    b.start();
    await sites.drain();
    const times = gotIt(sites, 'C');
    assert.ok(times.length > 0 && times.length <= 2, `${delay} ms: ${times}`);
    assert.deepEqual(new Set(times), new Set([spare]));
    assert.deepEqual(b.events('non-delivery'), []);
    sites.checkLaws();
  }
  assert.ok(between > 2 && between < 30, `${between} of the kills hit a copy that was there`);
});

for (const seed of seeds(31_001, 6)) {
  test(`faults of network, disk and life, seed ${seed}`, async () => {
    const sites = world(seed);
    const { random } = sites;
    const sent: string[] = [];
    for (let step = 0; step < 12; step += 1) {
      for (const pair of [['A', 'B'] as const, ['B', 'C'] as const]) {
        if (random.chance(0.4)) sites.network.setWeather(pair, weatherOf(random));
      }
      for (const mta of sites.mtas.values()) {
        mta.diskWeather.refusalChance = random.chance(0.2) ? 0.3 : 0;
        if (!mta.alive) mta.start();
        else if (random.chance(0.2)) mta.kill();
      }
      if (sites.mta('A').alive) {
        void send(sites, [{ to: full, alternate: spare }]).then((id) => id !== undefined && sent.push(id));
      }
      await sites.pass(random.between(1, 20_000));
    }
    heal(sites);
    await sites.drain();
    for (const mtsIdentifier of sent) {
      const times = sites.mta('C').delivered.filter((each) => each.mtsIdentifier === mtsIdentifier);
      let allowed = 1;
      for (const mta of sites.mtas.values()) allowed += mta.mayRepeat.get(mtsIdentifier) ?? 0;
      assert.ok(
        times.length > 0 && times.length <= allowed,
        `${mtsIdentifier}: ${times.length} of ${allowed}`,
      );
    }
    assert.ok(sent.length > 0);
    assert.deepEqual(sites.mta('B').events('non-delivery'), []);
    sites.checkLaws();
    await sites.stop();
  });
}
