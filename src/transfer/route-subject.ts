// Where the recipients of a message or probe go that we answer for: each is resolved and routed, those that
// share a next hop share a copy, those that go nowhere are reported. Redirected recipients are a message of
// their own under the same MTS identifier, because its trace says so and that of the others must not (X.411
// 06/1999, 14.3.4 to 14.3.7); its content is the same, and not copied where it is spooled. Pure. Invariant:
// every recipient that we answer for is in one copy, or has one outcome, or ends at a list's recursion.

import { normalAddress, printORAddress } from '../address/index.ts';
import { eachInSteps, type Steps } from '../base/steps.ts';
import type { Instant } from '../base/time.ts';
import { type EncodedInformationTypes, unsupportedCritical } from '../p1/index.ts';
import { type NonDelivery, nonDelivery, type RecipientOutcome, type ReportSubject } from '../report/index.ts';
import {
  nextHopKey,
  parseNextHopKey,
  type RedirectionStep,
  type Resolution,
  resolveRecipient,
  responsibleRecipients,
  type RouteDecision,
  type RoutedRecipient,
  splitByNextHop,
  undeliverableReason,
} from '../routing/index.ts';
import type { TrackingAct } from '../store/index.ts';
import type { Arriving, LedgerPlace } from './arriving.ts';
import { conversionCause } from './conversion-verdict.ts';
import { type Description, describeInSteps } from './describe.ts';
import { type Copies, type Draft, type JudgeParts, secure } from './draft.ts';
import { invalidArgument, invalidRecipient, withoutInvalid } from './invalid-argument.ts';
import { nonDelivered, reportOn } from './judge-outcomes.ts';
import { speaks1984, undowngradable } from './peer-protocol.ts';
import { probeConversion } from './probe-conversion.ts';
import { historyOf, redirectedFields, type Subject, wishesOf, withFields } from './replaced-recipients.ts';

export interface Routing {
  readonly arriving: Arriving;
  readonly value: Subject;
  readonly description: Description;
  /** What keeps every recipient from being served. */
  readonly failure: NonDelivery | undefined;
  readonly now: Instant;
}

/** Puts the recipients of `routing` on their way, or reports on them. */
export function* routeSubject(parts: JudgeParts, routing: Routing, draft: Draft): Steps<void> {
  const { arriving, now } = routing;
  const resolved = yield* resolveAll(parts, routing);
  const { value, outcomes } = resolved;
  const sorted = yield* sortRecipients(parts, resolved, arriving.contentLength);
  const plain = splitByNextHop(sorted.plain);
  const redirected = splitByNextHop(sorted.redirected);
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
    arrivedAt: now,
    ...(same && { description: routing.description }),
  };
  yield* reportOn(parts, { ended, now }, draft);
}

interface Resolved {
  /** With the names of those who take the places of others. */
  readonly value: Subject;
  readonly responsible: readonly number[];
  readonly decisions: ReadonlyMap<number, RouteDecision>;
  readonly steps: ReadonlyMap<number, readonly RedirectionStep[]>;
  readonly outcomes: RecipientOutcome[];
}

