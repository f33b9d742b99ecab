// The declaring functions of the simple and string types, tags, and the wrappers. Structures are in
// structure.ts. Each returns plain data (type.ts); nothing is compiled before the first decode or encode.

import { assert } from '../base/assert.ts';
import type { BitString } from './bit-string.ts';
import type { Raw } from './raw.ts';
import { TagClass, tagOf } from './tag.ts';
import type { Bounds, Names, Node, Size, Sized, StringForm, Type } from './type.ts';

/** BOOLEAN. */
export function boolean(): Type<boolean> {
  return declared({ form: 'BOOLEAN' });
}

/** INTEGER; `min` and `max` are value constraints. */
export function integer(range: { readonly min?: number; readonly max?: number } = {}): Type<number> {
  const bounded = range.min !== undefined || range.max !== undefined;
  const bounds = { min: range.min ?? Number.MIN_SAFE_INTEGER, max: range.max ?? Number.MAX_SAFE_INTEGER };
  return declared({ form: 'INTEGER', names: undefined, bounds: bounded ? bounds : undefined });
}

/** INTEGER { name(number), … }: a name where there is one, else the number. */
export function namedInteger<const N extends Names>(names: N): Type<(keyof N & string) | number> {
  return declared({ form: 'INTEGER', names, bounds: undefined });
}

/** ENUMERATED { name(number), … }: a name where there is one, else the number. */
export function enumerated<const N extends Names>(names: N): Type<(keyof N & string) | number> {
  return declared({ form: 'ENUMERATED', names, bounds: undefined });
}

/** BIT STRING; with `names`, trailing zero bits mean nothing (X.680 22.7). */
export function bitString(options: Sized & { readonly names?: Names } = {}): Type<BitString> {
  return declared({ form: 'BIT STRING', names: options.names, size: boundsOf(options.size) });
}

/** OCTET STRING. The decoded octets share memory with the buffer that was decoded. */
export function octetString(options: Sized = {}): Type<Uint8Array> {
  return declared({ form: 'OCTET STRING', size: boundsOf(options.size) });
}

/** NULL. */
export function nullType(): Type<null> {
  return declared({ form: 'NULL' });
}

/** OBJECT IDENTIFIER, as dotted text. */
export function objectIdentifier(): Type<string> {
  return declared({ form: 'OBJECT IDENTIFIER' });
}

function stringType(charset: StringForm): (options?: Sized) => Type<string> {
  return (options = {}) => declared({ form: 'string', charset, size: boundsOf(options.size) });
}

export const ia5String = stringType('IA5String');
export const printableString = stringType('PrintableString');
export const numericString = stringType('NumericString');
export const visibleString = stringType('VisibleString');
/** TeletexString (T61String): one character an octet, whatever T.61 would make of it. */
export const teletexString = stringType('TeletexString');
export const generalString = stringType('GeneralString');
export const graphicString = stringType('GraphicString');
export const videotexString = stringType('VideotexString');
export const bmpString = stringType('BMPString');
export const universalString = stringType('UniversalString');
export const utf8String = stringType('UTF8String');

/** UTCTime, as the characters came. */
export function utcTime(): Type<string> {
  return declared({ form: 'string', charset: 'UTCTime', size: undefined });
}

/** GeneralizedTime, as the characters came. */
export function generalizedTime(): Type<string> {
  return declared({ form: 'string', charset: 'GeneralizedTime', size: undefined });
}

/** ANY or an open type: the whole element, uninterpreted. */
export function raw(): Type<Raw> {
  return declared({ form: 'ANY' });
}

/** `[n]`: implicit, or explicit where `type` is a choice or an open type. */
export function ctx<V>(number: number, type: Type<V>): Type<V> {
  return tagged(tagOf(TagClass.context, number), false, type);
}

/** `[APPLICATION n]`, likewise. */
export function app<V>(number: number, type: Type<V>): Type<V> {
  return tagged(tagOf(TagClass.application, number), false, type);
}

/** `[PRIVATE n]`, likewise. */
export function priv<V>(number: number, type: Type<V>): Type<V> {
  return tagged(tagOf(TagClass.private, number), false, type);
}

/** `[UNIVERSAL n]`, likewise. */
export function universal<V>(number: number, type: Type<V>): Type<V> {
  return tagged(tagOf(TagClass.universal, number), false, type);
}

/** `[n] EXPLICIT`. */
export function explicitCtx<V>(number: number, type: Type<V>): Type<V> {
  return tagged(tagOf(TagClass.context, number), true, type);
}

/** `[APPLICATION n] EXPLICIT`. */
export function explicitApp<V>(number: number, type: Type<V>): Type<V> {
  return tagged(tagOf(TagClass.application, number), true, type);
}

/** Values that remember the octets they were decoded from; only structures, choices and lists can. */
export function retained<V extends object>(type: Type<V>): Type<V> {
  return declared({ form: 'retained', inner: type });
}

/**
 * The same for what must never be the reason to refuse the whole: an element of the right tag that is no
 * value of the type is read as `otherwise`, counted like a violated constraint, and written again as it came.
 * Where constraints are strict, it is an error.
 */
export function retainedOr<V extends object>(type: Type<V>, otherwise: V): Type<V> {
  return declared({ form: 'retained', inner: type, otherwise });
}

/** Gives a type the name that begins the path of its errors and its printed tree. */
export function named<V>(name: string, type: Type<V>): Type<V> {
  return declared({ form: 'named', name, inner: type });
}

/** A reference to a type declared later, or to the type that it stands in. */
export function recursive<V>(type: () => Type<V>): Type<V> {
  return declared({ form: 'recursive', inner: type });
}

/** A Type around its node. Only this room's declaring functions call it: they know `V`. */
export function declared<V>(node: Node): Type<V> {
  return { node };
}

export function boundsOf(size: Size | undefined): Bounds | undefined {
  if (size === undefined) return undefined;
  const [min, max] = typeof size === 'number' ? [size, size] : size;
  assert(min >= 0 && min <= max, `a size from ${min} to ${max}`);
  return { min, max };
}

function tagged<V>(tag: number, explicit: boolean, inner: Type<unknown>): Type<V> {
  return declared({ form: 'tagged', tag, explicit, inner });
}
