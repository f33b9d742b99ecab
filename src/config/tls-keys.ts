// The keys of TLS, of a listener and of a link. A table; relations between keys are in relations.ts.

import { z } from 'zod';

import { defaulted, optional, required } from './key.ts';
import { path } from './named-values.ts';
import { certificateFingerprint, duration, text, yesOrNo } from './value-types.ts';

const live = 'live';
const restart = 'restart';

const host = text({ min: 1, max: 255, pattern: /^[A-Za-z0-9._:*-]+$/, form: 'a host name or IP address' });
const handshake = duration({ min: '100ms', max: '10m' });

export const listenTls = z.strictObject({
  certificate: required(path, {
    change: restart,
    what: 'PEM file of our certificate, with its chain. Read again at SIGHUP.',
  }),
  key: required(path, {
    change: restart,
    what: 'PEM file of the private key of the certificate, readable by us alone. Read again at SIGHUP.',
  }),
  ca: optional(path, {
    change: restart,
    what:
      'PEM file of the authorities that may have issued certificates of callers. Left out: a certificate ' +
      'of a caller is compared with tls.fingerprint of its link only. Read again at SIGHUP.',
  }),
  requestClientCertificate: defaulted(yesOrNo, false, {
    change: restart,
    what: 'Whether callers are asked for a certificate. What it must be, their link says.',
  }),
  handshakeTimeout: defaulted(handshake, '10s', {
    change: restart,
    what: 'How long a caller may take from the TCP connection to the end of the TLS handshake.',
  }),
});

export const linkTls = z.strictObject({
  call: defaulted(yesOrNo, true, {
    change: live,
    what: 'Whether we call this peer by TLS. Its certificate must then fit ca or fingerprint.',
  }),
  required: defaulted(yesOrNo, true, {
    change: live,
    what: 'Whether the peer must call by TLS. On a plain listener it is refused.',
  }),
  requireClientCertificate: defaulted(yesOrNo, false, {
    change: live,
    what: 'Whether the peer, when it calls, must show a certificate that fits fingerprint, or ca.',
  }),
  ca: optional(path, {
    change: live,
    what:
      "PEM file of the authorities of the peer's certificate, which must name serverName. Of a caller's " +
      'too: then the file must be among tls.ca of the listener. Read again at SIGHUP.',
  }),
  fingerprint: optional(certificateFingerprint, {
    change: live,
    what: "SHA-256 fingerprint of the peer's certificate. With it, its names and issuer are not looked at.",
  }),
  certificate: optional(path, {
    change: live,
    what: 'PEM file of the certificate that we show when we call, with its chain. Read again at SIGHUP.',
  }),
  key: optional(path, { change: live, what: 'PEM file of the private key of the certificate.' }),
  serverName: optional(host, {
    change: live,
    what: "Name that the peer's certificate must have. Left out: peer.address.",
  }),
  sni: defaulted(yesOrNo, false, {
    change: live,
    what: 'Whether serverName is told to the peer in the clear at the beginning of the handshake (SNI).',
  }),
  handshakeTimeout: defaulted(handshake, '10s', {
    change: live,
    what: 'How long the TLS handshake may take when we call.',
  }),
});
