// 1984 to 1988: a real message, EAN's peculiarities, and that what both can say survives the way there and
// back.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { printORAddress, type ORName } from '../address/index.ts';
import {
  arbitrary,
  bitsOf,
  ctx,
  decode,
  decodePrefix,
  encode,
  raw,
  rawOf,
  sequence,
  significantBits,
} from '../asn1/index.ts';
import { latin1 } from '../base/octets.ts';
import { seededRandom } from '../base/random.ts';
import { decodeMTSAPDU, encodeMTSAPDU } from './apdu.ts';
import { downgradeTo1984 } from './downgrade.ts';
import { MPDU, type ReportedRecipientInfo, type RecipientInfo, UMPDUEnvelope } from './mpdu-1984.ts';
import { downgradeORName } from './or-name-1984.ts';
import { decodeP1_1984, encodeP1_1984 } from './p1-1984.ts';
import { TraceInformation } from './trace.ts';
import { upgradeFrom1984 } from './upgrade.ts';

const reference = new URL('../../../shared/reference/', import.meta.url);

test('the message of a real 1984 peer goes on in 1988, its names and trace octet for octet', (t) => {
  const url = new URL('captures/84-x410-message.pcap', reference);
  if (!existsSync(url)) {
    t.skip(`${url.pathname} not found`);
    return;
  }
  const file = new Uint8Array(readFileSync(url));
  const at = latin1(file).indexOf('\x01\x00\x01\x00\xa0\x80') + 4;
  const prefix = decodePrefix(MPDU, file.subarray(at));
  assert.ok(prefix.ok && prefix.value.value.kind === 'userMPDU');
  const { value: mpdu } = prefix.value;
  const apdu = upgradeFrom1984(mpdu);
  assert.ok(apdu.kind === 'message');
  const { envelope, content } = apdu.value;
  assert.equal(printORAddress(envelope.originatorName), '/S=u1/O=Test/P=PP/A= /C=GB/');
  assert.equal(envelope.contentType.value, 'interpersonal-messaging-1984');
  assert.equal(envelope.perRecipientFields[0].originallySpecifiedRecipientNumber, 1);
  assert.deepEqual(content, mpdu.value.content);
  const octets = encodeMTSAPDU(apdu);
  const again = decodeMTSAPDU(octets);
  assert.ok(again.ok && again.value.kind === 'message');
  assert.deepEqual(again.value.value.envelope.extensions, []);
  const { traceInformation, recipientInfo } = mpdu.value.envelope;
  const [recipient] = recipientInfo;
  const { recipient: name } = recipient;
  assert.equal(envelope.perRecipientFields[0].recipientName, name);
  assert.ok(latin1(octets).includes(latin1(encode(TraceInformation, traceInformation))));
  const back = downgradeTo1984(again.value);
  assert.deepEqual(back.failed, []);
  assert.deepEqual(back.value, mpdu);
});

test('EAN messages cross: unmarked types are marked, short flags filled up, private elements end', (t) => {
  const Queued = ctx(0, sequence({ envelope: UMPDUEnvelope }));
  for (const name of ['msg1', 'msg2', 'msg3', 'msg4', 'msg5', 'msg6', 'msg7']) {
    const url = new URL(`samples/ean-1985/${name}.pe`, reference);
    if (!existsSync(url)) {
      t.skip(`${url.pathname} not found`);
      return;
    }
    const file = new Uint8Array(readFileSync(url));
    const element = decodePrefix(raw(), file);
    assert.ok(element.ok);
    const queued = decode(Queued, file.subarray(0, element.value.end));
    assert.ok(queued.ok);
    const content = file.slice(element.value.end);
    const apdu = upgradeFrom1984({ kind: 'userMPDU', value: { ...queued.value, content } });
    const read = decodeMTSAPDU(encodeMTSAPDU(apdu));
    assert.ok(read.ok && read.value.kind === 'message', name);
    const { envelope } = read.value.value;
    assert.equal(envelope.unknown, undefined);
    assert.equal(envelope.perRecipientFields[0].perRecipientIndicators.bits, 8);
    assert.deepEqual(read.value.value.content, content);
    const types = envelope.originalEncodedInformationTypes;
    if (queued.value.envelope.original?.unmarked !== undefined) {
      assert.deepEqual(types?.builtInEncodedInformationTypes, queued.value.envelope.original.unmarked);
    }
    const back = downgradeTo1984(read.value);
    assert.deepEqual(back.failed, []);
    assert.ok(back.value?.kind === 'userMPDU');
    const sent = decodeP1_1984(encodeP1_1984(back.value));
    assert.ok(sent.ok && sent.value.kind === 'userMPDU');
    assert.deepEqual(sent.value.value.envelope.originator, queued.value.envelope.originator);
    assert.deepEqual(sent.value.value.content, content);
  }
});

/** A random name, made one of 1984. */
function plain(name: ORName): ORName {
  const { privateDomainName: _, ...standard } = name.builtInStandardAttributes;
  const defined = (name.builtInDomainDefinedAttributes ?? []).map((each) => ({
    ...each,
    type: `t${each.type}`,
  }));
  const made: ORName = {
    builtInStandardAttributes: { ...standard, organizationName: 'Acme' },
    ...(defined.length > 0 && { builtInDomainDefinedAttributes: defined }),
  };
  assert.ok(downgradeORName(made).ok);
  return made;
}

