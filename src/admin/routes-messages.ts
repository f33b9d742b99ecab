// POST /api/v1/messages: submission. Two forms of body: JSON, with the content in base64, for what is
// small; and application/vnd.chappe.submission, one line of JSON and then the content octets as they are,
// for anything.

import type { FastifyInstance } from 'fastify';

import { err, ok, type Result } from '../base/result.ts';
import { type Instant, instant } from '../base/time.ts';
import { explicitConversions } from '../p1/index.ts';
import type { Priority } from '../store/port.ts';
import type { SubmissionError, SubmissionRequest } from '../submission/index.ts';
import type { OperationError } from './operations.ts';
import { refuse } from './answers.ts';
import type { AdminServerOptions } from './server-options.ts';
import { readSubmissionBody } from './submission-body.ts';

/** The body form that carries content octets as they are. */
export const submissionMediaType = 'application/vnd.chappe.submission';
/** Most messages of one request. */
export const count_max = 100_000;

/** The body in JSON. Times are ISO 8601, content is base64. */
export interface SubmissionJson {
  readonly from: string;
  readonly to: readonly string[];
  readonly text?: string;
  readonly subject?: string;
  readonly content?: string;
  readonly contentType?: string;
  readonly priority?: Priority;
  readonly count?: number;
  readonly deferred?: string;
  readonly latest?: string;
  readonly report?: SubmissionRequest['report'];
  readonly implicitConversionProhibited?: boolean;
  readonly conversionWithLossProhibited?: boolean;
  readonly explicitConversion?: SubmissionRequest['explicitConversion'];
  readonly probe?: boolean;
  readonly contentLength?: number;
}

const text = { type: 'string' } as const;
const bodySchema = {
  type: 'object',
  required: ['from', 'to'],
  additionalProperties: false,
  properties: {
    from: { ...text, description: 'O/R address of the originator' },
    to: { type: 'array', items: text, minItems: 1, description: 'O/R addresses of the recipients' },
    text: { ...text, description: 'builds a P22 message with this text' },
    subject: text,
    content: { ...text, description: 'content octets in base64, instead of text' },
    contentType: { ...text, description: 'OBJECT IDENTIFIER of the content type; P22 if absent' },
    priority: { type: 'string', enum: ['urgent', 'normal', 'non-urgent'], default: 'normal' },
    count: { type: 'integer', minimum: 1, maximum: count_max, default: 1 },
    deferred: { ...text, description: 'ISO 8601: not delivered before' },
    latest: { ...text, description: 'ISO 8601: not delivered after' },
    report: {
      type: 'string',
      enum: ['no-report', 'non-delivery-report', 'report'],
      default: 'non-delivery-report',
    },
    implicitConversionProhibited: {
      type: 'boolean',
      default: false,
      description: 'no MTA may convert it of itself',
    },
    conversionWithLossProhibited: {
      type: 'boolean',
      default: false,
      description: 'no MTA may convert it where something would be lost',
    },
    explicitConversion: {
      type: 'string',
      enum: Object.keys(explicitConversions),
      description: 'to be converted so for every recipient',
    },
    probe: { type: 'boolean', default: false },
    contentLength: { type: 'integer', minimum: 0, maximum: 2147483647 },
  },
} as const;

export function messageRoutes(routes: FastifyInstance, options: AdminServerOptions): void {
  routes.addContentTypeParser(submissionMediaType, async (_request: unknown, payload: Payload) => {
    const { head, content } = await readSubmissionBody(payload);
    if (content !== undefined) contents.set(head, content);
    return head;
  });
  const schema = { summary: 'Submits messages or a probe', body: bodySchema };
  routes.post<{ Body: SubmissionJson }>('/api/v1/messages', { schema }, async (request, reply) => {
    const submission = submissionOf(request.body);
    const content = contents.get(request.body);
    if (!submission.ok) return refuse(reply, submission.error);
    const submitted = await options.operations.submit(submission.value, request.body.count ?? 1, content);
    if (!submitted.ok) return refuse(reply, submitted.error);
    return reply.code(201).send(submitted.value.map((mtsIdentifier) => ({ mtsIdentifier })));
  });
}

type Payload = AsyncIterable<Uint8Array>;

/** The octets that come behind a JSON line, until the request is answered. */
const contents = new WeakMap<object, Payload>();

function submissionOf(body: SubmissionJson): Result<SubmissionRequest, OperationError> {
  const errors: SubmissionError[] = [];
  const time = (field: 'deferred' | 'latest'): Instant | undefined => {
    const read = timeOf(body[field]);
    if (read === 'malformed')
      errors.push({ field, problem: 'a time is written in ISO 8601: 2031-01-31T12:00:00Z' });
    return read === 'malformed' ? undefined : read;
  };
  const deferred = time('deferred');
  const latest = time('latest');
  const content = body.content === undefined ? undefined : Buffer.from(body.content, 'base64');
  if (errors.length > 0) return err({ kind: 'invalid', message: errors[0].problem, errors });
  const { from, to, subject, contentType, contentLength } = body;
  return ok({
    from,
    to,
    priority: body.priority ?? 'normal',
    report: body.report ?? 'non-delivery-report',
    ...(body.text !== undefined && { text: body.text }),
    ...(subject !== undefined && { subject }),
    ...(content !== undefined && { content }),
    ...(contentType !== undefined && { contentType }),
    ...(contentLength !== undefined && { contentLength }),
    ...(body.probe === true && { probe: true }),
    ...conversionOf(body),
    ...(deferred !== undefined && { deferred }),
    ...(latest !== undefined && { latest }),
  });
}

function conversionOf({
  implicitConversionProhibited,
  conversionWithLossProhibited,
  explicitConversion,
}: SubmissionJson): Partial<SubmissionRequest> {
  return {
    ...(implicitConversionProhibited === true && { implicitConversionProhibited }),
    ...(conversionWithLossProhibited === true && { conversionWithLossProhibited }),
    ...(explicitConversion !== undefined && { explicitConversion }),
  };
}

/** An ISO 8601 time; one without a zone is UTC. */
export function timeOf(written: string | undefined): Instant | undefined | 'malformed' {
  if (written === undefined) return undefined;
  if (!/^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/.test(written)) {
    return 'malformed';
  }
  const zoned = /(?:Z|[+-]\d{2}:?\d{2})$/.test(written.slice(10)) || written.length === 10;
  const at = Date.parse(zoned ? written : `${written}Z`);
  return Number.isNaN(at) ? 'malformed' : instant(at);
}
