// 1988 to 1984 on the P1 level: RT-E4 as per-recipient outcomes, and what is left out, kept or refused.

import assert from 'node:assert/strict';
import test from 'node:test';
import { type ORName, parseORAddress, printORAddress } from '../address/index.ts';
import { arbitrary, bitsOf, hasBit, rawOf } from '../asn1/index.ts';
import { seededRandom } from '../base/random.ts';
import { instant } from '../base/time.ts';
import { decodeMTSAPDU } from './apdu.ts';
import { downgradeMessageEnvelope, downgradeTo1984 } from './downgrade.ts';
import {
  type MessageTransferEnvelope,
  MTSAPDU,
  type PerRecipientMessageTransferFields,
} from './envelopes.ts';
import { criticalityBits, type ExtensionField } from './extension-field.ts';
import { makeExtension } from './extensions.ts';
import { externalContentHead, unwrapExternalContent } from './external-content.ts';
import { perRecipientIndicators } from './indicators.ts';
import { decodeP1_1984, encodeP1_1984 } from './p1-1984.ts';
import { externalTraceElement, internalTraceElement } from './trace-procedures.ts';
import { upgradeFrom1984 } from './upgrade.ts';

function named(text: string): ORName {
  const parsed = parseORAddress(text);
  assert.ok(parsed.ok, text);
  return parsed.value;
}

const domain = {
  countryName: { kind: 'iso3166Alpha2Code', value: 'GB' },
  administrationDomainName: { kind: 'printable', value: 'y' },
} as const;
const now = instant(Date.UTC(1990, 0, 1));

function recipient(
  number: number,
  recipientName: ORName,
  more: Partial<PerRecipientMessageTransferFields> & { readonly responsible?: boolean } = {},
): PerRecipientMessageTransferFields {
  const { responsible: responsibility = true, ...fields } = more;
  return {
    recipientName,
    originallySpecifiedRecipientNumber: number,
    perRecipientIndicators: perRecipientIndicators({
      responsibility,
      originatingMTAReportRequest: 'report',
      originatorReportRequest: 'non-delivery-report',
    }),
    extensions: [],
    ...fields,
  };
}

const plain = named('/S=Smith/P=x/A=y/C=GB/');
const envelope: MessageTransferEnvelope = {
  messageIdentifier: { globalDomainIdentifier: domain, localIdentifier: 'id-1' },
  originatorName: named('/S=From/P=x/A=y/C=GB/'),
  contentType: { kind: 'builtIn', value: 'interpersonal-messaging-1988' },
  priority: 'urgent',
  perMessageIndicators: bitsOf([1, 7], 8),
  traceInformation: [externalTraceElement(domain, { arrivalTime: now })],
  extensions: [],
  perRecipientFields: [recipient(1, plain)],
};

function critical(field: ExtensionField, step: keyof typeof criticalityBits): ExtensionField {
  return { ...field, criticality: bitsOf([criticalityBits[step]]) };
}

const correlator = makeExtension('content-correlator', { kind: 'ia5text', value: 'c' });
const directoryName: NonNullable<ORName['directoryName']> = { kind: 'rdnSequence', value: [] };

test('RT-E4: each recipient has its own outcome, and those that fail never stop the others', () => {
  const { value, failed } = downgradeMessageEnvelope({
    ...envelope,
    perRecipientFields: [
      recipient(1, plain),
      recipient(2, named('/N-ID=123/P=x/A=y/C=GB/')),
      recipient(3, { builtInStandardAttributes: {}, directoryName }),
      recipient(4, named('/CN=Desk/P=x/A=y/C=GB/')),
      recipient(5, plain, { extensions: [critical(correlator, 'for-transfer')] }),
      recipient(6, named('/PD-PC=1/P=x/A=y/C=GB/'), { responsible: false }),
      recipient(7, plain, { explicitConversion: 'teletex-to-g3-facsimile' }),
      recipient(8, plain, { explicitConversion: 'ia5-text-to-teletex', extensions: [correlator] }),
    ],
  });
  assert.ok(value !== undefined);
  assert.deepEqual(
    value.recipientInfo.map((each) => [each.extensionIdentifier, printORAddress(each.recipient)]),
    [
      [1, '/S=Smith/P=x/A=y/C=GB/'],
      [4, '/DD.Common=Desk/P=x/A=y/C=GB/'],
      [8, '/S=Smith/P=x/A=y/C=GB/'],
    ],
  );
  assert.equal(value.recipientInfo[2].explicitConversion, 'iA5TextTeletex');
  assert.deepEqual(
    failed.map((each) => each.index),
    [1, 2, 4, 6],
    'number 6 is another MTA’s to report on',
  );
  for (const each of failed) {
    assert.equal(each.nonDeliveryReasonCode, 'unable-to-transfer');
    assert.equal(each.nonDeliveryDiagnosticCode, 'unable-to-downgrade');
  }
  assert.match(failed[0].explanation, /PRMD/);
  assert.match(failed[1].explanation, /directory name alone/);
  assert.match(failed[2].explanation, /content-correlator/);
});