function plainRecipient(info: RecipientInfo): RecipientInfo {
  return {
    recipient: plain(info.recipient),
    extensionIdentifier: info.extensionIdentifier,
    perRecipientFlag: bitsOf([0, 1, 3], 8),
    ...(info.explicitConversion !== undefined && { explicitConversion: 'teletexTelex' }),
  };
}

function plainReported(info: ReportedRecipientInfo): ReportedRecipientInfo {
  const { arrival, report } = info.lastTraceInformation;
  const typeOfUA = report.kind === 'delivered' && report.value.typeOfUA === 'private' ? 'private' : 'public';
  return {
    recipient: plain(info.recipient),
    extensionIdentifier: info.extensionIdentifier,
    perRecipientFlag: bitsOf([0, 4], 8),
    lastTraceInformation: {
      arrival,
      report:
        report.kind === 'delivered'
          ? { kind: 'delivered', value: { delivery: report.value.delivery, typeOfUA } }
          : {
              kind: 'nonDelivered',
              value: { reasonCode: 'unable-to-transfer', diagnosticCode: 'maximum-time-expired' },
            },
    },
    ...(info.intendedRecipient !== undefined && { intendedRecipient: plain(info.intendedRecipient) }),
    ...(info.supplementaryInformation !== undefined && {
      supplementaryInformation: info.supplementaryInformation,
    }),
  };
}

function plainTrace(trace: TraceInformation): TraceInformation {
  return trace.map(({ globalDomainIdentifier, domainSuppliedInformation: supplied }) => ({
    globalDomainIdentifier,
    domainSuppliedInformation: {
      arrivalTime: supplied.arrivalTime,
      routingAction: supplied.routingAction,
      ...(supplied.deferredTime !== undefined && { deferredTime: supplied.deferredTime }),
      ...(supplied.attemptedDomain !== undefined && { attemptedDomain: supplied.attemptedDomain }),
      otherActions: bitsOf([], 0),
    },
  }));
}

/** A random MPDU without what only 1988, or only one peer of 1984, would say. */
function plainMPDU(mpdu: MPDU): MPDU {
  if (mpdu.kind === 'deliveryReportMPDU') {
    const { envelope, content } = mpdu.value;
    const { intermediate } = content;
    return {
      kind: mpdu.kind,
      value: {
        envelope: {
          ...envelope,
          originator: plain(envelope.originator),
          traceInformation: plainTrace(envelope.traceInformation),
        },
        content: {
          ...content,
          ...(intermediate !== undefined && { intermediate: plainTrace(intermediate) }),
          reportedRecipientInfo: content.reportedRecipientInfo.map(plainReported),
        },
      },
    };
  }
  const envelope = mpdu.kind === 'userMPDU' ? mpdu.value.envelope : mpdu.value;
  const { original: _, perDomainBilateralInfo: bilateral, ...others } = envelope;
  const shared = {
    originator: plain(envelope.originator),
    ...(significantBits(envelope.perMessageFlag) % 2 === 1 && { original: { basic: bitsOf([2, 5]) } }),
    perMessageFlag: significantBits(envelope.perMessageFlag) === 0 ? bitsOf([], 0) : bitsOf([2], 4),
    ...(bilateral !== undefined && bilateral.length > 0 && { perDomainBilateralInfo: bilateral }),
    recipientInfo: envelope.recipientInfo.map(plainRecipient),
    traceInformation: plainTrace(envelope.traceInformation),
  };
  if (mpdu.kind === 'probeMPDU') {
    return { kind: mpdu.kind, value: { ...others, ...shared } };
  }
  const { content } = mpdu.value;
  const value = { ...others, priority: mpdu.value.envelope.priority, ...shared };
  return { kind: mpdu.kind, value: { envelope: value, content } };
}

test('what both can say survives the way to 1988 and back', () => {
  const random = seededRandom(411);
  for (let run = 0; run < 150; run += 1) {
    const mpdu = plainMPDU(arbitrary(MPDU, random, { size_max: 3 }));
    const octets1988 = encodeMTSAPDU(upgradeFrom1984(mpdu));
    const read = decodeMTSAPDU(octets1988);
    assert.ok(read.ok, read.ok ? '' : read.error.message);
    const { value, failed } = downgradeTo1984(read.value);
    assert.deepEqual(failed, []);
    assert.ok(value !== undefined);
    assert.deepEqual(encodeP1_1984(value), encodeP1_1984(mpdu));
  }
});

test('types named by nothing at all are left out, and presentation capabilities end', () => {
  const random = seededRandom(3);
  const envelope = arbitrary(UMPDUEnvelope, random, { size_max: 1, presence: 0 });
  for (const original of [{}, { presentationCapabilities: { unknown: [rawOf(Uint8Array.of(5, 0))] } }]) {
    const apdu = upgradeFrom1984({
      kind: 'userMPDU',
      value: { envelope: { ...envelope, original }, content: new Uint8Array() },
    });
    assert.ok(apdu.kind === 'message');
    assert.equal(apdu.value.envelope.originalEncodedInformationTypes, undefined);
  }
});

test('an external content that is no EXTERNAL stays what it is', () => {
  const random = seededRandom(4);
  const envelope = arbitrary(UMPDUEnvelope, random, { size_max: 1, presence: 0 });
  const content = Uint8Array.of(1, 2, 3);
  const apdu = upgradeFrom1984({
    kind: 'userMPDU',
    value: { envelope: { ...envelope, contentType: 'external' }, content },
  });
  assert.ok(apdu.kind === 'message');
  assert.deepEqual(apdu.value.envelope.contentType, { kind: 'builtIn', value: 'external' });
  assert.deepEqual(apdu.value.content, content);
});
