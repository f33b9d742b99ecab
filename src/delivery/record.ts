// What a delivery says of the thing delivered: the value of NAME.json, whose keys are a contract with those
// who read the directory. Pure: from decoded values to plain data. Times are ISO 8601 in UTC; a time that
// cannot be read stays as the peer wrote it.

import { printGlobalDomainIdentifier, printORAddress } from '../address/index.ts';
import { mapInSteps, type Steps } from '../base/steps.ts';
import { type Instant, isoTime } from '../base/time.ts';
import { contentTypeName, contentTypeOid } from '../content/index.ts';
import {
  hasPerMessageIndicator,
  type MessageTransferEnvelope,
  readExtension,
  type TraceInformation,
} from '../p1/index.ts';
import type { QueuedCopy } from '../store/index.ts';
import type { StoredValue } from '../transfer/index.ts';
import { timeText } from './envelope-time.ts';
import { reportedOutcomes, type ReportedOutcome } from './reported-outcome.ts';

export interface DeliveryRecord {
  readonly kind: 'message' | 'report';
  readonly mtsIdentifier: string;
  readonly originator: string;
  readonly recipient: string;
  /** Who was meant first, where the recipient took another's place. */
  readonly intendedRecipient?: string;
  /** Other recipients, where the originator discloses them; the first thousand. */
  readonly otherRecipients?: readonly string[];
  /** Distribution lists that it came by, the first one first. */
  readonly lists?: readonly string[];
  /**
   * Dotted OBJECT IDENTIFIER (the number of a built-in type that has none); of a report, the content type of
   * its subject where the report says it.
   */
  readonly contentType?: string;
  /** Octets; of a report, those of the returned content. */
  readonly contentLength: number;
  /** Hexadecimal. */
  readonly contentSha256: string;
  readonly priority: string;
  /** When the first domain took it (the first element of the trace). */
  readonly submissionTime?: string;
  readonly deliveryTime: string;
  readonly trace: readonly TraceStep[];
  readonly subjectMtsIdentifier?: string;
  readonly outcomes?: readonly ReportedOutcome[];
}

/** One domain that it passed, in order. */
export interface TraceStep {
  readonly domain: string;
  readonly arrivalTime: string;
  readonly routingAction: string;
  readonly attemptedDomain?: string;
  readonly deferredTime?: string;
}

/** What was found out while the content was written. */
export interface WrittenContent {
  readonly octets_count: number;
  readonly sha256: string;
}

/** The record for one recipient (an address in text form) of a copy, in steps: a report may have many. */
export function* deliveryRecord(
  copy: QueuedCopy,
  value: Exclude<StoredValue, { kind: 'probe' }>,
  delivery: {
    readonly recipient: string;
    /** Its number in the copy. */
    readonly number: number;
    readonly content: WrittenContent;
    readonly at: Instant;
  },
): Steps<DeliveryRecord> {
  const { envelope } = value.kind === 'message' ? value : value.report;
  const contentType =
    value.kind === 'message' ? value.envelope.contentType : value.report.content.contentType;
  const trace = traceSteps(envelope.traceInformation, delivery.at);
  return {
    kind: value.kind,
    mtsIdentifier: copy.mtsIdentifier,
    originator: copy.originator,
    recipient: delivery.recipient,
    ...(value.kind === 'message' && (yield* recipientFacts(value.envelope, delivery.number))),
    ...(contentType !== undefined && {
      contentType: contentTypeOid(contentType) ?? contentTypeName(contentType),
    }),
    contentLength: delivery.content.octets_count,
    contentSha256: delivery.content.sha256,
    priority: copy.priority,
    ...(trace.length > 0 && { submissionTime: trace[0].arrivalTime }),
    deliveryTime: isoTime(delivery.at),
    trace,
    ...(value.kind === 'report' && (yield* reportedOutcomes(value.report.content, delivery.at))),
  };
}

/** Names beyond these are left out: a message may have 32,767 recipients, and each its record. */
const other_recipients_max = 1000;

/** What an envelope tells this recipient of others (X.411 8.3.1.1.1.4 to .8). */
function* recipientFacts(
  { perRecipientFields, perMessageIndicators, extensions }: MessageTransferEnvelope,
  number: number,
): Steps<Pick<DeliveryRecord, 'intendedRecipient' | 'otherRecipients' | 'lists'>> {
  const redirections = readExtension(perRecipientFields[number]?.extensions ?? [], 'redirection-history');
  const intended = redirections.ok ? redirections.value?.[0]?.intendedRecipientName : undefined;
  const expansions = readExtension(extensions, 'dl-expansion-history');
  const lists = expansions.ok ? (expansions.value ?? []) : [];
  const disclosed = hasPerMessageIndicator(perMessageIndicators, 'disclosure-of-other-recipients');
  const others = disclosed
    ? perRecipientFields.slice(0, other_recipients_max + 1).filter((_, index) => index !== number)
    : [];
  return {
    ...(intended !== undefined && { intendedRecipient: printORAddress(intended.intendedRecipient) }),
    ...(others.length > 0 && {
      otherRecipients: yield* mapInSteps(others.slice(0, other_recipients_max), ({ recipientName }) =>
        printORAddress(recipientName),
      ),
    }),
    ...(lists.length > 0 && { lists: lists.map(({ dl }) => printORAddress(dl)) }),
  };
}

function traceSteps(trace: TraceInformation, now: Instant): readonly TraceStep[] {
  return trace.map(({ globalDomainIdentifier, domainSuppliedInformation: supplied }) => ({
    domain: printGlobalDomainIdentifier(globalDomainIdentifier),
    arrivalTime: timeText(supplied.arrivalTime, now),
    routingAction: String(supplied.routingAction),
    ...(supplied.attemptedDomain !== undefined && {
      attemptedDomain: printGlobalDomainIdentifier(supplied.attemptedDomain),
    }),
    ...(supplied.deferredTime !== undefined && { deferredTime: timeText(supplied.deferredTime, now) }),
  }));
}
