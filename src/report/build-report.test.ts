// Reports from outcomes: who gets one, what is in it, what comes back with it (X.411 06/1999, 14.3.3 and
// 12.2.1.3).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { globalDomainIdentifier, type ORName, parseORAddress, printORAddress } from '../address/index.ts';
import { bitsOf, decode, encode, hasBit } from '../asn1/index.ts';
import { atOnce } from '../base/steps.ts';
import { instant } from '../base/time.ts';
import {
  externalTraceElement,
  findExtension,
  makeExtension,
  type MessageTransferEnvelope,
  type OriginatingMTAReportRequest,
  type OriginatorReportRequest,
  perMessageIndicatorBits,
  perRecipientIndicators,
  readExtension,
  Report,
} from '../p1/index.ts';
import { buildReport } from './build-report.ts';
import { nonDelivery } from './causes.ts';
import { outcomesForOriginator } from './delivering.ts';
import type { RecipientOutcome, ReportInput } from './subject.ts';

const now = instant(Date.UTC(2026, 2, 1, 12));
const arrivedAt = instant(Date.UTC(2026, 2, 1, 11));
const domainA = globalDomainIdentifier({ country: 'GB', admd: ' ', prmd: 'SITE-A' });
const domainB = globalDomainIdentifier({ country: 'GB', admd: ' ', prmd: 'SITE-B' });

function name(text: string): ORName {
  const parsed = parseORAddress(text);
  assert.ok(parsed.ok);
  return parsed.value;
}
type Asked = readonly [OriginatingMTAReportRequest, OriginatorReportRequest];

function envelope(
  asked: readonly Asked[],
  more: Partial<MessageTransferEnvelope> = {},
): MessageTransferEnvelope {
  return {
    messageIdentifier: { globalDomainIdentifier: domainA, localIdentifier: 'subject-1' },
    originatorName: name('/S=Sender/P=SITE-A/A= /C=GB/'),
    contentType: { kind: 'builtIn', value: 'interpersonal-messaging-1988' },
    contentIdentifier: 'my content',
    priority: 'normal',
    perMessageIndicators: bitsOf([], 0),
    traceInformation: [
      externalTraceElement(domainA, { arrivalTime: instant(0) }),
      externalTraceElement(domainB, { arrivalTime: arrivedAt }),
    ],
    extensions: [makeExtension('content-correlator', { kind: 'ia5text', value: 'correlate me' })],
    perRecipientFields: asked.map(([originatingMTAReportRequest, originatorReportRequest], index) => ({
      recipientName: name(`/S=R${index + 1}/P=SITE-B/A= /C=GB/`),
      originallySpecifiedRecipientNumber: index + 1,
      perRecipientIndicators: perRecipientIndicators({
        responsibility: true,
        originatingMTAReportRequest,
        originatorReportRequest,
      }),
      extensions: [],
    })),
    ...more,
  };
}

function build(
  subject: MessageTransferEnvelope,
  outcomes: readonly RecipientOutcome[],
  more: Partial<ReportInput> & { readonly content?: Uint8Array } = {},
) {
  const { content, ...rest } = more;
  return buildReport({
    subject: { kind: 'message', envelope: subject, content },
    outcomes,
    mta: { domain: domainB, name: 'MTA-B' },
    reportIdentifier: { globalDomainIdentifier: domainB, localIdentifier: 'report-1' },
    arrivedAt,
    now,
    ...rest,
  });
}
/** The report, after a passage over the wire. */
function sent(result: ReturnType<typeof buildReport>) {
  assert.ok(result.kind === 'report');
  const decoded = decode(Report, encode(Report, result.report));
  assert.ok(decoded.ok);
  return { ...decoded.value, recipients: result.recipients, contentReturned: result.contentReturned };
}

const failed = (recipient: number): RecipientOutcome => ({
  kind: 'non-delivered',
  recipient,
  ...nonDelivery('unknown-user'),
});
const delivered = (recipient: number): RecipientOutcome => ({
  kind: 'delivered',
  recipient,
  deliveredAt: now,
});
const ndr: Asked = ['non-delivery-report', 'non-delivery-report'];
const both: Asked = ['report', 'report'];

