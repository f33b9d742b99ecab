// Submission through its door: what becomes of a request, and that every error of a bad one is told at once.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { globalDomainIdentifier, printORAddress } from '../address/index.ts';
import { decode, encode, hasBit } from '../asn1/index.ts';
import { instant } from '../base/time.ts';
import {
  MessageTransferEnvelope,
  perMessageIndicatorBits,
  ProbeTransferEnvelope,
  readExtension,
  readInternalTrace,
  readPerRecipientIndicators,
} from '../p1/index.ts';
import {
  localIdentifierSource,
  submit,
  type Submission,
  type SubmissionRequest,
  type SubmittingMTA,
} from './index.ts';

const now = instant(Date.UTC(2026, 10, 21, 9, 8, 7, 6));
const hour = 3_600_000;

function mta(changes: Partial<SubmittingMTA> = {}): SubmittingMTA {
  return {
    name: 'MTA-A',
    domain: globalDomainIdentifier({ country: 'GB', admd: ' ', prmd: 'SITE-A' }),
    identifiers: localIdentifierSource(Uint8Array.of(1, 2, 3, 4, 5)),
    content_octets_max: 10_000,
    recipients_max: 100,
    ...changes,
  };
}

const request: SubmissionRequest = {
  from: '/S=Sender/P=SITE-A/A= /C=GB/',
  to: ['/S=One/P=SITE-B/A= /C=GB/', 'S=Two; P=SITE-C; A= ; C=GB'],
  text: 'Hello',
  subject: 'Greeting',
  priority: 'normal',
  report: 'non-delivery-report',
};

