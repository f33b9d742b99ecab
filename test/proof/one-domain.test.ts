// Two MTAs of one domain (X.411 12.2.1.1.1: external trace once per domain, internal trace once per MTA). A
// message from outside crosses both and is delivered; an unknown user is reported by the MTA whose deliver
// space matched; nothing is taken for a loop.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import { eventually, MtaProcess } from '../support/mta-process.ts';
import {
  configurationOf,
  domainOf,
  type Site,
  sites,
  temporaryDirectory,
  userAt,
} from '../support/network.ts';

it('a message from outside crosses two MTAs of one domain', { timeout: 90_000 }, async (t) => {
  const directory = await temporaryDirectory(t);
  const [outside, front, back] = await sites('OUT', 'FRONT', 'BACK');
  const out = await MtaProcess.prepare(
    join(directory, 'out'),
    configurationOf(outside, {
      links: [{ to: front, spaces: [{ address: '/P=HOME/A= /C=GB/', cost: 10 }] }],
    }),
  );
  const first = await MtaProcess.prepare(
    join(directory, 'front'),
    homeConfiguration(front, 'ONE', [
      { to: back, space: '/O=TWO/P=HOME/A= /C=GB/', sameDomain: true },
      { to: outside, space: domainOf(outside), sameDomain: false },
    ]),
  );
  const second = await MtaProcess.prepare(
    join(directory, 'back'),
    homeConfiguration(back, 'TWO', [
      { to: front, space: '/O=ONE/P=HOME/A= /C=GB/', sameDomain: true, also: domainOf(outside) },
    ]),
  );
  await Promise.all([out.start(), first.start(), second.start()]);
  t.after(async () => {
    await Promise.all([out.stop(), first.stop(), second.stop()]);
  });

  const send = async (to: string): Promise<string> => {
    const sent = await out.command('send', '--json', '--from', userAt(outside), '--to', to, '--text', 'in');
    assert.equal(sent.code, 0, sent.stderr);
    return JSON.parse(sent.stdout)[0].mtsIdentifier;
  };

  const known = await send('/S=known/O=TWO/P=HOME/A= /C=GB/');
  const delivered = await eventually('delivery at the second MTA', 20_000, async () =>
    (await second.delivered()).find((file) => file.mtsIdentifier === known),
  );
  const domains = JSON.stringify(delivered.trace);
  assert.equal(domains.split('HOME').length - 1, 1, `our domain once in the external trace: ${domains}`);

  const unknown = await send('/S=unknown/O=TWO/P=HOME/A= /C=GB/');
  const report = await eventually('the report at the originator', 20_000, async () =>
    (await out.delivered()).find((file) => file.subjectMtsIdentifier === unknown),
  );
  assert.equal(report.outcomes?.[0].nonDelivered?.diagnosticName, 'unrecognised-OR-name');
  assert.equal(second.eventsNamed('non-delivery').length, 1, 'the MTA whose deliver space matched reports');
  assert.equal(first.eventsNamed('non-delivery').length, 0);
  for (const mta of [out, first, second]) assert.deepEqual(mta.eventsNamed('loop-detected'), []);
});

interface HomeLink {
  readonly to: Site;
  readonly space: string;
  readonly sameDomain: boolean;
  readonly also?: string;
}

function homeConfiguration(site: Site, organization: string, links: readonly HomeLink[]): string {
  const yaml = configurationOf(site, {
    links: links.map((link) => ({
      to: link.to,
      spaces: [link.space, link.also]
        .filter((each) => each !== undefined)
        .map((address) => ({ address, cost: 1 })),
      extra: `    sameDomain: ${link.sameDomain}\n`,
    })),
    users: [`/S=known/O=${organization}/P=HOME/A= /C=GB/`],
  });
  return yaml
    .replace(`prmd: ${site.name} }`, 'prmd: HOME }')
    .replace(JSON.stringify(domainOf(site)), JSON.stringify(`/O=${organization}/P=HOME/A= /C=GB/`));
}
