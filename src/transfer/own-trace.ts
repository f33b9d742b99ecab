// Our own marks on what passes: the element of external trace once per domain, that of internal trace once
// per MTA (X.411 12.2.1.1.1), and the look at the trace for a loop before they are added. Pure.

import type { GlobalDomainIdentifier } from '../address/index.ts';
import type { Instant } from '../base/time.ts';
import {
  externalTrace,
  externalTraceElement,
  internalTrace,
  internalTraceElement,
  readInternalTrace,
  type TraceActions,
  type TraceInformation,
} from '../p1/index.ts';
import { detectLoop, type Entry, type LoopVerdict, traceOnEntry } from '../routing/index.ts';
import type { StoredValue } from './stored-value.ts';

export interface OwnIdentity {
  readonly name: string;
  readonly domain: GlobalDomainIdentifier;
}

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
  at: { entry: Entry; now: Instant },
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
  switch (value.kind) {
    case 'message':
      return { kind: 'message', envelope: add(value.envelope) };
    case 'probe':
      return { kind: 'probe', envelope: add(value.envelope) };
    case 'report':
      return { kind: 'report', report: { ...value.report, envelope: add(value.report.envelope) } };
  }
}

function tracedOf(value: StoredValue): Traced {
  return value.kind === 'report' ? value.report.envelope : value.envelope;
}
