// Certificates for tests, made anew by the openssl command of the machine: two authorities that do not know
// each other, and certificates of both. Private keys live in the test's directory and go with it.

import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Pair {
  readonly certificate: string;
  readonly key: string;
  readonly fingerprint: string;
}

/** Whether certificates can be made here. */
export function opensslIsThere(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** An authority in `directory`. */
export function authority(directory: string, name: string): Pair {
  const pair = filesOf(directory, name);
  openssl([...request(name, pair), '-x509', '-days', '2', '-addext', 'basicConstraints=critical,CA:TRUE']);
  return withFingerprint(pair);
}

/** A certificate for `host` (a DNS name or an IPv4 address), issued by `by`. */
export function certificateBy(by: Pair, of: { directory: string; name: string; host: string }): Pair {
  const pair = filesOf(of.directory, of.name);
  const asked = `${pair.certificate}.csr`;
  const extensions = `${pair.certificate}.ext`;
  const kind = /^[0-9.]+$/.test(of.host) ? 'IP' : 'DNS';
  writeFileSync(extensions, `subjectAltName=${kind}:${of.host}\nbasicConstraints=CA:FALSE\n`);
  openssl([...request(of.name, { ...pair, certificate: asked })]);
  const issue = ['-CA', by.certificate, '-CAkey', by.key, '-CAcreateserial', '-days', '2'];
  openssl(['x509', '-req', '-in', asked, ...issue, '-extfile', extensions, '-out', pair.certificate]);
  return withFingerprint(pair);
}

function filesOf(directory: string, name: string): Omit<Pair, 'fingerprint'> {
  return { certificate: join(directory, `${name}.pem`), key: join(directory, `${name}.key`) };
}

function withFingerprint(pair: Omit<Pair, 'fingerprint'>): Pair {
  return { ...pair, fingerprint: new X509Certificate(readFileSync(pair.certificate)).fingerprint256 };
}

function request(name: string, pair: Omit<Pair, 'fingerprint'>): readonly string[] {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', pair.key];
  return ['req', '-new', ...key, '-subj', `/CN=${name}`, '-out', pair.certificate];
}

function openssl(args: readonly string[]): void {
  execFileSync('openssl', [...args], { stdio: 'pipe' });
}
