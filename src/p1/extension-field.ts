// ExtensionField (X.411 06/1999, "Extension Fields"): type, criticality, value. The type is kept open, for
// two forms of it are met: `80 01 17` as the 1999 module has it, and `A0 03 02 01 17`, a 1988 reading that
// ISODE-based peers send. Both are read, the first is written. Which types there are: extensions.ts.

import { ub } from '../address/index.ts';
import {
  bitString,
  bitsOf,
  choice,
  ctx,
  decode,
  encode,
  explicitCtx,
  type Infer,
  integer,
  objectIdentifier,
  optional,
  type Raw,
  raw,
  rawOctets,
  rawOf,
  retained,
  sequence,
  setOf,
  withDefault,
} from '../asn1/index.ts';

export const criticalityBits = { 'for-submission': 0, 'for-transfer': 1, 'for-delivery': 2 } as const;
export type CriticalFor = keyof typeof criticalityBits;
export const Criticality = bitString({ names: criticalityBits, size: [0, ub.ubBitOptions] });
export type Criticality = Infer<typeof Criticality>;

/** Without a `value` the extension's value is NULL. */
export const ExtensionField = retained(
  sequence({
    type: raw(),
    criticality: withDefault(ctx(1, Criticality), bitsOf([], 0)),
    value: optional(explicitCtx(2, raw())),
  }),
);
export interface ExtensionField extends Infer<typeof ExtensionField> {}

export const ExtensionFields = setOf(ExtensionField);
export type ExtensionFields = Infer<typeof ExtensionFields>;

export const ExtensionType = choice({
  standardExtension: ctx(0, integer({ min: 0 })),
  privateExtension: ctx(3, objectIdentifier()),
});
export type ExtensionType = Infer<typeof ExtensionType>;

const explicitExtensionType = choice({
  standardExtension: explicitCtx(0, integer({ min: 0 })),
  privateExtension: explicitCtx(3, objectIdentifier()),
});

/** The type of a field, in whichever form it came; undefined if it is neither. */
export function extensionTypeOf(field: ExtensionField): ExtensionType | undefined {
  const octets = rawOctets(field.type);
  const constructed = octets.length > 0 && (octets[0] & 0x20) !== 0;
  const type = decode(constructed ? explicitExtensionType : ExtensionType, octets);
  return type.ok ? type.value : undefined;
}

/** The `type` component for a field that we write, in the standard form. */
export function extensionTypeRaw(type: ExtensionType): Raw {
  return rawOf(encode(ExtensionType, type));
}

/** The same field with its type in the explicit form, for peers that read no other (a link's tolerance). */
export function withExplicitType(field: ExtensionField): ExtensionField {
  const type = extensionTypeOf(field);
  if (type === undefined) return field;
  return { ...field, type: rawOf(encode(explicitExtensionType, type)) };
}
