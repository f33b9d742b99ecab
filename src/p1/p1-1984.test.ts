// MPDUs of 1984: seven envelopes of the EAN system in two encodings, a message of a real peer octet for
// octet, random values of every declared type, and hostile octets.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test, { type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { tcpStreams } from '../../test/support/pcap.ts';
import { arbitrary, ctx, decode, decodePrefix, encode, raw, sequence } from '../asn1/index.ts';
import { printORAddress } from '../address/index.ts';
import { concat, latin1 } from '../base/octets.ts';
import { seededRandom } from '../base/random.ts';
import { envelopePrefix } from './envelope-prefix.ts';
import {
  DeliveryReportContent,
  DeliveryReportMPDU,
  EncodedInformationTypes1984,
  MPDU,
  ProbeEnvelope,
  RecipientInfo,
  ReportedRecipientInfo,
  UMPDUEnvelope,
  UserMPDU,
} from './mpdu-1984.ts';
import {
  decodeP1_1984,
  encodeP1_1984,
  encodeUMPDUHead,
  envelopePrefix1984,
  printP1_1984,
} from './p1-1984.ts';

const reference = new URL('../../../shared/reference/', import.meta.url);

function fileOf(t: TestContext, name: string): Uint8Array | undefined {
  const file = new URL(name, reference);
  if (existsSync(file)) return new Uint8Array(readFileSync(file));
  t.skip(`${file.pathname} not found`);
  return undefined;
}

/** As it lies in the queue of EAN: the envelope in the tag of the user MPDU, the content after it. */
const QueuedEnvelope = ctx(0, sequence({ envelope: UMPDUEnvelope }));

/**
 * Octets of the definite forms that are not what the printed tree says: by the same place and value in three
 * files they were changed after the message was written.
 */
const altered: Readonly<Record<string, { readonly at: number; readonly was: number }>> = {
  msg4: { at: 134, was: 0x80 },
  msg5: { at: 134, was: 0x80 },
  msg6: { at: 89, was: 0x00 },
};

/** The queued envelope in definite lengths, as it was before `altered`, and its content. */
function definiteForm(name: string, file: Uint8Array): { envelope: Uint8Array; content: Uint8Array } {
  const view = new DataView(file.buffer, file.byteOffset);
  const [end, total] = [view.getUint32(4), view.getUint32(8)];
  const restored = file.slice();
  const change = altered[name];
  if (change !== undefined) restored[change.at] = change.was;
  return { envelope: restored.subarray(12, end), content: restored.subarray(end, total) };
}

