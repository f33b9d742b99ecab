// P1 of 1984 on a link: what comes in is what 1988 says of it, what cannot go out is named recipient by
// recipient; and the refusals of a bind in the mode of the caller.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { envelopeOf } from '../../test/support/transfer.ts';
import { concat, equalOctets } from '../base/octets.ts';
import { atOnce } from '../base/steps.ts';
import {
  decodeP1_1984,
  downgradeMessageEnvelope,
  encodeMTSAPDU,
  encodeUMPDUHead,
  UMPDUEnvelope,
} from '../p1/index.ts';
import { type ORName, printORAddress } from '../address/index.ts';
import { ctx, decode, decodePrefix, raw, rawOctets, sequence } from '../asn1/index.ts';
import type { QueuedCopy } from '../store/index.ts';
import { outgoingApdu } from './outgoing.ts';
import { encodeStored } from './stored-value.ts';
import { bindErrorRefusal, refusalInMode } from './bind.ts';
import { decodeFromPeer, envelopePrefixFrom, undowngradable } from './peer-protocol.ts';

const content = Uint8Array.of(0x30, 0);
const envelope = envelopeOf([{ to: '/S=a/P=B/A= /C=GB/' }, { to: '/N-ID=7/P=C/A= /C=GB/' }]);
const plain = envelopeOf([{ to: '/S=a/P=B/A= /C=GB/' }]);

test('a message of 1984 comes in as one of 1988, whole and from its front', () => {
  const { value } = downgradeMessageEnvelope(plain);
  assert.ok(value !== undefined);
  const mpdu = concat([encodeUMPDUHead(value, content.length), content]);
  const read = decodeFromPeer(mpdu, 'x410-1984');
  assert.ok(read.ok && read.value.kind === 'message');
  assert.deepEqual(read.value.value.envelope.messageIdentifier, plain.messageIdentifier);
  assert.ok(equalOctets(read.value.value.content, content));
  const front = atOnce(envelopePrefixFrom('x410-1984')(mpdu));
  assert.ok(front.kind === 'message');
  assert.deepEqual(front.envelope.perRecipientFields.length, 1);
});

test('the seven EAN messages come in as P1 1984, are stored as 1988, and go out as P1 1984', (t) => {
  for (const name of [1, 2, 3, 4, 5, 6, 7].map((number) => `msg${number}.pe`)) {
    const file = new URL(`../../../shared/reference/samples/ean-1985/${name}`, import.meta.url);
    if (!existsSync(file)) return t.skip(`${file.pathname} not found`);
    const sample = new Uint8Array(readFileSync(file));
    const front = decodePrefix(raw(), sample);
    assert.ok(front.ok);
    const queued = decode(ctx(0, sequence({ envelope: UMPDUEnvelope })), rawOctets(front.value.value));
    assert.ok(queued.ok, name);
    const p2 = sample.subarray(front.value.end);
    const mpdu = concat([encodeUMPDUHead(queued.value.envelope, p2.length), p2]);
    const came = decodeFromPeer(mpdu, 'x410-1984');
    assert.ok(came.ok && came.value.kind === 'message', name);
    const { envelope: stored, content: octets } = came.value.value;
    const recipients = stored.perRecipientFields.map((_, number) => ({ number, address: '' }));
    const copy = {
      kind: 'message',
      envelope: encodeStored({ kind: 'message', envelope: stored }),
      content: { kind: 'inline', octets },
      contentLength: octets.length,
      recipients,
    } as unknown as QueuedCopy;
    const out = outgoingApdu(copy, { sameDomain: false, mode: 'x410-1984' });
    assert.ok(out.kind === 'apdu', name);
    const went = decodeP1_1984(concat([out.head, octets]));
    assert.ok(went.ok && went.value.kind === 'userMPDU', name);
    assert.ok(equalOctets(went.value.value.content, p2), `${name}: content`);
    const { envelope: before } = queued.value;
    const { envelope: after } = went.value.value;
    assert.deepEqual(after.mpduIdentifier, before.mpduIdentifier);
    assert.deepEqual(after.recipientInfo.map(nameIn), before.recipientInfo.map(nameIn));
    assert.equal(printORAddress(after.originator), printORAddress(before.originator));
    assert.equal(after.traceInformation.length, before.traceInformation.length);
  }
});

function nameIn({ recipient }: { readonly recipient: ORName }): string {
  return printORAddress(recipient);
}

test('links of 1988, over either mode, carry the MTS-APDU as it is', () => {
  const apdu = encodeMTSAPDU({ kind: 'message', value: { envelope, content } });
  for (const mode of ['normal', 'x410-1988'] as const) {
    const read = decodeFromPeer(apdu, mode);
    assert.ok(read.ok && read.value.kind === 'message');
    assert.deepEqual(atOnce(undowngradable({ kind: 'message', envelope }, mode)), []);
  }
});

test('a recipient that 1984 has no name for is named, and no other', () => {
  const failed = atOnce(undowngradable({ kind: 'message', envelope }, 'x410-1984'));
  assert.deepEqual(
    failed.map(({ index }) => index),
    [1],
  );
  assert.deepEqual(atOnce(undowngradable({ kind: 'probe', envelope: probeOf(plain) }, 'x410-1984')), []);
});

function probeOf({ messageIdentifier, priority: _, ...shared }: typeof plain & { contentType: unknown }) {
  return { probeIdentifier: messageIdentifier, ...shared };
}

test('bind errors have a refuse reason in X.410-1984 mode (X.228 9)', () => {
  const errors = [
    ['busy', 'rts-busy'],
    ['authentication-error', 'validation-failure'],
    ['unacceptable-dialogue-mode', 'unacceptable-dialogue-mode'],
    ['unacceptable-security-context', 'validation-failure'],
  ] as const;
  for (const [error, kind] of errors) {
    assert.deepEqual(refusalInMode(bindErrorRefusal(error), 'x410-1984'), { kind });
    assert.equal(refusalInMode(bindErrorRefusal(error), 'normal').kind, 'bind-error');
  }
  assert.deepEqual(refusalInMode({ kind: 'cannot-recover' }, 'x410-1984'), { kind: 'cannot-recover' });
});
