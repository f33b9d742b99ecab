// RT-M2: GeneralizedTime where X.411 (06/1999, 8.5.4 "Time") has UTCTime alone, as a peer may send it
// wrongly. Behind an implicit tag nothing tells the two types apart but the digits: such a time is carried
// on as it came, and nothing is decided by it. In an extension the tag tells: the value is malformed, so it
// is relayed as it came, or reported where it is critical (clause 9). No guess is made, and nothing is lost.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bitsOf, decode, rawOf } from '../../src/asn1/index.ts';
import { fromLatin1, latin1 } from '../../src/base/octets.ts';
import { seconds } from '../../src/base/time.ts';
import {
  type CriticalFor,
  criticalityBits,
  encodeMTSAPDU,
  type ExtensionField,
  externalTraceElement,
  extensionTypeRaw,
  type MessageTransferEnvelope,
  MTSAPDU,
} from '../../src/p1/index.ts';
import type { QueuedCopy } from '../../src/store/index.ts';
import { decodeFromPeer } from '../../src/transfer/peer-protocol.ts';
import { outgoingApdu } from '../../src/transfer/outgoing.ts';
import { codesOf, reportingMta } from '../support/reporting.ts';
import { domainNamed, envelopeOf, now, type RecipientPlan } from '../support/transfer.ts';

const network = `
links:
  - name: b
    peer: { mta: MTA-B, password: secret, address: b, port: 102 }
    credentials: { mta: MTA-X, password: x-secret }
    holdDeferred: true
    addressSpaces: [ { address: "/P=B/A= /C=GB/", cost: 1 } ]
  - name: c
    peer: { mta: MTA-C, password: secret, address: c, port: 102 }
    credentials: { mta: MTA-X, password: x-secret }
    addressSpaces: [ { address: "/P=C/A= /C=GB/", cost: 1 } ]
deliver: [ { addressSpace: "/P=X/A= /C=GB/", directory: /nowhere/x } ]
`;
const far = '/S=u/P=C/A= /C=GB/';
const here = '/S=u/P=X/A= /C=GB/';
const week = seconds(7 * 86_400);

/** The envelope as a peer's octets have it, after they were read. */
function asSent(recipient: RecipientPlan, more: Partial<MessageTransferEnvelope>): MessageTransferEnvelope {
  const value = { envelope: envelopeOf([recipient], more), content: new Uint8Array(10) };
  const read = decodeFromPeer(encodeMTSAPDU({ kind: 'message', value }, 'tolerant'), 'normal');
  assert.ok(read.ok && read.value.kind === 'message', JSON.stringify(read));
  return read.value.value.envelope;
}

/** The trace of a message whose first mark has this time. */
const marked = (arrivalTime: string) => {
  const element = externalTraceElement(domainNamed('B'), { arrivalTime: now });
  const supplied = { ...element.domainSuppliedInformation, arrivalTime };
  return { traceInformation: [{ ...element, domainSuppliedInformation: supplied }] };
};

/** latest-delivery-time, an hour from now, as GeneralizedTime. */
const latest = (...critical: readonly CriticalFor[]): ExtensionField => ({
  type: extensionTypeRaw({ kind: 'standardExtension', value: 5 }),
  criticality: bitsOf(critical.map((each) => criticalityBits[each])),
  value: rawOf(Uint8Array.of(0x18, 15, ...fromLatin1('20260601130000Z'))),
});

async function taken(recipient: RecipientPlan, more: Partial<MessageTransferEnvelope>) {
  const mta = await reportingMta(network);
  await mta.take(asSent(recipient, more), new Uint8Array(10));
  const [found] = (await mta.store.list({ limit: 10 })).filter(({ kind }) => kind === 'message');
  return { mta, copy: found && (await mta.store.show(found.copy)) };
}

/** What goes out to C for a copy, as text. */
function sentOn(copy: QueuedCopy | undefined): string {
  assert.ok(copy !== undefined);
  const made = outgoingApdu(copy, { sameDomain: false, mode: 'normal' });
  assert.ok(made.kind === 'apdu');
  return latin1(made.head);
}

for (const time of ['20260601120000Z', '20260601120000+0000', '202606011200Z', '20990601120000Z']) {
  test(`RT-M2: a mark of ${time} in the trace is carried on as it came, and says nothing`, async () => {
    const { mta, copy } = await taken({ to: far }, marked(time));
    assert.equal(copy?.nextHop, 'link/c');
    assert.equal(copy?.expiresAt, now + week, 'by our own clock');
    assert.ok(sentOn(copy).includes(time));
    assert.deepEqual(
      mta.told.filter(([name]) => name === 'time-implausible'),
      [],
    );
    assert.deepEqual(mta.reports(), []);
  });
}

test('RT-M2: a deferred delivery time that is none holds nothing up, here or there', async () => {
  for (const to of [far, here]) {
    const deferredDeliveryTime = '20260602120000Z';
    const { mta, copy } = await taken({ to }, { deferredDeliveryTime });
    if (to === far) assert.ok(copy?.notBefore === undefined && sentOn(copy).includes(deferredDeliveryTime));
    else assert.ok(mta.told.some(([name]) => name === 'delivered'));
    assert.deepEqual(mta.reports(), []);
  }
});

test('RT-M2: a latest delivery time of the wrong type is relayed; ours is the expiry', async () => {
  const { mta, copy } = await taken({ to: far }, { extensions: [latest()] });
  assert.equal(copy?.expiresAt, now + week);
  assert.ok(sentOn(copy).includes('\x18\x0f20260601130000Z'));
  assert.deepEqual(mta.reports(), []);
});

test('RT-M2: where it is critical, it goes nowhere that has to understand it', async () => {
  const transfer = await taken({ to: far }, { extensions: [latest('for-transfer')] });
  assert.deepEqual(transfer.mta.reports().map(codesOf), [{ 1: [1, 18] }]);
  const relayed = await taken({ to: far }, { extensions: [latest('for-delivery')] });
  assert.deepEqual(relayed.mta.reports(), []);
  const delivered = await taken({ to: here }, { extensions: [latest('for-delivery')] });
  assert.deepEqual(delivered.mta.reports().map(codesOf), [{ 1: [1, 18] }]);
});

test('RT-M2: a tag of GeneralizedTime where the field has its own is another element', () => {
  const value = { envelope: envelopeOf([{ to: far }]), content: new Uint8Array(10) };
  const octets = encodeMTSAPDU({ kind: 'message', value }, 'tolerant');
  // The tag of arrival-time, [0] of UTCTime, becomes the universal one of GeneralizedTime.
  const at = latin1(octets).indexOf('\x80\x0d260601120000Z');
  assert.ok(at > 0);
  const wrong = octets.slice();
  wrong[at] = 0x18;
  const read = decode(MTSAPDU, wrong);
  assert.ok(!read.ok, 'the arrival time is missing: that is no trace element');
  assert.match(read.error.message, /arrivalTime/);
});