test('RT-E4: a message to a directory name alone fails at once and whole', () => {
  const apdu: MTSAPDU = {
    kind: 'message',
    value: {
      envelope: {
        ...envelope,
        perRecipientFields: [recipient(1, { builtInStandardAttributes: {}, directoryName })],
      },
      content: Uint8Array.of(1),
    },
  };
  const { value, failed } = downgradeTo1984(apdu);
  assert.equal(value, undefined);
  assert.equal(failed.length, 1);
});

test('the originator and the extensions of the message decide for all recipients', () => {
  const two = { ...envelope, perRecipientFields: [recipient(1, plain), recipient(2, plain)] };
  for (const bad of [
    { ...two, originatorName: named('/PD-PC=1/P=x/A=y/C=GB/') },
    { ...two, extensions: [critical(correlator, 'for-transfer')] },
    { ...two, extensions: [makeExtension('latest-delivery-time', '900101000000Z')] },
  ]) {
    const { value, failed } = downgradeMessageEnvelope(bad);
    assert.equal(value, undefined);
    assert.deepEqual(
      failed.map((each) => each.index),
      [0, 1],
    );
  }
});

test('extensions that are not critical, or critical for submission alone, are left out', () => {
  const extensions = [correlator, critical(correlator, 'for-submission')];
  const { value, failed } = downgradeMessageEnvelope({ ...envelope, extensions });
  assert.ok(value !== undefined && failed.length === 0);
  const latest = [makeExtension('latest-delivery-time', '900101000000Z')];
  const dropped = downgradeMessageEnvelope(
    { ...envelope, extensions: latest },
    { criticalForDelivery: 'drop' },
  );
  assert.ok(dropped.value !== undefined);
});

test('flags, trace, encoded information types and bilateral information keep what 1984 has', () => {
  const actions = { arrivalTime: now, otherActions: ['dl-operation'] } as const;
  const { value } = downgradeMessageEnvelope({
    ...envelope,
    originalEncodedInformationTypes: {
      builtInEncodedInformationTypes: bitsOf([2]),
      g3Facsimile: bitsOf([], 0),
      teletex: {},
      extendedEncodedInformationTypes: ['2.6.3.4.5', '1.2.3'],
    },
    traceInformation: [envelope.traceInformation[0], externalTraceElement(domain, actions)],
    perDomainBilateralInformation: [
      {
        countryName: domain.countryName,
        domain: { kind: 'administrationDomainName', value: domain.administrationDomainName },
        bilateralInformation: rawOf(Uint8Array.of(5, 0)),
      },
      {
        countryName: domain.countryName,
        domain: {
          kind: 'privateDomain',
          value: {
            administrationDomainName: domain.administrationDomainName,
            privateDomainIdentifier: { kind: 'printable', value: 'x' },
          },
        },
        bilateralInformation: rawOf(Uint8Array.of(5, 0)),
      },
    ],
  });
  assert.ok(value !== undefined);
  assert.deepEqual(value.perMessageFlag, bitsOf([1], 4));
  assert.equal(value.perDomainBilateralInfo?.length, 1);
  const bits = value.original?.basic ?? bitsOf([], 0);
  assert.deepEqual(
    [0, 2, 5].map((bit) => hasBit(bits, bit)),
    [true, true, true],
  );
  assert.equal(value.traceInformation[0], envelope.traceInformation[0], 'an element of 1984 stays itself');
  assert.equal(value.traceInformation[1].domainSuppliedInformation.otherActions.bits, 0);
  const octets = encodeP1_1984({ kind: 'userMPDU', value: { envelope: value, content: new Uint8Array() } });
  assert.ok(decodeP1_1984(octets).ok);
});

