// What came otherwise than it should and is taken nevertheless, where the link allows it: the deviations of
// P1 that real peers show. Pure. Nothing of the value is changed, but for empty PRMDs where the link asks
// for it: what is relayed is what came; only what is compared reads these forms as what they mean.

import type { GlobalDomainIdentifier, MTSIdentifier } from '../address/index.ts';
import { printGlobalDomainIdentifier } from '../address/index.ts';
import type { ArrivalTolerance } from '../config/index.ts';
import type { TraceInformation } from '../p1/index.ts';
import { isDomain } from '../routing/index.ts';
import type { StoredValue } from './stored-value.ts';

export interface Deviation {
  readonly tolerance: ArrivalTolerance;
  readonly detail: string;
}

/** The deviations in a value, each tolerance once. */
export function deviationsOf(value: StoredValue): readonly Deviation[] {
  const { identifier, trace } = namesOf(value);
  const own = identifier.globalDomainIdentifier;
  const found: Deviation[] = [];
  const first = trace[0]?.globalDomainIdentifier;
  if (first !== undefined && !isDomain(first, own)) {
    const detail = `${printGlobalDomainIdentifier(own)} and ${printGlobalDomainIdentifier(first)}`;
    found.push({ tolerance: 'traceDomainMismatch', detail });
  }
  let numeric = hasNumericAdmd(own);
  for (const { globalDomainIdentifier } of trace) {
    numeric ||= hasNumericAdmd(globalDomainIdentifier);
  }
  if (numeric) found.push({ tolerance: 'numericAdmd', detail: 'an ADMD of 0' });
  return found;
}

/** The value with empty PRMDs taken out of its identifier and trace; the same object where there are none. */
export function withoutEmptyPrivateDomains(value: StoredValue): StoredValue {
  const { identifier, trace } = namesOf(value);
  const domains = [identifier, ...trace].map((each) => each.globalDomainIdentifier);
  if (!domains.some(hasEmptyPrivateDomain)) return value;
  const messageIdentifier = mended(identifier);
  const traceInformation = trace.map(mended);
  switch (value.kind) {
    case 'message':
      return { kind: 'message', envelope: { ...value.envelope, messageIdentifier, traceInformation } };
    case 'probe': {
      const probeIdentifier = messageIdentifier;
      return { kind: 'probe', envelope: { ...value.envelope, probeIdentifier, traceInformation } };
    }
    case 'report': {
      const reportIdentifier = messageIdentifier;
      const envelope = { ...value.report.envelope, reportIdentifier, traceInformation };
      return { kind: 'report', report: { ...value.report, envelope } };
    }
  }
}

function mended<T extends { readonly globalDomainIdentifier: GlobalDomainIdentifier }>(of: T): T {
  if (!hasEmptyPrivateDomain(of.globalDomainIdentifier)) return of;
  const { privateDomainIdentifier: _, ...globalDomainIdentifier } = of.globalDomainIdentifier;
  return { ...of, globalDomainIdentifier };
}

/** The domains of `trace-domain-mismatch`. */
export function traceDomains(value: StoredValue): { readonly identifier: string; readonly trace: string } {
  const { identifier, trace } = namesOf(value);
  return {
    identifier: printGlobalDomainIdentifier(identifier.globalDomainIdentifier),
    trace: trace.length === 0 ? '' : printGlobalDomainIdentifier(trace[0].globalDomainIdentifier),
  };
}

function namesOf(value: StoredValue): {
  readonly identifier: MTSIdentifier;
  readonly trace: TraceInformation;
} {
  switch (value.kind) {
    case 'message':
      return { identifier: value.envelope.messageIdentifier, trace: value.envelope.traceInformation };
    case 'probe':
      return { identifier: value.envelope.probeIdentifier, trace: value.envelope.traceInformation };
    case 'report': {
      const { envelope } = value.report;
      return { identifier: envelope.reportIdentifier, trace: envelope.traceInformation };
    }
  }
}

function hasEmptyPrivateDomain({ privateDomainIdentifier }: GlobalDomainIdentifier): boolean {
  return privateDomainIdentifier !== undefined && privateDomainIdentifier.value.length === 0;
}

function hasNumericAdmd({ administrationDomainName }: GlobalDomainIdentifier): boolean {
  return administrationDomainName.value.trim() === '0';
}
