// MTS-APDUs: the one that a real peer sent octet for octet, and random values of every declared type.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test, { type TestContext } from 'node:test';
import { arbitrary, decode, decodePrefix, encode } from '../asn1/index.ts';
import { printORAddress, sameORAddress } from '../address/index.ts';
import { latin1 } from '../base/octets.ts';
import { seededRandom } from '../base/random.ts';
import { decodeMTSAPDU, encodeMTSAPDU } from './apdu.ts';
import {
  Message,
  MessageTransferEnvelope,
  MTSAPDU,
  Probe,
  ProbeTransferEnvelope,
  Report,
  ReportTransferContent,
  ReportTransferEnvelope,
} from './envelopes.ts';
import { standardExtensions } from './extension-types.ts';
import { extensionNameOf, makeExtension, readExtension } from './extensions.ts';
import { printMTSAPDU } from './print-apdu.ts';
import { MTABindArgument, MTABindError, MTABindResult } from './bind.ts';

const capture = new URL('../../../shared/reference/captures/88-normal-message.pcap', import.meta.url);

/**
 * The MTS-APDU in the capture: it fits one packet, after EXTERNAL {indirect 5, [0]} of indefinite lengths.
 */
function capturedAPDU(t: TestContext): Uint8Array | undefined {
  if (!existsSync(capture)) {
    t.skip(`${capture.pathname} not found`);
    return undefined;
  }
  const octets = new Uint8Array(readFileSync(capture));
  const at = latin1(octets).indexOf('\x28\x80\x02\x01\x05\xa0\x80');
  assert.ok(at > 0);
  const apdu = decodePrefix(MTSAPDU, octets.subarray(at + 7));
  assert.ok(apdu.ok, apdu.ok ? '' : apdu.error.message);
  return octets.slice(at + 7, at + 7 + apdu.value.end);
}

test('the message of a real peer decodes, prints and encodes to its own octets', (t) => {
  const octets = capturedAPDU(t);
  if (octets === undefined) return;
  const apdu = decodeMTSAPDU(octets);
  assert.ok(apdu.ok && apdu.value.kind === 'message');
  assert.deepEqual(encodeMTSAPDU(apdu.value), octets);
  const { envelope, content } = apdu.value.value;
  assert.equal(envelope.messageIdentifier.localIdentifier, 'pp.test.277:20.10.26.23.47.01');
  assert.equal(
    envelope.perRecipientFields[0].recipientName.builtInStandardAttributes.organizationName,
    'o88',
  );
  assert.equal(envelope.priority, 'normal');
  assert.equal(envelope.traceInformation.length, 2);
  assert.equal(content.length, 235);
  assert.deepEqual(envelope.extensions.map(extensionNameOf), [
    'content-correlator',
    'internal-trace-information',
  ]);
  const internal = readExtension(envelope.extensions, 'internal-trace-information');
  assert.ok(internal.ok);
  assert.deepEqual(
    internal.value?.map((each) => each.mtaName),
    ['pp.test', 'pp.test'],
  );
  const printed = printMTSAPDU(apdu.value);
  assert.match(printed, /localIdentifier: "pp.test.277:20.10.26.23.47.01"/);
  assert.match(printed, /extension of the envelope: internal-trace-information\n/);
});

test('a changed envelope is encoded anew, its untouched parts octet for octet', (t) => {
  const octets = capturedAPDU(t);
  if (octets === undefined) return;
  const apdu = decodeMTSAPDU(octets);
  assert.ok(apdu.ok && apdu.value.kind === 'message');
  const { value } = apdu.value;
  const changed: MTSAPDU = {
    kind: 'message',
    value: { ...value, envelope: { ...value.envelope, priority: 'urgent' } },
  };
  const again = decodeMTSAPDU(encodeMTSAPDU(changed));
  assert.ok(again.ok && again.value.kind === 'message');
  assert.equal(again.value.value.envelope.priority, 'urgent');
  assert.deepEqual(again.value.value.content, value.content);
  const correlator = '\xa0\x03\x02\x01\x17';
  assert.ok(
    latin1(encodeMTSAPDU(changed)).includes(correlator),
    'the explicit extension type of the peer is kept',
  );
});

