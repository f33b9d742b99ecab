// What stands before a value of a presentation context that is of one ASN.1 type: the context as an INTEGER
// and the header of single-ASN1-type [0], in the EXTERNAL of X.690 8.18 as in the PDV-list of X.226 8.4.2,
// which differ in their outer tag alone. The value's own octets are not copied.

import { elementHeaderOctets, writeElementHeader } from '../../asn1/index.ts';

export const INTEGER = 0x02;
export const SINGLE_ASN1_TYPE = 0xa0;

/** The head before `octets` octets of a value of `context`, in an element of this identifier octet. */
export function contextValueHead(
  identifier: number,
  context: number,
  octets: number,
): { readonly head: Uint8Array; readonly octetsTotal: number } {
  const reference = integerOctets(context);
  const value = elementHeaderOctets(octets);
  const contents = 2 + reference.length + value + octets;
  const outer = elementHeaderOctets(contents);
  const head = new Uint8Array(outer + 2 + reference.length + value);
  let at = writeElementHeader(head, 0, { identifier, octets: contents });
  at = writeElementHeader(head, at, { identifier: INTEGER, octets: reference.length });
  head.set(reference, at);
  writeElementHeader(head, at + reference.length, { identifier: SINGLE_ASN1_TYPE, octets });
  return { head, octetsTotal: outer + contents };
}

/** The contents octets of a positive INTEGER (X.690 8.3). */
function integerOctets(value: number): readonly number[] {
  const octets = [value % 256];
  for (let rest = Math.floor(value / 256); rest > 0; rest = Math.floor(rest / 256))
    octets.unshift(rest % 256);
  if (octets[0] > 0x7f) octets.unshift(0);
  return octets;
}
