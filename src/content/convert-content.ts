// A P2 or P22 content with its texts converted, as the recipient's capabilities or the originator's explicit
// request want it (X.408; X.411 06/1999, 8.2.1.1.1.27 to .30, 14.3.5): whether that is needed, whether it is
// permitted, what comes of it, and the encoded information types of what comes of it. Never touched: content
// of other types, notifications, and whatever needs no conversion. Pure; the same in, the same out.

import { bitsOf, decodePrefix, encode, EncodeError } from '../asn1/index.ts';
import { builtInEncodedInformationTypeBits, type EncodedInformationTypes } from '../p1/index.ts';
import { type BodyFailure, convertBody, type TextRules } from './convert-body.ts';
import { characterSetEIT } from './build-content.ts';
import { encodedInformationTypeBitsOf } from './downgrade-body.ts';
import type { BodyPart, IPM } from './ipm.ts';
import { InformationObject } from './ipn.ts';
import { generalRegistrations } from './text-part.ts';
import { lostCharacters, type TextLoss } from './text-loss.ts';

export interface ConversionPlan extends TextRules {
  /** Whether this conversion may be made at all; an explicit one is asked for, so it may. */
  readonly permitted: boolean;
  /** Whether it may lose information. */
  readonly withLoss: boolean;
}

export type ConversionFailureKind = 'prohibited' | 'with-loss-prohibited' | BodyFailure['kind'];

export type Conversion =
  /** Relay or deliver what came. */
  | { readonly kind: 'unneeded' }
  | ConvertedContent
  | {
      readonly kind: 'failed';
      readonly why: ConversionFailureKind;
      readonly explanation: string;
      /** What would have been lost, where that is the reason. */
      readonly loss?: TextLoss;
    };

export interface ConvertedContent {
  readonly kind: 'converted';
  readonly content: Uint8Array;
  readonly encodedInformationTypes: EncodedInformationTypes;
  /** Whether it has body parts that P2 of 1984 does not know. */
  readonly needsP22: boolean;
  readonly parts_count: number;
  readonly loss: TextLoss;
}

/** The content as the plan wants it. */
export function convertContent(content: Uint8Array, plan: ConversionPlan): Conversion {
  const read = decodePrefix(InformationObject, content);
  if (!read.ok) {
    const explanation = `the content does not decode: ${read.error.message}`;
    return { kind: 'failed', why: 'impractical', explanation };
  }
  const { value: object } = read.value;
  if (object.kind === 'ipn') return { kind: 'unneeded' };
  const converted = convertBody(object.value, plan);
  if (!converted.ok)
    return { kind: 'failed', why: converted.error.kind, explanation: converted.error.explanation };
  const { ipm, parts_count, loss } = converted.value;
  if (parts_count === 0) return { kind: 'unneeded' };
  if (!plan.permitted) {
    const explanation = 'the originator prohibits implicit conversion, and a text would have to be converted';
    return { kind: 'failed', why: 'prohibited', explanation };
  }
  if (!plan.withLoss && lostCharacters(loss) > 0) {
    const explanation = `${lostCharacters(loss)} characters would be lost`;
    return { kind: 'failed', why: 'with-loss-prohibited', explanation, loss };
  }
  return encoded(ipm, { parts_count, loss });
}

function encoded(ipm: IPM, done: { readonly parts_count: number; readonly loss: TextLoss }): Conversion {
  try {
    const content = encode(InformationObject, { kind: 'ipm', value: ipm }, { constraints: 'tolerant' });
    const needsP22 = hasExtended(ipm);
    return { kind: 'converted', content, encodedInformationTypes: typesOf(ipm), needsP22, ...done };
  } catch (error) {
    if (!(error instanceof EncodeError)) throw error;
    const explanation = `the converted content cannot be encoded: ${error.message}`;
    return { kind: 'failed', why: 'impractical', explanation };
  }
}

function hasExtended(ipm: IPM): boolean {
  return (ipm.body ?? []).some(
    (part) => part.kind === 'extended' || (part.kind === 'message' && hasExtended(part.value.data)),
  );
}

const idEtIA5Text = '2.6.1.4.0';
const idEtTeletex = '2.6.1.4.4';
const idEtGeneralText = '2.6.1.4.11';
/** id-eit-file-transfer for the file transfer body part (X.420, IPMSObjectIdentifiers). */
const typesOfExtended: ReadonlyMap<string, string> = new Map([['2.6.1.4.12', '2.6.1.12.0']]);

/** The encoded information types of a message's body parts (X.420 06/1999, 20.4), forwarded ones included. */
export function typesOf(ipm: IPM): EncodedInformationTypes {
  const parts = partsOf(ipm);
  const basic = encodedInformationTypeBitsOf({
    ...ipm,
    body: parts.filter(({ kind }) => kind !== 'extended'),
  });
  const bits = new Set(basic);
  const extended = new Set<string>();
  for (const part of parts) {
    if (part.kind !== 'extended') continue;
    const type = part.value.data.directReference ?? '';
    if (type === idEtIA5Text) bits.add(builtInEncodedInformationTypeBits['ia5-text']);
    else if (type === idEtTeletex) bits.add(builtInEncodedInformationTypeBits.teletex);
    else if (type === idEtGeneralText) {
      for (const number of generalRegistrations(part.value) ?? [])
        extended.add(`${characterSetEIT}.${number}`);
    } else extended.add(typesOfExtended.get(type) ?? type);
  }
  extended.delete('');
  return {
    builtInEncodedInformationTypes: bitsOf([...bits].sort((a, b) => a - b)),
    g3Facsimile: bitsOf([], 0),
    teletex: {},
    ...(extended.size > 0 && { extendedEncodedInformationTypes: [...extended] }),
  };
}

/** All parts, those of forwarded messages in the place of these. */
function partsOf(ipm: IPM): BodyPart[] {
  return (ipm.body ?? []).flatMap((part) => (part.kind === 'message' ? partsOf(part.value.data) : [part]));
}
