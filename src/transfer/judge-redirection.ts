// Recipients of a stored message or probe that an operator gives another address: who is meant, whether the
// originator lets it be, and by which way the message goes on to them (X.411 06/1999, 14.3.6). They leave
// their message as those do whom an alternate replaces: a message of their own under the same MTS identifier,
// with the redirection history and the mark in our trace. What would end in a report, or in nothing, is
// refused instead. Pure. Invariant: refused as a whole, or every recipient that is meant has a way.

import { normalKey, type ORAddress, printORAddress } from '../address/index.ts';
import { err, ok, type Result } from '../base/result.ts';
import { mapInSteps, type Steps } from '../base/steps.ts';
import type { Instant } from '../base/time.ts';
import { type Redirection, type RouteDecision, summary, undeliverableReason } from '../routing/index.ts';
import type { QueuedCopy } from '../store/index.ts';
import type { Arriving } from './arriving.ts';
import { describeInSteps } from './describe.ts';
import { type Judgement, type JudgeParts, newDraft } from './draft.ts';
import { invalidRecipient } from './invalid-argument.ts';
import { type Subject, wishesOf } from './replaced-recipients.ts';
import { putOnTheirWay, resolveAndSort } from './route-subject.ts';

/** How many recipients are named to somebody who has to name one. */
const NAMED_MAX = 10;

/** What an operator wants. */
export interface RedirectOrder {
  readonly to: ORAddress;
  /** Whose place it takes; the only recipient of the copy if left out. */
  readonly recipient?: ORAddress | undefined;
  /** Another name of the same recipient: what the originator says of others is not about it. */
  readonly sameRecipient?: boolean | undefined;
  /** Kept with the record of it. */
  readonly note?: string | undefined;
}

export interface Redirecting {
  readonly copy: QueuedCopy;
  readonly value: Subject;
  readonly order: RedirectOrder;
  readonly by: string;
  /** Until when the copy waits, if so. */
  readonly notBefore: Instant | undefined;
}

export interface JudgedRedirection {
  readonly judgement: Judgement;
  /** The numbers of the recipients that stay in the copy. */
  readonly left: readonly number[];
  /** Who gets it now, and by which way. */
  readonly told: string;
}

/** What becomes of the copy; or why nothing does. */
export function* judgeRedirectionInSteps(
  parts: JudgeParts,
  redirecting: Redirecting,
  now: Instant,
): Steps<Result<JudgedRedirection, string>> {
  const { copy, value, order } = redirecting;
  const meant = yield* recipientsMeant(copy, value, order);
  if (!meant.ok) return meant;
  const refused = forbidden(value, order);
  if (refused !== undefined) return err(refused);
  const { content, contentLength, acceptedAt } = copy;
  const assigned: Redirection = { to: order.to, reason: reasonOf(order) };
  const { by } = redirecting;
  const note = order.note === undefined ? {} : { note: order.note };
  const reassigned = { message: copy.message, detail: { reason: assigned.reason, by, ...note } };
  const arriving: Arriving = { value, content, contentLength, acceptedAt, reassigned };
  const description = yield* describeInSteps(value);
  const recipients = new Set(meant.value);
  const routing = { arriving, value, description, failure: undefined, now, reassigned: recipients, assigned };
  const waits = copy.state === 'held' || redirecting.notBefore !== undefined;
  const judging = waits ? { ...parts, claim: () => undefined } : parts;
  const { resolved, sorted } = yield* resolveAndSort(judging, routing);
  const to = printORAddress(order.to);
  for (const decision of resolved.decisions.values()) {
    const why = whyNot(decision, to);
    if (why !== undefined) return err(why);
  }
  const [unfit] = sorted.unfit;
  if (unfit !== undefined) {
    const said = unfit.kind === 'non-delivered' ? unfit.supplementaryInformation : undefined;
    return err(`${to} cannot get it: ${said ?? 'it asks for a function that no delivery here has'}`);
  }
  if (sorted.redirected.length < recipients.size) return err('that recipient is not ours to send it to');
  const draft = newDraft();
  yield* putOnTheirWay(judging, { routing, resolved, sorted }, draft);
  const [{ recipient, decision }] = sorted.redirected;
  const last = printORAddress(resolved.value.envelope.perRecipientFields[recipient].recipientName);
  const judgement = { ...draft, create: draft.create.map((each) => asItWaited(each, redirecting)) };
  const left = copy.recipients.map(({ number }) => number).filter((number) => !recipients.has(number));
  return ok({ judgement, left, told: `${last} ${summary(decision)}` });
}

