// /api/v1/store: messages out of the queue as an archive, and back. Archives are streams of octets in both
// directions, never in memory whole (docs/archive.md).

import { Readable } from 'node:stream';

import type { FastifyInstance } from 'fastify';

import type { ArchiveSelection } from '../store/index.ts';
import { refuse } from './answers.ts';
import type { ArchiveImport } from './operations.ts';
import { timeOf } from './routes-messages.ts';
import { page_copies_max, queryOf, type QueueSearchJson, search } from './routes-queue.ts';
import type { AdminServerOptions } from './server-options.ts';

export const archiveMediaType = 'application/vnd.chappe.archive';

/** What is to be exported: all that waits, if nothing is said. */
export interface ArchiveSearchJson extends QueueSearchJson {
  readonly since?: string;
  readonly until?: string;
}
export interface ArchiveOrderJson extends ArchiveSearchJson {
  readonly tracking?: boolean;
  readonly move?: boolean;
}
export interface RemovalJson {
  readonly archive: string;
  readonly copies: readonly number[];
}

const exportBody = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...search,
    since: { type: 'string', description: 'accepted from this time on (ISO 8601)' },
    until: { type: 'string', description: 'accepted before this time (ISO 8601)' },
    tracking: { type: 'boolean', default: false, description: 'with the tracking records of each message' },
    move: { type: 'boolean', default: false, description: 'hold what is exported, to remove it afterwards' },
  },
} as const;
const removalBody = {
  type: 'object',
  required: ['archive', 'copies'],
  additionalProperties: false,
  properties: {
    archive: { type: 'string', minLength: 1, maxLength: 100 },
    copies: { type: 'array', items: { type: 'integer', minimum: 0 }, minItems: 1, maxItems: page_copies_max },
  },
} as const;
const importQuery = {
  type: 'object',
  additionalProperties: false,
  properties: {
    hold: { type: 'boolean', default: false, description: 'nothing is sent until it is released' },
    dryRun: { type: 'boolean', default: false, description: 'nothing is taken, only what would be is said' },
  },
} as const;

/** The selection; undefined if a time in it is none. */
export function selectionOf(json: ArchiveSearchJson): ArchiveSelection | undefined {
  const [since, until] = [timeOf(json.since), timeOf(json.until)];
  if (since === 'malformed' || until === 'malformed') return undefined;
  const times = { ...(since !== undefined && { since }), ...(until !== undefined && { until }) };
  return { ...queryOf(json), ...times };
}

/** The selection in words, for the head of the archive; undefined for everything. */
export function selectionText({ link, nextHop, state, id, from, to, since, until }: ArchiveSearchJson) {
  const parts = Object.entries({ link, nextHop, state, id, from, to, since, until });
  const said = parts.flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`]));
  return said.length === 0 ? undefined : said.join(', ');
}

export function archiveRoutes(routes: FastifyInstance, options: AdminServerOptions): void {
  const { operations, emit } = options;
  const exported = { summary: 'An archive of messages of the queue', body: exportBody };
  routes.post<{ Body: ArchiveOrderJson }>(
    '/api/v1/store/export',
    { schema: exported },
    async (request, reply) => {
      const { tracking = false, move = false, ...asked } = request.body;
      const selection = selectionOf(asked);
      if (selection === undefined) {
        const message = 'a time is written in ISO 8601: 2031-01-31T12:00:00Z';
        return refuse(reply, { kind: 'invalid', message });
      }
      const selected = selectionText(asked);
      const order = { selection, tracking, move, ...(selected !== undefined && { selected }) };
      if (move) {
        emit('admin-command', { remote: request.ip, command: 'store export', detail: selected ?? 'all' });
      }
      const octets = Readable.from(operations.exportArchive(order), { objectMode: false });
      return reply.type(archiveMediaType).send(octets);
    },
  );
  const removal = { summary: 'Removes copies that an archive has', body: removalBody };
  routes.post<{ Body: RemovalJson }>('/api/v1/store/exported', { schema: removal }, async (request) => {
    const { archive, copies } = request.body;
    const detail = `${copies.length} copies, archive ${archive}`;
    emit('admin-command', { remote: request.ip, command: 'remove exported', detail });
    return { outcomes: await operations.removeExported(archive, copies) };
  });
  importRoute(routes, options);
}

function importRoute(routes: FastifyInstance, { operations, emit }: AdminServerOptions): void {
  routes.addContentTypeParser(archiveMediaType, (_request, payload, done) => done(null, payload));
  const imported = { summary: 'Takes the messages of an archive', querystring: importQuery };
  routes.post<{ Querystring: Partial<ArchiveImport>; Body: AsyncIterable<Uint8Array> | null }>(
    '/api/v1/store/import',
    { schema: imported },
    async (request, reply) => {
      const { hold = false, dryRun = false } = request.query;
      if (request.headers['content-type'] !== archiveMediaType || request.body === null) {
        return refuse(reply, { kind: 'invalid', message: `the body is an archive (${archiveMediaType})` });
      }
      const result = await operations.importArchive(request.body, { hold, dryRun });
      if (!result.ok) return refuse(reply, result.error);
      const { archive, messages, duplicates } = result.value;
      const detail = `archive ${archive}, ${messages} messages taken, ${duplicates} were here`;
      if (!dryRun) emit('admin-command', { remote: request.ip, command: 'store import', detail });
      return result.value;
    },
  );
}
