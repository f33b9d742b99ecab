// What becomes of a message, probe or report that this MTA takes responsibility for: the procedures of
// X.411 14.3, pure, in steps for those with many recipients. The result is data: messages to secure (the
// arrival and the reports on it) with tracking, and events. Whoever asked commits it whole; nothing is
// stored or sent here. Invariant: every recipient that we answer for is in a copy, or has an outcome that
// is reported if that was asked for.

import { type MTSIdentifier, type NormalAddress, printMTSIdentifier } from '../address/index.ts';
import { atOnce, type Steps } from '../base/steps.ts';
import type { Instant } from '../base/time.ts';
import { unsupportedCritical } from '../p1/index.ts';
import { type NonDelivery, nonDelivery } from '../report/index.ts';
import { chooseRoute, type RouteDecision } from '../routing/index.ts';
import type { NextHopKey } from '../store/index.ts';
import type { Arriving } from './arriving.ts';
import { type Description, describeInSteps } from './describe.ts';
import { type Draft, type Judgement, type JudgeParts, newDraft } from './draft.ts';
import { placeReport } from './judge-outcomes.ts';
import { invalidArgument } from './invalid-argument.ts';
import { oddTimeOf } from './odd-times.ts';
import { findLoop } from './own-trace.ts';
import type { Subject } from './replaced-recipients.ts';
import { routeSubject } from './route-subject.ts';
import type { StoredValue } from './stored-value.ts';

/** Judges what has just come in or was submitted. */
export function judgeArrival(parts: JudgeParts, arriving: Arriving, now: Instant): Judgement {
  return atOnce(judgeArrivalInSteps(parts, arriving, now));
}

/** The same in steps. */
export function* judgeArrivalInSteps(parts: JudgeParts, arriving: Arriving, now: Instant): Steps<Judgement> {
  const draft = newDraft();
  flagOddTime(arriving, now, draft);
  if (arriving.value.kind === 'report') yield* judgeReport(parts, { arriving, now }, draft);
  else yield* judgeSubject(parts, { arriving, value: arriving.value, now }, draft);
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
    opensAt: parts.opensAt,
    balanceBy: mtsIdentifier,
  });
}

function identifierOf(value: StoredValue): MTSIdentifier {
  switch (value.kind) {
    case 'message':
      return value.envelope.messageIdentifier;
    case 'probe':
      return value.envelope.probeIdentifier;
    case 'report':
      return value.report.envelope.reportIdentifier;
  }
}

/** What bears a time that cannot be right is flagged, and carried on like anything else. */
function flagOddTime({ value, link, remote }: Arriving, now: Instant, draft: Draft): void {
  const odd = link === undefined ? undefined : oddTimeOf(value, now);
  if (link === undefined || odd === undefined) return;
  const { domain, time: marked, off } = odd;
  const mtsIdentifier = printMTSIdentifier(identifierOf(value));
  const peer = { link: link.name, peer: link.peer.mta, remote };
  draft.events.push(['time-implausible', { ...peer, mtsIdentifier, domain, marked, off }]);
}

function* judgeSubject(
  parts: JudgeParts,
  { arriving, value, now }: { readonly arriving: Arriving; readonly value: Subject; readonly now: Instant },
  draft: Draft,
): Steps<void> {
  const description = arriving.description ?? (yield* describeInSteps(value));
  const failure = failureOfAll(parts, { arriving, description }, draft);
  yield* routeSubject(parts, { arriving, value, description, failure, now }, draft);
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

/** A report passes on to its destination; it is never reported on (X.411 14.3.3). */
function* judgeReport(
  parts: JudgeParts,
  { arriving, now }: { readonly arriving: Arriving; readonly now: Instant },
  draft: Draft,
): Steps<void> {
  if (arriving.value.kind !== 'report') return;
  const { link, value } = arriving;
  const loop = link === undefined ? undefined : findLoop(value, parts.configuration.mta);
  const critical = unsupportedCritical(value.report.envelope.extensions, 'for-transfer').length > 0;
  const unsupported = critical ? 'an extension critical for transfer is not known here' : undefined;
  const stopped = loop?.loop ? `loop: ${loop.detail}` : unsupported;
  yield* placeReport(parts, { arriving, report: value.report, act: 'transferred-in', now, stopped }, draft);
}