test('a non-delivery report goes to the originator and names subject, recipient, reason and time', () => {
  const { envelope: outer, content } = sent(build(envelope([ndr]), [failed(0)]));
  assert.equal(printORAddress(outer.reportDestinationName), '/S=Sender/P=SITE-A/A= /C=GB/');
  assert.equal(outer.reportIdentifier.localIdentifier, 'report-1');
  assert.equal(outer.traceInformation.length, 1);
  assert.equal(content.subjectIdentifier.localIdentifier, 'subject-1');
  assert.equal(content.contentIdentifier, 'my content');
  assert.deepEqual(content.contentType, { kind: 'builtIn', value: 'interpersonal-messaging-1988' });
  const correlator = readExtension(content.extensions, 'content-correlator');
  assert.deepEqual(correlator.ok && correlator.value, { kind: 'ia5text', value: 'correlate me' });
  const [fields] = content.perRecipientFields;
  assert.equal(printORAddress(fields.actualRecipientName), '/S=R1/P=SITE-B/A= /C=GB/');
  assert.equal(fields.originallySpecifiedRecipientNumber, 1);
  assert.equal(fields.lastTraceInformation.arrivalTime, '260301110000Z');
  assert.deepEqual(fields.lastTraceInformation.reportType, {
    kind: 'nonDelivery',
    value: { nonDeliveryReasonCode: 'unable-to-transfer', nonDeliveryDiagnosticCode: 'unrecognised-OR-name' },
  });
  const internal = readExtension(outer.extensions, 'internal-trace-information');
  assert.equal(internal.ok && internal.value?.[0].mtaName, 'MTA-B');
});

test('a delivery is reported only where somebody asked for reports', () => {
  const rows: readonly (readonly [Asked, boolean])[] = [
    [['non-delivery-report', 'no-report'], false],
    [['non-delivery-report', 'non-delivery-report'], false],
    [['report', 'no-report'], true],
    [['report', 'report'], true],
    [['audited-report', 'no-report'], true],
    [['non-delivery-report', 'report'], true],
  ];
  for (const [asked, expected] of rows) {
    assert.equal(build(envelope([asked]), [delivered(0)]).kind, expected ? 'report' : 'none', asked.join());
    assert.equal(build(envelope([asked]), [failed(0)]).kind, 'report', asked.join());
  }
});

test('mixed outcomes of one decision: one report, each recipient with its own', () => {
  const report = sent(build(envelope([both, ndr, both]), [delivered(2), failed(0), delivered(1)]));
  assert.deepEqual(report.recipients, [0, 2]);
  assert.deepEqual(
    report.content.perRecipientFields.map((each) => [
      each.originallySpecifiedRecipientNumber,
      each.lastTraceInformation.reportType.kind,
    ]),
    [
      [1, 'nonDelivery'],
      [3, 'delivery'],
    ],
  );
});

test('intermediate trace comes with audited reports only, up to our domain', () => {
  assert.equal(
    sent(build(envelope([both]), [delivered(0)])).content.subjectIntermediateTraceInformation,
    undefined,
  );
  const audited = sent(build(envelope([['audited-report', 'report']]), [delivered(0)]));
  const trace = audited.content.subjectIntermediateTraceInformation ?? [];
  assert.deepEqual(
    trace.map((each) => each.globalDomainIdentifier.privateDomainIdentifier?.value),
    ['SITE-A'],
  );
});

test('content comes back only on request, with a non-delivery, and up to the limit', () => {
  const content = new Uint8Array(100).fill(7);
  const asking = envelope([both, both], {
    perMessageIndicators: bitsOf([perMessageIndicatorBits['content-return-request']], 8),
  });
  assert.deepEqual(sent(build(asking, [failed(0)], { content })).content.returnedContent, content);
  assert.equal(sent(build(asking, [delivered(0)], { content })).contentReturned, false);
  assert.equal(sent(build(asking, [failed(0)], { content, returnedContentMax: 99 })).contentReturned, false);
  assert.equal(sent(build(asking, [failed(0)])).contentReturned, false);
  assert.equal(sent(build(envelope([both]), [failed(0)], { content })).contentReturned, false);
});

test('after list expansion the report goes to the last list, with the whole way back', () => {
  const lists = ['/CN=list1/P=SITE-A/A= /C=GB/', '/CN=list2/P=SITE-C/A= /C=GB/'];
  const history = makeExtension(
    'dl-expansion-history',
    lists.map((text) => ({ dl: name(text), dlExpansionTime: '260301100000Z' })),
  );
  const { envelope: outer } = sent(build(envelope([ndr], { extensions: [history] }), [failed(0)]));
  assert.equal(printORAddress(outer.reportDestinationName), lists[1]);
  const way = readExtension(outer.extensions, 'originator-and-DL-expansion-history');
  assert.ok(way.ok);
  assert.deepEqual(
    way.value?.map((each) => printORAddress(each.originatorOrDLName)),
    ['/S=Sender/P=SITE-A/A= /C=GB/', ...lists],
  );
  // A trace in which nothing could be read.
  const without = envelope([ndr], { extensions: [history], traceInformation: [] });
  const origin = readExtension(
    sent(build(without, [failed(0)])).envelope.extensions,
    'originator-and-DL-expansion-history',
  );
  assert.ok(origin.ok);
  assert.equal(origin.value?.[0].originationOrExpansionTime, '260301100000Z');
});

