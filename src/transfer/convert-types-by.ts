// What the conversions that a recipient needs would make of a probe's subject, one after the other, as far as
// its encoded information types tell. Pure.

import { convertTypes, type TypesConversion } from '../content/index.ts';
import type { PlannedConversion } from './conversion-plans.ts';
import type { Subject } from './replaced-recipients.ts';

/** The types at the end, or the first failure. */
export function convertTypesBy(
  { envelope }: Subject,
  contentLength: number,
  plans: readonly PlannedConversion[],
): TypesConversion {
  let made: TypesConversion = { kind: 'unneeded' };
  let types = envelope.originalEncodedInformationTypes;
  for (const { plan } of plans) {
    const next = convertTypes(types, contentLength, plan);
    if (next.kind === 'failed') return next;
    if (next.kind === 'unneeded') continue;
    types = next.encodedInformationTypes;
    made = { ...next, needsP22: next.needsP22 || (made.kind === 'converted' && made.needsP22) };
  }
  return made;
}
