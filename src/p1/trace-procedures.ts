// Adding to trace information (X.411 06/1999, 14.3.1 and 12.2.1.1.1.1 to .2): our domain's element to the
// external trace, our MTA's to the internal one, which is extension 38. Elements that came are not touched.
// Whether an element is due, and whether the trace shows a loop, the routing and transfer rooms decide.

import { type GlobalDomainIdentifier, ub } from '../address/index.ts';
import { bitsOf } from '../asn1/index.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Instant } from '../base/time.ts';
import type { ExtensionField } from './extension-field.ts';
import { readExtension, withExtension } from './extensions.ts';
import { formatUTCTime } from './time.ts';
import {
  type InternalTraceInformation,
  type InternalTraceInformationElement,
  otherActionBits,
  type TraceInformation,
  type TraceInformationElement,
} from './trace.ts';

/** What a domain or an MTA says that it did. */
export interface TraceActions {
  readonly arrivalTime: Instant;
  /** Default `relayed`. */
  readonly routingAction?: 'relayed' | 'rerouted';
  /** When a deferred message was let go. */
  readonly deferredTime?: Instant;
  /** Default none. */
  readonly otherActions?: readonly (keyof typeof otherActionBits)[];
}

/**
 * The element of the external trace for a domain. With `attempted`, the domain that a reroute turned away
 * from.
 */
export function externalTraceElement(
  domain: GlobalDomainIdentifier,
  actions: TraceActions,
  attempted?: GlobalDomainIdentifier,
): TraceInformationElement {
  return {
    globalDomainIdentifier: domain,
    domainSuppliedInformation: {
      ...supplied(actions),
      ...(attempted !== undefined && { attemptedDomain: attempted }),
    },
  };
}

/** The element of the internal trace for an MTA. With `attempted`, the MTA or domain turned away from. */
export function internalTraceElement(
  mta: { readonly domain: GlobalDomainIdentifier; readonly name: string },
  actions: TraceActions,
  attempted?: InternalTraceInformationElement['mtaSuppliedInformation']['attempted'],
): InternalTraceInformationElement {
  return {
    globalDomainIdentifier: mta.domain,
    mtaName: mta.name,
    mtaSuppliedInformation: { ...supplied(actions), ...(attempted !== undefined && { attempted }) },
  };
}

/**
 * The trace with one more element at its end; an error where ub-transfers are reached, which only loops do.
 */
export function externalTrace(
  trace: TraceInformation,
  element: TraceInformationElement,
): Result<TraceInformation, string> {
  if (trace.length >= ub.ubTransfers) return err(`trace information has ${trace.length} elements already`);
  return ok([...trace, element]);
}

/** The internal trace among extension fields; none where there is no such field. */
export function readInternalTrace(
  extensions: readonly ExtensionField[],
): Result<InternalTraceInformation, string> {
  const trace = readExtension(extensions, 'internal-trace-information');
  return trace.ok ? ok(trace.value ?? []) : err(trace.error.message);
}

/** The extension fields with one more element at the end of the internal trace. */
export function internalTrace(
  extensions: readonly ExtensionField[],
  element: InternalTraceInformationElement,
): Result<readonly ExtensionField[], string> {
  const trace = readInternalTrace(extensions);
  if (!trace.ok) return trace;
  if (trace.value.length >= ub.ubTransfers) {
    return err(`internal trace information has ${trace.value.length} elements already`);
  }
  return ok(withExtension(extensions, 'internal-trace-information', [...trace.value, element]));
}

/** The extension fields without internal trace, as a message leaves its domain. */
export function withoutInternalTrace(extensions: readonly ExtensionField[]): readonly ExtensionField[] {
  return withExtension(extensions, 'internal-trace-information', undefined);
}

function supplied(actions: TraceActions) {
  const others = actions.otherActions ?? [];
  return {
    arrivalTime: formatUTCTime(actions.arrivalTime),
    routingAction: actions.routingAction ?? 'relayed',
    ...(actions.deferredTime !== undefined && { deferredTime: formatUTCTime(actions.deferredTime) }),
    otherActions: others.length === 0 ? bitsOf([], 0) : bitsOf(others.map((name) => otherActionBits[name])),
  } as const;
}
