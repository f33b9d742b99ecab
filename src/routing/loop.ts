// Loop detection from the trace of what came in, before our own elements are added (X.411 06/1999, 14.3.1). A
// verdict is final: it is reported, never rerouted. A redirection or a list expansion makes new recipients,
// so trace before it proves nothing. One domain in several elements in a row is several MTAs of it, or one
// MTA that writes its element twice, and no loop.

import { type GlobalDomainIdentifier, sameDomain } from '../address/index.ts';
import { type BitString, hasBit } from '../asn1/index.ts';
import { type InternalTraceInformation, otherActionBits, type TraceInformation } from '../p1/index.ts';

/** The most elements that a trace may have, external or internal; more is taken for a loop. */
export const hops_max = 30;

export interface LoopRequest {
  readonly domain: GlobalDomainIdentifier;
  readonly mtaName: string;
  readonly trace: TraceInformation;
  readonly internalTrace?: InternalTraceInformation | undefined;
  /** Default `hops_max`. */
  readonly hopsMax?: number;
}

export type LoopVerdict =
  | { readonly loop: false }
  | {
      readonly loop: true;
      readonly proof: 'external-trace' | 'internal-trace' | 'hops';
      readonly detail: string;
    };

/** Whether a message, probe or report that just came in has been here before. */
export function detectLoop(request: LoopRequest): LoopVerdict {
  const external = externalLoop(request);
  if (external !== undefined) return { loop: true, proof: 'external-trace', detail: external };
  const internal = internalLoop(request);
  if (internal !== undefined) return { loop: true, proof: 'internal-trace', detail: internal };
  const max = request.hopsMax ?? hops_max;
  const hops = Math.max(domainsPassed(request.trace), request.internalTrace?.length ?? 0);
  if (hops > max) return { loop: true, proof: 'hops', detail: `${hops} trace elements, ${max} are allowed` };
  return { loop: false };
}

/** Whether two identifiers are of one domain; for comparison an ADMD of one space is the same as `0`. */
export function isDomain(a: GlobalDomainIdentifier, b: GlobalDomainIdentifier): boolean {
  return sameDomain(a, b) || sameDomain(comparable(a), comparable(b));
}

function comparable(domain: GlobalDomainIdentifier): GlobalDomainIdentifier {
  if (domain.administrationDomainName.value.trim() !== '0') return domain;
  return { ...domain, administrationDomainName: { kind: 'printable', value: ' ' } };
}

/** Our domain, then another one, and no action on the recipients after ours. */
function externalLoop({ domain, trace }: LoopRequest): string | undefined {
  let otherSince = false;
  for (let index = trace.length - 1; index >= 0; index -= 1) {
    const element = trace[index];
    if (!isDomain(element.globalDomainIdentifier, domain)) otherSince = true;
    else if (otherSince) return `our domain is trace element ${index + 1} of ${trace.length}`;
    if (newRecipients(element.domainSuppliedInformation.otherActions)) return undefined;
  }
  return undefined;
}

/** Our MTA, and no action on the recipients after it. */
function internalLoop({ domain, mtaName, internalTrace = [] }: LoopRequest): string | undefined {
  for (let index = internalTrace.length - 1; index >= 0; index -= 1) {
    const element = internalTrace[index];
    if (element.mtaName === mtaName && isDomain(element.globalDomainIdentifier, domain)) {
      return `this MTA is internal trace element ${index + 1} of ${internalTrace.length}`;
    }
    if (newRecipients(element.mtaSuppliedInformation.otherActions)) return undefined;
  }
  return undefined;
}

function newRecipients(actions: BitString): boolean {
  return hasBit(actions, otherActionBits.redirected) || hasBit(actions, otherActionBits['dl-operation']);
}

/** Elements, those of one domain in a row counted once. */
function domainsPassed(trace: TraceInformation): number {
  let count = 0;
  for (let index = 0; index < trace.length; index += 1) {
    const same =
      index > 0 && isDomain(trace[index - 1].globalDomainIdentifier, trace[index].globalDomainIdentifier);
    if (!same) count += 1;
  }
  return count;
}
