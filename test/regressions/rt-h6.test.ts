// RT-H6: a reroute takes the original content as it is stored. One link makes P2 of it for its peer of 1984
// and cannot get rid of it; the other link, of 1988, gets what was submitted, octet for octet. The old MTA
// sent on what the first attempt had made.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildTextContent, oidOfP2, oidOfP22 } from '../../src/content/index.ts';
import { parseORAddress } from '../../src/address/index.ts';
import { digest } from '../sim/virtual-mta.ts';
import { World } from '../sim/world.ts';

const old = 'mode: x410-1984\ncontentDowngrade: p2';
const quickly = 'retry: { openInterval: 20s, openRetries: 3, transferInterval: 5s, transferRetries: 2 }';
const [toD, ahead] = ['/P=D/A= /C=GB/', { address: '/P=D/A= /C=GB/', cost: 1 }];
const plans = [
  {
    name: 'A',
    links: [
      { to: 'B', spaces: [ahead], extra: `${old}\n${quickly}` },
      { to: 'C', spaces: [{ ...ahead, cost: 9 }] },
    ],
  },
  { name: 'B', links: [{ to: 'A', extra: old }, { to: 'D' }] },
  { name: 'C', links: [{ to: 'A' }, { to: 'D' }] },
  { name: 'D', links: [{ to: 'B' }, { to: 'C' }] },
];

function contentOf(text: string): Uint8Array {
  const [from, recipient] = ['/S=Sender/P=A/A= /C=GB/', `/S=u${toD}`].map((each) => {
    const parsed = parseORAddress(each);
    assert.ok(parsed.ok);
    return parsed.value;
  });
  const message = { from, to: [recipient], subject: 'Maß', text, identifier: 'one' };
  const built = buildTextContent(message);
  assert.ok(built.ok);
  return built.value.content;
}

for (const size of [100, 20_000]) {
  test(`RT-H6: what one link made P2 of goes by the other as it was submitted, ${size} octets`, async () => {
    const world = new World(60, plans);
    await world.pass(1);
    const a = world.mta('A');
    const content = contentOf('Grüße '.repeat(size / 6));
    const submitted = { to: [`/S=u${toD}`], content, contentType: oidOfP22 };
    void a.submit(submitted);
    await world.drain();
    const d = world.mta('D');
    const [converted] = d.delivered;
    assert.equal(converted.copy.contentType, oidOfP2, 'link B makes P2 of it');
    assert.notEqual(converted.content, digest(content));

    world.mta('B').diskWeather.refusalChance = 1;
    let attempts = 0;
    a.observer = (_, transition) => {
      attempts += transition.attempts?.length ?? 0;
    };
    void a.submit(submitted);
    await world.pass(600_000);
    assert.ok(attempts >= 2, `tried ${attempts} times on link B`);
    assert.equal(a.events('rerouted').length, 1);
    const [, rerouted] = d.delivered;
    assert.equal(rerouted.copy.contentType, oidOfP22);
    assert.equal(rerouted.content, digest(content));
    world.mta('B').diskWeather.refusalChance = 0;
    await world.pass(60_000);
    world.checkLaws();
    await world.stop();
  });
}
