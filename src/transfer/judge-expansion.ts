// What becomes of some members of a list that is being expanded (X.411 06/1999, 14.3.10): a message to them
// under the MTS identifier of the one to the list, with one more list in its history and our trace element
// marked, routed as what has just come in. Reports go by the policy of the list: the last one that a member
// was found by. Pure.

import { type ORAddress, parseORAddress } from '../address/index.ts';
import { bitsOf, hasBit } from '../asn1/index.ts';
import type { Steps } from '../base/steps.ts';
import type { Instant } from '../base/time.ts';
import type { ListConfiguration } from '../config/index.ts';
import {
  formatUTCTime,
  type MessageTransferEnvelope,
  perMessageIndicatorBits,
  perRecipientIndicators,
  type PerRecipientMessageTransferFields,
  readExtension,
  readPerRecipientIndicators,
  withExtension,
} from '../p1/index.ts';
import { nonDelivery, type RecipientOutcome } from '../report/index.ts';
import type { QueuedCopy } from '../store/index.ts';
import type { Arriving } from './arriving.ts';
import { headOf } from './copy-end.ts';
import { describeInSteps } from './describe.ts';
import { type Judgement, type JudgeParts, newDraft } from './draft.ts';
import type { ExpansionPlan, PlannedMember } from './expansion-plan.ts';
import { endRecipients } from './judge-ended.ts';
import { nonDelivered, reportOn } from './judge-outcomes.ts';
import { routeSubject } from './route-subject.ts';

export interface Expansion {
  readonly copy: QueuedCopy;
  readonly envelope: MessageTransferEnvelope;
  readonly list: ListConfiguration;
  /** What a report on it may bring back. */
  readonly toReturn: Uint8Array | undefined;
}

/** Puts one slice of the members on their way. */
export function* judgeSlice(
  parts: JudgeParts,
  { copy, envelope, list, toReturn }: Expansion,
  slice: {
    readonly members: readonly PlannedMember[];
    readonly paths: ExpansionPlan['paths'];
    readonly now: Instant;
  },
): Steps<Judgement> {
  const draft = newDraft();
  const { now, paths } = slice;
  const { recipients: recipients_max } = parts.configuration.mta.limits;
  const { content, contentLength, acceptedAt } = copy;
  const groups = Map.groupBy(slice.members, ({ path }) => path);
  for (const [path, members] of groups) {
    const fields = memberFields(envelope, { copy, policy: paths[path].at(-1) ?? list });
    for (let from = 0; from < members.length; from += recipients_max) {
      const perRecipientFields = members.slice(from, from + recipients_max).flatMap(({ text }) => {
        const address = parseORAddress(text);
        return address.ok ? [{ ...fields, recipientName: address.value }] : [];
      });
      if (perRecipientFields.length === 0) continue;
      const expanded = expandedEnvelope(envelope, { path: paths[path], now });
      const value = { kind: 'message', envelope: { ...expanded, perRecipientFields } } as const;
      const common = { value, content, contentLength, toReturn };
      const arriving: Arriving = { ...common, acceptedAt, expandedBy: list.name };
      const description = yield* describeInSteps(value);
      yield* routeSubject(parts, { arriving, value, description, failure: undefined, now }, draft);
    }
  }
  return draft;
}

/**
 * The end of an expansion: the list has its outcome. Where the originator is told nothing of members, but
 * asked to be told of delivery, that the list was expanded is what there is to tell.
 */
export function* judgeExpanded(
  parts: JudgeParts,
  { copy, envelope, list }: Expansion,
  done: { readonly members: number; readonly now: Instant },
): Steps<Judgement> {
  const draft = newDraft();
  const { now, members } = done;
  const detail = { list: list.name, members };
  draft.tracking.push({ ...headOf(copy), at: now, act: 'dl-expanded', detail });
  const { mtsIdentifier, originator } = copy;
  draft.events.push(['list-expanded', { mtsIdentifier, list: list.name, originator, members }]);
  if (list.reports === 'originator' || list.reports === 'both') return draft;
  const outcomes = copy.recipients.map(
    ({ number: recipient }): RecipientOutcome => ({
      kind: 'delivered',
      recipient,
      deliveredAt: now,
      typeOfMTSUser: 'dl',
    }),
  );
  const place = { message: copy.message };
  const subject = { kind: 'message', envelope } as const;
  yield* reportOn(parts, { ended: { subject, outcomes, place, arrivedAt: copy.acceptedAt }, now }, draft);
  return draft;
}

