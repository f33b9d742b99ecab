// The NAME under which one recipient's delivery lies. Invariants: the same MTS identifier and recipient give
// the same name, so that a delivery repeated after a crash overwrites itself; two different pairs never share
// one (a digest of both is part of it); no name depends on what a file system folds, cuts or forbids.

import { createHash } from 'node:crypto';

const readable_characters_max = 40;

/** NAME for a recipient (address in text form): at most 120 characters of letters, digits, `-` and `_`. */
export function deliveryName(mtsIdentifier: string, recipient: string): string {
  const local = mtsIdentifier.slice(mtsIdentifier.lastIndexOf(';') + 1);
  const readable = local.replace(/[^A-Za-z0-9-]+/g, '_').slice(0, readable_characters_max);
  const digest = createHash('sha256')
    .update(JSON.stringify([mtsIdentifier, recipient]))
    .digest('hex');
  return `m-${readable}-${digest}`;
}
