// Who the recipients of a message or probe are that we answer for, and by which way each is served or why none:
// each resolved and routed, with the names of those who take the places of others (X.411 06/1999, 14.3.4,
// 14.3.6, 14.3.8). Pure.

import { normalAddress } from '../address/index.ts';
import { eachInSteps, type Steps } from '../base/steps.ts';
import type { Instant } from '../base/time.ts';
import { unsupportedCritical } from '../p1/index.ts';
import { type NonDelivery, nonDelivery, type RecipientOutcome } from '../report/index.ts';
import {
  nextHopKey,
  type RedirectionStep,
  type Resolution,
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
}

export interface Resolved {
  /** With the names of those who take the places of others. */
  readonly value: Subject;
  readonly responsible: readonly number[];
  readonly decisions: ReadonlyMap<number, RouteDecision>;
  readonly steps: ReadonlyMap<number, readonly RedirectionStep[]>;
  readonly outcomes: RecipientOutcome[];
}

export function* resolveAll(parts: JudgeParts, routing: Routing): Steps<Resolved> {
  const { value, failure, now } = routing;
  const resolve = resolver(parts, routing);
  const responsible = responsibleRecipients(value.envelope.perRecipientFields);
  const outcomes: RecipientOutcome[] = [];
  const decisions = new Map<number, RouteDecision>();
  const steps = new Map<number, readonly RedirectionStep[]>();
  const replaced = new Map<number, Subject['envelope']['perRecipientFields'][number]>();
  yield* eachInSteps(responsible, (recipient) => {
    const each = failure ?? failureOf(value, recipient);
    if (each !== undefined) {
      outcomes.push(nonDelivered(recipient, each));
      return;
    }
    const resolution = resolve(recipient);
    decisions.set(recipient, resolution.decision);
    if (resolution.steps.length === 0) return;
    steps.set(recipient, resolution.steps);
    const fields = value.envelope.perRecipientFields[recipient];
    replaced.set(recipient, redirectedFields(fields, resolution.steps, now));
  });
  return { value: withFields(value, replaced), responsible, decisions, steps, outcomes };
}

function resolver(
  parts: JudgeParts,
  { arriving, value, description }: Routing,
): (recipient: number) => Resolution {
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
    balanceBy: mtsIdentifier,
    ...wishesOf(value.envelope),
  };
  return (recipient) => {
    const fields = value.envelope.perRecipientFields[recipient];
    return resolveRecipient(parts.table, {
      ...common,
      recipient: fields.recipientName,
      ...historyOf(fields),
    });
  };
}

function failureOf(value: Subject, recipient: number): NonDelivery | undefined {
  const { extensions, recipientName } = value.envelope.perRecipientFields[recipient];
  if (invalidRecipient(recipientName) !== undefined) return nonDelivery('invalid-arguments');
  const critical = unsupportedCritical(extensions, 'for-transfer');
  return critical.length > 0 ? nonDelivery('unsupported-critical-function') : undefined;
}
