// The content of a request and what the envelope says of it: the octets that were given, a P22 message built
// from text, or for a probe nothing but a type and a length. Exactly one of these is asked for, or it is an
// error.

import { type ORAddress, ubContentLength } from '../address/index.ts';
import { err, ok, type Result } from '../base/result.ts';
import { buildTextContent, contentTypeOfOid, oidOfP22 } from '../content/index.ts';
import type { ContentType, EncodedInformationTypes } from '../p1/index.ts';
import type { SpooledContent, SubmissionError, SubmissionRequest } from './request.ts';

export interface SubmissionContent {
  /** Absent for a probe. */
  readonly octets: Uint8Array | SpooledContent | undefined;
  readonly contentType: ContentType;
  /** Absent where nobody knows: the content is not looked into. */
  readonly encodedInformationTypes: EncodedInformationTypes | undefined;
}

/** Who writes to whom, as the heading of a built message says. */
export interface Correspondents {
  readonly originator: ORAddress;
  readonly recipients: readonly ORAddress[];
}

/** What is wrong with the combination of content fields, whatever the names are. */
export function contentErrors(
  request: SubmissionRequest,
  content_octets_max: number,
): readonly SubmissionError[] {
  const errors = request.probe === true ? probeErrors(request) : messageErrors(request);
  const { contentType, content, text, contentLength } = request;
  if (contentType !== undefined && !isObjectIdentifier(contentType)) {
    errors.push({ field: 'contentType', problem: `"${contentType}" is no object identifier` });
  } else if (contentType !== undefined && contentType !== oidOfP22 && text !== undefined) {
    errors.push({ field: 'contentType', problem: 'text makes a P22 message, not one of another type' });
  }
  if (content !== undefined && content.length > content_octets_max) {
    const problem = `${content.length} octets are more than ${content_octets_max}`;
    errors.push({ field: 'content', problem });
  }
  if (contentLength !== undefined && !isContentLength(contentLength)) {
    errors.push({ field: 'contentLength', problem: 'is no number of octets that P1 can carry' });
  }
  return errors;
}

/**
 * The content of a request without errors. Text can still fail: it may have characters that no body part has.
 */
export function buildContent(
  request: SubmissionRequest,
  who: Correspondents,
  limits: { readonly identifier: string; readonly content_octets_max: number },
): Result<SubmissionContent, SubmissionError> {
  if (request.text === undefined) {
    const contentType = contentTypeOfOid(request.contentType ?? oidOfP22);
    return ok({ octets: request.content, contentType, encodedInformationTypes: undefined });
  }
  const built = buildTextContent({
    identifier: limits.identifier,
    from: who.originator,
    to: who.recipients,
    ...(request.subject !== undefined && { subject: request.subject }),
    text: request.text,
  });
  if (!built.ok) return err({ field: 'text', problem: built.error });
  const { content, encodedInformationTypes } = built.value;
  if (content.length > limits.content_octets_max) {
    const problem = `makes a content of ${content.length} octets, more than ${limits.content_octets_max}`;
    return err({ field: 'text', problem });
  }
  return ok({ octets: content, contentType: contentTypeOfOid(oidOfP22), encodedInformationTypes });
}

function messageErrors({ text, content, subject, contentLength }: SubmissionRequest): SubmissionError[] {
  const errors: SubmissionError[] = [];
  if (text === undefined && content === undefined) {
    errors.push({ field: 'content', problem: 'a message needs content or text' });
  }
  if (text !== undefined && content !== undefined) {
    errors.push({ field: 'text', problem: 'a message has content or text, not both' });
  }
  if (subject !== undefined && text === undefined) {
    errors.push({ field: 'subject', problem: 'a subject goes with text: content is sent as it is' });
  }
  if (contentLength !== undefined) {
    errors.push({ field: 'contentLength', problem: 'only a probe says a content length' });
  }
  return errors;
}

function probeErrors(request: SubmissionRequest): SubmissionError[] {
  const fields = ['text', 'content', 'subject'] as const;
  return fields
    .filter((field) => request[field] !== undefined)
    .map((field) => ({ field, problem: 'a probe carries no content' }));
}

function isContentLength(length: number): boolean {
  return Number.isSafeInteger(length) && length >= 0 && length <= ubContentLength;
}

/** X.660: the first arc is 0, 1 or 2, and below 0 and 1 there are forty. Arcs stay exact as numbers. */
function isObjectIdentifier(text: string): boolean {
  if (text.length > 256 || !/^[0-2](?:\.(?:0|[1-9]\d{0,14}))+$/.test(text)) return false;
  const [first, second] = text.split('.').map(Number);
  return first === 2 || second < 40;
}
