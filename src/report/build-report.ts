// Builds the report on what became of some recipients of a message or probe (X.411 06/1999, 14.3.3; fields
// 12.2.1.3). All outcomes of one decision go into one report, to the originator or, after list expansion, to
// the last list. No report where nobody asked for one. O/R names are taken over as they came, however
// malformed: the originator finds its recipient by number. Pure: identifier and time are given.

import { type ORName, sameDomain, ubSupplementaryInfoLength } from '../address/index.ts';
import { assert } from '../base/assert.ts';
import { atOnce, eachInSteps, mapInSteps, type Steps } from '../base/steps.ts';
import {
  type EncodedInformationTypes,
  type ExtensionField,
  externalTraceElement,
  findExtension,
  formatUTCTime,
  hasPerMessageIndicator,
  internalTraceElement,
  makeExtension,
  type PerRecipientReportTransferFields,
  readExtension,
  readPerRecipientIndicators,
  type Report,
  type ReportTransferContent,
  type ReportTransferEnvelope,
  type ReportType,
  type TraceInformation,
} from '../p1/index.ts';
import type { RecipientOutcome, ReportInput, ReportResult, ReportSubject } from './subject.ts';

/** Content longer than this is not returned with a report, whoever asks, unless the input says otherwise. */
export const returned_content_octets_max = 256 * 1024;

type SubjectFields = ReportSubject['envelope']['perRecipientFields'][number];

/** The report on these outcomes, or none if nobody asked for one. */
export function buildReport(input: ReportInput): ReportResult {
  return atOnce(buildReportInSteps(input));
}

/** The same in steps. */
export function* buildReportInSteps(input: ReportInput): Steps<ReportResult> {
  const outcomes: RecipientOutcome[] = [];
  let audited = false;
  yield* eachInSteps(input.outcomes, (outcome) => {
    const asked = readPerRecipientIndicators(fieldsOf(input, outcome).perRecipientIndicators);
    if (!isAskedFor(asked, outcome)) return;
    outcomes.push(outcome);
    audited ||= asked.originatingMTAReportRequest === 'audited-report';
  });
  outcomes.sort((a, b) => a.recipient - b.recipient);
  if (outcomes.length === 0) return { kind: 'none' };
  const returned = returnedContent(input, outcomes);
  const report: Report = {
    envelope: envelope(input),
    content: {
      ...perReportFields(input, audited),
      ...(returned !== undefined && { returnedContent: returned }),
      perRecipientFields: yield* mapInSteps(outcomes, (outcome) => perRecipientFields(input, outcome)),
    },
  };
  const recipients = outcomes.map((outcome) => outcome.recipient);
  return { kind: 'report', report, recipients, contentReturned: returned !== undefined };
}

/** Whether the originating MTA or the originator wants to hear of it. */
function isAskedFor(
  asked: ReturnType<typeof readPerRecipientIndicators>,
  outcome: RecipientOutcome,
): boolean {
  if (outcome.kind === 'non-delivered') return true;
  return (
    asked.originatingMTAReportRequest !== 'non-delivery-report' || asked.originatorReportRequest === 'report'
  );
}

function fieldsOf(input: ReportInput, outcome: RecipientOutcome): SubjectFields {
  const fields = input.subject.envelope.perRecipientFields[outcome.recipient];
  assert(fields !== undefined, `recipient ${outcome.recipient} is one of the subject`);
  return fields;
}

function envelope({ subject, mta, reportIdentifier, now }: ReportInput): ReportTransferEnvelope {
  const history = expansionHistory(subject);
  const arrival = { arrivalTime: now };
  const extensions: ExtensionField[] = [];
  if (history.length > 0) {
    const { originatorName, traceInformation } = subject.envelope;
    // What came without a trace that could be read has the time of its first expansion.
    const [first] = traceInformation;
    const origination = first?.domainSuppliedInformation.arrivalTime ?? history[0].dlExpansionTime;
    extensions.push(
      makeExtension('originator-and-DL-expansion-history', [
        { originatorOrDLName: originatorName, originationOrExpansionTime: origination },
        ...history.map(({ dl, dlExpansionTime }) => ({
          originatorOrDLName: dl,
          originationOrExpansionTime: dlExpansionTime,
        })),
      ]),
    );
  }
  const label = findExtension(subject.envelope.extensions, 'message-security-label');
  if (label !== undefined) extensions.push(label);
  extensions.push(makeExtension('internal-trace-information', [internalTraceElement(mta, arrival)]));
  return {
    reportIdentifier,
    reportDestinationName: history.at(-1)?.dl ?? subject.envelope.originatorName,
    traceInformation: [externalTraceElement(mta.domain, arrival)],
    extensions,
  };
}

