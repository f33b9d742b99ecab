// Message-submission and Probe-submission (X.411 8.2.1.1, 8.2.1.2): from a user's request to an envelope of
// P1 with its first trace elements, as the MTA that has just accepted it writes them (14.3). Secures
// nothing and routes nothing. Invariant: a request yields a submission or every one of its errors, never
// both, and an identifier is used up only where the names and the fields are good.

import type { GlobalDomainIdentifier, MTAName, MTSIdentifier, ORAddress } from '../address/index.ts';
import { printMTSIdentifier } from '../address/index.ts';
import { bitsOf } from '../asn1/index.ts';
import { assert } from '../base/assert.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Instant } from '../base/time.ts';
import {
  type ExtensionField,
  externalTraceElement,
  formatUTCTime,
  internalTrace,
  internalTraceElement,
  perMessageIndicatorBits,
  perRecipientIndicators,
  type PerRecipientMessageTransferFields,
  withExtension,
} from '../p1/index.ts';
import { buildContent, contentErrors, type Correspondents, type SubmissionContent } from './content.ts';
import type { LocalIdentifierSource } from './local-identifier.ts';
import { readNames } from './names.ts';
import type { Submission, SubmissionError, SubmissionRequest } from './request.ts';
import { timeErrors } from './times.ts';

/** The MTA that is submitted to. */
export interface SubmittingMTA {
  readonly name: MTAName;
  readonly domain: GlobalDomainIdentifier;
  readonly identifiers: LocalIdentifierSource;
  readonly content_octets_max: number;
  readonly recipients_max: number;
}

interface Accepted extends Correspondents {
  readonly request: SubmissionRequest;
  readonly identifier: MTSIdentifier;
  readonly content: SubmissionContent;
}

/** The submission that a request asks for, or everything that is wrong with it. */
export function submit(
  request: SubmissionRequest,
  mta: SubmittingMTA,
  now: Instant,
): Result<Submission, readonly SubmissionError[]> {
  const names = readNames(request, mta.recipients_max);
  const errors = [
    ...names.errors,
    ...contentErrors(request, mta.content_octets_max),
    ...timeErrors(request, now),
  ];
  if (errors.length > 0) return err(errors);
  const { originator, recipients } = names;
  assert(originator !== undefined, 'an originator without errors');
  const localIdentifier = mta.identifiers.next(now);
  const content = buildContent(
    request,
    { originator, recipients },
    { identifier: localIdentifier, content_octets_max: mta.content_octets_max },
  );
  if (!content.ok) return err([content.error]);
  const identifier = { globalDomainIdentifier: mta.domain, localIdentifier };
  const accepted = { request, originator, recipients, identifier, content: content.value };
  return ok(request.probe === true ? probeOf(accepted, mta, now) : messageOf(accepted, mta, now));
}

function messageOf(accepted: Accepted, mta: SubmittingMTA, now: Instant): Submission {
  const { request, identifier, content } = accepted;
  assert(content.octets !== undefined, 'a message has content');
  const { deferred, latest } = request;
  const waits = deferred !== undefined && deferred > now;
  return {
    kind: 'message',
    envelope: {
      messageIdentifier: identifier,
      ...commonFields(accepted, mta, now),
      priority: request.priority,
      ...(waits && { deferredDeliveryTime: formatUTCTime(deferred) }),
    },
    content: content.octets,
    mtsIdentifier: printMTSIdentifier(identifier),
    ...(waits && { deferredUntil: deferred }),
    ...(latest !== undefined && { latestDelivery: latest }),
  };
}

function probeOf(accepted: Accepted, mta: SubmittingMTA, now: Instant): Submission {
  const { contentLength, latest } = accepted.request;
  return {
    kind: 'probe',
    envelope: {
      probeIdentifier: accepted.identifier,
      ...commonFields(accepted, mta, now),
      ...(contentLength !== undefined && { contentLength }),
    },
    mtsIdentifier: printMTSIdentifier(accepted.identifier),
    ...(latest !== undefined && { latestDelivery: latest }),
  };
}

/** What the envelopes of messages and probes share. */
function commonFields(
  { request, originator, recipients, content }: Accepted,
  mta: SubmittingMTA,
  now: Instant,
) {
  const { encodedInformationTypes } = content;
  return {
    originatorName: originator,
    ...(encodedInformationTypes !== undefined && {
      originalEncodedInformationTypes: encodedInformationTypes,
    }),
    contentType: content.contentType,
    perMessageIndicators: bitsOf(
      request.implicitConversionProhibited === true
        ? [perMessageIndicatorBits['implicit-conversion-prohibited']]
        : [],
    ),
    traceInformation: [externalTraceElement(mta.domain, { arrivalTime: now })],
    extensions: extensionsOf(request, mta, now),
    perRecipientFields: recipients.map((address, index) => recipientFields(address, index + 1, request)),
  };
}

/** Recipients are numbered from 1 in the order of the request (X.411 12.2.1.1). */
function recipientFields(
  recipientName: ORAddress,
  originallySpecifiedRecipientNumber: number,
  { report, explicitConversion }: SubmissionRequest,
): PerRecipientMessageTransferFields {
  return {
    recipientName,
    originallySpecifiedRecipientNumber,
    perRecipientIndicators: perRecipientIndicators({
      responsibility: true,
      // We report to the originator, so we need no less than the originator wants (12.2.1.1).
      originatingMTAReportRequest: report === 'report' ? 'report' : 'non-delivery-report',
      originatorReportRequest: report,
    }),
    ...(explicitConversion !== undefined && { explicitConversion }),
    extensions: [],
  };
}

function extensionsOf(
  request: SubmissionRequest,
  mta: SubmittingMTA,
  now: Instant,
): readonly ExtensionField[] {
  const element = internalTraceElement(mta, { arrivalTime: now });
  const traced = internalTrace([], element);
  assert(traced.ok, 'the first element of an internal trace');
  const { latest, conversionWithLossProhibited } = request;
  const timed =
    latest === undefined
      ? traced.value
      : withExtension(traced.value, 'latest-delivery-time', formatUTCTime(latest));
  const lossless = 'conversion-with-loss-prohibited';
  return conversionWithLossProhibited === true ? withExtension(timed, lossless, lossless) : timed;
}
