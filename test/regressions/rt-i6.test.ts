// RT-I6: content comes back only where its originator asked for it, only with a non-delivery, only up to a
// size, wherever it lies and whenever it fails; identifiers are unique within a millisecond and over
// restarts.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it, test } from 'node:test';
import { bitsOf } from '../../src/asn1/index.ts';
import { seededRandom } from '../../src/base/random.ts';
import { instant, seconds } from '../../src/base/time.ts';
import { perMessageIndicatorBits } from '../../src/p1/index.ts';
import { bootNonce_octets, localIdentifierSource } from '../../src/submission/index.ts';
import { eventually, MtaProcess } from '../support/mta-process.ts';
import { configurationOf, sites, temporaryDirectory, userAt } from '../support/network.ts';
import { linkTo, reportingMta } from '../support/reporting.ts';
import { envelopeOf } from '../support/transfer.ts';

const network = `links:${linkTo('B')}${linkTo('C')}
deliver:
  - addressSpace: "/P=X/A= /C=GB/"
    users: [ "/S=one/P=X/A= /C=GB/", "/S=two/P=X/A= /C=GB/" ]
    directory: /nowhere/delivered
`;
const one = '/S=one/P=X/A= /C=GB/';
const whens = {
  'on arrival': { to: '/S=nobody/P=X/A= /C=GB/', pass: 0 },
  'in delivery': { to: one, pass: 0 },
  'in the queue': { to: '/S=u/P=C/A= /C=GB/', pass: seconds(8 * 86_400) },
} as const;
const returnedContent = 5000;

for (const [when, { to, pass }] of Object.entries(whens)) {
  for (const [where, octets] of Object.entries({ 'in the row': 900, spooled: 4999, 'at the cap': 5000 })) {
    test(`RT-I6: content ${where} that fails ${when} comes back if asked for, and whole`, async () => {
      assert.deepEqual(await returned({ to, pass, octets, asked: true }), content(octets));
      assert.equal(await returned({ to, pass, octets, asked: false }), undefined);
    });
  }
  test(`RT-I6: content above the cap that fails ${when} does not come back`, async () => {
    assert.equal(await returned({ to, pass, octets: 5001, asked: true }), undefined);
  });
}

test('RT-I6: content does not come back with a report of delivery', async () => {
  const mta = await reportingMta(network, { limits: `returnedContent: ${returnedContent}` });
  await mta.take(asking([{ to: one, report: 'report' }], true), content(100));
  const [report] = mta.reports();
  assert.equal(report.content.perRecipientFields[0].lastTraceInformation.reportType.kind, 'delivery');
  assert.equal(report.content.returnedContent, undefined);
});

async function returned(plan: {
  readonly to: string;
  readonly pass: number;
  readonly octets: number;
  readonly asked: boolean;
}): Promise<Uint8Array | undefined> {
  const limits = `returnedContent: ${returnedContent}`;
  const mta = await reportingMta(network, { inlineOctetsMax: 1000, limits });
  mta.refused.add(one);
  await mta.take(asking([{ to: plan.to }], plan.asked), content(plan.octets));
  if (plan.pass > 0) await mta.clock.pass(plan.pass);
  const reports = mta.reports();
  assert.equal(reports.length, 1);
  return reports[0].content.returnedContent;
}

function asking(plans: Parameters<typeof envelopeOf>[0], asked: boolean): ReturnType<typeof envelopeOf> {
  const bits = asked ? [perMessageIndicatorBits['content-return-request']] : [];
  return envelopeOf(plans, { perMessageIndicators: bitsOf(bits, 8) });
}

function content(octets: number): Uint8Array {
  return seededRandom(octets).octets(octets);
}

test('RT-I6: 20,000 identifiers of one millisecond, over ten starts, are all different', () => {
  const random = seededRandom(6);
  const at = instant(Date.UTC(2031, 0, 31));
  const made = new Set<string>();
  for (let start = 0; start < 10; start += 1) {
    const source = localIdentifierSource(random.octets(bootNonce_octets));
    for (let each = 0; each < 2000; each += 1) made.add(source.next(at));
  }
  assert.equal(made.size, 20_000);
});

it('RT-I6: messages and reports of three runs of a real MTA bear different identifiers', async (t) => {
  const directory = await temporaryDirectory(t);
  const [site] = await sites('A');
  const mta = await MtaProcess.prepare(join(directory, 'a'), configurationOf(site, { links: [] }));
  t.after(async () => {
    await mta.stop('SIGKILL');
  });
  const sent: string[] = [];
  for (let run = 0; run < 3; run += 1) {
    await mta.start();
    const to = ['--to', userAt(site, 'bob'), '--request-report', '--text', 'x', '--count', '50'];
    const done = await mta.command('send', '--from', userAt(site, 'ada'), ...to);
    assert.equal(done.code, 0, done.stderr);
    sent.push(...done.stdout.trim().split('\n'));
    const due = 100 * (run + 1);
    await eventually('all delivered', 20_000, async () =>
      (await mta.delivered()).length >= due ? true : undefined,
    );
    await mta.stop('SIGKILL');
  }
  const delivered = (await mta.delivered()).map(({ mtsIdentifier }) => mtsIdentifier);
  assert.equal(sent.length, 150);
  assert.equal(new Set(delivered).size, 300, 'messages and reports');
  assert.equal(delivered.length, 300);
});