/** A list that cannot be expanded: dl-expansion-failure, and why. */
export function* judgeUnexpandable(
  parts: JudgeParts,
  { copy, envelope, list, toReturn: content }: Expansion,
  failed: { readonly detail: string; readonly now: Instant },
): Steps<Judgement> {
  const draft = newDraft();
  const { now, detail } = failed;
  const { mtsIdentifier } = copy;
  draft.events.push(['list-unavailable', { mtsIdentifier, list: list.name, file: list.file, detail }]);
  const outcomes = copy.recipients.map(({ number }) =>
    nonDelivered(number, nonDelivery('dl-expansion-failed'), `distribution list ${list.name}: ${detail}`),
  );
  const subject = { kind: 'message', envelope, content } as const;
  const place = { message: copy.message };
  const ended = { subject, outcomes, place, arrivedAt: copy.acceptedAt, copy };
  yield* endRecipients(parts, { ended, now }, draft);
  return draft;
}

/** Lists that the message has passed, and recipients that its originator exempted. */
export function notMembers(envelope: MessageTransferEnvelope): {
  readonly passed: readonly ORAddress[];
  readonly exempted: readonly ORAddress[];
} {
  const passed = readExtension(envelope.extensions, 'dl-expansion-history');
  const exempted = readExtension(envelope.extensions, 'dl-exempted-recipients');
  return {
    passed: passed.ok ? (passed.value ?? []).map(({ dl }) => dl) : [],
    exempted: exempted.ok ? (exempted.value ?? []) : [],
  };
}

/** A longer history; and members are not told of each other, whatever the originator disclosed. */
function expandedEnvelope(
  { $raw: _, ...envelope }: MessageTransferEnvelope & { readonly $raw?: unknown },
  { path, now }: { readonly path: readonly ListConfiguration[]; readonly now: Instant },
): MessageTransferEnvelope {
  const before = readExtension(envelope.extensions, 'dl-expansion-history');
  const dlExpansionTime = formatUTCTime(now);
  const history = [
    ...(before.ok ? (before.value ?? []) : []),
    ...path.map(({ address }) => ({ dl: address.address, dlExpansionTime })),
  ];
  const indicators = envelope.perMessageIndicators;
  const disclosed = perMessageIndicatorBits['disclosure-of-other-recipients'];
  const others = Object.values(perMessageIndicatorBits).filter(
    (bit) => bit !== disclosed && hasBit(indicators, bit),
  );
  return {
    ...envelope,
    perMessageIndicators: hasBit(indicators, disclosed) ? bitsOf(others, indicators.bits) : indicators,
    extensions: withExtension(envelope.extensions, 'dl-expansion-history', history),
  };
}

/** What every member has from the list, as a recipient: its number, its requests, its extensions. */
function memberFields(
  envelope: MessageTransferEnvelope,
  { copy, policy }: { readonly copy: QueuedCopy; readonly policy: ListConfiguration },
): Omit<PerRecipientMessageTransferFields, 'recipientName'> {
  const [{ number }] = copy.recipients;
  const { recipientName: _, ...fields } = plain(envelope.perRecipientFields[number]);
  const asked = readPerRecipientIndicators(fields.perRecipientIndicators);
  const own = { owner: 'non-delivery-report', none: 'no-report' } as const;
  const originatorReportRequest =
    policy.reports === 'owner' || policy.reports === 'none'
      ? own[policy.reports]
      : asked.originatorReportRequest;
  const originatingMTAReportRequest =
    policy.reports === 'owner' || policy.reports === 'none'
      ? 'non-delivery-report'
      : asked.originatingMTAReportRequest;
  let { extensions } = fields;
  for (const name of ['redirection-history', 'originator-requested-alternate-recipient'] as const) {
    extensions = withExtension(extensions, name, undefined);
  }
  const indicators = { responsibility: true, originatorReportRequest, originatingMTAReportRequest };
  return { ...fields, extensions, perRecipientIndicators: perRecipientIndicators(indicators) };
}

function plain(
  fields: PerRecipientMessageTransferFields & { readonly $raw?: unknown },
): PerRecipientMessageTransferFields {
  const { $raw: _, ...rest } = fields;
  return rest;
}
