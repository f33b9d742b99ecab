// Where the recipients of a message or probe go that we answer for: each is resolved and routed, those that
// share a next hop share a copy, those that go nowhere are reported. Redirected recipients are a message of
// their own under the same MTS identifier, because its trace says so and that of the others must not (X.411
// 06/1999, 14.3.4 to 14.3.7); its content is the same, and not copied where it is spooled. Pure. Invariant:
// every recipient that we answer for is in one copy, or has one outcome, or ends at a list's recursion.

import { printORAddress } from '../address/index.ts';
import { eachInSteps, filterInSteps, mapInSteps, type Steps } from '../base/steps.ts';
import type { Instant } from '../base/time.ts';
import { nonDelivery, type ReportSubject } from '../report/index.ts';
import { parseNextHopKey, splitByNextHop, undeliverableReason } from '../routing/index.ts';
import type { TrackingAct } from '../store/index.ts';
import type { Arriving, LedgerPlace } from './arriving.ts';
import { describeInSteps } from './describe.ts';
import { type Copies, type Draft, type JudgeParts, secure } from './draft.ts';
import { type SortedRecipients, sortRecipients } from './fit-ways.ts';
import { invalidArgument, withoutInvalid } from './invalid-argument.ts';
import { nonDelivered, reportOn } from './judge-outcomes.ts';
import { hasAlternate, type Subject } from './replaced-recipients.ts';
import { type Resolved, resolveAgain, resolveAll, type Routing } from './resolve-recipients.ts';

/** Puts the recipients of `routing` on their way, or reports on them. */
export function* routeSubject(parts: JudgeParts, routing: Routing, draft: Draft): Steps<void> {
  yield* putOnTheirWay(parts, { routing, ...(yield* resolveAndSort(parts, routing)) }, draft);
}

/** Who gets it, and by which ways. */
export interface ResolvedAndSorted {
  readonly resolved: Resolved;
  readonly sorted: SortedRecipients;
}

/** The same where it is known who gets it. */
export function* putOnTheirWay(
  parts: JudgeParts,
  { routing, resolved, sorted }: ResolvedAndSorted & { readonly routing: Routing },
  draft: Draft,
): Steps<void> {
  const { arriving, now } = routing;
  const { value } = resolved;
  const outcomes = [...resolved.outcomes, ...sorted.unfit];
  const plain = yield* splitByNextHop(sorted.plain);
  const redirected = yield* splitByNextHop(sorted.redirected);
  const undeliverable = [...plain.undeliverable, ...redirected.undeliverable];
  yield* eachInSteps(undeliverable, ({ recipient, decision }) => {
    const reason = undeliverableReason(decision);
    outcomes.push(nonDelivered(recipient, nonDelivery(decision.kind), reason));
    if (decision.kind !== 'no-route') return;
    const { mtsIdentifier } = routing.description;
    const { recipientName } = value.envelope.perRecipientFields[recipient];
    draft.events.push(['no-route', { mtsIdentifier, recipient: printORAddress(recipientName), reason }]);
  });
  const copiesOf = (copies: Copies): Copies =>
    value.kind === 'probe' ? probed(copies, { outcomes, made: sorted.made, now }) : copies;
  const places = yield* secureAll(
    parts,
    { routing, resolved, plain: copiesOf(plain.copies), redirected: copiesOf(redirected.copies) },
    draft,
  );
  yield* trackRedirections({ routing, resolved, places }, draft);
  yield* eachInSteps([...plain.ended, ...redirected.ended], ({ recipient, list }) => {
    const { recipients: _, ...head } = routing.description;
    const recipients = [printORAddress(value.envelope.perRecipientFields[recipient].recipientName)];
    const detail = { list, cause: 'expanded before' };
    draft.tracking.push({ ...head, ...places.main, at: now, act: 'dl-expanded', recipients, detail });
  });
  const content = arriving.content.kind === 'inline' ? arriving.content.octets : arriving.toReturn;
  const subject = reportable(value, content);
  // Who is redirected has another name in the report.
  const same = value === routing.value && subject.envelope === value.envelope;
  const ended = {
    subject,
    outcomes,
    place: places.main,
    arrivedAt: arriving.acceptedAt ?? now,
    ...(same && { description: routing.description }),
  };
  yield* reportOn(parts, { ended, now }, draft);
}

/** Those whose way will not do have the alternates that their originator requested, if any. */
export function* resolveAndSort(parts: JudgeParts, routing: Routing): Steps<ResolvedAndSorted> {
  const { contentLength } = routing.arriving;
  const first = yield* resolveAll(parts, routing);
  const sorted = yield* sortRecipients(parts, first, contentLength);
  const unfit = sorted.unfit
    .map(({ recipient }) => recipient)
    .filter((recipient) => hasAlternate(first.value.envelope.perRecipientFields[recipient]));
  if (unfit.length === 0) return { resolved: first, sorted };
  const resolved = yield* resolveAgain(parts, routing, { before: first, unfit });
  return { resolved, sorted: yield* sortRecipients(parts, resolved, contentLength) };
}

