// RT-I4: each permanent failure is reported with the codes that say what it was (X.411 06/1999, 8.3.1.2.1.10
// and .11), produced by a whole MTA: never a long message as an unknown recipient, never a loop as a refusal.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bitsOf, encode, rawOf } from '../../src/asn1/index.ts';
import { seconds } from '../../src/base/time.ts';
import {
  type CriticalFor,
  criticalityBits,
  type ExtensionField,
  type ExtensionName,
  externalTraceElement,
  extensionTypeRaw,
  makeExtension,
  type MessageTransferEnvelope,
  nonDeliveryDiagnosticCodes,
  nonDeliveryReasonCodes,
  perMessageIndicatorBits,
} from '../../src/p1/index.ts';
import { nonDeliveryCauses } from '../../src/report/index.ts';
import { characterSetEIT } from '../../src/content/build-content.ts';
import { buildTextContent, InformationObject, readContent } from '../../src/content/index.ts';
import { codesOf, linkTo, type ReportedCodes, reportingMta } from '../support/reporting.ts';
import { domainNamed, envelopeOf, nameOf, now, quiet, type RecipientPlan } from '../support/transfer.ts';

const network = `links:${linkTo('B')}${linkTo('C')}${linkTo('OLD', '    mode: x410-1984\n')}${linkTo(
  'PICKY',
  '    restrictions: { priorities: [urgent] }\n',
)}${linkTo('EDI', '    restrictions: { contentTypes: ["2.6.1.10.0"] }\n')}${linkTo(
  'SMALL',
  '    maxMessageSize: 1KiB\n',
)}
deliver:
  - addressSpace: "/P=X/A= /C=GB/"
    users: [ "/S=one/P=X/A= /C=GB/" ]
    directory: /nowhere/delivered
  - { addressSpace: "/P=ASCII/A= /C=GB/", directory: /nowhere/a, conversion: { accepts: [ia5], text: ia5 } }
  - addressSpace: "/P=NARROW/A= /C=GB/"
    directory: /nowhere/w
    conversion: { accepts: [t61], text: t61, wrap: 20 }
  - addressSpace: "/P=LATIN/A= /C=GB/"
    directory: /nowhere/l
    conversion: { accepts: [iso-8859-1], text: iso-8859-1 }
  - { addressSpace: "/P=TEXT/A= /C=GB/", directory: /nowhere/t, conversion: { others: false } }
  - { addressSpace: "/P=NEVER/A= /C=GB/", directory: /nowhere/n, conversion: { accepts: [ia5] } }
redirections:
  - { from: "/S=moved/P=X/A= /C=GB/", to: "/S=one/P=X/A= /C=GB/" }
lists:
  - { name: all, address: "/S=all/P=X/A= /C=GB/", members: [], submit: [ "/P=X/A= /C=GB/" ] }
  - { name: open, address: "/S=open/P=X/A= /C=GB/", members: [ "${'/S=u/P=C/A= /C=GB/'}" ] }
  - { name: gone, address: "/S=gone/P=X/A= /C=GB/", file: /nowhere/no-such-file }
`;
const limits = 'messageSize: 10KiB, recipients: 3';

const unknown = (step: CriticalFor): ExtensionField => ({
  type: extensionTypeRaw({ kind: 'standardExtension', value: 200 }),
  criticality: bitsOf([criticalityBits[step]]),
  value: rawOf(Uint8Array.of(5, 0)),
});
const unknownCritical = unknown('for-transfer');

const critical = (name: ExtensionName): ExtensionField => makeExtension(name, name as never);
/** A message whose text IA5 has no letters for, or other characters. */
const latin = (text = 'Größe'): Uint8Array => {
  const from = nameOf('/S=u/P=B/A= /C=GB/');
  const built = buildTextContent({ identifier: 'id', from, to: [from], text });
  assert.ok(built.ok);
  return built.value.content;
};
/** The same with a file beside its text. */
const file = (): Uint8Array => {
  const read = readContent(latin());
  assert.ok(read.ok && read.value.object.kind === 'ipm');
  const value = { ...read.value.object.value };
  const part = { kind: 'bilaterallyDefined', value: Uint8Array.of(1) } as const;
  return encode(InformationObject, { kind: 'ipm', value: { ...value, body: [...(value.body ?? []), part] } });
};
const ascii = '/S=u/P=ASCII/A= /C=GB/';
const lossless = { envelope: { extensions: [critical('conversion-with-loss-prohibited')] } };

