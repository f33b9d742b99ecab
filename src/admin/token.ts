// The bearer token of the HTTP API: 256 random bits in a file that only its owner may read. It stays the
// same over restarts, so that a metrics collector keeps working; delete the file to have a new one made.
// Never logged.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const form = /^[0-9a-f]{64}$/;

/** The token in `file`, made there if it is missing or is none. Throws what the file system throws. */
export function ensureToken(file: string): string {
  const present = readToken(file);
  if (present !== undefined) {
    chmodSync(file, 0o600);
    return present;
  }
  mkdirSync(dirname(file), { recursive: true });
  const token = randomBytes(32).toString('hex');
  const temporary = `${file}.new`;
  writeFileSync(temporary, `${token}\n`, { mode: 0o600 });
  chmodSync(temporary, 0o600);
  renameSync(temporary, file);
  return token;
}

/** The token in `file`, or undefined where there is none that can be read. */
export function readToken(file: string): string | undefined {
  try {
    const token = readFileSync(file, 'utf8').trim();
    return form.test(token) ? token : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the Authorization header presents `token`, in a time that tells nothing about it. */
export function presentsToken(header: string | undefined, token: string): boolean {
  const presented = /^Bearer +(\S+)$/i.exec(header ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(presented), digest(token)) && presented !== '';
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