function* resolveAll(parts: JudgeParts, routing: Routing): Steps<Resolved> {
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

/** Whether the message or this recipient asks for what no delivery here does (X.411 06/1999, table 27). */
function isCriticalForDelivery({ envelope }: Subject, recipient: number): boolean {
  const { extensions } = envelope.perRecipientFields[recipient];
  return [envelope.extensions, extensions].some(
    (each) => unsupportedCritical(each, 'for-delivery').length > 0,
  );
}

interface SortedRecipients {
  readonly plain: readonly RoutedRecipient[];
  readonly redirected: readonly RoutedRecipient[];
  /** Of a probe: what the types of its subject would become, by recipient. */
  readonly made: ReadonlyMap<number, EncodedInformationTypes>;
}

/** Those that have a way, redirected ones apart; what a peer of 1984 could not be told is an outcome. */
function* sortRecipients(
  parts: JudgeParts,
  { value, decisions, steps, outcomes }: Resolved,
  contentLength: number,
): Steps<SortedRecipients> {
  const unfit = yield* unfitFor1984(parts, value, decisions);
  const convert = probeConversion(parts.configuration, value, contentLength);
  const made = new Map<number, EncodedInformationTypes>();
  const plain: RoutedRecipient[] = [];
  const redirected: RoutedRecipient[] = [];
  yield* eachInSteps(decisions, ([recipient, decision]) => {
    const why1984 = unfit.get(recipient);
    const conversion = convert(recipient, decision);
    if (conversion.kind === 'converted') made.set(recipient, conversion.encodedInformationTypes);
    if (decision.kind === 'deliver' && isCriticalForDelivery(value, recipient)) {
      outcomes.push(nonDelivered(recipient, nonDelivery('unsupported-critical-function')));
    } else if (conversion.kind === 'failed') {
      const cause = nonDelivery(conversionCause(conversion));
      outcomes.push(nonDelivered(recipient, cause, conversion.explanation));
    } else if (why1984 !== undefined)
      outcomes.push(nonDelivered(recipient, nonDelivery('unable-to-downgrade'), why1984));
    else if (steps.has(recipient)) redirected.push({ recipient, decision });
    else plain.push({ recipient, decision });
  });
  return { plain, redirected, made };
}

/**
 * What keeps recipients from a peer of 1984, of those whose way leads to one. That is the verdict: it is
 * reported at once, and no other way is looked for.
 */
function* unfitFor1984(
  { configuration }: JudgeParts,
  value: Subject,
  decisions: Resolved['decisions'],
): Steps<ReadonlyMap<number, string>> {
  const links = configuration.links.filter(({ mode }) => speaks1984(mode));
  const hops = new Set(links.map(({ name }) => nextHopKey({ kind: 'link', name })));
  const leadsTo1984 = (decision: RouteDecision | undefined): boolean =>
    decision?.kind === 'link' && hops.has(decision.nextHop);
  const unfit = new Map<number, string>();
  if (hops.size === 0 || ![...decisions.values()].some(leadsTo1984)) return unfit;
  const failures = yield* undowngradable(value, 'x410-1984');
  yield* eachInSteps(failures, ({ index, explanation }) => {
    if (leadsTo1984(decisions.get(index))) unfit.set(index, explanation);
  });
  return unfit;
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
  const named = (recipients: readonly number[]): readonly string[] =>
    recipients.map((recipient) => description.recipients[recipient]);
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
    const main = yield* secure(parts, { ...asRedirected, tracked: named(resolved.responsible) }, draft);
    return { main, redirected: main, apart: new Set() };
  }
  const apart = new Set(moved);
  const staying = named(resolved.responsible.filter((recipient) => !apart.has(recipient)));
  const main = yield* secure(
    parts,
    { arriving, description, copies: plain, tracked: staying, act, now, otherActions: listed },
    draft,
  );
  if (moved.length === 0) return { main, redirected: main, apart };
  const other = yield* secure(parts, { ...asRedirected, tracked: named(moved) }, draft);
  return { main, redirected: other, apart };
}

function actOf({ link, expandedBy }: Arriving): TrackingAct {
  if (expandedBy !== undefined) return 'dl-expanded';
  return link === undefined ? 'submitted' : 'transferred-in';
}

function* trackRedirections(
  {
    routing: { description, now },
    resolved,
    places,
  }: { readonly routing: Routing; readonly resolved: Resolved; readonly places: Places },
  draft: Draft,
): Steps<void> {
  const { recipients: _, ...head } = description;
  const { mtsIdentifier } = description;
  yield* eachInSteps(resolved.steps, ([recipient, steps]) => {
    const place = places.apart.has(recipient) ? places.redirected : places.main;
    for (const { from, to, reason } of steps) {
      const [old, alternate] = [printORAddress(from), printORAddress(to)];
      const change = { recipients: [old], adds: [alternate], detail: { reason } };
      draft.tracking.push({ ...head, ...place, at: now, act: 'redirected', ...change });
      draft.events.push(['redirected', { mtsIdentifier, recipient: old, alternate, reason }]);
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
