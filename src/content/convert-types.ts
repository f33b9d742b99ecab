// What a conversion would make of a content of which only the encoded information types are known: of a probe
// (X.411 06/1999, 14.3.5 and 14.3.9). The same verdict as on a content of those types, as far as types tell:
// where loss is prohibited, a repertoire that may lose something is taken to lose it. Pure.

import { bitsOf, hasBit } from '../asn1/index.ts';
import { builtInEncodedInformationTypeBits, type EncodedInformationTypes } from '../p1/index.ts';
import { characterSetEIT } from './build-content.ts';
import { registeredSet } from './character-sets.ts';
import type { ConversionPlan, FailedConversion } from './conversion-plan.ts';
import { type Repertoire, setsOf, writingTable } from './repertoires.ts';
import { lostKindOf, type LostKind } from './text-loss.ts';
import { generalRegistrationsOf, repertoiresOf } from './text-part.ts';

export type TypesConversion =
  | { readonly kind: 'unneeded' }
  | {
      readonly kind: 'converted';
      readonly encodedInformationTypes: EncodedInformationTypes;
      readonly needsP22: boolean;
    }
  | FailedConversion;

const bits = builtInEncodedInformationTypeBits;
const otherBits = Object.values(bits).filter((bit) => bit !== bits['ia5-text'] && bit !== bits.teletex);
const prefix = `${characterSetEIT}.`;

/** What the plan makes of these types; types that nobody named need nothing. */
export function convertTypes(
  types: EncodedInformationTypes | undefined,
  contentLength: number,
  plan: ConversionPlan,
): TypesConversion {
  if (types === undefined) return { kind: 'unneeded' };
  if (plan.others === false && hasOthers(types)) {
    const explanation = 'it holds what is no text, and nothing else is taken';
    return { kind: 'failed', why: 'unsupported', explanation };
  }
  const texts = textsOf(types);
  const foreign = texts.filter((each) => !plan.accepts.has(each));
  if (foreign.length === 0) return { kind: 'unneeded' };
  const failure = failureOf(foreign, contentLength, plan);
  if (failure !== undefined || plan.text === undefined) return failure ?? { kind: 'unneeded' };
  const kept = texts.filter((each) => plan.accepts.has(each));
  const made = [...kept, plan.text];
  return {
    kind: 'converted',
    encodedInformationTypes: typesWith(types, made),
    needsP22: made.some((each) => !isBasic(each)),
  };
}

function failureOf(
  foreign: readonly Repertoire[],
  contentLength: number,
  { text: target, permitted, withLoss, text_octets_max = Number.POSITIVE_INFINITY }: ConversionPlan,
): FailedConversion | undefined {
  const named = foreign.join(', ');
  const failed = (why: FailedConversion['why'], explanation: string): FailedConversion => {
    return { kind: 'failed', why, explanation };
  };
  if (target === undefined)
    return failed('unsupported', `texts in ${named} are not taken, and not converted`);
  if (contentLength > text_octets_max) {
    return failed('impractical', `texts of more than ${text_octets_max} octets are not converted`);
  }
  if (!permitted) {
    return failed('prohibited', `implicit conversion is prohibited, and needed for texts in ${named}`);
  }
  const lossy = withLoss ? [] : foreign.filter((each) => kindsThatMayBeLost(each, target).size > 0);
  if (lossy.length === 0) return undefined;
  const [kind, ...others] = new Set(lossy.flatMap((each) => [...kindsThatMayBeLost(each, target)]));
  const explanation = `characters of ${lossy.join(', ')} may be lost in ${target}`;
  // Of several that may be lost, which one is not known.
  return { ...failed('with-loss-prohibited', explanation), lost: others.length > 0 ? 'unknown' : kind };
}

/** The repertoires of the texts that these types name. */
function textsOf(types: EncodedInformationTypes): readonly Repertoire[] {
  const basic = types.builtInEncodedInformationTypes;
  const sets = registrationsOf(types);
  return [
    ...(hasBit(basic, bits['ia5-text']) ? (['ia5'] as const) : []),
    ...(hasBit(basic, bits.teletex) ? (['t61'] as const) : []),
    ...(sets.length === 0 ? [] : repertoiresOf(sets)),
  ];
}

/** Whether types are named that are no texts. */
function hasOthers(types: EncodedInformationTypes): boolean {
  const { builtInEncodedInformationTypes: basic, extendedEncodedInformationTypes: extended = [] } = types;
  return otherBits.some((bit) => hasBit(basic, bit)) || extended.some((oid) => !oid.startsWith(prefix));
}

function registrationsOf({ extendedEncodedInformationTypes: extended = [] }: EncodedInformationTypes) {
  return extended.filter((oid) => oid.startsWith(prefix)).map((oid) => Number(oid.slice(prefix.length)));
}

/** The types with texts in these repertoires, and everything else as it was. */
function typesWith(types: EncodedInformationTypes, texts: readonly Repertoire[]): EncodedInformationTypes {
  const { builtInEncodedInformationTypes: before, extendedEncodedInformationTypes = [] } = types;
  const others = otherBits.filter((bit) => hasBit(before, bit));
  const basic = [
    ...others,
    ...(texts.some((each) => each.startsWith('ia5')) ? [bits['ia5-text']] : []),
    ...(texts.includes('t61') ? [bits.teletex] : []),
  ];
  const extended = new Set(extendedEncodedInformationTypes.filter((oid) => !oid.startsWith(prefix)));
  for (const each of texts.filter((text) => !isBasic(text))) {
    for (const registration of generalRegistrationsOf(each)) extended.add(`${prefix}${registration}`);
  }
  const { extendedEncodedInformationTypes: _, ...rest } = types;
  return {
    ...rest,
    builtInEncodedInformationTypes: bitsOf(basic.sort((a, b) => a - b)),
    ...(extended.size > 0 && { extendedEncodedInformationTypes: [...extended] }),
  };
}

function isBasic(repertoire: Repertoire): boolean {
  return repertoire === 't61' || setsOf(repertoire).right === undefined;
}

/** The kinds of characters that a text in the one may hold and the other lacks. */
export function kindsThatMayBeLost(from: Repertoire, to: Repertoire): ReadonlySet<LostKind> {
  const kinds = new Set<LostKind>();
  if (from === to) return kinds;
  const { octets, marks } = writingTable(to);
  const { left, right } = setsOf(from);
  for (const registration of [left, right]) {
    const set = registration === undefined ? undefined : registeredSet(registration);
    if ((set?.marks?.size ?? 0) > 0 && marks.size === 0) kinds.add('alphabetic');
    for (const each of set?.characters ?? []) {
      if (each !== undefined && !octets.has(each)) kinds.add(lostKindOf(each));
    }
  }
  return kinds;
}
