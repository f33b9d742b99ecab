// What becomes of some members of a list that is being expanded (X.411 06/1999, 14.3.10): a message to them
// under the MTS identifier of the one to the list, with one more list in its history and our trace element
// marked, routed as what has just come in. Reports go by the policies of the lists that a member was found
// by. Pure. Invariant: the expanded list, and each list among its members, leads to members for whom the
// requests of its sender count, or to another list, or its sender is told that it was expanded.

import { type ORAddress, parseORAddress } from '../address/index.ts';
import { bitsOf, hasBit } from '../asn1/index.ts';
import { filterInSteps, mapInSteps, type Steps } from '../base/steps.ts';
import type { Instant } from '../base/time.ts';
import type { ListConfiguration } from '../config/index.ts';
import {
  formatUTCTime,
  type MessageTransferEnvelope,
  perMessageIndicatorBits,
  readExtension,
  withExtension,
} from '../p1/index.ts';
import { nonDelivery, type RecipientOutcome } from '../report/index.ts';
import type { QueuedCopy } from '../store/index.ts';
import type { Arriving } from './arriving.ts';
import { headOf } from './copy-end.ts';
import { describeInSteps } from './describe.ts';
import { type Draft, type Judgement, type JudgeParts, newDraft } from './draft.ts';
import type { ExpansionPath, ExpansionPlan, PlannedMember } from './expansion-plan.ts';
import { endRecipients } from './judge-ended.ts';
import { nonDelivered, reportOn } from './judge-outcomes.ts';
import { leavesRequests, memberFields, numberForMembers } from './member-fields.ts';
import { routeSubject } from './route-subject.ts';

export interface Expansion {
  readonly copy: QueuedCopy;
  readonly envelope: MessageTransferEnvelope;
  readonly list: ListConfiguration;
  /** What a report on it may bring back. */
  readonly toReturn: Uint8Array | undefined;
}

interface Slice {
  readonly members: readonly PlannedMember[];
  readonly paths: ExpansionPlan['paths'];
  readonly now: Instant;
}

/** Puts one slice of the members on their way, and tells of lists among them. */
export function* judgeSlice(parts: JudgeParts, expansion: Expansion, slice: Slice): Steps<Judgement> {
  const draft = newDraft();
  const { now, paths } = slice;
  const { copy, envelope, list, toReturn } = expansion;
  const { recipients: recipients_max } = parts.configuration.mta.limits;
  const { content, contentLength, acceptedAt } = copy;
  const number = yield* numberForMembers(envelope, copy);
  const groups = Map.groupBy(slice.members, ({ path }) => path);
  for (const [path, members] of groups) {
    const { lists } = paths[path];
    const fields = memberFields(envelope.perRecipientFields[number], lists);
    for (let from = 0; from < members.length; from += recipients_max) {
      const perRecipientFields = members.slice(from, from + recipients_max).flatMap(({ text }) => {
        const address = parseORAddress(text);
        return address.ok ? [{ ...fields, recipientName: address.value }] : [];
      });
      if (perRecipientFields.length === 0) continue;
      const expanded = expandedEnvelope(envelope, { path: lists, now });
      const value = { kind: 'message', envelope: { ...expanded, perRecipientFields } } as const;
      const common = { value, content, contentLength, toReturn };
      const arriving: Arriving = { ...common, acceptedAt, expandedBy: list.name };
      const description = yield* describeInSteps(value);
      yield* routeSubject(parts, { arriving, value, description, failure: undefined, now }, draft);
    }
  }
  const told = paths.filter(({ toldWith }) => toldWith === slice.members);
  yield* tellOfLists(parts, { expansion, number, told, now }, draft);
  return draft;
}

/** Lists that are members have been expanded too: to their senders, as if each had been for itself. */
function* tellOfLists(
  parts: JudgeParts,
  {
    expansion: { copy, envelope },
    number,
    told,
    now,
  }: {
    readonly expansion: Expansion;
    readonly number: number;
    readonly told: readonly ExpansionPath[];
    readonly now: Instant;
  },
  draft: Draft,
): Steps<void> {
  for (const paths of Map.groupBy(told, ({ from }) => from).values()) {
    const before = paths[0].lists.slice(0, -1);
    const fields = memberFields(envelope.perRecipientFields[number], before);
    const perRecipientFields = paths.flatMap(({ lists }) =>
      lists.slice(-1).map(({ address }) => ({ ...fields, recipientName: address.address })),
    );
    const subject = { ...expandedEnvelope(envelope, { path: before, now }), perRecipientFields };
    const recipients = perRecipientFields.map((_, index) => index);
    yield* reportExpanded(parts, { copy, envelope: subject, recipients, now }, draft);
  }
}

/**
 * The end of an expansion: the list has its outcome. Where the originator is told nothing of members, because
 * the policy says so or there are none, but asked to be told of delivery, that the list was expanded is what
 * there is to tell. So it is under each further name that it gave the list.
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
  const toldByMembers =
    members > 0 && leavesRequests(list) ? yield* numberForMembers(envelope, copy) : undefined;
  const numbers = yield* mapInSteps(copy.recipients, ({ number }) => number);
  const recipients = yield* filterInSteps(numbers, (number) => number !== toldByMembers);
  yield* reportExpanded(parts, { copy, envelope, recipients, now }, draft);
  return draft;
}

/** These recipients, lists all of them, were expanded: "delivered", to whoever asked. */
function* reportExpanded(
  parts: JudgeParts,
  {
    copy,
    envelope,
    recipients,
    now,
  }: {
    readonly copy: QueuedCopy;
    readonly envelope: MessageTransferEnvelope;
    readonly recipients: readonly number[];
    readonly now: Instant;
  },
  draft: Draft,
): Steps<void> {
  const outcomes = yield* mapInSteps(
    recipients,
    (recipient): RecipientOutcome => ({
      kind: 'delivered',
      recipient,
      deliveredAt: now,
      typeOfMTSUser: 'dl',
    }),
  );
  const place = { message: copy.message };
  const subject = { kind: 'message', envelope } as const;
  yield* reportOn(parts, { ended: { subject, outcomes, place, arrivedAt: copy.acceptedAt }, now }, draft);
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
