// RT-A3 (Q183014, Q248732, Q231818, Q145986): fields of no characters, countries of one letter, object
// identifiers of unusual length. What cannot be meant is answered with a report "invalid arguments" where
// the originator can be told, refused to the peer where not, and never relayed. A valid message on the same
// association is accepted after each.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeMTSAPDU, type MessageTransferEnvelope } from '../../src/p1/index.ts';
import { address, envelopeWith, messageWith } from './hostile-apdus.ts';
import { HostilePeer } from './hostile-peer.ts';

type Changes = Partial<MessageTransferEnvelope>;
type Trace = MessageTransferEnvelope['traceInformation'];

const oneLetter = { kind: 'iso3166Alpha2Code', value: 'G' } as const;
const noLetter = { kind: 'printable', value: '' } as const;

function traced(change: (element: Trace[number]) => Trace[number]): Changes {
  return { traceInformation: envelopeWith().traceInformation.map(change) };
}

function inDomain(change: object): Changes {
  return traced((each) => ({
    ...each,
    globalDomainIdentifier: { ...each.globalDomainIdentifier, ...change },
  }));
}

function named(attributes: object): MessageTransferEnvelope['originatorName'] {
  const name = address('/S=User/P=B/A= /C=GB/');
  return { ...name, builtInStandardAttributes: { ...name.builtInStandardAttributes, ...attributes } };
}

function sentTo(attributes: object): Changes {
  const [fields] = envelopeWith().perRecipientFields;
  return { perRecipientFields: [{ ...fields, recipientName: named(attributes) }] };
}

function identified(change: object): Changes {
  const { messageIdentifier } = envelopeWith();
  const { globalDomainIdentifier } = messageIdentifier;
  const changed = { ...globalDomainIdentifier, ...change };
  return { messageIdentifier: { ...messageIdentifier, globalDomainIdentifier: changed } };
}

/** The originator can be told: a report goes to it. */
const reported: Readonly<Record<string, () => Changes>> = {
  'content identifier of length 0': () => ({ contentIdentifier: '' }),
  'arrival time of length 0': () =>
    traced((each) => ({
      ...each,
      domainSuppliedInformation: { ...each.domainSuppliedInformation, arrivalTime: '' },
    })),
  'PRMD of length 0 in the trace': () => inDomain({ privateDomainIdentifier: noLetter }),
  'country of one letter in the trace': () => inDomain({ countryName: oneLetter }),
  'country of no letter in the trace': () => inDomain({ countryName: { ...oneLetter, value: '' } }),
  'PRMD of length 0 of a recipient': () => sentTo({ privateDomainName: noLetter }),
  'country of one letter of a recipient': () => sentTo({ countryName: oneLetter }),
};

/** Nobody can be told: the peer is. */
const refused: Readonly<Record<string, () => Changes>> = {
  'PRMD of length 0 of the originator': () => ({ originatorName: named({ privateDomainName: noLetter }) }),
  'country of one letter of the originator': () => ({ originatorName: named({ countryName: oneLetter }) }),
  'PRMD of length 0 in the identifier': () => identified({ privateDomainIdentifier: noLetter }),
  'country of no letter in the identifier': () => identified({ countryName: { ...oneLetter, value: '' } }),
  'local identifier of length 0': () => ({
    messageIdentifier: { ...envelopeWith().messageIdentifier, localIdentifier: '' },
  }),
};

/** Unusual, and valid: it goes on as it came. */
const carried: Readonly<Record<string, () => Changes>> = {
  'object identifier of 33 octets': () => ({
    contentType: { kind: 'extended', value: `2.6${'.1'.repeat(32)}` },
  }),
  'object identifier of 200 octets': () => ({
    contentType: { kind: 'extended', value: `2.6${'.1'.repeat(199)}` },
  }),
  'ADMD of length 0 in the trace': () => inDomain({ administrationDomainName: noLetter }),
};

async function acceptsAnother(peer: HostilePeer, where: string): Promise<void> {
  const delivered = peer.mta.delivered.length;
  assert.ok(peer.associated, `${where}: the association stands`);
  assert.equal(await peer.transfer(messageWith()), 'secured', where);
  await peer.world.pass(1000);
  assert.equal(peer.mta.delivered.length, delivered + 1, where);
}

