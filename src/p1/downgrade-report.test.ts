// Reports of 1988 told in 1984: codes, types of user, names, and what cannot be told.

import assert from 'node:assert/strict';
import test from 'node:test';
import { type ORName, parseORAddress } from '../address/index.ts';
import { bitsOf } from '../asn1/index.ts';
import { atOnce } from '../base/steps.ts';
import { downgradeReport } from './downgrade-report.ts';
import type { PerRecipientReportTransferFields, Report } from './envelopes.ts';
import { makeExtension } from './extensions.ts';
import { unwrapExternalContent } from './external-content.ts';
import type { ReportType } from './report-fields.ts';

function named(text: string): ORName {
  const parsed = parseORAddress(text);
  assert.ok(parsed.ok, text);
  return parsed.value;
}

const domain = {
  countryName: { kind: 'iso3166Alpha2Code', value: 'GB' },
  administrationDomainName: { kind: 'printable', value: 'y' },
} as const;
const postal = named('/PD-PC=1/P=x/A=y/C=GB/');
const delivered: ReportType = {
  kind: 'delivery',
  value: { messageDeliveryTime: '900101000000Z', typeOfMTSUser: 'dl' },
};

function reported(
  reportType: ReportType,
  more: Partial<PerRecipientReportTransferFields> = {},
): PerRecipientReportTransferFields {
  return {
    actualRecipientName: named('/S=a/P=x/A=y/C=GB/'),
    originallySpecifiedRecipientNumber: 1,
    perRecipientIndicators: bitsOf([0, 1], 8),
    lastTraceInformation: { arrivalTime: '900101000000Z', reportType },
    extensions: [],
    ...more,
  };
}

function reportOf(...perRecipientFields: readonly PerRecipientReportTransferFields[]): Report {
  const identifier = { globalDomainIdentifier: domain, localIdentifier: 'r' };
  return {
    envelope: {
      reportIdentifier: identifier,
      reportDestinationName: named('/S=to/P=x/A=y/C=GB/'),
      traceInformation: [],
      extensions: [],
    },
    content: { subjectIdentifier: identifier, extensions: [], perRecipientFields },
  };
}

type Codes = Extract<ReportType, { kind: 'nonDelivery' }>['value'];
const codes: readonly (readonly [Codes, reason: string, diagnostic: string | undefined])[] = [
  [{ nonDeliveryReasonCode: 'transfer-failure' }, 'transfer-failure', undefined],
  [
    { nonDeliveryReasonCode: 'unable-to-transfer', nonDeliveryDiagnosticCode: 'loop-detected' },
    'unable-to-transfer',
    'loop-detected',
  ],
  [
    { nonDeliveryReasonCode: 'restricted-delivery', nonDeliveryDiagnosticCode: 'no-dl-submit-permission' },
    'unable-to-transfer',
    undefined,
  ],
  [
    { nonDeliveryReasonCode: 'conversion-not-performed', nonDeliveryDiagnosticCode: 19 },
    'conversion-not-performed',
    undefined,
  ],
  [
    { nonDeliveryReasonCode: 2, nonDeliveryDiagnosticCode: 'conversion-with-loss-prohibited' },
    '2',
    'conversion-impractical',
  ],
  [
    {
      nonDeliveryReasonCode: 'conversion-not-performed',
      nonDeliveryDiagnosticCode: 'alphabetic-character-loss',
    },
    'conversion-not-performed',
    'conversion-impractical',
  ],
  [
    { nonDeliveryReasonCode: 99, nonDeliveryDiagnosticCode: 'unable-to-downgrade' },
    'unable-to-transfer',
    undefined,
  ],
];

for (const [given, reason, diagnostic] of codes) {
  test(`reason ${given.nonDeliveryReasonCode}, diagnostic ${given.nonDeliveryDiagnosticCode}`, () => {
    const { value } = atOnce(downgradeReport(reportOf(reported({ kind: 'nonDelivery', value: given })), {}));
    const report = value?.content.reportedRecipientInfo[0].lastTraceInformation.report;
    assert.ok(report?.kind === 'nonDelivered');
    assert.equal(`${report.value.reasonCode}`, reason);
    assert.equal(report.value.diagnosticCode, diagnostic);
  });
}

test('types of user that 1984 does not have are public; long additional words are cut', () => {
  const long = reportOf(reported(delivered, { supplementaryInformation: 'x'.repeat(100) }));
  const { value } = atOnce(downgradeReport(long, {}));
  const [recipient] = value?.content.reportedRecipientInfo ?? [];
  assert.ok(recipient.lastTraceInformation.report.kind === 'delivered');
  assert.equal(recipient.lastTraceInformation.report.value.typeOfUA, 'public');
  assert.equal(recipient.supplementaryInformation?.length, 64);
});

test('a recipient that 1984 cannot name is left out, never written empty; an intended one just goes', () => {
  const { value, failed } = atOnce(
    downgradeReport(
      reportOf(
        reported(delivered, { actualRecipientName: postal }),
        reported(delivered, { originallyIntendedRecipientName: postal }),
      ),
      {},
    ),
  );
  assert.deepEqual(
    failed.map((each) => each.index),
    [0],
  );
  assert.equal(value?.content.reportedRecipientInfo.length, 1);
  assert.equal(value.content.reportedRecipientInfo[0].intendedRecipient, undefined);
});

test('no destination, a critical extension, or no recipient left: nothing can be told', () => {
  const whole = reportOf(reported(delivered));
  const token = makeExtension('report-origin-authentication-check', {
    algorithmIdentifier: { algorithm: '1.2.3' },
    signature: bitsOf([0]),
  });
  const reports = [
    { ...whole, envelope: { ...whole.envelope, reportDestinationName: postal } },
    { ...whole, envelope: { ...whole.envelope, extensions: [token] } },
    reportOf(reported(delivered, { actualRecipientName: postal })),
    reportOf(reported(delivered, { extensions: [token] })),
  ];
  for (const report of reports) {
    const { value, failed } = atOnce(downgradeReport(report, {}));
    assert.equal(value, undefined);
    assert.equal(failed.length, 1);
  }
});

test('returned content of a type that 1984 cannot number is an EXTERNAL', () => {
  const report = reportOf(reported(delivered));
  const returnedContent = Uint8Array.of(1, 2);
  const contentType = { kind: 'extended', value: '1.2.3' } as const;
  const { value } = atOnce(
    downgradeReport({ ...report, content: { ...report.content, contentType, returnedContent } }, {}),
  );
  const returned = value?.content.returned;
  assert.ok(returned !== undefined);
  assert.deepEqual(unwrapExternalContent(returned), { type: '1.2.3', content: returnedContent });
});