test('after redirection the recipient that was first intended is named', () => {
  const subject = envelope([ndr]);
  const history = makeExtension('redirection-history', [
    {
      intendedRecipientName: { intendedRecipient: name('/S=First/C=GB/'), redirectionTime: '260301100000Z' },
      redirectionReason: 'alias',
    },
  ]);
  const redirected = {
    ...subject,
    perRecipientFields: subject.perRecipientFields.map((each) => ({ ...each, extensions: [history] })),
  };
  const [fields] = sent(build(redirected, [failed(0)])).content.perRecipientFields;
  assert.match(
    printORAddress(fields.originallyIntendedRecipientName ?? { builtInStandardAttributes: {} }),
    /S=First/,
  );
  assert.ok(findExtension(fields.extensions, 'redirection-history'));
});

test('conversion on the way is told for each recipient, ours before that of others (12.2.1.3)', () => {
  const [origin, ours] = envelope([ndr]).traceInformation;
  const types = (bit: number) => ({
    builtInEncodedInformationTypes: bitsOf([bit]),
    g3Facsimile: bitsOf([]),
    teletex: {},
  });
  const converted = { ...origin.domainSuppliedInformation, convertedEncodedInformationTypes: types(1) };
  const traceInformation = [{ ...origin, domainSuppliedInformation: converted }, ours];
  const subject = envelope([ndr, ndr], { traceInformation });
  const made = { ...failed(1), convertedEncodedInformationTypes: types(3) };
  const told = sent(build(subject, [failed(0), made])).content.perRecipientFields.map(
    (each) => each.lastTraceInformation.convertedEncodedInformationTypes?.builtInEncodedInformationTypes,
  );
  assert.deepEqual(
    told.map((bits) => [hasBit(bits ?? bitsOf([]), 1), hasBit(bits ?? bitsOf([]), 3)]),
    [
      [true, false],
      [false, true],
    ],
  );
});

test('the security label of the subject goes back with the report', () => {
  const label = makeExtension('message-security-label', { privacyMark: 'IN CONFIDENCE' });
  const { envelope: outer } = sent(build(envelope([ndr], { extensions: [label] }), [failed(0)]));
  const read = readExtension(outer.extensions, 'message-security-label');
  assert.equal(read.ok && read.value?.privacyMark, 'IN CONFIDENCE');
});

test('a probe is reported on likewise, without content', () => {
  const { messageIdentifier, priority, ...rest } = envelope([both]);
  assert.equal(priority, 'normal');
  const probe = { ...rest, probeIdentifier: messageIdentifier };
  const result = buildReport({
    subject: { kind: 'probe', envelope: probe },
    outcomes: [delivered(0)],
    mta: { domain: domainB, name: 'MTA-B' },
    reportIdentifier: { globalDomainIdentifier: domainB, localIdentifier: 'report-2' },
    arrivedAt,
    now,
  });
  assert.equal(sent(result).content.subjectIdentifier.localIdentifier, 'subject-1');
});

test('supplementary information is made printable and cut to its bound', () => {
  const outcome = { ...failed(0), supplementaryInformation: `Müller_${'x'.repeat(400)}` };
  const [fields] = sent(build(envelope([ndr]), [outcome])).content.perRecipientFields;
  assert.equal(fields.supplementaryInformation, `M?ller?${'x'.repeat(249)}`);
});

test('the originator is told only what it asked for', () => {
  const asked: Asked[] = [
    ['report', 'no-report'],
    ['report', 'non-delivery-report'],
    ['report', 'report'],
  ];
  const told = (outcome: (recipient: number) => RecipientOutcome) =>
    atOnce(outcomesForOriginator(sent(build(envelope(asked), [0, 1, 2].map(outcome))).content)).map(
      (each) => each.originallySpecifiedRecipientNumber,
    );
  assert.deepEqual(told(delivered), [3]);
  assert.deepEqual(told(failed), [2, 3]);
});