function accepted(changes: Partial<SubmissionRequest>): Submission {
  const result = submit({ ...request, ...changes }, mta(), now);
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

function messageEnvelope(submission: Submission): MessageTransferEnvelope {
  assert.ok(submission.kind === 'message');
  const decoded = decode(MessageTransferEnvelope, encode(MessageTransferEnvelope, submission.envelope));
  assert.ok(decoded.ok, JSON.stringify(decoded));
  return decoded.value;
}

test('text becomes a P22 message with an envelope that encodes', () => {
  const submission = accepted({});
  const envelope = messageEnvelope(submission);
  assert.ok(submission.kind === 'message' && submission.content.length > 0);
  assert.deepEqual(envelope.contentType, { kind: 'builtIn', value: 'interpersonal-messaging-1988' });
  const types = envelope.originalEncodedInformationTypes?.builtInEncodedInformationTypes;
  assert.ok(types !== undefined && hasBit(types, 2), 'ia5-text');
  assert.equal(printORAddress(envelope.originatorName), '/S=Sender/P=SITE-A/A= /C=GB/');
  assert.deepEqual(
    envelope.perRecipientFields.map((fields) => [
      printORAddress(fields.recipientName),
      fields.originallySpecifiedRecipientNumber,
    ]),
    [
      ['/S=One/P=SITE-B/A= /C=GB/', 1],
      ['/S=Two/P=SITE-C/A= /C=GB/', 2],
    ],
  );
  assert.match(submission.mtsIdentifier, /^\/P=SITE-A\/A= \/C=GB\/;261121090807-/);
});

test('the accepting MTA is the first element of both traces (X.411 14.3)', () => {
  const envelope = messageEnvelope(accepted({}));
  assert.equal(envelope.traceInformation.length, 1);
  const [{ domainSuppliedInformation }] = envelope.traceInformation;
  assert.equal(domainSuppliedInformation.arrivalTime, '261121090807Z');
  assert.equal(domainSuppliedInformation.routingAction, 'relayed');
  const internal = readInternalTrace(envelope.extensions);
  assert.ok(internal.ok);
  assert.deepEqual(
    internal.value.map(({ mtaName }) => mtaName),
    ['MTA-A'],
  );
});

test('report requests become the bits of X.411 (12.2.1.1)', () => {
  const reports = ['no-report', 'non-delivery-report', 'report'] as const;
  for (const report of reports) {
    const [fields] = messageEnvelope(accepted({ report })).perRecipientFields;
    const indicators = readPerRecipientIndicators(fields.perRecipientIndicators);
    assert.equal(indicators.responsibility, true);
    assert.equal(indicators.originatorReportRequest, report);
    assert.equal(
      indicators.originatingMTAReportRequest,
      report === 'report' ? 'report' : 'non-delivery-report',
    );
    assert.equal(fields.perRecipientIndicators.bits, 8);
  }
});

test('content octets go as they are, of the type given', () => {
  const content = Uint8Array.of(1, 2, 3);
  const { text: _text, subject: _subject, ...bare } = request;
  const p22 = submit({ ...bare, content }, mta(), now);
  assert.ok(p22.ok && p22.value.kind === 'message');
  assert.equal(p22.value.content, content);
  assert.equal(p22.value.envelope.originalEncodedInformationTypes, undefined);
  const own = submit({ ...bare, content, contentType: '1.3.26.0.4406.0.4.1' }, mta(), now);
  assert.ok(own.ok);
  assert.deepEqual(own.value.envelope.contentType, { kind: 'extended', value: '1.3.26.0.4406.0.4.1' });
});

test('deferred and latest times are carried, a deferred time that is past is not', () => {
  const deferred = instant(now + hour);
  const latest = instant(now + 2 * hour);
  const submission = accepted({ deferred, latest });
  assert.equal(submission.kind === 'message' && submission.deferredUntil, deferred);
  assert.equal(submission.latestDelivery, latest);
  const envelope = messageEnvelope(submission);
  assert.equal(envelope.deferredDeliveryTime, '261121100807Z');
  const carried = readExtension(envelope.extensions, 'latest-delivery-time');
  assert.ok(carried.ok);
  assert.equal(carried.value, '261121110807Z');
  assert.equal(messageEnvelope(accepted({ deferred: instant(now - 1) })).deferredDeliveryTime, undefined);
});

test('a probe asks about a type and a length and has no content', () => {
  const { text: _text, subject: _subject, ...bare } = request;
  const result = submit({ ...bare, probe: true, contentLength: 5000 }, mta(), now);
  assert.ok(result.ok && result.value.kind === 'probe');
  const decoded = decode(ProbeTransferEnvelope, encode(ProbeTransferEnvelope, result.value.envelope));
  assert.ok(decoded.ok);
  assert.equal(decoded.value.contentLength, 5000);
  assert.equal(decoded.value.perRecipientFields.length, 2);
});

test('an address given twice, in any spelling, is one recipient', () => {
  const twice = ['/S=One/P=SITE-B/A= /C=GB/', 's=one;p=site-b;a= ;c=gb'];
  assert.equal(messageEnvelope(accepted({ to: twice })).perRecipientFields.length, 1);
});

test('every error of a request is told at once', () => {
  const result = submit(
    {
      ...request,
      from: 'nobody',
      to: ['/S=One/P=SITE-B/A= /C=GB/', '???'],
      content: new Uint8Array(20_000),
      contentType: '3.1',
      contentLength: -1,
      deferred: instant(now + 2 * hour),
      latest: instant(now + hour),
    },
    mta(),
    now,
  );
  assert.ok(!result.ok);
  assert.deepEqual(
    result.error.map(({ field, index }) => (index === undefined ? field : `${field} ${index}`)).toSorted(),
    ['content', 'contentLength', 'contentLength', 'contentType', 'from', 'latest', 'text', 'to 1'],
  );
});

const wrong: readonly [string, Partial<SubmissionRequest>, string][] = [
  ['no recipient', { to: [] }, 'to'],
  ['too many recipients', { to: Array.from({ length: 101 }, (_, i) => `/S=U${i}/C=GB/`) }, 'to'],
  ['a latest time that is past', { latest: instant(now - 1) }, 'latest'],
  ['a probe with text', { probe: true, subject: undefined }, 'text'],
  ['text of another type', { contentType: '2.6.1.10.0' }, 'contentType'],
  ['a character that no text body part has', { text: 'snow \u2603' }, 'text'],
  ['text larger than allowed', { text: 'x'.repeat(10_001) }, 'text'],
  [
    'a deferred time that would be read as past',
    { deferred: instant(now + 41 * 366 * 24 * hour) },
    'deferred',
  ],
  ['a latest time that would be read as past', { latest: instant(now + 41 * 366 * 24 * hour) }, 'latest'],
  ['a time that is none', { deferred: instant(Number.NaN) }, 'deferred'],
];
for (const [what, changes, field] of wrong) {
  test(`refused: ${what}`, () => {
    const result = submit({ ...request, ...changes }, mta(), now);
    assert.ok(!result.ok);
    assert.deepEqual(
      result.error.map((error) => error.field),
      [field],
    );
  });
}

test('what may be converted, and what is to be: indicators, extension and per-recipient fields', () => {
  const plain = messageEnvelope(accepted({}));
  assert.equal(plain.perMessageIndicators.bits, 0);
  assert.deepEqual(
    plain.perRecipientFields.map(({ explicitConversion }) => explicitConversion),
    [undefined, undefined],
  );
  const wishes = {
    implicitConversionProhibited: true,
    conversionWithLossProhibited: true,
    explicitConversion: 'ia5-text-to-teletex',
    latest: instant(now + hour),
  } as const;
  const probe = accepted({ ...wishes, text: undefined, subject: undefined, probe: true } as object);
  assert.ok(probe.kind === 'probe');
  for (const envelope of [messageEnvelope(accepted(wishes)), probe.envelope]) {
    assert.ok(
      hasBit(envelope.perMessageIndicators, perMessageIndicatorBits['implicit-conversion-prohibited']),
    );
    assert.deepEqual(readExtension(envelope.extensions, 'conversion-with-loss-prohibited'), {
      ok: true,
      value: 'conversion-with-loss-prohibited',
    });
    assert.ok(readExtension(envelope.extensions, 'latest-delivery-time').ok);
    assert.deepEqual(
      envelope.perRecipientFields.map(({ explicitConversion }) => explicitConversion),
      ['ia5-text-to-teletex', 'ia5-text-to-teletex'],
    );
  }
});
