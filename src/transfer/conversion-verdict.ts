// What is common to all who convert: which contents are looked into, whose explicit requests differ, and what
// a conversion that failed is reported as. Pure.

import { contentTypeOid, type FailedConversion, oidOfP2, oidOfP22 } from '../content/index.ts';
import type { NonDeliveryCause } from '../report/index.ts';
import type { QueuedCopy } from '../store/index.ts';
import type { ExplicitConversion } from './conversion-plans.ts';
import type { Subject } from './replaced-recipients.ts';

export type ConversionCause = Extract<
  NonDeliveryCause,
  | 'implicit-conversion-prohibited'
  | 'conversion-with-loss-prohibited'
  | 'line-too-long'
  | 'pictorial-symbol-loss'
  | 'punctuation-symbol-loss'
  | 'alphabetic-character-loss'
  | 'multiple-information-loss'
  | 'eits-unsupported'
  | 'conversion-impractical'
>;

/** A loss that is prohibited is told by what would be lost, where that is known (X.411 8.3.1.2.1.11). */
const lossCauses: Readonly<Record<NonNullable<FailedConversion['lost']>, ConversionCause>> = {
  alphabetic: 'alphabetic-character-loss',
  punctuation: 'punctuation-symbol-loss',
  pictorial: 'pictorial-symbol-loss',
  line: 'line-too-long',
  several: 'multiple-information-loss',
  unknown: 'conversion-with-loss-prohibited',
};

/** What a conversion that failed is reported as. */
export function conversionCause({ why, lost }: Pick<FailedConversion, 'why' | 'lost'>): ConversionCause {
  switch (why) {
    case 'prohibited':
      return 'implicit-conversion-prohibited';
    case 'with-loss-prohibited':
      return lossCauses[lost ?? 'unknown'];
    case 'unsupported':
      return 'eits-unsupported';
    case 'impractical':
      return 'conversion-impractical';
  }
}

/** P2 and P22 are what is read here; other contents go as they are. */
export function convertible({ envelope }: Subject): boolean {
  const oid = contentTypeOid(envelope.contentType);
  return oid === oidOfP2 || oid === oidOfP22;
}

/** The recipients of a copy by what the originator explicitly asks for them. */
export function byExplicitConversion(
  copy: Pick<QueuedCopy, 'recipients'>,
  { envelope }: Subject,
): ReadonlyMap<ExplicitConversion, QueuedCopy['recipients']> {
  const groups = new Map<ExplicitConversion, QueuedCopy['recipients'][number][]>();
  for (const recipient of copy.recipients) {
    const explicit = envelope.perRecipientFields[recipient.number]?.explicitConversion;
    const group = groups.get(explicit);
    if (group === undefined) groups.set(explicit, [recipient]);
    else group.push(recipient);
  }
  return groups;
}
