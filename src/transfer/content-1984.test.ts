// What a peer of 1984 gets: P2 for P22 where its link asks for it and nowhere else, the same octets each
// time; and the profile of its link (RT-P2), internal trace and bilateral information, in P1 of 1984.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textContent } from '../../test/support/ipm.ts';
import {
  copyOfMessage,
  domainNamed,
  envelopeOf,
  HandleInHand,
  now,
  quiet,
} from '../../test/support/transfer.ts';
import { bitsOf, hasBit, rawOf, tagNumberOf, readHeader } from '../asn1/index.ts';
import { concat, equalOctets } from '../base/octets.ts';
import { departureTolerances, type TolerancesConfiguration } from '../config/index.ts';
import { oidOfP22 } from '../content/index.ts';
import { decodeP1_1984, internalTrace, internalTraceElement } from '../p1/index.ts';
import type { QueuedCopy } from '../store/index.ts';
import { content_downgrade_octets_max } from './content-1984.ts';
import { outgoingApdu, type OutgoingLink } from './outgoing.ts';
import { TransferOut, type TransferOutcome } from './transfer-out.ts';

const to1984 = { sameDomain: false, mode: 'x410-1984', contentDowngrade: 'p2' } as const;

function textCopy(text: string, more: Parameters<typeof envelopeOf>[1] = {}): QueuedCopy {
  const { content, encodedInformationTypes } = textContent(text, '/S=Sender/P=B/A= /C=GB/');
  const named = { originalEncodedInformationTypes: encodedInformationTypes, ...more };
  const envelope = envelopeOf([{ to: '/S=b/P=C/A= /C=GB/' }], named);
  return copyOfMessage(envelope, content, { contentType: oidOfP22 });
}

function contentOf(copy: QueuedCopy): Uint8Array {
  assert.ok(copy.content.kind === 'inline');
  return copy.content.octets;
}

/** The APDU of 1984 that the peer gets. */
function sentTo(copy: QueuedCopy, link: OutgoingLink) {
  const out = outgoingApdu(copy, link);
  assert.ok(out.kind === 'apdu', JSON.stringify(out));
  const octets = concat([out.head, out.content ?? contentOf(copy)]);
  assert.equal(octets.length, out.octetsTotal);
  const mpdu = decodeP1_1984(octets);
  assert.ok(mpdu.ok && mpdu.value.kind === 'userMPDU');
  return { octets, tolerances: out.tolerances, ...mpdu.value.value };
}

test('the types of the body, where they changed, are in our element of trace', () => {
  const { envelope } = sentTo(textCopy('Größe'), to1984);
  assert.equal(envelope.contentType, 'interpersonal-messaging-1984');
  const { convertedEncodedInformationTypes: now1984 } =
    envelope.traceInformation[0].domainSuppliedInformation;
  const bits = now1984?.builtInEncodedInformationTypes;
  assert.ok(bits !== undefined && hasBit(bits, 5), 'teletex');
  const plain = sentTo(textCopy('plain'), to1984).envelope.traceInformation[0];
  assert.equal(plain.domainSuppliedInformation.convertedEncodedInformationTypes, undefined);
});

test('the same copy gives the same octets each time: a broken transfer goes on', () => {
  const copy = textCopy('Größe');
  const { octets } = sentTo(copy, to1984);
  for (let time = 0; time < 10; time += 1) assert.ok(equalOctets(sentTo(copy, to1984).octets, octets));
});

test('links that do not ask, other modes and other types leave the content alone', () => {
  const copy = textCopy('Größe');
  const asked = { ...to1984, contentDowngrade: 'none' } as const;
  assert.ok(equalOctets(sentTo(copy, asked).content, contentOf(copy)));
  for (const mode of ['normal', 'x410-1988'] as const) {
    const out = outgoingApdu(copy, { ...to1984, mode });
    assert.ok(out.kind === 'apdu' && out.content === undefined);
  }
  const other = outgoingApdu({ ...copy, contentType: '1.2.3' }, to1984);
  assert.ok(other.kind === 'apdu' && other.content === undefined);
});

