// The NAME under which one recipient's delivery lies. Invariants: the same MTS identifier and recipient give
// the same name, so that a delivery repeated after a crash overwrites itself; two different pairs never share
// one (a digest of both is part of it); another content under an identifier that was used before has a name
// of its own; no name depends on what a file system folds, cuts or forbids.

import { createHash } from 'node:crypto';

const readable_characters_max = 40;
const content_digest_characters = 12;

/** NAME for a recipient (address in text form): at most 120 characters of letters, digits, `-` and `_`. */
export function deliveryName(mtsIdentifier: string, recipient: string): string {
  const local = mtsIdentifier.slice(mtsIdentifier.lastIndexOf(';') + 1);
  const readable = local.replace(/[^A-Za-z0-9-]+/g, '_').slice(0, readable_characters_max);
  const digest = createHash('sha256')
    .update(JSON.stringify([mtsIdentifier, recipient]))
    .digest('hex');
  return `m-${readable}-${digest}`;
}

/** NAME for what came under the MTS identifier of another message: made of its content (SHA-256). */
export function otherContentName(name: string, contentSha256: string): string {
  return `${name}-${contentSha256.slice(0, content_digest_characters)}`;
}
