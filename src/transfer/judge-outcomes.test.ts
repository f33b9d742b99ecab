// Reports on their way (X.411 14.3.3, 14.3.4): made where somebody asked, routed to the originator, and never
// answered by another report.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  arrivingMessage,
  configured,
  domainNamed,
  envelopeOf,
  judgeParts,
  linkNamed,
  nameOf,
  now,
  type RecipientPlan,
} from '../../test/support/transfer.ts';
import { bitsOf, rawOf } from '../asn1/index.ts';
import {
  criticalityBits,
  extensionTypeRaw,
  externalTraceElement,
  makeExtension,
  type MessageTransferEnvelope,
  type Report,
} from '../p1/index.ts';
import { nonDelivery } from '../report/index.ts';
import { deadLetterHop } from '../routing/index.ts';
import type { Judgement } from './draft.ts';
import { judgeArrival } from './judge-arrival.ts';
import { judgeOutcomes, nonDelivered } from './judge-outcomes.ts';
import { decodeStored } from './stored-value.ts';

const one = '/S=one/P=X/A= /C=GB/';
const far = '/S=u/P=C/A= /C=GB/';

function ended(recipients: readonly RecipientPlan[], more: Partial<MessageTransferEnvelope> = {}): Judgement {
  const subject = { kind: 'message', envelope: envelopeOf(recipients, more), content: undefined } as const;
  const outcomes = recipients.map((_, recipient) => nonDelivered(recipient, nonDelivery('expired'), 'late'));
  return judgeOutcomes(judgeParts(), { subject, outcomes, place: { message: 7 }, arrivedAt: now }, now);
}

function reportIn(judgement: Judgement): Report {
  const [message] = judgement.create;
  const stored = decodeStored(message);
  assert.ok(stored.ok && stored.value.kind === 'report');
  return stored.value.report;
}

/** The same report as it comes in by a link. */
function arriving(report: Report, from = 'c'): Judgement {
  const value = { kind: 'report', report } as const;
  const link = linkNamed(from);
  return judgeArrival(judgeParts(), { value, content: { kind: 'none' }, contentLength: 0, link }, now);
}

test('the outcomes of one decision make one report, which goes to the originator as something urgent', () => {
  const { create, events, tracking } = ended([{ to: far }, { to: one }]);
  assert.equal(create.length, 1);
  const [{ kind, priority, recipients, copies }] = create;
  assert.deepEqual([kind, priority, recipients], ['report', 'urgent', ['/S=Sender/P=B/A= /C=GB/']]);
  assert.deepEqual(
    copies.map(({ nextHop }) => nextHop),
    ['link/b'],
  );
  const told = events.map(([name]) => name);
  assert.deepEqual(told, ['non-delivery', 'non-delivery', 'report-generated']);
  // Like outcomes share a record, which names the report, and the message by its number.
  assert.deepEqual(
    tracking.map(({ act, recipients: whom, message, created }) => [act, whom, message, created]),
    [
      ['reported', [far, one], 7, undefined],
      ['report-generated', ['/S=Sender/P=B/A= /C=GB/'], undefined, 0],
    ],
  );
  assert.equal(tracking[0].detail.report, tracking[1].mtsIdentifier);
});