test('a prohibited conversion has its own code, what P2 cannot say another; each recipient is told', () => {
  const prohibited = outgoingApdu(textCopy('Größe', { perMessageIndicators: bitsOf([1], 8) }), to1984);
  assert.ok(prohibited.kind === 'undowngradable');
  assert.equal(prohibited.cause, 'implicit-conversion-prohibited');
  assert.deepEqual(
    prohibited.failed.map(({ index }) => index),
    [0],
  );
  const copy = textCopy('x');
  const broken = outgoingApdu({ ...copy, content: { kind: 'inline', octets: Uint8Array.of(1) } }, to1984);
  assert.ok(broken.kind === 'undowngradable' && broken.cause === 'unable-to-downgrade');
});

function transferring(copy: QueuedCopy, read: () => Promise<Uint8Array | undefined>) {
  const handle = new HandleInHand();
  const outcomes: TransferOutcome[] = [];
  const out = new TransferOut({
    handle,
    link: to1984,
    transferTime_ms: () => 1000,
    store: { readContent: read },
  });
  out.start(copy, (outcome) => outcomes.push(outcome));
  return { handle, outcomes, out };
}

function spooled(copy: QueuedCopy, contentLength = copy.contentLength): QueuedCopy {
  return { ...copy, contentLength, content: { kind: 'spooled', spool: 's', octets_count: contentLength } };
}

test('a spooled content is read whole first, then goes as P2', async () => {
  const copy = textCopy('Größe');
  const { handle, out } = transferring(spooled(copy), () => Promise.resolve(contentOf(copy)));
  assert.ok(out.active);
  await quiet();
  const [request] = handle.requests;
  assert.ok(request.kind === 'RTTRreq');
  assert.ok(equalOctets(concat(request.first), sentTo(copy, to1984).octets));
});

test('lost while it is read, unreadable, or too long: one outcome', async () => {
  const copy = textCopy('x');
  const lost = transferring(spooled(copy), () => Promise.resolve(contentOf(copy)));
  lost.out.lost('gone');
  await quiet();
  assert.deepEqual([lost.outcomes.map(({ kind }) => kind), lost.handle.requests], [['lost'], []]);
  const bad = transferring(spooled(copy), () => Promise.reject(new Error('disk')));
  await quiet();
  assert.deepEqual([bad.outcomes.map(({ kind }) => kind), bad.out.active], [['unreadable'], false]);
  const long = transferring(spooled(copy, content_downgrade_octets_max + 1), () => assert.fail('read'));
  const [outcome] = long.outcomes;
  assert.ok(outcome.kind === 'undowngradable');
  assert.match(outcome.failed[0].explanation, /1048576 octets/);
});

test('RT-P2: internal trace as MOTIS had it where the link says so; bilateral information as it says', () => {
  const none = Object.fromEntries(Object.keys(departureTolerances).map((name) => [name, false]));
  const tolerances = (...on: readonly string[]): TolerancesConfiguration =>
    ({ ...none, ...Object.fromEntries(on.map((name) => [name, true])) }) as TolerancesConfiguration;
  const own = { domain: domainNamed('X'), name: 'MTA-X' };
  const extensions = internalTrace([], internalTraceElement(own, { arrivalTime: now }));
  assert.ok(extensions.ok);
  const { countryName, administrationDomainName } = domainNamed('C');
  const information = {
    countryName,
    domain: { kind: 'administrationDomainName', value: administrationDomainName } as const,
    bilateralInformation: rawOf(Uint8Array.of(4, 1, 7)),
  };
  const more = { extensions: extensions.value, perDomainBilateralInformation: [information] };
  const copy = textCopy('x', more);
  const twin = { ...to1984, sameDomain: true };
  const plain = sentTo(copy, { ...twin, tolerances: tolerances() });
  assert.deepEqual([plain.envelope.unknown ?? [], plain.envelope.perDomainBilateralInfo?.length], [[], 1]);
  const on = tolerances('motisInternalTrace', 'stripBilateralInformation');
  const told = sentTo(copy, { ...twin, tolerances: on });
  const [element] = told.envelope.unknown ?? [];
  const header = readHeader(element.buffer, element.start, element.end);
  assert.ok(header.ok && tagNumberOf(header.value.tag) === 30);
  assert.equal(told.envelope.perDomainBilateralInfo, undefined);
  assert.deepEqual([...told.tolerances].sort(), ['motisInternalTrace', 'stripBilateralInformation']);
  const foreign = sentTo(copy, { ...to1984, tolerances: on });
  assert.deepEqual(foreign.envelope.unknown ?? [], [], 'internal trace never leaves our domain');
});