/** The numbers of the recipients whose place another takes. */
function* recipientsMeant(
  copy: QueuedCopy,
  { envelope }: Subject,
  { recipient }: RedirectOrder,
): Steps<Result<readonly number[], string>> {
  const { recipients } = copy;
  if (recipient === undefined) {
    const [first, ...others] = recipients;
    if (others.length === 0) return ok([first.number]);
    return err(`it has ${recipients.length} recipients, name one of them: ${namesOf(copy)}`);
  }
  const wanted = normalKey(recipient);
  const keys = yield* mapInSteps(recipients, ({ number }) =>
    normalKey(envelope.perRecipientFields[number].recipientName),
  );
  const found = recipients.filter((_, index) => keys[index] === wanted).map(({ number }) => number);
  if (found.length > 0) return ok(found);
  return err(`it has no recipient ${printORAddress(recipient)}; it has ${namesOf(copy)}`);
}

function namesOf({ recipients }: QueuedCopy): string {
  const named = recipients.slice(0, NAMED_MAX).map(({ address }) => address);
  const more = recipients.length - named.length;
  return `${named.join(', ')}${more === 0 ? '' : ` and ${more} others`}`;
}

/**
 * Who is another recipient is one that an MD assigned: the originator must have allowed alternates (X.411
 * 8.2.1.1.1.3) and not have prohibited reassignment (8.2.1.1.1.4). Another name of the same recipient is an
 * alias, of which neither speaks.
 */
function reasonOf({ sameRecipient = false }: RedirectOrder): Redirection['reason'] {
  return sameRecipient ? 'alias' : 'recipient-MD-assigned-alternate-recipient';
}

/** What speaks against it before any route is looked for. */
function forbidden({ envelope }: Subject, order: RedirectOrder): string | undefined {
  const to = printORAddress(order.to);
  const invalid = invalidRecipient(order.to);
  if (invalid !== undefined) {
    return `${to} is no address to send to: ${invalid.path} wants ${invalid.expected}, has ${invalid.got}`;
  }
  if (order.sameRecipient === true) return undefined;
  const { reassignmentProhibited, alternateAllowed } = wishesOf(envelope);
  if (reassignmentProhibited === true) {
    return `its originator prohibited that another recipient gets it; ${unlessSame(to)}`;
  }
  if (alternateAllowed === true) return undefined;
  return `its originator did not allow alternate recipients; ${unlessSame(to)}`;
}

function unlessSame(to: string): string {
  return `if ${to} is the same recipient under another address, say so (--same-recipient)`;
}

/** Why the message cannot go on to the new address, if it cannot. */
function whyNot(decision: RouteDecision, to: string): string | undefined {
  if ('nextHop' in decision) return undefined;
  if (decision.kind === 'list-recursion') return `${to} ${summary(decision)}`;
  if (decision.kind === 'redirection-loop' && decision.to === to) {
    return `${to} is what this recipient is or was before: it goes back to no earlier address`;
  }
  return `${to} cannot get it: ${undeliverableReason(decision)} (chappe route explain "${to}" says more)`;
}

/** What was held or deferred, hurried by command, or near its end, is so still. */
function asItWaited(
  message: Judgement['create'][number],
  { copy, notBefore }: Redirecting,
): Judgement['create'][number] {
  if (message.kind === 'report') return message;
  const waits = {
    ...(copy.state === 'held' && { held: true }),
    ...(notBefore !== undefined && { notBefore }),
  };
  const copies = message.copies.map((each) => ({ ...each, ...waits }));
  return { ...message, priority: copy.priority, expiresAt: copy.expiresAt, copies };
}
