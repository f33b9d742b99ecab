// Our word in the trace that a conversion was made here, or, of a probe, would have been (X.411 06/1999,
// 12.2.1.1.1.1 and .2, converted-encoded-information-types): in the last element of the external trace, and
// of the internal one, which are ours. Nothing where the types are what they were. Pure.

import { bitsOf, hasBit } from '../asn1/index.ts';
import {
  downgradeEncodedInformationTypes,
  type EncodedInformationTypes,
  type MessageTransferEnvelope,
  type ProbeTransferEnvelope,
  readInternalTrace,
  withExtension,
} from '../p1/index.ts';

/** The envelope with the types that the content has now. */
export function withConvertedTypes<E extends MessageTransferEnvelope | ProbeTransferEnvelope>(
  envelope: E,
  types: EncodedInformationTypes,
): E {
  const { originalEncodedInformationTypes: original, traceInformation, extensions } = envelope;
  const last = traceInformation.at(-1);
  if (last === undefined || (original !== undefined && sameTypes(original, types))) return envelope;
  const { globalDomainIdentifier, domainSuppliedInformation } = last;
  const told = { ...domainSuppliedInformation, convertedEncodedInformationTypes: types };
  const element = { globalDomainIdentifier, domainSuppliedInformation: told };
  return {
    ...envelope,
    traceInformation: [...traceInformation.slice(0, -1), element],
    extensions: withInternal(extensions, types),
  };
}

function withInternal(
  extensions: MessageTransferEnvelope['extensions'],
  types: EncodedInformationTypes,
): MessageTransferEnvelope['extensions'] {
  const internal = readInternalTrace(extensions);
  const last = internal.ok ? internal.value.at(-1) : undefined;
  if (!internal.ok || last === undefined) return extensions;
  const { globalDomainIdentifier, mtaName, mtaSuppliedInformation } = last;
  const told = { ...mtaSuppliedInformation, convertedEncodedInformationTypes: types };
  const element = { globalDomainIdentifier, mtaName, mtaSuppliedInformation: told };
  return withExtension(extensions, 'internal-trace-information', [...internal.value.slice(0, -1), element]);
}

/** The same bits, and the same types that have no bit. */
function sameTypes(original: EncodedInformationTypes, now: EncodedInformationTypes): boolean {
  const [before, after] = [original, now].map(
    ({ extendedEncodedInformationTypes: extended = [] }) => new Set(extended),
  );
  if (before.size !== after.size || [...before].some((oid) => !after.has(oid))) return false;
  const [one, other] = [original, now].map(
    (types) => downgradeEncodedInformationTypes(types).basic ?? bitsOf([]),
  );
  return Array.from({ length: 32 }, (_, bit) => bit).every((bit) => hasBit(one, bit) === hasBit(other, bit));
}