test('RT-A3: what cannot be meant, from an originator who can be told', async () => {
  const peer = new HostilePeer();
  peer.takesCalls();
  await peer.transfer(messageWith());
  await peer.world.pass(1000);
  for (const [name, changes] of Object.entries(reported)) {
    const [delivered, reports] = [peer.mta.delivered.length, peer.received.length];
    assert.equal(await peer.transfer(messageWith(changes())), 'secured', name);
    await peer.world.pass(10_000);
    assert.equal(peer.mta.delivered.length, delivered, `${name}: not delivered`);
    assert.equal(peer.received.length, reports + 1, `${name}: a report`);
    const report = decodeMTSAPDU(peer.received[reports]);
    assert.ok(report.ok && report.value.kind === 'report', name);
    const { content } = report.value.value;
    const [{ lastTraceInformation }] = content.perRecipientFields;
    const { reportType } = lastTraceInformation;
    assert.ok(reportType.kind === 'nonDelivery', name);
    assert.equal(reportType.value.nonDeliveryReasonCode, 'unable-to-transfer', name);
    assert.equal(reportType.value.nonDeliveryDiagnosticCode, 'invalid-arguments', name);
    assert.notEqual(content.contentIdentifier, '', `${name}: the report does not carry it on`);
    await acceptsAnother(peer, name);
    assert.equal(peer.mta.disk.messages.size, 0, `${name}: nothing is left`);
  }
  assert.deepEqual(peer.mta.events('internal-error'), []);
  await peer.leavesNothing();
});

test('RT-A3: what cannot be meant, and nobody to tell', async () => {
  const peer = new HostilePeer();
  await peer.transfer(messageWith());
  await peer.world.pass(1000);
  const before = peer.holdings();
  for (const [name, changes] of Object.entries(refused)) {
    const told = peer.mta.events('apdu-malformed').length;
    assert.equal(await peer.transfer(messageWith(changes())), 'refused for good', name);
    const [said] = peer.mta.events('apdu-malformed').slice(told);
    assert.ok(said !== undefined && said.fields.link === 'to-A' && said.fields.path !== '', name);
    await acceptsAnother(peer, name);
    assert.deepEqual(peer.holdings(), before, name);
  }
  assert.deepEqual(peer.mta.events('internal-error'), []);
});

test('RT-A3: what is unusual and valid passes', async () => {
  const peer = new HostilePeer();
  for (const [name, changes] of Object.entries(carried)) {
    const delivered = peer.mta.delivered.length;
    assert.equal(await peer.transfer(messageWith(changes())), 'secured', name);
    await peer.world.pass(1000);
    assert.equal(peer.mta.delivered.length, delivered + 1, name);
    await acceptsAnother(peer, name);
  }
  await peer.leavesNothing();
});

test('RT-A3: the event names a dump of the octets: one a link in ten minutes, and bounded', async () => {
  const peer = new HostilePeer();
  const { written } = peer.mta.malformed;
  const bad = (): Uint8Array => messageWith(refused['PRMD of length 0 of the originator']());
  const first = bad();
  assert.equal(await peer.transfer(first), 'refused for good');
  const [{ fields }] = peer.mta.events('apdu-malformed');
  assert.equal(written.length, 1);
  assert.equal(fields.dump, `/dumps/${written[0].name}.txt`);
  assert.deepEqual(written[0].octets, first);
  assert.match(written[0].text, /MTA-A by link to-A: .*expected .*, got /);
  for (let count = 0; count < 10; count += 1) await peer.transfer(bad());
  assert.equal(written.length, 1, 'a peer that goes on fills no disk');
  assert.equal(peer.mta.events('apdu-malformed').at(-1)?.fields.dump, undefined);
  await peer.world.pass(600_000);
  assert.equal(
    await peer.transfer(messageWith(refused['local identifier of length 0']())),
    'refused for good',
  );
  assert.equal(written.length, 2, 'another after ten minutes');
  const unreadable = new Uint8Array(200_000).fill(0xff);
  await peer.world.pass(600_000);
  await peer.transfer(unreadable);
  assert.ok(written.every(({ octets }) => octets.length <= 65_536));
  await acceptsAnother(peer, 'after them all');
  await peer.leavesNothing();
});
