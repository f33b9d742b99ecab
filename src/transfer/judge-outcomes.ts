// Recipients whose way ends here: the report on them, made where somebody asked for one and put on its way
// to the originator, and the tracking of each outcome. Never a report on a report: one that cannot be
// routed lies as a dead letter, with an event (X.411 14.3.3). Pure.

import { printMTSIdentifier } from '../address/index.ts';
import { atOnce, eachInSteps, filterInSteps, mapInSteps, type Steps } from '../base/steps.ts';
import type { Instant } from '../base/time.ts';
import { findExtension, type Report } from '../p1/index.ts';
import {
  buildReportInSteps,
  type CodeDescription,
  describeDiagnostic,
  describeReason,
  type NonDelivery,
  outcomesForOriginator,
  type RecipientOutcome,
} from '../report/index.ts';
import type { TrackingAct, TrackingRecord } from '../store/index.ts';
import { chooseRoute, deadLetterHop, nextHopKey, summary } from '../routing/index.ts';
import type { Arriving, EndedRecipients } from './arriving.ts';
import { type Description, describe, describeInSteps } from './describe.ts';
import { type Draft, type Judgement, type JudgeParts, newDraft, secure } from './draft.ts';
import { reportsOnward } from './list-reports.ts';
import type { StoredValue } from './stored-value.ts';

/**
 * Judges recipients of a stored message or probe whose way has ended: makes the report on them, if asked for.
 */
export function judgeOutcomes(parts: JudgeParts, ended: EndedRecipients, now: Instant): Judgement {
  return atOnce(judgeOutcomesInSteps(parts, ended, now));
}

/** The same in steps. */
export function* judgeOutcomesInSteps(
  parts: JudgeParts,
  ended: EndedRecipients,
  now: Instant,
): Steps<Judgement> {
  const draft = newDraft();
  yield* reportOn(parts, { ended, now }, draft);
  return draft;
}

/** The outcome of a recipient that cannot be served. */
export function nonDelivered(
  recipient: number,
  cause: NonDelivery,
  supplementaryInformation?: string,
): RecipientOutcome {
  const said = supplementaryInformation === undefined ? {} : { supplementaryInformation };
  return { kind: 'non-delivered', recipient, ...cause, ...said };
}

/** Makes the report on these outcomes, where somebody asked for one, and puts it on its way. */
export function* reportOn(
  parts: JudgeParts,
  { ended, now }: { readonly ended: EndedRecipients; readonly now: Instant },
  draft: Draft,
): Steps<void> {
  const { subject, outcomes } = ended;
  if (outcomes.length === 0) return;
  const value: StoredValue =
    subject.kind === 'message'
      ? { kind: 'message', envelope: subject.envelope }
      : { kind: 'probe', envelope: subject.envelope };
  const description = ended.description ?? (yield* describeInSteps(value));
  const { mta } = parts.configuration;
  const returnedContentMax = mta.limits.returnedContent;
  const reportIdentifier = parts.identifier(now);
  const built = yield* buildReportInSteps({ ...ended, mta, reportIdentifier, now, returnedContentMax });
  const told = new Set(built.kind === 'none' ? [] : built.recipients);
  yield* trackOutcomes(
    description,
    { ended, now, told, report: built.kind === 'none' ? undefined : built.report },
    draft,
  );
  if (built.kind === 'none') return;
  const reported = yield* filterInSteps(outcomes, (outcome) => told.has(outcome.recipient));
  const named = function* (kind: RecipientOutcome['kind']): Steps<readonly string[]> {
    const some = yield* filterInSteps(reported, (each) => each.kind === kind);
    return yield* mapInSteps(some, (each) => description.recipients[each.recipient]);
  };
  draft.events.push([
    'report-generated',
    {
      mtsIdentifier: printMTSIdentifier(built.report.envelope.reportIdentifier),
      subject: description.mtsIdentifier,
      delivered: yield* named('delivered'),
      nonDelivered: yield* named('non-delivered'),
    },
  ]);
  const { report } = built;
  const arriving: Arriving = {
    value: { kind: 'report', report },
    content: { kind: 'none' },
    contentLength: 0,
  };
  yield* placeReport(parts, { arriving, report, act: 'report-generated', now }, draft);
}

/**
 * Puts a report on its way to its destination. One that cannot be routed lies as a dead letter until somebody
 * looks after it, so that it does not end in silence; one that only an originating MTA asked for ends in
 * that MTA's domain (X.411 14.3.4).
 */
export function* placeReport(parts: JudgeParts, placing: Placing, draft: Draft): Steps<void> {
  const { lists } = parts.configuration;
  const onward = placing.stopped === undefined ? reportsOnward(lists, placing.report) : undefined;
  const list = onward?.list;
  const reports = onward?.reports ?? [];
  const { passedBy = [] } = placing;
  // A history is what a peer says: one that leads back to a list of ours would be followed for ever.
  if (list !== undefined && passedBy.includes(list)) {
    const stopped = `its history leads in a circle: back to the list ${list}`;
    yield* placeAt(parts, { ...placing, stopped }, draft);
    return;
  }
  if (reports.length === 0) yield* placeAt(parts, { ...placing, keptBy: list }, draft);
  for (const report of reports) {
    const arriving = { ...placing.arriving, value: { kind: 'report', report } as const };
    // What goes back may be for another list of ours; what goes to the owner goes nowhere else.
    const toOwner = findExtension(report.envelope.extensions, 'reporting-DL-name') !== undefined;
    const onwards = {
      arriving,
      report,
      passedOnBy: list,
      passedBy: list === undefined ? passedBy : [...passedBy, list],
    };
    yield* (toOwner ? placeAt : placeReport)(parts, { ...placing, ...onwards }, draft);
  }
}

