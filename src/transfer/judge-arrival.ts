// What becomes of a message, probe or report that this MTA takes responsibility for: the procedures of X.411
// 14.3 as one pure step. The result is data: messages to secure (the arrival and the reports on it) with
// tracking, and events. Whoever asked commits it whole; nothing is stored or sent here. Invariant: every
// recipient that we answer for is in a copy, or has an outcome that is reported if that was asked for.

import { type NormalAddress, normalAddress } from '../address/index.ts';
import type { Instant } from '../base/time.ts';
import { unsupportedCritical } from '../p1/index.ts';
import { type NonDelivery, nonDelivery, type RecipientOutcome, type ReportSubject } from '../report/index.ts';
import {
  chooseRoute,
  nextHopKey,
  parseNextHopKey,
  responsibleRecipients,
  type RouteDecision,
  type RoutedRecipient,
  splitByNextHop,
  undeliverableReason,
} from '../routing/index.ts';
import type { NextHopKey } from '../store/index.ts';
import type { Arriving } from './arriving.ts';
import { type Description, describe } from './describe.ts';
import { type Copies, type Draft, type Judgement, type JudgeParts, newDraft, secure } from './draft.ts';
import { nonDelivered, placeReport, reportOn } from './judge-outcomes.ts';
import { invalidArgument, invalidRecipient, withoutInvalid } from './invalid-argument.ts';
import { findLoop } from './own-trace.ts';
import { speaks1984, undowngradable } from './peer-protocol.ts';
import type { StoredValue } from './stored-value.ts';

type Subject = Extract<StoredValue, { kind: 'message' | 'probe' }>;

/** Judges what has just come in or was submitted. */
export function judgeArrival(parts: JudgeParts, arriving: Arriving, now: Instant): Judgement {
  const draft = newDraft();
  if (arriving.value.kind === 'report') judgeReport(parts, { arriving, now }, draft);
  else judgeSubject(parts, { arriving, value: arriving.value, now }, draft);
  return draft;
}

/** Chooses the next hop of one recipient of a stored message or probe again. */
export function routeAgain(
  parts: JudgeParts,
  value: Subject,
  at: {
    readonly recipient: number;
    readonly contentLength: number;
    readonly arrivedBy?: NextHopKey;
    /** Where routes are equal, a message's recipients go the same way; restrictions look at the rest. */
    readonly description: Pick<Description, 'mtsIdentifier' | 'kind' | 'priority' | 'contentType'>;
    /** In normal form, where many recipients are routed. */
    readonly originator?: NormalAddress;
  },
): RouteDecision {
  const { kind, priority, contentType, mtsIdentifier } = at.description;
  return chooseRoute(parts.table, {
    kind,
    priority,
    contentType,
    originator: at.originator ?? value.envelope.originatorName,
    recipient: value.envelope.perRecipientFields[at.recipient].recipientName,
    arrivedBy: at.arrivedBy,
    contentLength: at.contentLength,
    health: parts.health,
    balanceBy: mtsIdentifier,
  });
}

function judgeSubject(
  parts: JudgeParts,
  { arriving, value, now }: { readonly arriving: Arriving; readonly value: Subject; readonly now: Instant },
  draft: Draft,
): void {
  const description = describe(value);
  const failure = failureOfAll(parts, { arriving, description }, draft);
  const outcomes: RecipientOutcome[] = [];
  const routed: RoutedRecipient[] = [];
  const arrivedBy = arriving.link && nextHopKey({ kind: 'link', name: arriving.link.name });
  const responsible = responsibleRecipients(value.envelope.perRecipientFields);
  const unfitFor1984 = unfitness(parts, value);
  const originator = normalAddress(value.envelope.originatorName);
  for (const recipient of responsible) {
    const each = failure ?? failureOf(value, recipient);
    if (each !== undefined) outcomes.push(nonDelivered(recipient, each));
    else {
      const { contentLength } = arriving;
      const at = { recipient, contentLength, arrivedBy, description, originator };
      const decision = routeAgain(parts, value, at);
      const unfit = unfitFor1984(recipient, decision);
      if (unfit === undefined) routed.push({ recipient, decision });
      else outcomes.push(nonDelivered(recipient, nonDelivery('unable-to-downgrade'), unfit));
    }
  }
  const split = splitByNextHop(routed);
  for (const { recipient, decision } of split.undeliverable) {
    outcomes.push(nonDelivered(recipient, nonDelivery(decision.kind), undeliverableReason(decision)));
    if (decision.kind !== 'no-route') continue;
    const { mtsIdentifier, recipients } = description;
    draft.events.push([
      'no-route',
      { mtsIdentifier, recipient: recipients[recipient], reason: undeliverableReason(decision) },
    ]);
  }
  const copies = value.kind === 'probe' ? probed(split.copies, outcomes, now) : split.copies;
  const tracked = responsible.map((recipient) => description.recipients[recipient]);
  const act = arriving.link === undefined ? 'submitted' : 'transferred-in';
  const place = secure(parts, { arriving, description, copies, tracked, act, now }, draft);
  const content = arriving.content.kind === 'inline' ? arriving.content.octets : arriving.toReturn;
  const subject = reportable(value, content);
  reportOn(parts, { ended: { subject, outcomes, place, arrivedAt: now }, now }, draft);
}

