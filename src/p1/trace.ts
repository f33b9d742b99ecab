// Trace information, external and internal (X.411 06/1999, MTAAbstractService, "Common Parameter Types";
// 12.2.1.1.1.1 and 12.2.1.1.1.2): the domains, and inside a domain the MTAs, that a message has passed.
// Building and reading it is trace-procedures.ts.

import { GlobalDomainIdentifier, MTAName, ub } from '../address/index.ts';
import {
  app,
  bitString,
  bitsOf,
  choice,
  ctx,
  enumerated,
  type Infer,
  optional,
  retained,
  sequence,
  sequenceOf,
  set,
  withDefault,
} from '../asn1/index.ts';
import { EncodedInformationTypes, Time } from './fields.ts';

export const RoutingAction = enumerated({ relayed: 0, rerouted: 1 });
export type RoutingAction = Infer<typeof RoutingAction>;

export const otherActionBits = { redirected: 0, 'dl-operation': 1 } as const;
export const OtherActions = bitString({ names: otherActionBits, size: [0, ub.ubBitOptions] });

const additionalActions = {
  deferredTime: optional(ctx(1, Time)),
  convertedEncodedInformationTypes: optional(EncodedInformationTypes),
  otherActions: withDefault(ctx(3, OtherActions), bitsOf([], 0)),
};

export const DomainSuppliedInformation = set({
  arrivalTime: ctx(0, Time),
  routingAction: ctx(2, RoutingAction),
  attemptedDomain: optional(GlobalDomainIdentifier),
  ...additionalActions,
});
export interface DomainSuppliedInformation extends Infer<typeof DomainSuppliedInformation> {}

export const TraceInformationElement = retained(
  sequence({
    globalDomainIdentifier: GlobalDomainIdentifier,
    domainSuppliedInformation: DomainSuppliedInformation,
  }),
);
export interface TraceInformationElement extends Infer<typeof TraceInformationElement> {}

export const TraceInformation = app(9, sequenceOf(TraceInformationElement, { size: [1, ub.ubTransfers] }));
export type TraceInformation = Infer<typeof TraceInformation>;

export const MTASuppliedInformation = set({
  arrivalTime: ctx(0, Time),
  routingAction: ctx(2, RoutingAction),
  attempted: optional(choice({ mta: MTAName, domain: GlobalDomainIdentifier })),
  ...additionalActions,
});
export interface MTASuppliedInformation extends Infer<typeof MTASuppliedInformation> {}

export const InternalTraceInformationElement = retained(
  sequence({
    globalDomainIdentifier: GlobalDomainIdentifier,
    mtaName: MTAName,
    mtaSuppliedInformation: MTASuppliedInformation,
  }),
);
export interface InternalTraceInformationElement extends Infer<typeof InternalTraceInformationElement> {}

export const InternalTraceInformation = sequenceOf(InternalTraceInformationElement, {
  size: [1, ub.ubTransfers],
});
export type InternalTraceInformation = Infer<typeof InternalTraceInformation>;
