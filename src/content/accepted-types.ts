// Whether the encoded information types that an envelope names can be taken as they are, as far as texts go
// (X.411 06/1999, 14.3.5): all that is known of a probe's subject, or of a content too long to be read. Pure.

import { hasBit } from '../asn1/index.ts';
import { builtInEncodedInformationTypeBits, type EncodedInformationTypes } from '../p1/index.ts';
import { characterSetEIT } from './build-content.ts';
import { registeredSet } from './character-sets.ts';
import { type Repertoire, repertoires, setsOf } from './repertoires.ts';

/** Whether every text type named is in `accepts`. Types that are not named are not held against it. */
export function acceptsTypes(
  types: EncodedInformationTypes | undefined,
  accepts: ReadonlySet<Repertoire>,
): boolean {
  if (types === undefined) return true;
  const bits = types.builtInEncodedInformationTypes;
  if (hasBit(bits, builtInEncodedInformationTypeBits['ia5-text']) && !accepts.has('ia5')) return false;
  if (hasBit(bits, builtInEncodedInformationTypeBits.teletex) && !accepts.has('t61')) return false;
  const prefix = `${characterSetEIT}.`;
  const numbers = (types.extendedEncodedInformationTypes ?? [])
    .filter((oid) => oid.startsWith(prefix))
    .map((oid) => Number(oid.slice(prefix.length)));
  const halves = numbers.filter((number) => registeredSet(number)?.size === 96);
  return halves.every((half) => repertoires.some((each) => setsOf(each).right === half && accepts.has(each)));
}
