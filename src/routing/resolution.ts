// From the recipient that a message names to the one that gets it, and how: redirections, then the choice
// of a route, then, where there is none or it led to nothing, the alternate that the originator requested
// or that the deliver space has (X.411 06/1999, 14.3.4, 14.3.6, 14.3.8); lists that may not be expanded.
// Each new recipient is routed as if the message were new. Pure. Invariant: no address occurs twice among a
// recipient and those that it was.

import { normalAddress, type NormalAddress, type ORAddress, printORAddress, ub } from '../address/index.ts';
import { matchesAddressSpace } from '../address/index.ts';
import { userKey } from './address-keys.ts';
import { chooseRoute } from './choice.ts';
import type { RouteDecision, RouteRequest, UndeliverableDecision } from './decision.ts';
import { type ListRoute, listOf, type Redirection, redirectionOf } from './replacements.ts';
import type { RouteTable } from './route-table.ts';

/** What the originator said of other recipients, and what was done before. */
export interface ResolutionRequest extends Omit<RouteRequest, 'recipient'> {
  readonly recipient: ORAddress;
  /** Those that it was before, of its redirection history. */
  readonly history?: readonly ORAddress[];
  readonly requestedAlternate?: ORAddress | undefined;
  readonly reassignmentProhibited?: boolean;
  readonly alternateAllowed?: boolean;
  readonly expansionProhibited?: boolean;
  /** Lists that the message has passed, of its expansion history. */
  readonly expanded?: readonly ORAddress[];
}

export interface RedirectionStep extends Redirection {
  readonly from: ORAddress;
}
export interface Resolution {
  readonly steps: readonly RedirectionStep[];
  /** Who gets it, or would have. */
  readonly recipient: ORAddress;
  readonly decision: RouteDecision;
}

/** Who gets what is for a recipient, and by which next hop; or why nobody does. */
export function resolveRecipient(table: RouteTable, request: ResolutionRequest): Resolution {
  return resolved(table, request, undefined);
}

/**
 * Who gets what cannot be transferred or delivered to a recipient: the alternate that the originator
 * requested; undefined where it requested none (X.411 06/1999, 14.3.6).
 */
export function resolveAlternate(table: RouteTable, request: ResolutionRequest): Resolution | undefined {
  const { requestedAlternate: to } = request;
  if (to === undefined) return undefined;
  const reason = 'originator-requested-alternate-recipient';
  return resolved(table, request, { kind: 'redirected', redirection: { to, reason } });
}

/**
 * Who gets what an operator sends to another address, and by which next hop. The alternate that the
 * originator requested is not looked at: it stays for when the new address fails.
 */
export function resolveAssigned(
  table: RouteTable,
  request: ResolutionRequest,
  assigned: Redirection,
): Resolution {
  const asked = { ...request, requestedAlternate: undefined };
  return resolved(table, asked, { kind: 'redirected', redirection: assigned });
}

/** Whether somebody who is to have it next has had it before, or it has been passed on too often. */
export function leadsBack(
  { recipient, history = [] }: Pick<ResolutionRequest, 'recipient' | 'history'>,
  to: ORAddress,
): boolean {
  const next = userKey(normalAddress(to));
  if (history.length >= ub.ubRedirections) return true;
  return [recipient, ...history].some((address) => userKey(normalAddress(address)) === next);
}

/** `first` is what is known of the recipient already; undefined: it is found out. */
function resolved(table: RouteTable, request: ResolutionRequest, first: Next | undefined): Resolution {
  const steps: RedirectionStep[] = [];
  let been: Set<string> | undefined;
  let before = 0;
  let { recipient, arrivedBy, requestedAlternate } = request;
  let known = first;
  for (;;) {
    const address = normalAddress(recipient);
    const found = known ?? nextOf(table, { ...request, recipient, arrivedBy, requestedAlternate }, address);
    known = undefined;
    if (found.kind === 'decided') return { steps, recipient, decision: found.decision };
    const { to, reason } = found.redirection;
    if (been === undefined) {
      been = new Set((request.history ?? []).map((each) => userKey(normalAddress(each))));
      before = been.size;
    }
    been.add(userKey(address));
    const tooOften = before + steps.length >= ub.ubRedirections;
    if (tooOften || been.has(userKey(normalAddress(to)))) {
      const decision = { kind: 'redirection-loop', to: printORAddress(to), candidates: [] } as const;
      return { steps, recipient, decision };
    }
    if (reason === 'originator-requested-alternate-recipient') requestedAlternate = undefined;
    steps.push({ from: recipient, to, reason });
    recipient = to;
    // It did not come by any link: it may go back on the one that its message came by.
    arrivedBy = undefined;
  }
}

