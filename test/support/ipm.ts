// Interpersonal messages for tests: a heading with no more than it must have, contents of any parts, and the
// plan by which texts become IA5.

import assert from 'node:assert/strict';
import { encode } from '../../src/asn1/index.ts';
import { buildTextContent, type BuiltContent } from '../../src/content/build-content.ts';
import type { ConversionPlan } from '../../src/content/conversion-plan.ts';
import type { BodyPart, Heading, IPM } from '../../src/content/ipm.ts';
import { InformationObject } from '../../src/content/ipn.ts';
import { nameOf } from './transfer.ts';

/** A heading with its identifier and nothing else. */
export function headingWith(changes: Partial<Heading> = {}): Heading {
  return {
    thisIPM: { user: nameOf('/S=Smith/P=SITE-A/A= /C=GB/'), userRelativeIdentifier: 'id' },
    primaryRecipients: [],
    copyRecipients: [],
    obsoletedIPMs: [],
    relatedIPMs: [],
    importance: 'normal',
    autoForwarded: false,
    extensions: [],
    ...changes,
  };
}

/** A message of these parts; undefined: it has no body. */
export function ipmOf(body: readonly BodyPart[] | undefined, heading = headingWith()): IPM {
  return { heading, ...(body !== undefined && { body }) };
}

/** Its octets. Parts are taken as they are, also those that the standard does not allow. */
export function contentOf(body: readonly BodyPart[] | undefined, heading = headingWith()): Uint8Array {
  const value = ipmOf(body, heading);
  return encode(InformationObject, { kind: 'ipm', value }, { constraints: 'tolerant' });
}

/** A P22 message with this text, from a user to itself. */
export function textContent(text: string, user = '/S=Smith/P=SITE-A/A= /C=GB/'): BuiltContent {
  const from = nameOf(user);
  const built = buildTextContent({ identifier: 'id', from, to: [from], text });
  // A text may be larger than a message about it can be.
  if (!built.ok) assert.fail(JSON.stringify(built.error));
  return built.value;
}

/** Only IA5 is taken, texts become IA5, and everything is permitted. */
export function planWith(more: Partial<ConversionPlan> = {}): ConversionPlan {
  return { accepts: new Set(['ia5']), text: 'ia5', permitted: true, withLoss: true, ...more };
}
