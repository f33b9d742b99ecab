// Reading, making and replacing extension fields by name (X.411 06/1999, 12.2.1; table 27 for what
// criticality means). A malformed extension that is not critical stays as it came and is relayed; a critical
// one that we do not know, or cannot read, is for the caller to refuse.

import {
  type DecodeError,
  decode,
  encode,
  hasBit,
  bitsOf,
  rawOctets,
  rawOf,
  type Type,
} from '../asn1/index.ts';
import { ok, type Result } from '../base/result.ts';
import {
  type CriticalFor,
  criticalityBits,
  type ExtensionField,
  extensionTypeOf,
  extensionTypeRaw,
} from './extension-field.ts';
import { type ExtensionName, type ExtensionValue, standardExtensions } from './extension-types.ts';

const nullValue = rawOf(Uint8Array.of(5, 0));

const namesByNumber: ReadonlyMap<number, ExtensionName> = new Map(
  (Object.keys(standardExtensions) as ExtensionName[]).map((name) => [standardExtensions[name].number, name]),
);

/** The name of a standard extension, or undefined where X.411 (1999) has none of that number. */
export function extensionNameOf(field: ExtensionField): ExtensionName | undefined {
  const type = extensionTypeOf(field);
  return type?.kind === 'standardExtension' ? namesByNumber.get(type.value) : undefined;
}

/** The first field of that name. */
export function findExtension(
  fields: readonly ExtensionField[],
  name: ExtensionName,
): ExtensionField | undefined {
  return fields.find((field) => extensionNameOf(field) === name);
}

/** The value of the first field of that name; undefined where there is none. */
export function readExtension<N extends ExtensionName>(
  fields: readonly ExtensionField[],
  name: N,
): Result<ExtensionValue<N> | undefined, DecodeError> {
  const field = findExtension(fields, name);
  if (field === undefined) return ok(undefined);
  const type: Type<unknown> = standardExtensions[name].type;
  return decode(type, rawOctets(field.value ?? nullValue)) as Result<ExtensionValue<N>, DecodeError>;
}

/**
 * A new field with this value, of the recommended criticality. Parts of the value may be what a peer sent.
 */
export function makeExtension<N extends ExtensionName>(name: N, value: ExtensionValue<N>): ExtensionField {
  const { number, type, critical } = standardExtensions[name];
  const declared: Type<unknown> = type;
  return {
    type: extensionTypeRaw({ kind: 'standardExtension', value: number }),
    criticality: critical === undefined ? bitsOf([], 0) : bitsOf([criticalityBits[critical]]),
    value: rawOf(encode(declared, value, { constraints: 'tolerant' })),
  };
}

/** The fields with that of this name replaced, or added at the end, or (with undefined) taken away. */
export function withExtension<N extends ExtensionName>(
  fields: readonly ExtensionField[],
  name: N,
  value: ExtensionValue<N> | undefined,
): readonly ExtensionField[] {
  const at = fields.findIndex((field) => extensionNameOf(field) === name);
  if (value === undefined) return fields.filter((field) => extensionNameOf(field) !== name);
  const made = makeExtension(name, value);
  return at < 0 ? [...fields, made] : fields.map((field, index) => (index === at ? made : field));
}

/** Whether a field is critical for submission, transfer or delivery. */
export function isCritical(field: ExtensionField, step: CriticalFor): boolean {
  return hasBit(field.criticality, criticalityBits[step]);
}

/** The fields critical for `step` that X.411 (1999) does not know, or whose value is malformed. */
export function unsupportedCritical(
  fields: readonly ExtensionField[],
  step: CriticalFor,
): readonly ExtensionField[] {
  return fields.filter((field) => isCritical(field, step) && !isReadable(field));
}

function isReadable(field: ExtensionField): boolean {
  const name = extensionNameOf(field);
  if (name === undefined) return false;
  const type: Type<unknown> = standardExtensions[name].type;
  return decode(type, rawOctets(field.value ?? nullValue)).ok;
}