type Next =
  | { readonly kind: 'decided'; readonly decision: RouteDecision }
  | { readonly kind: 'redirected'; readonly redirection: Redirection };

function nextOf(table: RouteTable, request: ResolutionRequest, address: NormalAddress): Next {
  const redirection = redirectionOf(table.replacements, address);
  const assigned = redirection?.reason === 'recipient-assigned-alternate-recipient';
  const byMD = redirection?.reason === 'recipient-MD-assigned-alternate-recipient';
  if (redirection !== undefined && assigned && request.reassignmentProhibited === true) {
    const to = printORAddress(redirection.to);
    return orAlternate(table, request, { kind: 'reassignment-prohibited', to, candidates: [] });
  }
  if (redirection !== undefined && (!byMD || request.alternateAllowed === true)) {
    return { kind: 'redirected', redirection };
  }
  const list = request.kind === 'report' ? undefined : listOf(table.replacements, address);
  const closed = list === undefined ? undefined : closedList(list, request, userKey(address));
  const decision = closed ?? chooseRoute(table, { ...request, recipient: address });
  if ('nextHop' in decision || decision.kind === 'list-recursion') return { kind: 'decided', decision };
  return orAlternate(table, request, decision);
}

/** The originator's own alternate comes first; then that of the space, for users that it does not know. */
function orAlternate(table: RouteTable, request: ResolutionRequest, decision: UndeliverableDecision): Next {
  const { requestedAlternate, alternateAllowed } = request;
  if (requestedAlternate !== undefined) {
    const reason = 'originator-requested-alternate-recipient';
    return { kind: 'redirected', redirection: { to: requestedAlternate, reason } };
  }
  const alternate =
    decision.kind === 'unknown-user' ? table.replacements.alternates.get(decision.deliver) : undefined;
  if (alternate === undefined || alternateAllowed !== true) return { kind: 'decided', decision };
  const reason = 'recipient-MD-assigned-alternate-recipient';
  return { kind: 'redirected', redirection: { to: alternate, reason } };
}

/** Of the lists that expanded a message, made once however many of its recipients are lists. */
const expandedKeys = new WeakMap<readonly ORAddress[], ReadonlySet<string>>();

function keysOf(addresses: readonly ORAddress[]): ReadonlySet<string> {
  const known = expandedKeys.get(addresses);
  if (known !== undefined) return known;
  const keys = new Set(addresses.map((address) => userKey(normalAddress(address))));
  expandedKeys.set(addresses, keys);
  return keys;
}

/** Why the list of this key is not expanded for this message, if it is not (X.411 14.3.10). */
function closedList(
  list: ListRoute,
  request: ResolutionRequest,
  key: string,
): Extract<RouteDecision, { kind: `dl-${string}` | 'list-recursion' }> | undefined {
  const { name } = list;
  const { expanded = [], expansionProhibited = false, originator } = request;
  if (keysOf(expanded).has(key)) {
    return { kind: 'list-recursion', list: name, candidates: [] };
  }
  if (expansionProhibited) return { kind: 'dl-expansion-prohibited', list: name, candidates: [] };
  return maySubmit(list, expanded.at(-1) ?? originator)
    ? undefined
    : { kind: 'dl-submit-prohibited', list: name, candidates: [] };
}

/** Whether a list takes what comes from there: an originator, or another list. */
export function maySubmit(
  { submit }: Pick<ListRoute, 'submit'>,
  from: ORAddress | NormalAddress | undefined,
): boolean {
  return (
    submit.length === 0 ||
    (from !== undefined && submit.some((space) => matchesAddressSpace(space, from) !== undefined))
  );
}