/** Lists that were expanded on the way; none where the extension cannot be read. */
function expansionHistory(subject: ReportSubject) {
  const history = readExtension(subject.envelope.extensions, 'dl-expansion-history');
  return history.ok ? (history.value ?? []) : [];
}

function perReportFields(
  input: ReportInput,
  audited: boolean,
): Omit<ReportTransferContent, 'perRecipientFields'> {
  const { subject } = input;
  const { originalEncodedInformationTypes, contentType, contentIdentifier } = subject.envelope;
  const correlator = findExtension(subject.envelope.extensions, 'content-correlator');
  const trace = audited ? intermediateTrace(input) : [];
  return {
    subjectIdentifier:
      subject.kind === 'message' ? subject.envelope.messageIdentifier : subject.envelope.probeIdentifier,
    ...(trace.length > 0 && { subjectIntermediateTraceInformation: trace }),
    ...(originalEncodedInformationTypes !== undefined && { originalEncodedInformationTypes }),
    contentType,
    ...(contentIdentifier !== undefined && { contentIdentifier }),
    extensions: correlator === undefined ? [] : [correlator],
  };
}

/** The subject's trace up to our domain: the last part, in our domain, is each recipient's last trace. */
function intermediateTrace({ subject, mta }: ReportInput): TraceInformation {
  const trace = subject.envelope.traceInformation;
  let end = trace.length;
  while (end > 0 && sameDomain(trace[end - 1].globalDomainIdentifier, mta.domain)) end -= 1;
  return trace.slice(0, end);
}

function perRecipientFields(input: ReportInput, outcome: RecipientOutcome): PerRecipientReportTransferFields {
  const fields = fieldsOf(input, outcome);
  const redirections = findExtension(fields.extensions, 'redirection-history');
  const history = readExtension(fields.extensions, 'redirection-history');
  const intended: ORName | undefined = history.ok
    ? history.value?.[0]?.intendedRecipientName.intendedRecipient
    : undefined;
  const converted = outcome.convertedEncodedInformationTypes ?? convertedOnTheWay(input.subject);
  const supplementary = printable(outcome.supplementaryInformation ?? '');
  return {
    actualRecipientName: fields.recipientName,
    originallySpecifiedRecipientNumber: fields.originallySpecifiedRecipientNumber,
    perRecipientIndicators: fields.perRecipientIndicators,
    lastTraceInformation: {
      arrivalTime: formatUTCTime(input.arrivedAt),
      ...(converted !== undefined && { convertedEncodedInformationTypes: converted }),
      reportType: reportType(outcome),
    },
    ...(intended !== undefined && { originallyIntendedRecipientName: intended }),
    ...(supplementary !== '' && { supplementaryInformation: supplementary }),
    extensions: redirections === undefined ? [] : [redirections],
  };
}

/** What the last conversion on the way made of it, as its trace says. */
function convertedOnTheWay(subject: ReportSubject): EncodedInformationTypes | undefined {
  return subject.envelope.traceInformation
    .map(({ domainSuppliedInformation }) => domainSuppliedInformation.convertedEncodedInformationTypes)
    .findLast((types) => types !== undefined);
}

function reportType(outcome: RecipientOutcome): ReportType {
  if (outcome.kind === 'delivered') {
    const messageDeliveryTime = formatUTCTime(outcome.deliveredAt);
    return {
      kind: 'delivery',
      value: { messageDeliveryTime, typeOfMTSUser: outcome.typeOfMTSUser ?? 'private' },
    };
  }
  const { reason, diagnostic } = outcome;
  return {
    kind: 'nonDelivery',
    value: {
      nonDeliveryReasonCode: reason,
      ...(diagnostic !== undefined && { nonDeliveryDiagnosticCode: diagnostic }),
    },
  };
}

/** Only with a non-delivery, only where the originator asked for it, and only up to a size. */
function returnedContent(
  { subject, returnedContentMax = returned_content_octets_max }: ReportInput,
  outcomes: readonly RecipientOutcome[],
): Uint8Array | undefined {
  if (subject.kind === 'probe' || subject.content === undefined) return undefined;
  if (outcomes.every((outcome) => outcome.kind === 'delivered')) return undefined;
  const asked = hasPerMessageIndicator(subject.envelope.perMessageIndicators, 'content-return-request');
  return asked && subject.content.length <= returnedContentMax ? subject.content : undefined;
}

/** As much of a text as supplementary information holds: PrintableString, and not too long. */
function printable(text: string): string {
  return text.replace(/[^A-Za-z0-9 '()+,\-./:=?]/g, '?').slice(0, ubSupplementaryInfoLength);
}
