// The door of the room: the declaring functions, and what is done with declared types. See README.md.

export { arbitrary, type ArbitraryOptions } from './arbitrary.ts';
export { type BitString, bitsOf, hasBit, significantBits } from './bit-string.ts';
export {
  app,
  bitString,
  bmpString,
  boolean,
  ctx,
  enumerated,
  explicitApp,
  explicitCtx,
  generalizedTime,
  generalString,
  graphicString,
  ia5String,
  integer,
  named,
  namedInteger,
  nullType,
  numericString,
  objectIdentifier,
  octetString,
  printableString,
  priv,
  raw,
  recursive,
  retained,
  retainedOr,
  teletexString,
  universal,
  universalString,
  utcTime,
  utf8String,
  videotexString,
  visibleString,
} from './declare.ts';
export {
  decode,
  type DecodeOptions,
  decodePrefix,
  decodeRaw,
  type Prefix,
  violations_max,
} from './decode.ts';
export { decodeInSteps } from './decode-in-steps.ts';
export { elementHeader, elementHeaderOctets, writeElementHeader } from './element-header.ts';
export { encode, type EncodeOptions, tryEncode } from './encode.ts';
export { encodeInSteps } from './encode-in-steps.ts';
export { type DecodeError, EncodeError } from './error.ts';
export { type Header, readElements, readHeader } from './header.ts';
export { type DecodeLimits, defaultLimits, depth_ceiling } from './limits.ts';
export { print } from './print.ts';
export { printBer } from './print-ber.ts';
export { type Raw, rawCopy, rawOctets, rawOf } from './raw.ts';
export { type RetainedRaw, retainedRaw } from './retention.ts';
export {
  choice,
  type External,
  external,
  optional,
  sequence,
  sequenceOf,
  set,
  setOf,
  withDefault,
} from './structure.ts';
export { TagClass, tag_number_max, tagClassOf, tagNumberOf, tagOf, tagText, UniversalTag } from './tag.ts';
export type {
  Alternatives,
  ChoiceValue,
  DefaultField,
  Fields,
  Infer,
  OptionalField,
  Size,
  Sized,
  StructureValue,
  Type,
} from './type.ts';