/** What a report on an arrival is made of: without what made it invalid. */
function reportable(value: Subject, content: Uint8Array | undefined): ReportSubject {
  const whole = invalidArgument(value.envelope) === undefined;
  if (value.kind === 'probe') return whole ? value : { ...value, envelope: withoutInvalid(value.envelope) };
  return { ...value, content, envelope: whole ? value.envelope : withoutInvalid(value.envelope) };
}

/**
 * What keeps every recipient from being served: a field that cannot be meant, a loop, the size, their number,
 * a critical extension.
 */
function failureOfAll(
  parts: JudgeParts,
  { arriving, description }: { readonly arriving: Arriving; readonly description: Description },
  draft: Draft,
): NonDelivery | undefined {
  const { mta } = parts.configuration;
  const { value, contentLength, link, remote } = arriving;
  if (value.kind === 'report') return undefined;
  const { mtsIdentifier, recipients } = description;
  const common = { link: link?.name, peer: link?.peer.mta, mtsIdentifier, remote };
  const invalid = invalidArgument(value.envelope);
  if (invalid !== undefined) {
    const { path, expected: limit, got } = invalid;
    draft.events.push(['message-refused', { ...common, reason: `invalid ${path}`, limit, got }]);
    return nonDelivery('invalid-arguments');
  }
  const loop = link === undefined ? undefined : findLoop(value, mta);
  if (loop?.loop) {
    draft.events.push(['loop-detected', { ...common, trace: loop.detail, recipients }]);
    return nonDelivery('loop-detected');
  }
  const refuse = (reason: string, limit: number, got: number): void => {
    draft.events.push(['message-refused', { ...common, reason, limit, got }]);
  };
  if (contentLength > mta.limits.messageSize) {
    refuse('size', mta.limits.messageSize, contentLength);
    return nonDelivery('content-too-long');
  }
  if (recipients.length > mta.limits.recipients) {
    refuse('recipients', mta.limits.recipients, recipients.length);
    return nonDelivery('too-many-recipients');
  }
  const critical = unsupportedCritical(value.envelope.extensions, 'for-transfer');
  return critical.length > 0 ? nonDelivery('unsupported-critical-function') : undefined;
}

function failureOf(value: Subject, recipient: number): NonDelivery | undefined {
  const { extensions, recipientName } = value.envelope.perRecipientFields[recipient];
  if (invalidRecipient(recipientName) !== undefined) return nonDelivery('invalid-arguments');
  const critical = unsupportedCritical(extensions, 'for-transfer');
  return critical.length > 0 ? nonDelivery('unsupported-critical-function') : undefined;
}

/**
 * What keeps a recipient from a peer of 1984, if its way leads there. That is the verdict: it is reported at
 * once, and no other way is looked for.
 */
function unfitness(
  parts: JudgeParts,
  value: Subject,
): (recipient: number, decision: RouteDecision) => string | undefined {
  let explanations: ReadonlyMap<number, string> | undefined;
  return (recipient, decision) => {
    if (decision.kind !== 'link') return undefined;
    const hop = parseNextHopKey(decision.nextHop);
    const link = parts.configuration.links.find(({ name }) => hop?.kind === 'link' && hop.name === name);
    if (link === undefined || !speaks1984(link.mode)) return undefined;
    explanations ??= new Map(
      undowngradable(value, link.mode).map(({ index, explanation }) => [index, explanation]),
    );
    return explanations.get(recipient);
  };
}

/**
 * A probe is not delivered: what could be is an outcome (X.411 14.3.9). What goes on to other MTAs stays a
 * copy.
 */
function probed(copies: Copies, outcomes: RecipientOutcome[], now: Instant): Copies {
  for (const copy of copies) {
    if (parseNextHopKey(copy.nextHop)?.kind !== 'deliver') continue;
    for (const recipient of copy.recipients) {
      outcomes.push({ kind: 'delivered', recipient, deliveredAt: now });
    }
  }
  return copies.filter((copy) => parseNextHopKey(copy.nextHop)?.kind === 'link');
}

/** A report passes on to its destination; it is never reported on (X.411 14.3.3). */
function judgeReport(
  parts: JudgeParts,
  { arriving, now }: { readonly arriving: Arriving; readonly now: Instant },
  draft: Draft,
): void {
  if (arriving.value.kind !== 'report') return;
  const { link, value } = arriving;
  const loop = link === undefined ? undefined : findLoop(value, parts.configuration.mta);
  const stopped = loop?.loop ? `loop: ${loop.detail}` : undefined;
  placeReport(parts, { arriving, report: value.report, act: 'transferred-in', now, stopped }, draft);
}
