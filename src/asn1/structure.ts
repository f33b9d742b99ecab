// The declaring functions of SEQUENCE, SET, SEQUENCE OF, SET OF, CHOICE and EXTERNAL. X.680 25 to 29, X.690
// 8.18.

import { assert } from '../base/assert.ts';
import {
  bitString,
  boundsOf,
  ctx,
  declared,
  graphicString,
  integer,
  objectIdentifier,
  octetString,
  raw,
  universal,
} from './declare.ts';
import { UniversalTag } from './tag.ts';
import type {
  Alternatives,
  ChoiceValue,
  DefaultField,
  Fields,
  Infer,
  Member,
  OptionalField,
  Sized,
  StructureValue,
  Type,
} from './type.ts';

/** SEQUENCE. Elements that no field takes are kept, in their order, in `unknown`. */
export function sequence<F extends Fields>(fields: F): Type<StructureValue<F>> {
  return declared({ form: 'SEQUENCE', members: membersOf(fields) });
}

/** SET: decoded in any order, encoded in the order of declaration. */
export function set<F extends Fields>(fields: F): Type<StructureValue<F>> {
  return declared({ form: 'SET', members: membersOf(fields) });
}

/** SEQUENCE OF. */
export function sequenceOf<V>(element: Type<V>, options: Sized = {}): Type<readonly V[]> {
  return declared({ form: 'SEQUENCE OF', element, size: boundsOf(options.size) });
}

/** SET OF, in the order in which the elements come. */
export function setOf<V>(element: Type<V>, options: Sized = {}): Type<readonly V[]> {
  return declared({ form: 'SET OF', element, size: boundsOf(options.size) });
}

/** CHOICE. An alternative may itself be an untagged choice. */
export function choice<A extends Alternatives>(alternatives: A): Type<ChoiceValue<A>> {
  const members = Object.entries(alternatives).map(
    ([name, type]): Member => ({ name, type, presence: 'mandatory' }),
  );
  assert(members.length > 0, 'a choice has alternatives');
  return declared({ form: 'CHOICE', alternatives: members });
}

/** A field that may be left out. */
export function optional<V>(type: Type<V>): OptionalField<V> {
  return { optional: type };
}

/** A field that is left out where it has this value (X.680 25.10). */
export function withDefault<V>(type: Type<V>, value: NoInfer<V>): DefaultField<V> {
  return { withDefault: type, defaultValue: value };
}

const externalType = universal(
  UniversalTag.external,
  sequence({
    directReference: optional(objectIdentifier()),
    indirectReference: optional(integer()),
    dataValueDescriptor: optional(universal(UniversalTag.objectDescriptor, graphicString())),
    encoding: choice({
      singleASN1Type: ctx(0, raw()),
      octetAligned: ctx(1, octetString()),
      arbitrary: ctx(2, bitString()),
    }),
  }),
);

/** A value of EXTERNAL. */
export interface External extends Infer<typeof externalType> {}

/** EXTERNAL, in the form that X.690 8.18 gives it. */
export function external(): Type<External> {
  return externalType;
}

function membersOf(fields: Fields): readonly Member[] {
  return Object.entries(fields).map(([name, field]): Member => {
    assert(name !== 'unknown', 'no field is called unknown: that name is for the elements not known');
    assert(!/^\d+$/.test(name), `field name ${name} would change the order of the fields`);
    if ('optional' in field) return { name, type: field.optional, presence: 'optional' };
    if ('withDefault' in field) {
      return { name, type: field.withDefault, presence: 'default', defaultValue: field.defaultValue };
    }
    return { name, type: field, presence: 'mandatory' };
  });
}
