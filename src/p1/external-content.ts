// The content type `external` (1), which X.411 reserves for interworking with 1984 and X.419 Annex B uses:
// where the content type is an object identifier, 1984 carries the number 1 and, as content, an EXTERNAL that
// names the object identifier and holds the content as octets.

import { decode, elementHeader, encode, external, objectIdentifier, rawOctets } from '../asn1/index.ts';
import { concat } from '../base/octets.ts';

/** The octets that go before a content of this type and length, to make it an EXTERNAL. */
export function externalContentHead(type: string, contentLength: number): Uint8Array {
  const direct = encode(objectIdentifier(), type);
  const aligned = elementHeader(0x81, contentLength);
  const whole = direct.length + aligned.length + contentLength;
  return concat([elementHeader(0x28, whole), direct, aligned]);
}

/** The content as an EXTERNAL. */
export function wrapExternalContent(type: string, content: Uint8Array): Uint8Array {
  return concat([externalContentHead(type, content.length), content]);
}

/** The type and the content inside an EXTERNAL; undefined if the octets are none that names its type. */
export function unwrapExternalContent(
  octets: Uint8Array,
): { readonly type: string; readonly content: Uint8Array } | undefined {
  const decoded = decode(external(), octets);
  if (!decoded.ok || decoded.value.directReference === undefined) return undefined;
  const { directReference: type, encoding } = decoded.value;
  switch (encoding.kind) {
    case 'octetAligned':
      return { type, content: encoding.value };
    case 'singleASN1Type':
      return { type, content: rawOctets(encoding.value) };
    case 'arbitrary':
      return undefined;
  }
}
