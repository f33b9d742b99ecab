// Reports of 1988 as delivery reports of 1984 (X.419 06/1999, Annex B). What only 1988 tells of the subject
// (content type, encoded information types) is left out; a recipient whose name 1984 cannot write is left out
// too, rather than written with an empty name. A report that cannot be said at all has no value: nobody is
// told, for there are no reports on reports.

import { err, ok, type Result } from '../base/result.ts';
import { eachInSteps, type Steps } from '../base/steps.ts';
import {
  criticalOf,
  type Downgraded,
  type DowngradeFailure,
  type DowngradeOptions,
  failure,
  internalTraceOf,
} from './downgrade-rules.ts';
import type { PerRecipientReportTransferFields, Report, ReportTransferContent } from './envelopes.ts';
import { wrapExternalContent } from './external-content.ts';
import {
  downgradeEncodedInformationTypes,
  downgradeNonDelivery,
  downgradeTrace,
  eightBits,
} from './fields-1984.ts';
import {
  type DeliveryReportContent,
  type DeliveryReportMPDU,
  type LastTraceInformation1984,
  type ReportedRecipientInfo,
  supplementary_information_max_1984,
} from './mpdu-1984.ts';
import { downgradeORName } from './or-name-1984.ts';
import type { ReportType } from './report-fields.ts';

/** The delivery report that tells of all but the failed recipients. */
export function* downgradeReport(
  { envelope, content }: Report,
  options: DowngradeOptions,
): Steps<Downgraded<DeliveryReportMPDU>> {
  const destination = downgradeORName(envelope.reportDestinationName, options);
  const critical = criticalOf([...envelope.extensions, ...content.extensions], options);
  const why = destination.ok ? critical : `report destination: ${destination.error}`;
  if (!destination.ok || why !== undefined) {
    const explanation = why ?? '';
    return {
      value: undefined,
      failed: content.perRecipientFields.map((_, index) => failure(index, explanation)),
    };
  }
  const { reportedRecipientInfo, failed } = yield* downgradeReported(content.perRecipientFields, options);
  if (reportedRecipientInfo.length === 0) return { value: undefined, failed };
  const unknown = internalTraceOf(envelope.extensions, options);
  const value = {
    envelope: {
      report: envelope.reportIdentifier,
      originator: destination.value,
      traceInformation: downgradeTrace(envelope.traceInformation, 'whole'),
      ...(unknown.length > 0 && { unknown }),
    },
    content: { ...subjectFields(content), reportedRecipientInfo },
  };
  return { value, failed };
}

function subjectFields(content: ReportTransferContent): Omit<DeliveryReportContent, 'reportedRecipientInfo'> {
  const { subjectIntermediateTraceInformation: intermediate, contentIdentifier, contentType } = content;
  const { returnedContent, additionalInformation } = content;
  const returned =
    returnedContent !== undefined && contentType?.kind === 'extended'
      ? wrapExternalContent(contentType.value, returnedContent)
      : returnedContent;
  return {
    original: content.subjectIdentifier,
    ...(intermediate !== undefined && { intermediate: downgradeTrace(intermediate, 'whole') }),
    ...(contentIdentifier !== undefined && { uaContentId: contentIdentifier }),
    ...(returned !== undefined && { returned }),
    ...(additionalInformation !== undefined && { billingInformation: additionalInformation }),
  };
}

interface DowngradedReported {
  readonly reportedRecipientInfo: readonly ReportedRecipientInfo[];
  readonly failed: readonly DowngradeFailure[];
}

function* downgradeReported(
  recipients: readonly PerRecipientReportTransferFields[],
  options: DowngradeOptions,
): Steps<DowngradedReported> {
  const reportedRecipientInfo: ReportedRecipientInfo[] = [];
  const failed: DowngradeFailure[] = [];
  yield* eachInSteps(recipients.entries(), ([index, fields]) => {
    const reported = downgradeReportedRecipient(fields, options);
    if (reported.ok) reportedRecipientInfo.push(reported.value);
    else failed.push(failure(index, reported.error));
  });
  return { reportedRecipientInfo, failed };
}

function downgradeReportedRecipient(
  fields: PerRecipientReportTransferFields,
  options: DowngradeOptions,
): Result<ReportedRecipientInfo, string> {
  const critical = criticalOf(fields.extensions, options);
  if (critical !== undefined) return err(critical);
  const recipient = downgradeORName(fields.actualRecipientName, options);
  if (!recipient.ok) return recipient;
  const { originallyIntendedRecipientName: intended, supplementaryInformation } = fields;
  const intendedRecipient = intended === undefined ? undefined : downgradeORName(intended, options);
  return ok({
    recipient: recipient.value,
    extensionIdentifier: fields.originallySpecifiedRecipientNumber,
    perRecipientFlag: eightBits(fields.perRecipientIndicators),
    lastTraceInformation: downgradeLastTrace(fields),
    ...(intendedRecipient?.ok === true && { intendedRecipient: intendedRecipient.value }),
    ...(supplementaryInformation !== undefined && {
      supplementaryInformation: supplementaryInformation.slice(0, supplementary_information_max_1984),
    }),
  });
}

function downgradeLastTrace({
  lastTraceInformation: last,
}: PerRecipientReportTransferFields): LastTraceInformation1984 {
  const { convertedEncodedInformationTypes: converted } = last;
  return {
    arrival: last.arrivalTime,
    ...(converted !== undefined && { converted: downgradeEncodedInformationTypes(converted) }),
    report: downgradeReportType(last.reportType),
  };
}

function downgradeReportType(report: ReportType): LastTraceInformation1984['report'] {
  if (report.kind === 'nonDelivery') {
    return { kind: 'nonDelivered', value: downgradeNonDelivery(report.value) };
  }
  const { messageDeliveryTime: delivery, typeOfMTSUser } = report.value;
  return {
    kind: 'delivered',
    value: { delivery, typeOfUA: typeOfMTSUser === 'private' ? 'private' : 'public' },
  };
}
