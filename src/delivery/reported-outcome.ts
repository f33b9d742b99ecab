// What a report says of the recipients of its subject (X.411 8.3.1.2.1), as plain data for NAME.json. Pure.

import { printMTSIdentifier, printORAddress } from '../address/index.ts';
import { mapInSteps, type Steps } from '../base/steps.ts';
import type { Instant } from '../base/time.ts';
import {
  nonDeliveryDiagnosticCodes,
  nonDeliveryReasonCodes,
  type PerRecipientReportTransferFields,
  type ReportTransferContent,
} from '../p1/index.ts';
import { timeText } from './envelope-time.ts';

export type ReportedOutcome = ReportedRecipient &
  ({ readonly delivered: ReportedDelivery } | { readonly nonDelivered: ReportedNonDelivery });

export interface ReportedRecipient {
  /** As the report has it, which need not be an address: what counts is the number. */
  readonly recipient: string;
  /** Of the recipient in the subject as its originator sent it, from 1. */
  readonly recipientNumber: number;
  /** The recipient that was first meant, where it was redirected since. */
  readonly intendedRecipient?: string;
}

export interface ReportedDelivery {
  readonly time: string;
}

export interface ReportedNonDelivery {
  readonly reason: number;
  readonly diagnostic?: number;
  /** Absent where X.411 (1999) has no name for the code. */
  readonly reasonName?: string;
  readonly diagnosticName?: string;
  readonly supplementaryInformation?: string;
}

/** The keys of the record that only a report has, in steps. */
export function* reportedOutcomes(
  content: ReportTransferContent,
  now: Instant,
): Steps<{ readonly subjectMtsIdentifier: string; readonly outcomes: readonly ReportedOutcome[] }> {
  return {
    subjectMtsIdentifier: printMTSIdentifier(content.subjectIdentifier),
    outcomes: yield* mapInSteps(content.perRecipientFields, (fields) => outcomeOf(fields, now)),
  };
}

function outcomeOf(fields: PerRecipientReportTransferFields, now: Instant): ReportedOutcome {
  const { originallyIntendedRecipientName: intended } = fields;
  const named: ReportedRecipient = {
    recipient: printORAddress(fields.actualRecipientName),
    recipientNumber: fields.originallySpecifiedRecipientNumber,
    ...(intended !== undefined && { intendedRecipient: printORAddress(intended) }),
  };
  const { reportType } = fields.lastTraceInformation;
  if (reportType.kind === 'delivery') {
    return { ...named, delivered: { time: timeText(reportType.value.messageDeliveryTime, now) } };
  }
  const { nonDeliveryReasonCode, nonDeliveryDiagnosticCode } = reportType.value;
  const reason = coded(nonDeliveryReasonCode, nonDeliveryReasonCodes);
  const diagnostic =
    nonDeliveryDiagnosticCode === undefined
      ? undefined
      : coded(nonDeliveryDiagnosticCode, nonDeliveryDiagnosticCodes);
  return {
    ...named,
    nonDelivered: {
      reason: reason.code,
      ...(diagnostic !== undefined && { diagnostic: diagnostic.code }),
      ...(reason.name !== undefined && { reasonName: reason.name }),
      ...(diagnostic?.name !== undefined && { diagnosticName: diagnostic.name }),
      ...(fields.supplementaryInformation !== undefined && {
        supplementaryInformation: fields.supplementaryInformation,
      }),
    },
  };
}

/** A decoded code is its name where it has one, and else the number. */
function coded(
  value: string | number,
  codes: Readonly<Record<string, number>>,
): { code: number; name?: string } {
  return typeof value === 'number' ? { code: value } : { code: codes[value], name: value };
}