/** The character strings and octets of the first printed tree, in their order. */
function leavesOfTree(printed: string): readonly string[] {
  const tree = printed.slice(0, printed.indexOf('\n( CONT', 1));
  const leaves = tree.match(/\( (?:UNIV|CONT|APPL) \w+(?: \w+)?\n(?:\s+(?:"[^"]*"|0x[0-9a-f]+)\n)+/g) ?? [];
  return leaves.map((leaf) => {
    const pieces = leaf.split('\n').slice(1, -1);
    return pieces.map((piece) => pieceText(piece.trim())).join('');
  });
}

function pieceText(piece: string): string {
  if (piece.startsWith('"')) return piece.slice(1, -1);
  const pairs = piece.slice(2).match(/../g) ?? [];
  return pairs.map((pair) => String.fromCharCode(Number.parseInt(pair, 16))).join('');
}

const eanMessages = [
  ['msg1', '/DD.=ean/DD.=ean.vax2.cs.ucl.ac/P=uk/A=/C=/', '851106103311'],
  ['msg2', '/DD.=alina/DD.=ean.vax2.cs.ucl.ac/P=uk/A=/C=/', '851106163413'],
  ['msg3', '/DD.=alina/DD.=ean.vax2.cs.ucl.ac/P=uk/A=/C=/', '851106170431'],
  ['msg4', '/DD.=busch/DD.=xps.gmd/P=dfn/A=/C=/', '851114171228'],
  ['msg5', '/DD.=steve/DD.=priam/P=cern/A=/C=/', '851115004138'],
  ['msg6', '/DD.=lancia/DD.=iasi.cnr/P=osiride/A=/C=/', '851209150738'],
  ['msg7', '/DD.=alina/DD.=ean.vax2.cs.ucl.ac/P=uk/A=/C=/', '860324133448'],
] as const;

for (const [name, originator, identifier] of eanMessages) {
  test(`the EAN envelope ${name} decodes in both encodings, prints, and goes on octet for octet`, (t) => {
    const file = fileOf(t, `samples/ean-1985/${name}`);
    const element = fileOf(t, `samples/ean-1985/${name}.pe`);
    const tree = fileOf(t, `samples/ean-1985/${name}.pl`);
    if (file === undefined || element === undefined || tree === undefined) return;
    const { envelope: definite, content } = definiteForm(name, file);
    const indefinite = decodePrefix(raw(), element);
    assert.ok(indefinite.ok);
    for (const octets of [definite, element.subarray(0, indefinite.value.end)]) {
      const queued = decode(QueuedEnvelope, octets);
      assert.ok(queued.ok, queued.ok ? '' : queued.error.message);
      const { envelope } = queued.value;
      assert.equal(printORAddress(envelope.originator), originator);
      assert.equal(envelope.mpduIdentifier.localIdentifier, identifier);
      assert.equal(envelope.contentType, 'interpersonal-messaging-1984');
      assert.equal(envelope.recipientInfo.length, 1);
      const mpdu: MPDU = { kind: 'userMPDU', value: { envelope, content } };
      const sent = encodeP1_1984(mpdu);
      const set = encode(UMPDUEnvelope, envelope, { constraints: 'tolerant' });
      assert.ok(latin1(octets).includes(latin1(set)), 'the envelope is copied');
      const received = decodeP1_1984(sent);
      assert.ok(received.ok && received.value.kind === 'userMPDU');
      assert.deepEqual(received.value.value.content, content);
      assert.deepEqual(encodeP1_1984(received.value), sent);
      const printed = printP1_1984(received.value);
      const leaves = leavesOfTree(latin1(tree));
      assert.ok(leaves.length > 10, `${leaves.length} leaves`);
      for (const leaf of leaves) {
        if (/^[ -~]{2,}$/.test(leaf)) assert.ok(printed.includes(leaf), `${leaf} in\n${printed}`);
      }
    }
  });
}

test('the octets that were changed in three of the EAN files are errors, not values', (t) => {
  for (const name of Object.keys(altered)) {
    const file = fileOf(t, `samples/ean-1985/${name}`);
    if (file === undefined) return;
    const end = new DataView(file.buffer, file.byteOffset).getUint32(4);
    assert.equal(decode(QueuedEnvelope, file.subarray(12, end)).ok, false, name);
  }
});

/** The MPDU in the capture: one SSDU after GIVE TOKENS and DATA TRANSFER, in one TPKT. */
function capturedMPDU(t: TestContext): Uint8Array | undefined {
  const url = new URL('captures/84-x410-message.pcap', reference);
  if (!existsSync(url)) {
    t.skip(`${url.pathname} not found`);
    return undefined;
  }
  const [caller] = tcpStreams(fileURLToPath(url));
  const at = latin1(caller.octets).indexOf('\x01\x00\x01\x00\xa0\x80') + 4;
  assert.ok(at > 4);
  const tpkt = at - 11;
  const length = (caller.octets[tpkt + 2] << 8) | caller.octets[tpkt + 3];
  return caller.octets.slice(at, tpkt + length);
}

test('the user MPDU of a real peer decodes, prints and encodes to its own octets', (t) => {
  const octets = capturedMPDU(t);
  if (octets === undefined) return;
  const mpdu = decodeP1_1984(octets);
  assert.ok(mpdu.ok, mpdu.ok ? '' : mpdu.error.message);
  assert.ok(mpdu.value.kind === 'userMPDU');
  assert.deepEqual(encodeP1_1984(mpdu.value), octets);
  const { envelope, content } = mpdu.value.value;
  assert.equal(envelope.mpduIdentifier.localIdentifier, 'pp.test.629:20.10.26.23.48.23');
  assert.equal(printORAddress(envelope.originator), '/S=u1/O=Test/P=PP/A= /C=GB/');
  assert.equal(printORAddress(envelope.recipientInfo[0].recipient), '/S=u1/O=o84/P=TS/A= /C=GB/');
  assert.equal(envelope.uaContentId, 'cap 84-x410-m...');
  assert.equal(envelope.traceInformation.length, 2);
  assert.equal(content.length, 0xde);
  assert.match(
    printP1_1984(mpdu.value),
    /perRecipientFlag: \{responsibility, originating-MTA-non-delivery-report/,
  );
});

test('the envelope of a large user MPDU is read from its front, and put before a streamed content', () => {
  const random = seededRandom(84);
  const envelope = arbitrary(UMPDUEnvelope, random, { size_max: 2 });
  const content = random.octets(70_000);
  const mpdu = concat([encodeUMPDUHead(envelope, content.length), content]);
  assert.deepEqual(mpdu, encodeP1_1984({ kind: 'userMPDU', value: { envelope, content } }));
  const prefix = envelopePrefix1984(mpdu.subarray(0, mpdu.length - content.length));
  assert.ok(prefix.kind === 'message');
  assert.deepEqual(prefix.content.octets, { start: mpdu.length - content.length, length: content.length });
  assert.equal(envelopePrefix1984(mpdu.subarray(0, 20)).kind, 'incomplete');
  assert.equal(envelopePrefix(mpdu.subarray(0, 20)).kind, 'incomplete');
});

const types = {
  MPDU,
  UserMPDU,
  UMPDUEnvelope,
  RecipientInfo,
  EncodedInformationTypes1984,
  ProbeEnvelope,
  DeliveryReportMPDU,
  DeliveryReportContent,
  ReportedRecipientInfo,
};

for (const [name, type] of Object.entries(types)) {
  test(`random values of ${name} come back from their encoding, every field of them`, () => {
    const random = seededRandom(1984);
    for (let run = 0; run < 25; run += 1) {
      const value: unknown = arbitrary<unknown>(type, random, { size_max: 3 });
      const octets = encode<unknown>(type, value);
      const decoded = decode<unknown>(type, octets, { constraints: 'strict' });
      assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.message);
      assert.deepEqual(encode<unknown>(type, structuredClone(decoded.value)), octets);
      assert.deepEqual(encode<unknown>(type, decoded.value), octets);
    }
  });
}

test('cut or altered octets are an error or a value, never an exception', () => {
  const random = seededRandom(410);
  for (let run = 0; run < 300; run += 1) {
    const octets = encode(MPDU, arbitrary(MPDU, random, { size_max: 2 })).slice();
    octets[random.between(0, octets.length - 1)] = random.between(0, 255);
    const decoded = decodeP1_1984(octets.subarray(0, random.between(0, octets.length)));
    if (decoded.ok) printP1_1984(decoded.value);
  }
});