test('a report for an originator of ours is delivered', () => {
  const { create } = ended([{ to: far }], { originatorName: nameOf(one) });
  assert.match(create[0].copies[0].nextHop, /^deliver\//);
});

test('one that only the originating MTA asked for ends in its domain (X.411 14.3.4)', () => {
  const { create, tracking, events } = ended([{ to: far, report: 'no-report' }], {
    originatorName: nameOf(one),
  });
  assert.deepEqual(create, []);
  assert.equal(tracking.at(-1)?.act, 'discarded');
  assert.ok(!events.some(([name]) => name === 'report-unroutable'));
});

test('a report that cannot be routed is a dead letter, with an alert, and is not reported on', () => {
  const { create, tracking, events } = ended([{ to: far }], {
    originatorName: nameOf('/S=Sender/P=NOWHERE/A= /C=FR/'),
  });
  assert.deepEqual(
    create.map(({ kind, copies }) => [kind, copies]),
    [['report', [{ nextHop: deadLetterHop, recipients: [0], quarantined: true }]]],
  );
  assert.deepEqual(
    tracking.map(({ act, created }) => [act, created]),
    [
      ['reported', undefined],
      ['report-generated', 0],
      ['quarantined', 0],
    ],
  );
  assert.equal(events.at(-1)?.[0], 'report-unroutable');
});

test('a report that comes in goes on to its destination, by the link of its subject if need be', () => {
  const report = reportIn(ended([{ to: far }]));
  const foreign = {
    ...report,
    envelope: {
      ...report.envelope,
      extensions: [],
      traceInformation: [externalTraceElement(domainNamed('C'), { arrivalTime: now })],
    },
  };
  const { create, tracking } = arriving(foreign);
  assert.deepEqual(
    create.map(({ kind, copies }) => [kind, copies[0].nextHop]),
    [['report', 'link/b']],
  );
  assert.deepEqual(
    tracking.map(({ act }) => act),
    ['transferred-in'],
  );
});

test('a report that loops goes no further: a dead letter, with an event', () => {
  const report = reportIn(ended([{ to: far }]));
  const looped = {
    ...report,
    envelope: {
      ...report.envelope,
      traceInformation: [
        externalTraceElement(domainNamed('X'), { arrivalTime: now }),
        externalTraceElement(domainNamed('C'), { arrivalTime: now }),
      ],
    },
  };
  const { create, events } = arriving(looped);
  assert.deepEqual(
    create.map(({ copies }) => copies[0].nextHop),
    [deadLetterHop],
  );
  assert.deepEqual(
    events.map(([name]) => name),
    ['report-unroutable'],
  );
});

test('a report with an extension that is critical for transfer and not known goes no further', () => {
  const report = reportIn(ended([{ to: far }]));
  const unknown = {
    type: extensionTypeRaw({ kind: 'standardExtension', value: 200 }),
    criticality: bitsOf([criticalityBits['for-transfer']]),
    value: rawOf(Uint8Array.of(5, 0)),
  };
  const traceInformation = [externalTraceElement(domainNamed('C'), { arrivalTime: now })];
  const envelope = { ...report.envelope, traceInformation, extensions: [unknown] };
  const { create } = arriving({ ...report, envelope });
  assert.deepEqual(
    create.map(({ copies }) => copies[0].nextHop),
    [deadLetterHop],
  );
});

test('our own report bears our trace once, and goes out with it', () => {
  const report = reportIn(ended([{ to: far }]));
  const domains = report.envelope.traceInformation.map(
    ({ globalDomainIdentifier }) => globalDomainIdentifier.privateDomainIdentifier?.value,
  );
  assert.deepEqual(domains, ['X']);
});

test('an arrival without any trouble makes no report', () => {
  const judgement = judgeArrival(judgeParts(), arrivingMessage(envelopeOf([{ to: one }])), now);
  assert.deepEqual(
    judgement.create.map(({ kind }) => kind),
    ['message'],
  );
});

const listed = configured(`
mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: X } }
store: { directory: /nowhere/x }
lists:
  - { name: l1, address: "/S=l1/P=X/A= /C=GB/", members: [], owner: "/S=one/P=X/A= /C=GB/", reports: both }
  - { name: l2, address: "/S=l2/P=X/A= /C=GB/", members: [], reports: originator }
deliver:
  - { addressSpace: "/P=X/A= /C=GB/", users: ["/S=one/P=X/A= /C=GB/"], directory: /nowhere/delivered }
`);

for (const history of [['l1', 'l1'], ['l2', 'l1', 'l2', 'l1'], ['l2', 'l2', 'l1'], Array(500).fill('l1')]) {
  test(`a history that leads from list to list in a circle ends (${history.slice(0, 4)})`, () => {
    const report = reportIn(ended([{ to: far }]));
    const names = history.map((name) => ({
      originatorOrDLName: nameOf(`/S=${name}/P=X/A= /C=GB/`),
      originationOrExpansionTime: '260601120000Z',
    }));
    const hostile = {
      ...report,
      envelope: {
        ...report.envelope,
        reportDestinationName: nameOf(`/S=${history.at(-1)}/P=X/A= /C=GB/`),
        extensions: [makeExtension('originator-and-DL-expansion-history', names)],
        traceInformation: [externalTraceElement(domainNamed('C'), { arrivalTime: now })],
      },
    };
    const parts = judgeParts({ configuration: listed });
    const value = { kind: 'report', report: hostile } as const;
    const arriving = { value, content: { kind: 'none' }, contentLength: 0, link: linkNamed('c') } as const;
    const { create, tracking } = judgeArrival(parts, arriving, now);
    assert.ok(create.length <= 4, `${create.length} reports`);
    assert.equal(create.filter(({ copies }) => copies[0].nextHop === deadLetterHop).length, 1);
    assert.match(String(tracking.findLast(({ act }) => act === 'quarantined')?.detail.reason), /circle/);
  });
}