const types = {
  MTSAPDU,
  Message,
  MessageTransferEnvelope,
  Probe,
  ProbeTransferEnvelope,
  Report,
  ReportTransferEnvelope,
  ReportTransferContent,
  MTABindArgument,
  MTABindResult,
  MTABindError,
  ...Object.fromEntries(Object.entries(standardExtensions).map(([name, { type }]) => [name, type])),
};

for (const [name, type] of Object.entries(types)) {
  test(`random values of ${name} come back from their encoding, every field of them`, () => {
    const random = seededRandom(1988);
    for (let run = 0; run < 25; run += 1) {
      const value: unknown = arbitrary<unknown>(type, random, { size_max: 3 });
      const octets = encode<unknown>(type, value);
      const decoded = decode<unknown>(type, octets, { constraints: 'strict' });
      assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.message);
      const fresh = structuredClone(decoded.value);
      assert.deepEqual(encode<unknown>(type, fresh), octets);
      assert.deepEqual(encode<unknown>(type, decoded.value), octets);
    }
  });
}

test('cut or altered octets are an error or a value, never an exception', () => {
  const random = seededRandom(411);
  for (let run = 0; run < 300; run += 1) {
    const octets = encode(MTSAPDU, arbitrary(MTSAPDU, random, { size_max: 2 })).slice();
    octets[random.between(0, octets.length - 1)] = random.between(0, 255);
    const cut = octets.subarray(0, random.between(0, octets.length));
    const decoded = decodeMTSAPDU(cut);
    if (decoded.ok) printMTSAPDU(decoded.value);
  }
});

test('names taken over from a message keep their meaning under the tags of a report', (t) => {
  const octets = capturedAPDU(t);
  if (octets === undefined) return;
  const apdu = decodeMTSAPDU(octets);
  assert.ok(apdu.ok && apdu.value.kind === 'message');
  const { envelope } = apdu.value.value;
  const name = envelope.perRecipientFields[0].recipientName;
  const report: MTSAPDU = {
    kind: 'report',
    value: {
      envelope: {
        reportIdentifier: { ...envelope.messageIdentifier, localIdentifier: 'report-1' },
        reportDestinationName: envelope.originatorName,
        traceInformation: envelope.traceInformation.slice(0, 1),
        extensions: [makeExtension('originator-return-address', name)],
      },
      content: {
        subjectIdentifier: envelope.messageIdentifier,
        subjectIntermediateTraceInformation: envelope.traceInformation,
        contentType: envelope.contentType,
        extensions: [],
        perRecipientFields: [
          {
            actualRecipientName: name,
            originallySpecifiedRecipientNumber: 1,
            perRecipientIndicators: envelope.perRecipientFields[0].perRecipientIndicators,
            lastTraceInformation: {
              arrivalTime: '261120234701Z',
              reportType: {
                kind: 'nonDelivery',
                value: {
                  nonDeliveryReasonCode: 'unable-to-transfer',
                  nonDeliveryDiagnosticCode: 'unrecognised-OR-name',
                },
              },
            },
            originallyIntendedRecipientName: name,
            extensions: [],
          },
        ],
      },
    },
  };
  const read = decodeMTSAPDU(encodeMTSAPDU(report));
  assert.ok(read.ok && read.value.kind === 'report');
  const [fields] = read.value.value.content.perRecipientFields;
  assert.equal(printORAddress(fields.actualRecipientName), '/S=u1/O=o88/P=TS/A= /C=GB/');
  assert.equal(printORAddress(fields.originallyIntendedRecipientName ?? name), '/S=u1/O=o88/P=TS/A= /C=GB/');
  assert.equal(
    printORAddress(read.value.value.envelope.reportDestinationName),
    '/S=u1/O=Test/P=PP/A= /C=GB/',
  );
  const returned = readExtension(read.value.value.envelope.extensions, 'originator-return-address');
  assert.ok(returned.ok && returned.value !== undefined);
  assert.ok(sameORAddress(returned.value, name));
  const trace = read.value.value.content.subjectIntermediateTraceInformation;
  assert.equal(trace?.length, 2);
});
