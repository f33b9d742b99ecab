// RT-S1: a peer is known by its bind (name, credentials, selectors, addresses where they are listed), never
// by a name looked up (exchange-mta.md §3.S); and of RT-S2 what TLS has to say. The rest is rt-s2.test.ts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LinkConfiguration } from '../../src/config/index.ts';
import type { RTRefuse } from '../../src/stack/rtse/service.ts';
import { admissionRefusal } from '../../src/transfer/admission.ts';
import { bindErrorName, identifyCaller } from '../../src/transfer/bind.ts';
import { refusedEvent } from '../../src/transfer/open-refusal.ts';
import type { ChannelTls } from '../../src/transfer/ports.ts';
import { configured, linkNamed, open } from '../support/transfer.ts';

const here = configured(`
mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: X } }
listen: [ { port: 1102, tls: { certificate: c.pem, key: k.pem, requestClientCertificate: true } } ]
store: { directory: /nowhere/x }
links:
  - name: one
    peer: { mta: MTA-ONE, password: one-secret, address: 192.0.2.1 }
    selectors: { local: { transport: OURS, session: S, presentation: P } }
    rts: { dialogue: monologue }
  - name: two
    peer: { mta: MTA-TWO, password: two-secret }
  - name: fenced
    peer: { mta: MTA-FENCED, password: f-secret, addresses: [ 192.0.2.0/24, "2001:db8::/32", 198.51.100.7 ] }
  - name: secure
    peer: { mta: MTA-SECURE, password: s-secret }
    tls: { fingerprint: ${'ab'.repeat(32)}, requireClientCertificate: true }
`);
const ours = { transport: Buffer.from('OURS'), session: Buffer.from('S'), presentation: Buffer.from('P') };

const toOne = { selectors: { called: ours, calling: {} } };

/** What the caller's side says of a refusal. */
function onTheOtherEnd(refuse: RTRefuse): string {
  assert.ok(refuse.kind === 'bind-error');
  const refused = { layer: 'user', reason: 'user', transient: false, userData: refuse.userData } as const;
  return refusedEvent(linkNamed('one', here), refused).event;
}

test('RT-S1: two links from one address, told apart by their binds', () => {
  for (const [mta, password, name, more] of [
    ['MTA-ONE', 'one-secret', 'one', toOne],
    ['MTA-TWO', 'two-secret', 'two', {}],
  ] as const) {
    const found = identifyCaller(here.links, open(mta, password, more));
    assert.ok(found.ok);
    assert.equal(found.value.name, name);
    assert.equal(admissionRefusal(found.value, { peerAddress: '203.0.113.9:4711' }), undefined);
  }
});

test('RT-S1: one link from many addresses, and only from those of its list where it has one', () => {
  const fenced = linkNamed('fenced', here);
  for (const peerAddress of ['192.0.2.77:1', '2001:db8::7:5000', '198.51.100.7:1', '::ffff:192.0.2.3:4000']) {
    assert.equal(admissionRefusal(fenced, { peerAddress }), undefined, peerAddress);
  }
  for (const peerAddress of ['192.0.3.1:1', '2001:db9::1:5000', '198.51.100.8:1', 'mta.example:102', '']) {
    const refusal = admissionRefusal(fenced, { peerAddress });
    assert.equal(refusal?.event, 'address-not-allowed', peerAddress);
    assert.deepEqual(refusal.fields, { link: 'fenced', peer: 'MTA-FENCED', allowed: fenced.peer.addresses });
  }
});

test('RT-S2: TLS that is missing, and a certificate that does not fit, say so on both ends', () => {
  const secure: LinkConfiguration = linkNamed('secure', here);
  const misfit = { code: 'fingerprint', expected: 'this one', got: 'that one' };
  const channel = (fits: boolean): ChannelTls => ({
    protocol: 'TLSv1.3',
    fingerprint: 'AB',
    misfit: () => (fits ? undefined : misfit),
  });
  const plain = admissionRefusal(secure, { peerAddress: '192.0.2.1:1' });
  const strange = admissionRefusal(secure, { peerAddress: '192.0.2.1:1', tls: channel(false) });
  assert.deepEqual([plain?.event, strange?.event], ['tls-required', 'client-certificate-refused']);
  assert.deepEqual(strange?.fields, {
    link: 'secure',
    peer: 'MTA-SECURE',
    expected: 'this one',
    got: 'that one',
  });
  for (const refusal of [plain, strange]) {
    assert.ok(refusal?.refuse.kind === 'bind-error');
    assert.equal(bindErrorName(refusal.refuse.userData), 'unacceptable-security-context');
    assert.equal(onTheOtherEnd(refusal.refuse), 'security-refused-by-peer');
  }
  assert.equal(admissionRefusal(secure, { peerAddress: '192.0.2.1:1', tls: channel(true) }), undefined);
});