/** Where the books of recipients are kept: of those in copies that were redirected, and of all others. */
interface Places {
  readonly main: LedgerPlace;
  readonly redirected: LedgerPlace;
  /** Recipients whose books are with `redirected`. */
  readonly apart: ReadonlySet<number>;
}

interface Securing {
  readonly routing: Routing;
  readonly resolved: Resolved;
  readonly plain: Copies;
  readonly redirected: Copies;
}

/** One message; two where some of its recipients were redirected and others were not. */
function* secureAll(parts: JudgeParts, securing: Securing, draft: Draft): Steps<Places> {
  const { routing, resolved, plain, redirected } = securing;
  const { arriving, description, now } = routing;
  const act = actOf(arriving);
  const listed = arriving.expandedBy === undefined ? [] : (['dl-operation'] as const);
  // Who is reassigned has left the books of the message that it was of: here it is its alternate.
  const nameOf = (recipient: number): string => {
    const [first] = arriving.reassigned === undefined ? [] : (resolved.steps.get(recipient) ?? []);
    return first === undefined ? description.recipients[recipient] : printORAddress(first.to);
  };
  const named = (recipients: readonly number[]): Steps<readonly string[]> => mapInSteps(recipients, nameOf);
  const moved = redirected.flatMap(({ recipients }) => recipients);
  const asRedirected = {
    arriving: { ...arriving, value: resolved.value },
    description: moved.length === 0 ? description : yield* describeInSteps(resolved.value),
    copies: redirected,
    act,
    now,
    otherActions: [...listed, 'redirected'] as const,
  };
  if (plain.length === 0 && moved.length > 0) {
    const main = yield* secure(
      parts,
      { ...asRedirected, tracked: yield* named(resolved.responsible) },
      draft,
    );
    return { main, redirected: main, apart: new Set() };
  }
  const apart = new Set(moved);
  const isStaying = (recipient: number): boolean => !apart.has(recipient);
  const staying = yield* named(yield* filterInSteps(resolved.responsible, isStaying));
  const main = yield* secure(
    parts,
    { arriving, description, copies: plain, tracked: staying, act, now, otherActions: listed },
    draft,
  );
  if (moved.length === 0) return { main, redirected: main, apart };
  const other = yield* secure(parts, { ...asRedirected, tracked: yield* named(moved) }, draft);
  return { main, redirected: other, apart };
}

function actOf({ link, expandedBy, reassigned }: Arriving): TrackingAct {
  if (reassigned !== undefined) return 'redirected';
  if (expandedBy !== undefined) return 'dl-expanded';
  return link === undefined ? 'submitted' : 'transferred-in';
}

function* trackRedirections(
  {
    routing: { arriving, description, now },
    resolved,
    places,
  }: { readonly routing: Routing; readonly resolved: Resolved; readonly places: Places },
  draft: Draft,
): Steps<void> {
  const { recipients: _, ...head } = description;
  const { mtsIdentifier } = description;
  yield* eachInSteps(resolved.steps, ([recipient, steps]) => {
    const place = places.apart.has(recipient) ? places.redirected : places.main;
    for (const [index, { from, to, reason }] of steps.entries()) {
      const [old, alternate] = [printORAddress(from), printORAddress(to)];
      const record = { ...head, at: now, act: 'redirected', recipients: [old] } as const;
      const left = index === 0 ? arriving.reassigned : undefined;
      const detail = left?.detail ?? { reason };
      draft.tracking.push(
        left === undefined
          ? { ...record, ...place, adds: [alternate], detail }
          : { ...record, message: left.message, detail: { ...detail, alternate } },
      );
      draft.events.push(['redirected', { mtsIdentifier, recipient: old, alternate, ...detail }]);
    }
  });
}

/** What a report on an arrival is made of: without what made it invalid. */
function reportable(value: Subject, content: Uint8Array | undefined): ReportSubject {
  const whole = invalidArgument(value.envelope) === undefined;
  if (value.kind === 'probe') return whole ? value : { ...value, envelope: withoutInvalid(value.envelope) };
  return { ...value, content, envelope: whole ? value.envelope : withoutInvalid(value.envelope) };
}

/**
 * A probe is not delivered: what could be is an outcome (X.411 14.3.9), a list that could be expanded too.
 * What goes on to other MTAs stays a copy.
 */
function probed(
  copies: Copies,
  {
    outcomes,
    made,
    now,
  }: Pick<Resolved, 'outcomes'> & Pick<SortedRecipients, 'made'> & { readonly now: Instant },
): Copies {
  for (const { nextHop, recipients } of copies) {
    const kind = parseNextHopKey(nextHop)?.kind;
    if (kind !== 'deliver' && kind !== 'list') continue;
    const typeOfMTSUser = kind === 'list' ? 'dl' : 'private';
    for (const recipient of recipients) {
      const types = made.get(recipient);
      const converted = types === undefined ? {} : { convertedEncodedInformationTypes: types };
      outcomes.push({ kind: 'delivered', recipient, deliveredAt: now, typeOfMTSUser, ...converted });
    }
  }
  return copies.filter((copy) => parseNextHopKey(copy.nextHop)?.kind === 'link');
}
