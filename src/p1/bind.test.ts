// MTABind as real peers send it.

import assert from 'node:assert/strict';
import test from 'node:test';
import { decode, encode } from '../asn1/index.ts';
import { fromHex, fromLatin1, latin1 } from '../base/octets.ts';
import { MTABindArgument, MTABindError, MTABindResult, passwordOctets, simpleCredentials } from './bind.ts';

function octets(hex: string): Uint8Array {
  const found = fromHex(hex);
  assert.ok(found);
  return found;
}

test('the binds of a real peer, in normal mode (OCTET STRING) and X.410 mode (IA5String)', () => {
  for (const hex of [
    'a113800670702d6d7461a109040770702d70617373',
    'a113800670702d6d7461a109160770702d70617373',
  ]) {
    const argument = decode(MTABindArgument, octets(hex));
    assert.ok(argument.ok && argument.value.kind === 'authenticated');
    assert.equal(argument.value.value.initiatorName, 'pp-mta');
    assert.equal(latin1(passwordOctets(argument.value.value.initiatorCredentials) ?? octets('')), 'pp-pass');
    assert.deepEqual(encode(MTABindArgument, argument.value), octets(hex));
  }
});

test('results, errors and binds without authentication', () => {
  const result = decode(MTABindResult, octets('a113800674732d6d7461a109040774732d70617373'));
  assert.ok(result.ok && result.value.kind === 'authenticated');
  assert.equal(result.value.value.responderName, 'ts-mta');
  assert.deepEqual(encode(MTABindArgument, { kind: 'unauthenticated', value: null }), octets('0500'));
  assert.deepEqual(decode(MTABindError, octets('020102')), { ok: true, value: 'authentication-error' });
  assert.deepEqual(encode(MTABindError, 'unacceptable-dialogue-mode'), octets('020103'));
});

test('simple credentials are IA5 where they can be, unless asked otherwise', () => {
  const password = fromLatin1('a-secret');
  assert.deepEqual(simpleCredentials(password), {
    kind: 'simple',
    value: { kind: 'ia5String', value: 'a-secret' },
  });
  for (const credentials of [simpleCredentials(password, 'octetString'), simpleCredentials(octets('ff00'))]) {
    assert.equal(credentials.kind === 'simple' && credentials.value.kind, 'octetString');
  }
  assert.deepEqual(passwordOctets(simpleCredentials(octets('ff00'))), octets('ff00'));
  assert.equal(passwordOctets({ kind: 'strong', value: {} }), undefined);
});
