// Our own marks on what passes: the element of external trace once per domain, that of internal trace once
// per MTA (X.411 12.2.1.1.1), and the look at the trace for a loop before they are added. Pure.

import type { GlobalDomainIdentifier } from '../address/index.ts';
import { type BitString, bitsOf, hasBit } from '../asn1/index.ts';
import type { Instant } from '../base/time.ts';
import {
  externalTrace,
  externalTraceElement,
  internalTrace,
  internalTraceElement,
  type InternalTraceInformationElement,
  otherActionBits,
  readInternalTrace,
  type TraceActions,
  type TraceInformation,
  type TraceInformationElement,
  withExtension,
} from '../p1/index.ts';
import { detectLoop, type Entry, type LoopVerdict, traceOnEntry } from '../routing/index.ts';
import type { StoredValue } from './stored-value.ts';

export interface OwnIdentity {
  readonly name: string;
  readonly domain: GlobalDomainIdentifier;
}

export type OtherAction = keyof typeof otherActionBits;

/** The part of every envelope that trace lies in. */
interface Traced {
  readonly traceInformation: TraceInformation;
  readonly extensions: Parameters<typeof internalTrace>[0];
}

/** Whether this has been here before. A trace that cannot be read proves nothing. */
export function findLoop(
  value: StoredValue,
  own: OwnIdentity & { readonly limits: { readonly hops: number } },
): LoopVerdict {
  const { traceInformation, extensions } = tracedOf(value);
  const internal = readInternalTrace(extensions);
  return detectLoop({
    domain: own.domain,
    mtaName: own.name,
    trace: traceInformation,
    internalTrace: internal.ok ? internal.value : [],
    hopsMax: own.limits.hops,
  });
}

/**
 * The value with the trace that is due on entry. What came by a trace too full to grow is a loop found
 * before.
 */
export function withOwnTrace(
  value: StoredValue,
  own: OwnIdentity,
  at: { entry: Entry; now: Instant; otherActions?: readonly OtherAction[] | undefined },
): StoredValue {
  const due = traceOnEntry(at.entry);
  const actions: TraceActions = { arrivalTime: at.now };
  const add = <T extends Traced>(envelope: T): T => {
    // What was submitted or made here brings the elements of its origin along.
    const originated = at.entry === 'submission' && envelope.traceInformation.length > 0;
    if (originated) return envelope;
    const external = due.external
      ? externalTrace(envelope.traceInformation, externalTraceElement(own.domain, actions))
      : undefined;
    const internal = due.internal
      ? internalTrace(envelope.extensions, internalTraceElement(own, actions))
      : undefined;
    return {
      ...envelope,
      ...(external?.ok && { traceInformation: external.value }),
      ...(internal?.ok && { extensions: internal.value }),
    };
  };
  return marked(mapTraced(value, add), at.otherActions ?? []);
}

/**
 * The value with these actions on the last element of each trace, which are ours: however many recipients are
 * redirected, there is one element.
 */
function marked(value: StoredValue, otherActions: readonly OtherAction[]): StoredValue {
  if (otherActions.length === 0) return value;
  return mapTraced(value, (envelope) => {
    const { traceInformation, extensions } = envelope;
    const internal = readInternalTrace(extensions);
    return {
      ...envelope,
      traceInformation: traceInformation.map((element, index) =>
        index < traceInformation.length - 1 ? element : markedExternal(element, otherActions),
      ),
      extensions:
        internal.ok && internal.value.length > 0
          ? withExtension(
              extensions,
              'internal-trace-information',
              internal.value.map((element, index) =>
                index < internal.value.length - 1 ? element : markedInternal(element, otherActions),
              ),
            )
          : extensions,
    };
  });
}

function markedExternal(
  { $raw: _, ...element }: TraceInformationElement & { readonly $raw?: unknown },
  actions: readonly OtherAction[],
): TraceInformationElement {
  const supplied = element.domainSuppliedInformation;
  const otherActions = withOtherActions(supplied.otherActions, actions);
  return { ...element, domainSuppliedInformation: { ...supplied, otherActions } };
}

function markedInternal(
  { $raw: _, ...element }: InternalTraceInformationElement & { readonly $raw?: unknown },
  actions: readonly OtherAction[],
): InternalTraceInformationElement {
  const supplied = element.mtaSuppliedInformation;
  const otherActions = withOtherActions(supplied.otherActions, actions);
  return { ...element, mtaSuppliedInformation: { ...supplied, otherActions } };
}

function withOtherActions(bits: BitString, actions: readonly OtherAction[]): BitString {
  const named = Object.keys(otherActionBits) as OtherAction[];
  const set = named.filter((name) => actions.includes(name) || hasBit(bits, otherActionBits[name]));
  return bitsOf(set.map((name) => otherActionBits[name]));
}

function mapTraced(value: StoredValue, change: <T extends Traced>(envelope: T) => T): StoredValue {
  switch (value.kind) {
    case 'message':
      return { kind: 'message', envelope: change(value.envelope) };
    case 'probe':
      return { kind: 'probe', envelope: change(value.envelope) };
    case 'report':
      return { kind: 'report', report: { ...value.report, envelope: change(value.report.envelope) } };
  }
}

function tracedOf(value: StoredValue): Traced {
  return value.kind === 'report' ? value.report.envelope : value.envelope;
}
