// What a declared type is: plain data that the compilers of this room (decode, encode, print, arbitrary)
// walk. Holds no behaviour. X.680. The declaring functions are in declare.ts and structure.ts. Invariant: a
// Type is never changed after its making, so whatever was compiled from it stays true.

import type { Raw } from './raw.ts';

declare const inferred: unique symbol;

/** A declared ASN.1 type whose values are `V`. */
export interface Type<out V> {
  readonly node: Node;
  readonly [inferred]?: () => V;
}

/** The type of the values of a declared type. */
export type Infer<T> = T extends { readonly [inferred]?: () => infer V } ? V : never;

/** A size constraint: exactly that many, or from the first to the second. */
export type Size = number | readonly [minimum: number, maximum: number];

export interface Sized {
  readonly size?: Size;
}

export type StringForm =
  | 'IA5String'
  | 'PrintableString'
  | 'NumericString'
  | 'VisibleString'
  | 'TeletexString'
  | 'GeneralString'
  | 'GraphicString'
  | 'VideotexString'
  | 'UTCTime'
  | 'GeneralizedTime'
  | 'BMPString'
  | 'UniversalString'
  | 'UTF8String';

export type Node =
  | { readonly form: 'BOOLEAN' | 'NULL' | 'OBJECT IDENTIFIER' | 'ANY' }
  | IntegerNode
  | BitStringNode
  | { readonly form: 'OCTET STRING'; readonly size: Bounds | undefined }
  | { readonly form: 'string'; readonly charset: StringForm; readonly size: Bounds | undefined }
  | StructureNode
  | ListNode
  | { readonly form: 'CHOICE'; readonly alternatives: readonly Member[] }
  | TaggedNode
  | { readonly form: 'retained'; readonly inner: Type<unknown>; readonly otherwise?: object }
  | { readonly form: 'named'; readonly name: string; readonly inner: Type<unknown> }
  | { readonly form: 'recursive'; readonly inner: () => Type<unknown> };

export type Names = Readonly<Record<string, number>>;

/** A range, both ends included. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

export interface BitStringNode {
  readonly form: 'BIT STRING';
  readonly names: Names | undefined;
  readonly size: Bounds | undefined;
}

export interface IntegerNode {
  readonly form: 'INTEGER' | 'ENUMERATED';
  readonly names: Names | undefined;
  readonly bounds: Bounds | undefined;
}

export interface StructureNode {
  readonly form: 'SEQUENCE' | 'SET';
  readonly members: readonly Member[];
}

export interface ListNode {
  readonly form: 'SEQUENCE OF' | 'SET OF';
  readonly element: Type<unknown>;
  readonly size: Bounds | undefined;
}

export interface TaggedNode {
  readonly form: 'tagged';
  /** The class bits and, below 31, the number: see tag.ts. */
  readonly tag: number;
  /** False means implicit, except on choices and open types (X.680 31.2.7). */
  readonly explicit: boolean;
  readonly inner: Type<unknown>;
}

/** A field of a SEQUENCE or SET, or an alternative of a CHOICE. */
export interface Member {
  readonly name: string;
  readonly type: Type<unknown>;
  readonly presence: 'mandatory' | 'optional' | 'default';
  readonly defaultValue?: unknown;
}

/** What `optional` makes: usable only as a field. */
export interface OptionalField<out V> {
  readonly optional: Type<V>;
}

/** What `withDefault` makes: usable only as a field. */
export interface DefaultField<out V> {
  readonly withDefault: Type<V>;
  readonly defaultValue: unknown;
}

export type Fields = Readonly<Record<string, Type<unknown> | OptionalField<unknown> | DefaultField<unknown>>>;

export type Alternatives = Readonly<Record<string, Type<unknown>>>;

type FieldValue<F> =
  F extends OptionalField<infer V>
    ? V
    : F extends DefaultField<infer V>
      ? V
      : F extends Type<infer V>
        ? V
        : never;

type OptionalNames<F> = { [K in keyof F]: F[K] extends OptionalField<unknown> ? K : never }[keyof F];

/** The value type of a SEQUENCE or SET with these fields. */
export type StructureValue<F> = Flat<
  { [K in Exclude<keyof F, OptionalNames<F>>]: FieldValue<F[K]> } & {
    [K in OptionalNames<F>]?: FieldValue<F[K]> | undefined;
  } & { unknown?: readonly Raw[] | undefined }
>;

/** The value type of a CHOICE with these alternatives. */
export type ChoiceValue<A> = {
  [K in keyof A]: { readonly kind: K; readonly value: Infer<A[K]> };
}[keyof A];

type Flat<T> = { readonly [K in keyof T]: T[K] };
