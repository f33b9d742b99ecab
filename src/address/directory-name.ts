// The Name of a directory entry (X.501 9.2), declared as far as an O/R name carries it: attribute values
// stay uninterpreted. Names are relayed and printed here, never looked up.

import { choice, type Infer, objectIdentifier, raw, sequence, sequenceOf, setOf } from '../asn1/index.ts';

export const AttributeTypeAndValue = sequence({ type: objectIdentifier(), value: raw() });
export interface AttributeTypeAndValue extends Infer<typeof AttributeTypeAndValue> {}

export const RelativeDistinguishedName = setOf(AttributeTypeAndValue);
export type RelativeDistinguishedName = Infer<typeof RelativeDistinguishedName>;

export const Name = choice({ rdnSequence: sequenceOf(RelativeDistinguishedName) });
export type Name = Infer<typeof Name>;
