// What is known of the other end of a TLS connection, and whether that is what a link asks for. Decides
// nothing about associations. Known shortcoming: revocation lists are not looked at.

import { checkServerIdentity, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';

import type { LinkTlsConfiguration } from '../config/index.ts';
import type { ChannelTls, TlsMisfit } from '../transfer/ports.ts';

/** Most certificates of a chain that are looked at. */
const chain_certificates_max = 10;

/** The peer of `socket`, whose handshake is over. */
export function channelOf(
  socket: TLSSocket,
  authoritiesOf: (file: string) => ReadonlySet<string>,
): ChannelTls {
  const peer = socket.getPeerCertificate(true);
  const certificate = peer?.fingerprint256 === undefined ? undefined : peer;
  const misfit = (wanted: LinkTlsConfiguration, name: string | undefined): TlsMisfit | undefined => {
    const expected = expectedOf(wanted, name);
    if (certificate === undefined) return { code: 'no-certificate', expected, got: 'none' };
    const got = `SHA-256 ${certificate.fingerprint256}`;
    if (wanted.fingerprint !== undefined) {
      const fits = certificate.fingerprint256 === wanted.fingerprint;
      return fits ? undefined : { code: 'fingerprint', expected, got };
    }
    if (wanted.ca === undefined) return undefined;
    if (!socket.authorized) {
      return { code: 'authority', expected, got: `${got}: ${String(socket.authorizationError)}` };
    }
    const authorities = authoritiesOf(wanted.ca);
    if (!chainOf(certificate).some((each) => authorities.has(each.fingerprint256))) {
      return { code: 'authority', expected, got: `${got}: of another authority` };
    }
    const wrongName = name === undefined ? undefined : checkServerIdentity(name, certificate);
    return wrongName === undefined ? undefined : { code: 'name', expected, got: wrongName.message };
  };
  return { protocol: socket.getProtocol() ?? 'TLS', fingerprint: certificate?.fingerprint256, misfit };
}

function expectedOf({ fingerprint, ca }: LinkTlsConfiguration, name: string | undefined): string {
  if (fingerprint !== undefined) return `the certificate with SHA-256 ${fingerprint}`;
  const named = name === undefined ? '' : ` for ${name}`;
  return ca === undefined ? 'a certificate' : `a certificate${named} of an authority in ${ca}`;
}

function chainOf(leaf: DetailedPeerCertificate): readonly DetailedPeerCertificate[] {
  const chain = [leaf];
  for (let next = leaf.issuerCertificate; chain.length < chain_certificates_max; ) {
    if (next === undefined || next === chain.at(-1)) break;
    chain.push(next);
    next = next.issuerCertificate;
  }
  return chain;
}
