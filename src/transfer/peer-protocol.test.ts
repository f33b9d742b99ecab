// P1 of 1984 on a link: what comes in is what 1988 says of it, what cannot go out is named recipient by
// recipient; and the refusals of a bind in the mode of the caller.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { envelopeOf } from '../../test/support/transfer.ts';
import { concat, equalOctets } from '../base/octets.ts';
import { downgradeMessageEnvelope, encodeMTSAPDU, encodeUMPDUHead } from '../p1/index.ts';
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
  const front = envelopePrefixFrom('x410-1984')(mpdu);
  assert.ok(front.kind === 'message');
  assert.deepEqual(front.envelope.perRecipientFields.length, 1);
});

test('links of 1988, over either mode, carry the MTS-APDU as it is', () => {
  const apdu = encodeMTSAPDU({ kind: 'message', value: { envelope, content } });
  for (const mode of ['normal', 'x410-1988'] as const) {
    const read = decodeFromPeer(apdu, mode);
    assert.ok(read.ok && read.value.kind === 'message');
    assert.deepEqual(undowngradable({ kind: 'message', envelope }, mode), []);
  }
});

test('a recipient that 1984 has no name for is named, and no other', () => {
  const failed = undowngradable({ kind: 'message', envelope }, 'x410-1984');
  assert.deepEqual(
    failed.map(({ index }) => index),
    [1],
  );
  assert.deepEqual(undowngradable({ kind: 'probe', envelope: probeOf(plain) }, 'x410-1984'), []);
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
