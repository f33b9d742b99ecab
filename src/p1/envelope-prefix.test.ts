// The envelope from the front of an APDU, at every cut, and the head that goes before a streamed content.

import assert from 'node:assert/strict';
import test from 'node:test';
import { arbitrary, decode, encode } from '../asn1/index.ts';
import { concat, fromHex } from '../base/octets.ts';
import { seededRandom } from '../base/random.ts';
import { ContentReader } from './content-reader.ts';
import { encodeMessageHead, envelopePrefix } from './envelope-prefix.ts';
import { MessageTransferEnvelope, MTSAPDU, Probe, Report } from './envelopes.ts';

const random = seededRandom(7);
const envelope = arbitrary(MessageTransferEnvelope, random, { size_max: 2 });

/** The element in the indefinite form. */
function indefinite(identifier: number, contents: readonly Uint8Array[]): Uint8Array {
  return concat([Uint8Array.of(identifier, 0x80), ...contents, Uint8Array.of(0, 0)]);
}

/** The same envelope with an indefinite length around it. */
function loosened(octets: Uint8Array): Uint8Array {
  const header = octets[1] > 0x80 ? 2 + (octets[1] & 0x7f) : 2;
  return indefinite(octets[0], [octets.subarray(header)]);
}

test('the head, then the content, is the message', () => {
  for (const length of [0, 1, 127, 128, 255, 256, 70_000]) {
    const content = random.octets(length);
    const apdu = concat([encodeMessageHead(envelope, length), content]);
    assert.deepEqual(apdu, encode(MTSAPDU, { kind: 'message', value: { envelope, content } }));
    const prefix = envelopePrefix(apdu.subarray(0, apdu.length - length));
    assert.ok(prefix.kind === 'message');
    assert.deepEqual(prefix.content.octets, { start: apdu.length - length, length });
    assert.deepEqual(encodeMessageHead(prefix.envelope, length), apdu.subarray(0, apdu.length - length));
  }
});

test('every shorter prefix is incomplete, in definite and indefinite form', () => {
  const set = encode(MessageTransferEnvelope, envelope);
  const content = indefinite(0x24, [Uint8Array.of(4, 3, 1, 2, 3)]);
  const definite = concat([encodeMessageHead(envelope, 3), Uint8Array.of(1, 2, 3)]);
  const loose = indefinite(0xa0, [loosened(set), content]);
  for (const [apdu, end] of [
    [definite, definite.length - 3],
    [loose, 2 + loosened(set).length + 2],
  ] as const) {
    for (let length = 0; length < end; length += 1) {
      assert.equal(envelopePrefix(apdu.subarray(0, length)).kind, 'incomplete', `${length} octets`);
    }
    const found = envelopePrefix(apdu.subarray(0, end));
    assert.ok(found.kind === 'message');
    assert.deepEqual(found.envelope.messageIdentifier, envelope.messageIdentifier);
  }
});

test('an indefinite or constructed content is read by a ContentReader', () => {
  const apdu = indefinite(0xa0, [
    loosened(encode(MessageTransferEnvelope, envelope)),
    indefinite(0x24, [Uint8Array.of(4, 2, 1, 2), Uint8Array.of(0x24, 3, 4, 1, 3), Uint8Array.of(4, 0)]),
  ]);
  const prefix = envelopePrefix(apdu);
  assert.ok(prefix.kind === 'message');
  assert.equal(prefix.content.octets, undefined);
  const whole = decode(MTSAPDU, apdu);
  assert.ok(whole.ok && whole.value.kind === 'message');
  assert.deepEqual(whole.value.value.content, Uint8Array.of(1, 2, 3));
  const reader = new ContentReader();
  const read = reader.push(apdu.subarray(prefix.content.at));
  assert.ok(read.ok && reader.done);
  assert.deepEqual(concat([...read.value.content]), Uint8Array.of(1, 2, 3));
  assert.equal(prefix.content.at + read.value.used, apdu.length - 2);
});

test('reports and probes are whole; anything else is malformed', () => {
  const report = encode(MTSAPDU, { kind: 'report', value: arbitrary(Report, random, { size_max: 2 }) });
  const probe = encode(MTSAPDU, { kind: 'probe', value: arbitrary(Probe, random, { size_max: 2 }) });
  assert.equal(envelopePrefix(report.subarray(0, 20)).kind, 'whole');
  assert.equal(envelopePrefix(probe.subarray(0, 20)).kind, 'whole');
  for (const hex of [
    '3003020101',
    'a0050403020101',
    'a08031050202010101',
    'a03103310002010100',
    'a0803100020101',
  ]) {
    const kind = envelopePrefix(fromHex(hex) ?? new Uint8Array()).kind;
    assert.ok(kind === 'malformed' || kind === 'incomplete', `${hex}: ${kind}`);
  }
  assert.equal(
    envelopePrefix(fromHex('a0803184 02000000'.replace(' ', '')) ?? new Uint8Array()).kind,
    'malformed',
  );
});

test('altered prefixes never throw', () => {
  const apdu = concat([encodeMessageHead(envelope, 3), Uint8Array.of(1, 2, 3)]);
  for (let at = 0; at < apdu.length; at += 1) {
    for (const octet of [0x00, 0x80, 0xff, 0x1f, 0x84]) {
      const altered = apdu.slice();
      altered[at] = octet;
      envelopePrefix(altered);
    }
  }
});