interface Failure {
  readonly what: string;
  readonly to?: string;
  readonly plan?: Partial<RecipientPlan>;
  readonly envelope?: Partial<MessageTransferEnvelope>;
  readonly octets?: number;
  readonly content?: Uint8Array;
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
  { what: 'a content too long for the link', to: '/S=u/P=SMALL/A= /C=GB/', octets: 1025, codes: [1, 7] },
  {
    what: 'implicit conversion needed and prohibited',
    to: ascii,
    content: latin(),
    envelope: { perMessageIndicators: bitsOf([perMessageIndicatorBits['implicit-conversion-prohibited']]) },
    codes: [2, 9],
  },
  {
    what: 'letters that conversion would lose, which is prohibited',
    to: ascii,
    content: latin(),
    ...lossless,
    codes: [2, 24],
  },
  {
    what: 'punctuation that conversion would lose, which is prohibited',
    to: ascii,
    content: latin('¿Que?'),
    ...lossless,
    codes: [2, 23],
  },
  {
    what: 'symbols that conversion would lose, which is prohibited',
    to: ascii,
    content: latin('± 1 °'),
    ...lossless,
    codes: [2, 22],
  },
  {
    what: 'letters and punctuation that conversion would lose, which is prohibited',
    to: ascii,
    content: latin('¿Qué?'),
    ...lossless,
    codes: [2, 25],
  },
  {
    what: 'a line that conversion would break, which is a loss and prohibited',
    to: '/S=u/P=NARROW/A= /C=GB/',
    content: latin('a line of more than twenty columns'),
    ...lossless,
    codes: [2, 20],
  },
  { what: 'a text that nothing is made of', to: '/S=u/P=NEVER/A= /C=GB/', content: latin(), codes: [1, 6] },
  { what: 'a file where only texts are taken', to: '/S=u/P=TEXT/A= /C=GB/', content: file(), codes: [1, 6] },
  { what: 'a content that cannot be converted', to: ascii, octets: 100, codes: [2, 8] },
  {
    what: 'a redirection where reassignment is prohibited',
    to: '/S=moved/P=X/A= /C=GB/',
    envelope: { extensions: [critical('recipient-reassignment-prohibited')] },
    codes: [1, 26],
  },
  {
    what: 'a redirection back to who had it before',
    to: '/S=moved/P=X/A= /C=GB/',
    plan: {
      extensions: [
        makeExtension('redirection-history', [
          {
            intendedRecipientName: {
              intendedRecipient: nameOf('/S=one/P=X/A= /C=GB/'),
              redirectionTime: '260601120000Z',
            },
            redirectionReason: 'recipient-assigned-alternate-recipient',
          },
        ]),
      ],
    },
    codes: [1, 27],
  },
  {
    what: 'a list whose expansion is prohibited',
    to: '/S=open/P=X/A= /C=GB/',
    envelope: { extensions: [critical('dl-expansion-prohibited')] },
    codes: [1, 28],
  },
  { what: 'a list that its originator may not use', to: '/S=all/P=X/A= /C=GB/', codes: [1, 29] },
  { what: 'a list whose members cannot be read', to: '/S=gone/P=X/A= /C=GB/', codes: [1, 30] },
  { what: 'a delivery that fails for good', to: '/S=one/P=X/A= /C=GB/', refuse: true, codes: [0, 4] },
];

