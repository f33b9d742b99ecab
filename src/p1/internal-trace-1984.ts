// Internal trace in envelopes of 1984, as the first MOTIS drafts (ISO DIS 8883) and the NIST implementors'
// agreements added it: [APPLICATION 30] SEQUENCE OF SEQUENCE {MTA name, MTA-supplied information}, an element
// that the Red Book does not have and that therefore lies in `unknown`. Nothing captured backs this form: it
// is written only where a link asks for it, and one that reads otherwise is left out, not refused.

import { type GlobalDomainIdentifier, GlobalDomainIdentifier as GlobalDomain, ub } from '../address/index.ts';
import {
  app,
  bitsOf,
  choice,
  ctx,
  decodeRaw,
  encode,
  ia5String,
  type Infer,
  namedInteger,
  optional,
  printableString,
  type Raw,
  rawOf,
  readHeader,
  sequence,
  sequenceOf,
  set,
  TagClass,
} from '../asn1/index.ts';
import { Time } from './fields.ts';
import type { InternalTraceInformation, InternalTraceInformationElement } from './trace.ts';

const tag_number = 30;
const MTAName1984 = choice({
  printable: printableString({ size: [1, ub.ubMTANameLength] }),
  ia5: ia5String({ size: [1, ub.ubMTANameLength] }),
});

/** Some name the domain too. */
const Element = sequence({
  globalDomainIdentifier: optional(GlobalDomain),
  mtaName: MTAName1984,
  mtaSuppliedInformation: set({
    arrival: ctx(0, Time),
    deferred: optional(ctx(1, Time)),
    action: ctx(2, namedInteger({ relayed: 0, rerouted: 1, recipientReassignment: 2 })),
    previous: optional(MTAName1984),
  }),
});
type Element = Infer<typeof Element>;
export const InternalTraceInfo1984 = app(tag_number, sequenceOf(Element, { size: [0, ub.ubTransfers] }));

/** The internal trace among the elements that the Red Book does not know; none where there is none. */
export function readInternalTrace1984(
  unknown: readonly Raw[],
  domain: GlobalDomainIdentifier | undefined,
): InternalTraceInformation {
  for (const raw of unknown) {
    const header = readHeader(raw.buffer, raw.start, raw.end);
    if (!header.ok || header.value.tagClass !== TagClass.application) continue;
    if (header.value.number !== tag_number) continue;
    const trace = decodeRaw(InternalTraceInfo1984, raw);
    return trace.ok ? trace.value.flatMap((element) => upgraded(element, domain)) : [];
  }
  return [];
}

/** An element of the trace without its domain says nothing in 1988: it is left out where none is given. */
function upgraded(
  element: Element,
  domain: GlobalDomainIdentifier | undefined,
): readonly InternalTraceInformationElement[] {
  const globalDomainIdentifier = element.globalDomainIdentifier ?? domain;
  if (globalDomainIdentifier === undefined) return [];
  const { arrival, deferred, action, previous } = element.mtaSuppliedInformation;
  const rerouted = action === 'rerouted';
  return [
    {
      globalDomainIdentifier,
      mtaName: element.mtaName.value,
      mtaSuppliedInformation: {
        arrivalTime: arrival,
        routingAction: rerouted ? 'rerouted' : 'relayed',
        ...(previous !== undefined && { attempted: { kind: 'mta', value: previous.value } }),
        ...(deferred !== undefined && { deferredTime: deferred }),
        otherActions: action === 'recipientReassignment' ? bitsOf([0]) : bitsOf([], 0),
      },
    },
  ];
}

const printable = /^[A-Za-z0-9 '()+,\-./:=?]*$/;

/** The element [APPLICATION 30] that says the same; undefined for an empty trace. */
export function internalTrace1984(trace: InternalTraceInformation): Raw | undefined {
  if (trace.length === 0) return undefined;
  const elements = trace.map(({ mtaName, mtaSuppliedInformation: supplied }): Element => {
    const { attempted } = supplied;
    return {
      mtaName: nameOf(mtaName),
      mtaSuppliedInformation: {
        arrival: supplied.arrivalTime,
        ...(supplied.deferredTime !== undefined && { deferred: supplied.deferredTime }),
        action: supplied.routingAction === 'rerouted' ? 'rerouted' : 'relayed',
        ...(attempted?.kind === 'mta' && { previous: nameOf(attempted.value) }),
      },
    };
  });
  return rawOf(encode(InternalTraceInfo1984, elements, { constraints: 'tolerant' }));
}

function nameOf(value: string): Infer<typeof MTAName1984> {
  return { kind: printable.test(value) ? 'printable' : 'ia5', value };
}