interface Placing {
  readonly arriving: Arriving;
  readonly report: Report;
  readonly act: TrackingAct;
  readonly now: Instant;
  /** Why it must not go on, if so. */
  readonly stopped?: string | undefined;
  /** The list of ours that it was for, and that passes it on; or that passes none on. */
  readonly passedOnBy?: string | undefined;
  readonly keptBy?: string | undefined;
  /** All lists of ours that have passed it on here. */
  readonly passedBy?: readonly string[];
}

function* placeAt(parts: JudgeParts, placing: Placing, draft: Draft): Steps<void> {
  const { arriving, report, act, now, stopped, passedOnBy, keptBy } = placing;
  const description = describe(arriving.value);
  const { recipients, ...head } = description;
  const link = arriving.link?.name;
  const decision = chooseRoute(parts.table, {
    kind: 'report',
    recipient: report.envelope.reportDestinationName,
    // What a list passes on may go where it came from.
    arrivedBy:
      passedOnBy === undefined && link !== undefined ? nextHopKey({ kind: 'link', name: link }) : undefined,
    health: parts.health,
    opensAt: parts.opensAt,
    balanceBy: description.mtsIdentifier,
  });
  const routed = decision.kind === 'link' || decision.kind === 'deliver' ? decision.nextHop : undefined;
  const unwanted =
    keptBy !== undefined ||
    (decision.kind === 'deliver' && (yield* outcomesForOriginator(report.content)).length === 0);
  const unroutable = routed === undefined && keptBy === undefined;
  const dead = stopped ?? (unroutable ? summary(decision) : undefined);
  const nextHop = dead === undefined ? routed : deadLetterHop;
  const consumed = nextHop === undefined || (unwanted && stopped === undefined);
  const copies = consumed ? [] : [{ nextHop, recipients: [0] }];
  const securing = { arriving, description, copies, tracked: recipients, act, now };
  const marked = passedOnBy === undefined ? {} : { otherActions: ['dl-operation'] as const };
  const place = yield* secure(parts, { ...securing, ...marked }, draft);
  if (!consumed && dead === undefined) return;
  const subject = printMTSIdentifier(report.content.subjectIdentifier);
  const kept = keptBy === undefined ? undefined : `the list ${keptBy} passes no reports on`;
  const reason = dead ?? kept ?? 'the originator asked for no report';
  const record = { ...head, ...place, at: now, recipients, detail: { subject, reason } };
  draft.tracking.push({ ...record, act: consumed ? 'discarded' : 'quarantined' });
  if (consumed) return;
  const { mtsIdentifier } = description;
  const [recipient] = recipients;
  draft.events.push(['report-unroutable', { link, mtsIdentifier, recipient, subject, detail: reason }]);
}

/** Each non-delivery is an event, and each group of like outcomes a tracking record. */
function* trackOutcomes(
  description: Description,
  {
    ended: { outcomes, place },
    now,
    told,
    report,
  }: {
    readonly ended: EndedRecipients;
    readonly now: Instant;
    /** The recipients that the report is about, if one was made. */
    readonly told: ReadonlySet<number>;
    readonly report: Report | undefined;
  },
  draft: Draft,
): Steps<void> {
  const { recipients, ...head } = description;
  const { mtsIdentifier } = description;
  const like = new Map<string, { readonly detail: TrackingRecord['detail']; readonly names: string[] }>();
  yield* eachInSteps(outcomes, (outcome) => {
    const recipient = recipients[outcome.recipient];
    const made = report !== undefined && told.has(outcome.recipient) ? report : undefined;
    if (outcome.kind === 'delivered') {
      // A message that was delivered has a record of that.
      if (description.kind === 'probe') note({ outcome: 'deliverable' }, made, recipient);
      return;
    }
    const { reason, diagnostic } = codesText(outcome);
    const { supplementaryInformation: supplementary } = outcome;
    draft.events.push(['non-delivery', { mtsIdentifier, recipient, reason, diagnostic, supplementary }]);
    const said = {
      reason,
      ...(diagnostic !== undefined && { diagnostic }),
      ...(supplementary !== undefined && { supplementary }),
    };
    note(said, made, recipient);
  });
  for (const { detail, names } of like.values()) {
    draft.tracking.push({ ...head, ...place, at: now, act: 'reported', recipients: names, detail });
  }

  function note(said: TrackingRecord['detail'], made: Report | undefined, name: string): void {
    const by =
      made === undefined ? 'no report was asked for' : printMTSIdentifier(made.envelope.reportIdentifier);
    const detail = { ...said, report: by };
    const key = JSON.stringify(detail);
    const group = like.get(key);
    if (group === undefined) like.set(key, { detail, names: [name] });
    else group.names.push(name);
  }
}

/** The codes with their numbers, as the log has them. */
function codesText(codes: NonDelivery): { readonly reason: string; readonly diagnostic?: string } {
  const reason = codeText(describeReason(codes.reason));
  if (codes.diagnostic === undefined) return { reason };
  return { reason, diagnostic: codeText(describeDiagnostic(codes.diagnostic)) };
}

function codeText(code: CodeDescription): string {
  return `${code.number} ${code.name}`;
}
