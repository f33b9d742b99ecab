// /api/v1/track, /api/v1/route/explain and /api/v1/events: what happened, what would happen, what events
// mean.

import type { FastifyInstance } from 'fastify';

import { catalogue, type EventDefinition, findEvent } from '../events/index.ts';
import { actNames, type TrackingAct } from '../store/index.ts';
import { trackJson } from './json-forms.ts';
import { timeOf } from './routes-messages.ts';
import { refuse } from './answers.ts';
import type { RouteQuestionJson } from './route-question.ts';
import type { AdminServerOptions } from './server-options.ts';

/** Most tracking records of one answer. */
export const track_records_max = 10_000;

export interface TrackSearchJson {
  readonly id?: string;
  readonly from?: string;
  readonly to?: string;
  readonly act?: TrackingAct;
  readonly since?: string;
  readonly until?: string;
  readonly limit?: number;
  readonly skip?: number;
}

const trackQuery = {
  type: 'object',
  additionalProperties: false,
  properties: {
    id: { type: 'string', description: 'MTS identifier' },
    from: { type: 'string', description: 'part of the originator' },
    to: { type: 'string', description: 'part of a recipient' },
    act: { type: 'string', enum: actNames, description: 'what was done' },
    since: { type: 'string', description: 'ISO 8601' },
    until: { type: 'string', description: 'ISO 8601' },
    limit: { type: 'integer', minimum: 1, maximum: track_records_max, default: 1000 },
    skip: {
      type: 'integer',
      minimum: 0,
      description: 'records that are passed over: of the time since when the last answer ended',
    },
  },
} as const;

export function trackingRoutes(routes: FastifyInstance, options: AdminServerOptions): void {
  const { operations } = options;
  const tracked = { schema: { summary: 'The history of messages', querystring: trackQuery } };
  routes.get<{ Querystring: TrackSearchJson }>('/api/v1/track', tracked, async ({ query }, reply) => {
    const since = timeOf(query.since);
    const until = timeOf(query.until);
    if (since === 'malformed' || until === 'malformed') {
      return refuse(reply, {
        kind: 'invalid',
        message: 'a time is written in ISO 8601: 2031-01-31T12:00:00Z',
      });
    }
    const records = await operations.track({
      ...(query.id !== undefined && { mtsIdentifier: query.id }),
      ...(query.from !== undefined && { originator: query.from }),
      ...(query.to !== undefined && { recipient: query.to }),
      ...(query.act !== undefined && { act: query.act }),
      ...(since !== undefined && { since }),
      ...(until !== undefined && { until }),
      limit: query.limit ?? 1000,
      skip: query.skip ?? 0,
    });
    return records.map(trackJson);
  });

  const address = {
    type: 'object',
    required: ['address'],
    additionalProperties: false,
    properties: {
      address: { type: 'string', description: 'O/R address of the recipient' },
      from: { type: 'string', description: 'O/R address of the originator' },
      priority: { enum: ['urgent', 'normal', 'non-urgent'] },
      contentType: { type: 'string', description: 'object identifier' },
      contentLength: { type: 'integer', minimum: 0, description: 'octets' },
      arrivedBy: { type: 'string', description: 'the link that it came by' },
    },
  } as const;
  const explained = { schema: { summary: 'Where an address would go, and why', querystring: address } };
  type Address = { Querystring: RouteQuestionJson };
  routes.get<Address>('/api/v1/route/explain', explained, async ({ query }, reply) => {
    const account = await operations.explainRoute(query);
    return account.ok ? account.value : refuse(reply, account.error);
  });

  routes.get('/api/v1/events', { schema: { summary: 'The event catalogue' } }, () =>
    Object.entries(catalogue).map(([name, row]: [string, EventDefinition]) => ({ name, ...row })),
  );
  const params = { type: 'object', properties: { id: { type: 'string' } } } as const;
  const one = { schema: { summary: 'One event of the catalogue', params } };
  routes.get<{ Params: { id: string } }>('/api/v1/events/:id', one, ({ params: { id } }, reply) => {
    const found = findEvent(id);
    if (found === undefined)
      return refuse(reply, { kind: 'not-found', message: `there is no event "${id}"` });
    return { name: found.name, ...found.definition };
  });
}
