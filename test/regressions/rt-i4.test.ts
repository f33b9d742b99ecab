// RT-I4: each permanent failure is reported with the codes that say what it was (X.411 06/1999, 8.3.1.2.1.10
// and .11), produced by a whole MTA: never a long message as an unknown recipient, never a loop as a refusal.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bitsOf, rawOf } from '../../src/asn1/index.ts';
import { seconds } from '../../src/base/time.ts';
import {
  type CriticalFor,
  criticalityBits,
  type ExtensionField,
  externalTraceElement,
  extensionTypeRaw,
  type MessageTransferEnvelope,
} from '../../src/p1/index.ts';
import { codesOf, type ReportedCodes, reportingMta } from '../support/reporting.ts';
import { domainNamed, envelopeOf, now, type RecipientPlan } from '../support/transfer.ts';

const peer = (name: string, more = ''): string => `
  - name: ${name.toLowerCase()}
    peer: { mta: MTA-${name}, password: secret, address: ${name}, port: 102 }
    credentials: { mta: MTA-X, password: x-secret }
    addressSpaces: [ { address: "/P=${name}/A= /C=GB/", cost: 1 } ]
${more}`;
const network = `links:${peer('B')}${peer('C')}${peer('OLD', '    mode: x410-1984\n')}${peer(
  'PICKY',
  '    restrictions: { priorities: [urgent] }\n',
)}${peer('EDI', '    restrictions: { contentTypes: ["2.6.1.10.0"] }\n')}
deliver:
  - addressSpace: "/P=X/A= /C=GB/"
    users: [ "/S=one/P=X/A= /C=GB/" ]
    directory: /nowhere/delivered
`;
const limits = 'messageSize: 10KiB, recipients: 3';

const unknown = (step: CriticalFor): ExtensionField => ({
  type: extensionTypeRaw({ kind: 'standardExtension', value: 200 }),
  criticality: bitsOf([criticalityBits[step]]),
  value: rawOf(Uint8Array.of(5, 0)),
});
const unknownCritical = unknown('for-transfer');

interface Failure {
  readonly what: string;
  readonly to?: string;
  readonly plan?: Partial<RecipientPlan>;
  readonly envelope?: Partial<MessageTransferEnvelope>;
  readonly octets?: number;
  readonly recipients?: number;
  /** Time that passes, in milliseconds. */
  readonly pass?: number;
  readonly refuse?: boolean;
  readonly codes: ReportedCodes;
}
const far = '/S=u/P=C/A= /C=GB/';

const failures: readonly Failure[] = [
  { what: 'a content too long for us', octets: 10_241, codes: [1, 7] },
  { what: 'its time over in the queue', pass: seconds(8 * 86_400), codes: [1, 5] },
  { what: 'no route', to: '/S=u/P=NOWHERE/A= /C=FR/', codes: [1, 0] },
  { what: 'an unknown user', to: '/S=nobody/P=X/A= /C=GB/', codes: [1, 0] },
  { what: 'a link that does not take its priority', to: '/S=u/P=PICKY/A= /C=GB/', codes: [5, undefined] },
  { what: 'a link that does not take its content type', to: '/S=u/P=EDI/A= /C=GB/', codes: [1, 15] },
  { what: 'an address that 1984 has no form for', to: '/UA-ID=12345/P=OLD/A= /C=GB/', codes: [1, 47] },
  {
    what: 'a loop',
    envelope: {
      traceInformation: ['B', 'X', 'B'].map((domain) =>
        externalTraceElement(domainNamed(domain), { arrivalTime: now }),
      ),
    },
    codes: [1, 3],
  },
  {
    what: 'a critical extension of the message',
    envelope: { extensions: [unknownCritical] },
    codes: [1, 18],
  },
  { what: 'a critical extension of a recipient', plan: { extensions: [unknownCritical] }, codes: [1, 18] },
  {
    what: 'an extension of the message that is critical for delivery here',
    to: '/S=one/P=X/A= /C=GB/',
    envelope: { extensions: [unknown('for-delivery')] },
    codes: [1, 18],
  },
  {
    what: 'an extension of the recipient that is critical for delivery here',
    to: '/S=one/P=X/A= /C=GB/',
    plan: { extensions: [unknown('for-delivery')] },
    codes: [1, 18],
  },
  { what: 'too many recipients', recipients: 4, codes: [1, 16] },
  { what: 'an argument that cannot be meant', envelope: { contentIdentifier: '' }, codes: [1, 11] },
  { what: 'a delivery that fails for good', to: '/S=one/P=X/A= /C=GB/', refuse: true, codes: [0, 4] },
];

for (const failure of failures) {
  test(`RT-I4: ${failure.what} is reported as ${JSON.stringify(failure.codes)}`, async () => {
    const mta = await reportingMta(network, { limits });
    const { to = far, plan, envelope, octets = 10, recipients = 1, pass, refuse } = failure;
    if (refuse === true) mta.refused.add(to);
    const plans = Array.from({ length: recipients }, () => ({ to, ...plan }));
    await mta.take(envelopeOf(plans, envelope), new Uint8Array(octets));
    if (pass !== undefined) await mta.clock.pass(pass);
    const reports = mta.reports();
    assert.equal(reports.length, 1, 'one report');
    assert.deepEqual(
      codesOf(reports[0]),
      Object.fromEntries(plans.map((_, index) => [index + 1, failure.codes])),
    );
    assert.ok(mta.told.some(([name]) => name === 'non-delivery'));
  });
}

test('RT-I4: what is critical for delivery is relayed to others, and passes', async () => {
  const mta = await reportingMta(network, { limits });
  await mta.take(envelopeOf([{ to: far }], { extensions: [unknown('for-delivery')] }), new Uint8Array(10));
  assert.equal(mta.reports().length, 0);
  assert.deepEqual(
    [...mta.disk.copies.values()].map(({ nextHop }) => nextHop),
    ['link/c'],
  );
});

test('RT-I4: what an operator returns says transfer failure and no diagnostic', async () => {
  const mta = await reportingMta(network, { limits });
  const taken = await mta.take(envelopeOf([{ to: far }]), new Uint8Array(10));
  assert.ok((await mta.agent.commands.perform(taken.created[0].copies[0], { kind: 'return' })).done);
  assert.deepEqual(mta.reports().map(codesOf), [{ 1: [0, undefined] }]);
});
