// The PEM files of certificates, keys and authorities, read once and again when told to. Reads nothing but
// files that the configuration names. Invariant: what was read stays in force until what replaces it was
// read whole, so that a file that is being written breaks nothing.

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';

/** The files of one end of TLS, by absolute paths. */
export interface TlsFileNames {
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  readonly ca: string | undefined;
}

/** Told when files cannot be used. */
export type TlsFilesFailed = (file: string, detail: string) => void;

interface Kept<T> {
  readonly value: T;
  stale: boolean;
}

/** What older versions of TLS there are is broken. */
export const tls_version_min = 'TLSv1.2';

export class TlsFiles {
  readonly #failed: TlsFilesFailed;
  readonly #contexts = new Map<string, Kept<SecureContext>>();
  readonly #authorities = new Map<string, Kept<ReadonlySet<string>>>();

  constructor(failed: TlsFilesFailed) {
    this.#failed = failed;
  }

  /** From now on files are read again when they are wanted. */
  reload(): void {
    for (const kept of [...this.#contexts.values(), ...this.#authorities.values()]) kept.stale = true;
  }

  /** What a handshake needs; undefined, after it was told, if files cannot be used and none were before. */
  context(names: TlsFileNames): SecureContext | undefined {
    const { certificate, key, ca } = names;
    const make = (): SecureContext => createSecureContext(readTlsFiles(names));
    return this.#kept(this.#contexts, { key: JSON.stringify([certificate, key, ca]), make });
  }

  /** The fingerprints of the authorities in a file; none, after it was told, if it cannot be read. */
  authorities(file: string): ReadonlySet<string> {
    const make = (): ReadonlySet<string> => new Set(certificatesOf(readFileSync(file, 'utf8')));
    return this.#kept(this.#authorities, { key: file, make }) ?? new Set();
  }

  #kept<T>(all: Map<string, Kept<T>>, want: { readonly key: string; readonly make: () => T }): T | undefined {
    const kept = all.get(want.key);
    if (kept !== undefined && !kept.stale) return kept.value;
    try {
      const value = want.make();
      all.set(want.key, { value, stale: false });
      return value;
    } catch (error) {
      // One that is half written is tried again with the next reload, not with every call.
      if (kept !== undefined) kept.stale = false;
      const { path, message } = error as NodeJS.ErrnoException;
      this.#failed(path ?? want.key, message);
      return kept?.value;
    }
  }
}

/** The options that a secure context is made of. Throws the system's error, or the one of the PEM reader. */
export function readTlsFiles({ certificate, key, ca }: TlsFileNames): SecureContextOptions {
  return {
    minVersion: tls_version_min,
    ...(certificate !== undefined && { cert: readFileSync(certificate) }),
    ...(key !== undefined && { key: readFileSync(key) }),
    // Without authorities of its own an end trusts none, rather than those of the web.
    ca: ca === undefined ? [] : readAuthorities(ca),
  };
}

/** OpenSSL passes over what is no certificate; an authority that is not there is a mistake to be told. */
function readAuthorities(file: string): string {
  const pem = readFileSync(file, 'utf8');
  certificatesOf(pem);
  return pem;
}

function certificatesOf(pem: string): readonly string[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new Error('there is no certificate in it');
  return blocks.map((block) => new X509Certificate(block).fingerprint256);
}