test('links may strip bilateral information, cut the trace, and carry internal trace as MOTIS does', () => {
  const actions = { arrivalTime: now, otherActions: ['redirected'] } as const;
  const mta = internalTraceElement(
    { domain, name: 'mta_1' },
    { arrivalTime: now, routingAction: 'rerouted' },
  );
  const rich: MessageTransferEnvelope = {
    ...envelope,
    traceInformation: [envelope.traceInformation[0], externalTraceElement(domain, actions)],
    extensions: [makeExtension('internal-trace-information', [mta])],
  };
  const { value } = downgradeMessageEnvelope(rich, {
    bilateralInformation: 'strip',
    trace: 'since-last-expansion',
    internalTrace: 'motis',
  });
  assert.equal(value?.traceInformation.length, 1);
  assert.equal(value.perDomainBilateralInfo, undefined);
  assert.equal(value.unknown?.length, 1);
  const octets = encodeP1_1984({ kind: 'userMPDU', value: { envelope: value, content: new Uint8Array() } });
  const again = decodeP1_1984(octets);
  assert.ok(again.ok);
  const back = upgradeFrom1984(again.value, { domain });
  assert.ok(back.kind === 'message');
  assert.deepEqual(
    back.value.envelope.extensions,
    rich.extensions.map((each) => ({ ...each, criticality: bitsOf([], 0) })),
  );
  const unnamed = upgradeFrom1984(again.value);
  assert.ok(unnamed.kind === 'message' && unnamed.value.envelope.extensions.length === 0);
  assert.equal(downgradeMessageEnvelope(rich).value?.unknown, undefined);
});

test('a content type that is an object identifier goes as external, and comes back', () => {
  const content = Uint8Array.of(1, 2, 3);
  const contentType = { kind: 'extended', value: '1.3.26.0.4406.0.4.1' } as const;
  const { value } = downgradeTo1984({
    kind: 'message',
    value: { envelope: { ...envelope, contentType }, content },
  });
  assert.ok(value?.kind === 'userMPDU');
  assert.equal(value.value.envelope.contentType, 'external');
  assert.deepEqual(unwrapExternalContent(value.value.content), { type: contentType.value, content });
  assert.deepEqual(
    value.value.content.subarray(0, -content.length),
    externalContentHead(contentType.value, content.length),
  );
  const back = upgradeFrom1984(value);
  assert.ok(back.kind === 'message');
  assert.deepEqual(back.value.envelope.contentType, contentType);
  assert.deepEqual(back.value.content, content);
});

test('random APDUs of 1988 come out as 1984 that decodes strictly, or as failed recipients', () => {
  const random = seededRandom(419);
  let said = 0;
  for (let run = 0; run < 200; run += 1) {
    const apdu = arbitrary(MTSAPDU, random, { size_max: 2, presence: 0.2 });
    const { value, failed } = downgradeTo1984(apdu);
    const total =
      apdu.kind === 'report'
        ? apdu.value.content.perRecipientFields
        : (apdu.kind === 'message' ? apdu.value.envelope : apdu.value).perRecipientFields;
    assert.ok(failed.length <= total.length);
    if (value === undefined) continue;
    said += 1;
    const decoded = decodeP1_1984(encodeP1_1984(value));
    assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.message);
    assert.deepEqual(downgradeTo1984(upgradeFrom1984(decoded.value)).failed, []);
    const octets1988 = decodeMTSAPDU(encodeP1_1984(value));
    assert.ok(octets1988.ok, '1988 reads all of 1984');
  }
  assert.ok(said > 20, `${said} of 200 could be said`);
});