for (const failure of failures) {
  test(`RT-I4: ${failure.what} is reported as ${JSON.stringify(failure.codes)}`, async () => {
    const mta = await reportingMta(network, { limits });
    const { to = far, plan, envelope, octets = 10, recipients = 1, pass, refuse } = failure;
    const content = failure.content ?? new Uint8Array(octets);
    if (refuse === true) mta.refused.add(to);
    const plans = Array.from({ length: recipients }, () => ({ to, ...plan }));
    await mta.take(envelopeOf(plans, envelope), content);
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

test('RT-I4: what the peer refuses for good says that the transfer could not be completed', async () => {
  const mta = await reportingMta(network, { limits });
  await mta.take(envelopeOf([{ to: far }]), new Uint8Array(10));
  const { user } = mta.network.open(mta.link('c'));
  await quiet();
  user.onIndication({ kind: 'RTTRcnf-', transient: false, detail: 'never' });
  await quiet();
  assert.deepEqual(mta.reports().map(codesOf), [{ 1: [0, 48] }]);
});

test('RT-I4: what the peer refuses for good goes to the alternate that was requested', async () => {
  const mta = await reportingMta(network, { limits });
  const spare = makeExtension('originator-requested-alternate-recipient', nameOf('/S=one/P=X/A= /C=GB/'));
  await mta.take(envelopeOf([{ to: far, extensions: [spare] }]), new Uint8Array(10));
  const { user } = mta.network.open(mta.link('c'));
  await quiet();
  user.onIndication({ kind: 'RTTRcnf-', transient: false, detail: 'never' });
  await quiet();
  assert.deepEqual(mta.reports(), []);
  const acts = mta.disk.tracking.map(({ act, recipients }) => [act, ...recipients]);
  assert.deepEqual(acts.slice(-4), [
    ['refused', far],
    ['redirected'],
    ['redirected', far],
    ['delivered', '/S=one/P=X/A= /C=GB/'],
  ]);
});

test('RT-I4: an alternate changes nothing where the time is over, or an operator returns it', async () => {
  const spare = makeExtension('originator-requested-alternate-recipient', nameOf('/S=one/P=X/A= /C=GB/'));
  const envelope = envelopeOf([{ to: far, extensions: [spare] }]);
  const late = await reportingMta(network, { limits });
  await late.take(envelope, new Uint8Array(10));
  await late.clock.pass(seconds(8 * 86_400));
  assert.deepEqual(late.reports().map(codesOf), [{ 1: [1, 5] }]);
  const commanded = await reportingMta(network, { limits });
  const taken = await commanded.take(envelope, new Uint8Array(10));
  assert.ok((await commanded.agent.commands.perform(taken.created[0].copies[0], { kind: 'return' })).done);
  assert.deepEqual(commanded.reports().map(codesOf), [{ 1: [0, undefined] }]);
});

test('RT-I4: what an operator returns says transfer failure and no diagnostic', async () => {
  const mta = await reportingMta(network, { limits });
  const taken = await mta.take(envelopeOf([{ to: far }]), new Uint8Array(10));
  assert.ok((await mta.agent.commands.perform(taken.created[0].copies[0], { kind: 'return' })).done);
  assert.deepEqual(mta.reports().map(codesOf), [{ 1: [0, undefined] }]);
});

/** Diagnostics that a test may be looked for in vain here, and why: nothing in this MTA gives them. */
const neverGiven = [
  [
    'ambiguous-OR-name',
    'users are listed by whole addresses, and without a directory a name names one or none',
  ],
  [
    'protocol-violation',
    'what is not as the protocol says is refused in transfer; whoever sent it reports it',
  ],
  ['page-split', 'no conversion here splits pages'],
] as const;
for (const [diagnostic, why] of neverGiven) {
  test(`RT-I4: ${diagnostic} is never given: ${why}`, () => {
    assert.ok(Object.values(nonDeliveryCauses).every((codes) => String(codes.diagnostic) !== diagnostic));
  });
}

test('RT-I4: each cause that is given is one of these cases', () => {
  const elsewhere = {
    'refused-for-good': 'what the peer refuses, above',
    'returned-by-operator': 'what an operator returns, above',
    'conversion-with-loss-prohibited': 'a probe whose types do not tell what would be lost, below',
  };
  const cases = new Set(failures.map(({ codes }) => JSON.stringify(codes)));
  for (const [cause, { reason, diagnostic }] of Object.entries(nonDeliveryCauses)) {
    const numbers = [
      nonDeliveryReasonCodes[reason],
      diagnostic === undefined ? undefined : nonDeliveryDiagnosticCodes[diagnostic],
    ];
    assert.ok(cause in elsewhere || cases.has(JSON.stringify(numbers)), cause);
  }
});

test('RT-I4: a probe is told what would be lost, as far as its types tell', async () => {
  const told = async (...sets: readonly number[]) => {
    const mta = await reportingMta(network, { limits });
    const { envelope: more } = lossless;
    const types = {
      builtInEncodedInformationTypes: bitsOf([0]),
      g3Facsimile: bitsOf([], 0),
      teletex: {},
      extendedEncodedInformationTypes: sets.map((set) => `${characterSetEIT}.${set}`),
    };
    const {
      messageIdentifier: probeIdentifier,
      priority: _,
      ...rest
    } = envelopeOf([{ to: '/S=u/P=LATIN/A= /C=GB/' }], { ...more, originalEncodedInformationTypes: types });
    const envelope = { ...rest, probeIdentifier, contentLength: 10 };
    const value = { kind: 'probe', envelope } as const;
    const link = mta.link('b');
    const probe = { value, content: { kind: 'none' }, contentLength: 10, link, remote: 'peer:1' } as const;
    assert.ok((await mta.agent.acceptance.accept(probe)).ok);
    await quiet();
    return codesOf(mta.reports()[0])[1];
  };
  assert.deepEqual(await told(1, 6, 148), [2, 24], 'Turkish letters are all that Latin-1 lacks of Latin-5');
  assert.deepEqual(await told(1, 6, 144), [2, 19], 'letters of Cyrillic, or its symbols');
});
