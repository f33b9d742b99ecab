// Tags as single numbers (X.690 8.1.2): the identifier octet without its constructed bit for numbers below
// 31; number × 256 plus the class bits and 31 above. Equal numbers mean equal tags.

import { assert } from '../base/assert.ts';

/** The class bits of an identifier octet. */
export const TagClass = { universal: 0x00, application: 0x40, context: 0x80, private: 0xc0 } as const;
export type TagClass = (typeof TagClass)[keyof typeof TagClass];

/** Universal tag numbers (X.680 table 1). */
export const UniversalTag = {
  boolean: 1,
  integer: 2,
  bitString: 3,
  octetString: 4,
  null: 5,
  objectIdentifier: 6,
  objectDescriptor: 7,
  external: 8,
  enumerated: 10,
  utf8String: 12,
  sequence: 16,
  set: 17,
  numericString: 18,
  printableString: 19,
  teletexString: 20,
  videotexString: 21,
  ia5String: 22,
  utcTime: 23,
  generalizedTime: 24,
  graphicString: 25,
  visibleString: 26,
  generalString: 27,
  universalString: 28,
  bmpString: 30,
} as const;

/** The largest tag number that is read or declared: four octets of seven bits. */
export const tag_number_max = 0x0fff_ffff;

/** The tag of that class and number. */
export function tagOf(tagClass: TagClass, number: number): number {
  assert(Number.isInteger(number) && number >= 0 && number <= tag_number_max, `tag number ${number}`);
  return number < 31 ? tagClass | number : number * 256 + (tagClass | 31);
}

/** The class bits of a tag. */
export function tagClassOf(tag: number): TagClass {
  return (tag & 0xc0) as TagClass;
}

/** The number of a tag. */
export function tagNumberOf(tag: number): number {
  return tag < 256 ? tag & 31 : Math.floor(tag / 256);
}

/** A tag as people write it: `[3]`, `[APPLICATION 4]`, `INTEGER`. */
export function tagText(tag: number): string {
  const number = tagNumberOf(tag);
  switch (tagClassOf(tag)) {
    case TagClass.application:
      return `[APPLICATION ${number}]`;
    case TagClass.context:
      return `[${number}]`;
    case TagClass.private:
      return `[PRIVATE ${number}]`;
    default:
      return universalNames.get(number) ?? `[UNIVERSAL ${number}]`;
  }
}

const universalNames = new Map<number, string>([
  [0, 'end-of-contents'],
  [1, 'BOOLEAN'],
  [2, 'INTEGER'],
  [3, 'BIT STRING'],
  [4, 'OCTET STRING'],
  [5, 'NULL'],
  [6, 'OBJECT IDENTIFIER'],
  [7, 'ObjectDescriptor'],
  [8, 'EXTERNAL'],
  [9, 'REAL'],
  [10, 'ENUMERATED'],
  [11, 'EMBEDDED PDV'],
  [12, 'UTF8String'],
  [13, 'RELATIVE-OID'],
  [16, 'SEQUENCE'],
  [17, 'SET'],
  [18, 'NumericString'],
  [19, 'PrintableString'],
  [20, 'TeletexString'],
  [21, 'VideotexString'],
  [22, 'IA5String'],
  [23, 'UTCTime'],
  [24, 'GeneralizedTime'],
  [25, 'GraphicString'],
  [26, 'VisibleString'],
  [27, 'GeneralString'],
  [28, 'UniversalString'],
  [30, 'BMPString'],
]);
