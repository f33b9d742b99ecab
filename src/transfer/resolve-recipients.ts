// Who the recipients of a message or probe are that we answer for, and by which way each is served or why
// none: each resolved and routed, with the names of those who take the places of others (X.411 06/1999,
// 14.3.4, 14.3.6, 14.3.8). Pure.

import { normalAddress } from '../address/index.ts';
import { eachInSteps, type Steps } from '../base/steps.ts';
import type { Instant } from '../base/time.ts';
import { unsupportedCritical } from '../p1/index.ts';
import { type NonDelivery, nonDelivery, type RecipientOutcome } from '../report/index.ts';
import {
  nextHopKey,
  type Redirection,
  type RedirectionStep,
  type Resolution,
  resolveAlternate,
  resolveAssigned,
  resolveRecipient,
  responsibleRecipients,
  type RouteDecision,
} from '../routing/index.ts';
import type { Arriving } from './arriving.ts';
import type { Description } from './describe.ts';
import type { JudgeParts } from './draft.ts';
import { invalidRecipient } from './invalid-argument.ts';
import { nonDelivered } from './judge-outcomes.ts';
import { historyOf, redirectedFields, type Subject, wishesOf, withFields } from './replaced-recipients.ts';

export interface Routing {
  readonly arriving: Arriving;
  readonly value: Subject;
  readonly description: Description;
  /** What keeps every recipient from being served. */
  readonly failure: NonDelivery | undefined;
  readonly now: Instant;
  /**
   * Recipients of a stored message whose way has ended, and whose originator requested alternates: those and
   * only those are looked for.
   */
  readonly reassigned?: ReadonlySet<number> | undefined;
  /** Who takes the places of those, by command; the alternates of the originator if left out. */
  readonly assigned?: Redirection | undefined;
}

export interface Resolved {
  /** With the names of those who take the places of others. */
  readonly value: Subject;
  readonly responsible: readonly number[];
  readonly decisions: ReadonlyMap<number, RouteDecision>;
  readonly steps: ReadonlyMap<number, readonly RedirectionStep[]>;
  readonly outcomes: RecipientOutcome[];
}

/** Resolves the recipients of `routing`. */
export function* resolveAll(parts: JudgeParts, routing: Routing): Steps<Resolved> {
  const { value, failure, now, reassigned } = routing;
  const resolve = resolver(parts, routing);
  const all = yield* responsibleRecipients(value.envelope.perRecipientFields);
  const responsible = reassigned === undefined ? all : all.filter((each) => reassigned.has(each));
  const outcomes: RecipientOutcome[] = [];
  const decisions = new Map<number, RouteDecision>();
  const steps = new Map<number, readonly RedirectionStep[]>();
  const replaced = new Map<number, Fields>();
  yield* eachInSteps(responsible, (recipient) => {
    // Who is reassigned has passed that before.
    const each = failure ?? (reassigned === undefined ? failureOf(value, recipient) : undefined);
    if (each !== undefined) {
      outcomes.push(nonDelivered(recipient, each));
      return;
    }
    const fields = value.envelope.perRecipientFields[recipient];
    const resolution = resolve(fields, reassigned === undefined ? 'named' : 'alternate');
    if (resolution === undefined) return;
    decisions.set(recipient, resolution.decision);
    if (resolution.steps.length === 0) return;
    steps.set(recipient, resolution.steps);
    replaced.set(recipient, redirectedFields(fields, resolution.steps, now));
  });
  return { value: withFields(value, replaced), responsible, decisions, steps, outcomes };
}

/**
 * The same with these recipients, whose ways will not do, replaced by the alternates that the originator
 * requested, if any.
 */
export function* resolveAgain(
  parts: JudgeParts,
  routing: Routing,
  { before, unfit }: { readonly before: Resolved; readonly unfit: Iterable<number> },
): Steps<Resolved> {
  const resolve = resolver(parts, routing);
  const decisions = new Map(before.decisions);
  const steps = new Map(before.steps);
  const replaced = new Map<number, Fields>();
  yield* eachInSteps(unfit, (recipient) => {
    const fields = before.value.envelope.perRecipientFields[recipient];
    const resolution = resolve(fields, 'alternate');
    if (resolution === undefined) return;
    decisions.set(recipient, resolution.decision);
    if (resolution.steps.length === 0) return;
    steps.set(recipient, [...(steps.get(recipient) ?? []), ...resolution.steps]);
    replaced.set(recipient, redirectedFields(fields, resolution.steps, routing.now));
  });
  return { ...before, value: withFields(before.value, replaced), decisions, steps };
}

type Fields = Subject['envelope']['perRecipientFields'][number];

function resolver(
  parts: JudgeParts,
  { arriving, value, description, assigned }: Routing,
): (fields: Fields, who: 'named' | 'alternate') => Resolution | undefined {
  const { kind, priority, contentType, mtsIdentifier } = description;
  const { link, contentLength } = arriving;
  const common = {
    kind,
    priority,
    contentType,
    originator: normalAddress(value.envelope.originatorName),
    arrivedBy: link && nextHopKey({ kind: 'link', name: link.name }),
    contentLength,
    health: parts.health,
    opensAt: parts.opensAt,
    balanceBy: mtsIdentifier,
    ...wishesOf(value.envelope),
  };
  return (fields, who) => {
    const request = { ...common, recipient: fields.recipientName, ...historyOf(fields) };
    if (assigned !== undefined) return resolveAssigned(parts.table, request, assigned);
    return (who === 'named' ? resolveRecipient : resolveAlternate)(parts.table, request);
  };
}

function failureOf(value: Subject, recipient: number): NonDelivery | undefined {
  const { extensions, recipientName } = value.envelope.perRecipientFields[recipient];
  if (invalidRecipient(recipientName) !== undefined) return nonDelivery('invalid-arguments');
  const critical = unsupportedCritical(extensions, 'for-transfer');
  return critical.length > 0 ? nonDelivery('unsupported-critical-function') : undefined;
}
