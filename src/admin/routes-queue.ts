// /api/v1/queue: listing copies page by page, commands on the copies that are named or searched for, export.

import { Readable } from 'node:stream';

import type { FastifyInstance } from 'fastify';

import { type ORAddress, parseORAddress, ubSupplementaryInfoLength } from '../address/index.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { CopyId, CopyQuery, CopyState, Priority } from '../store/port.ts';
import { copyJson } from './json-forms.ts';
import type { CopyCommand, CopyCommandOutcome } from './operations.ts';
import { refuse } from './answers.ts';
import { timeOf } from './routes-messages.ts';
import type { AdminServerOptions } from './server-options.ts';

/** Most copies of one page. */
export const page_copies_max = 1000;

/** Most characters of an operator's note. */
const note_max = 256;

/** Which copies: by link or deliver space, state, identifier, or parts of the addresses. */
export interface QueueSearchJson {
  readonly link?: string;
  readonly nextHop?: string;
  readonly state?: CopyState;
  readonly id?: string;
  readonly from?: string;
  readonly to?: string;
}

export interface QueueCommandJson {
  readonly command: CopyCommand['kind'];
  /** For reroute: the link to take. */
  readonly link?: string;
  /** For priority: the one to serve it with. */
  readonly priority?: Priority;
  /** For defer: ISO 8601. */
  readonly until?: string;
  /** For return: what the report says. */
  readonly text?: string;
  /** For redirect: the new O/R address; whose place it takes, the only recipient if left out. */
  readonly to?: string;
  readonly recipient?: string;
  /** For redirect: it is another address of the same recipient. */
  readonly sameRecipient?: boolean;
  /** For redirect: kept with the record of it. */
  readonly note?: string;
  readonly copies?: readonly number[];
  readonly search?: QueueSearchJson;
}

export const search = {
  link: { type: 'string', description: 'name of a link' },
  nextHop: { type: 'string', description: 'link/NAME or deliver/NAME' },
  state: { type: 'string', enum: ['queued', 'held', 'quarantined'] },
  id: { type: 'string', description: 'MTS identifier' },
  from: { type: 'string', description: 'part of the originator' },
  to: { type: 'string', description: 'part of a recipient' },
} as const;

const commandSchema = {
  type: 'object',
  required: ['command'],
  additionalProperties: false,
  properties: {
    command: {
      type: 'string',
      enum: ['hold', 'release', 'defer', 'reroute', 'redirect', 'priority', 'delete', 'return'],
    },
    priority: { type: 'string', enum: ['urgent', 'normal', 'non-urgent'], description: 'for priority' },
    until: { type: 'string', description: 'for defer, ISO 8601: not tried before then' },
    text: {
      type: 'string',
      minLength: 1,
      maxLength: ubSupplementaryInfoLength,
      pattern: "^[A-Za-z0-9 '()+,./:=?-]*$",
      description: 'for return: what the report says, in characters of PrintableString',
    },
    link: { type: 'string', description: 'for reroute: the link to take; else the routes are chosen anew' },
    to: { type: 'string', description: 'for redirect: the O/R address that gets it' },
    recipient: {
      type: 'string',
      description: 'for redirect: the O/R address whose place it takes; the only one of a copy if left out',
    },
    sameRecipient: {
      type: 'boolean',
      description:
        'for redirect: another address of the same recipient, whatever the originator said of others',
    },
    note: {
      type: 'string',
      minLength: 1,
      maxLength: note_max,
      pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]*$',
      description: 'for redirect: kept with the record of it',
    },
    copies: { type: 'array', items: { type: 'integer', minimum: 0 }, minItems: 1, maxItems: page_copies_max },
    search: { type: 'object', additionalProperties: false, minProperties: 1, properties: search },
  },
} as const;

const copyParameter = {
  type: 'object',
  properties: { copy: { type: 'integer', minimum: 0 } },
} as const;

export function queueRoutes(routes: FastifyInstance, options: AdminServerOptions): void {
  listRoutes(routes, options);
  const { operations } = options;
  const schema = {
    summary:
      'Holds, releases, defers, reroutes, redirects, deletes or returns copies, or changes their priority',
    body: commandSchema,
  };
  routes.post<{ Body: QueueCommandJson }>('/api/v1/queue/commands', { schema }, async (request, reply) => {
    const { body } = request;
    if ((body.copies === undefined) === (body.search === undefined)) {
      return refuse(reply, { kind: 'invalid', message: 'either copies or search is wanted' });
    }
    const order = orderOf(body);
    if (!order.ok) return refuse(reply, { kind: 'invalid', message: order.error });
    const { command, ...rest } = body;
    const detail = JSON.stringify(rest);
    options.emit('admin-command', { remote: request.ip, command: `queue ${command}`, detail });
    const outcomes: CopyCommandOutcome[] = [];
    if (body.copies !== undefined) outcomes.push(...(await operations.command(body.copies, order.value)));
    else {
      // Copies that a command makes are not to be found by its own search.
      const found: CopyId[] = [];
      await eachPage(body.search ?? {}, options, async (copies) => {
        if (command === 'redirect') found.push(...copies);
        else outcomes.push(...(await operations.command(copies, order.value)));
      });
      if (found.length > 0) outcomes.push(...(await operations.command(found, order.value)));
    }
    return { outcomes };
  });
}

/** What each command takes beside copies. */
const takes: Readonly<Record<CopyCommand['kind'], readonly (keyof QueueCommandJson)[]>> = {
  hold: [],
  release: [],
  defer: ['until'],
  reroute: ['link'],
  redirect: ['to', 'recipient', 'sameRecipient', 'note'],
  priority: ['priority'],
  delete: [],
  return: ['text'],
};
const taken = ['priority', 'until', 'text', 'to', 'recipient', 'sameRecipient', 'note'] as const;

/** The command, or what is wrong with it. */
function orderOf(body: QueueCommandJson): Result<CopyCommand, string> {
  const { command, link, priority, until, text } = body;
  const odd = taken.find((key) => body[key] !== undefined && !takes[command].includes(key));
  if (odd !== undefined) return err(`the command ${command} takes no ${odd}`);
  switch (command) {
    case 'priority':
      return priority === undefined
        ? err('the command priority wants a priority')
        : ok({ kind: command, priority });
    case 'defer': {
      const at = timeOf(until);
      if (at === undefined || at === 'malformed') return err('the command defer wants until: ISO 8601, UTC');
      return ok({ kind: command, until: at });
    }
    case 'return':
      return ok({ kind: command, ...(text !== undefined && { text }) });
    case 'redirect':
      return redirectOf(body);
    case 'reroute':
      return ok({ kind: command, ...(link && { link }) });
    default:
      return ok({ kind: command });
  }
}

/** A search may find messages to several, so that it must be said who is meant. */
function redirectOf(body: QueueCommandJson): Result<CopyCommand, string> {
  const { to, recipient, sameRecipient, note, search: searched } = body;
  if (to === undefined) return err('the command redirect wants to: an O/R address');
  if (searched !== undefined && recipient === undefined) {
    return err('the command redirect wants recipient: an O/R address, where copies are searched for');
  }
  const alternate = addressOf(to);
  if (!alternate.ok) return alternate;
  const meant = recipient === undefined ? undefined : addressOf(recipient);
  if (meant?.ok === false) return meant;
  return ok({
    kind: 'redirect',
    to: alternate.value,
    ...(meant !== undefined && { recipient: meant.value }),
    ...(sameRecipient !== undefined && { sameRecipient }),
    ...(note !== undefined && { note }),
  });
}

function addressOf(text: string): Result<ORAddress, string> {
  const address = parseORAddress(text);
  return address.ok ? address : err(`"${text}" is no O/R address: ${address.error.message}`);
}

function listRoutes(routes: FastifyInstance, options: AdminServerOptions): void {
  const { operations } = options;
  const querystring = {
    type: 'object',
    additionalProperties: false,
    properties: {
      ...search,
      limit: { type: 'integer', minimum: 1, maximum: page_copies_max, default: 100 },
      after: { type: 'integer', minimum: 0, description: 'copies after this number' },
    },
  } as const;
  type Page = QueueSearchJson & { readonly limit: number; readonly after?: number };
  const schema = { summary: 'Lists copies of the queue in order of their number', querystring };
  routes.get<{ Querystring: Page }>('/api/v1/queue', { schema }, async ({ query }) => {
    const { limit, after } = query;
    const copies = await operations.queue({
      ...queryOf(query),
      limit,
      ...(after !== undefined && { afterCopy: after }),
    });
    return {
      copies: copies.map(copyJson),
      after: copies.length < limit ? null : (copies.at(-1)?.copy ?? null),
    };
  });
  const shown = { summary: 'Shows one copy', params: copyParameter };
  routes.get<{ Params: { copy: number } }>(
    '/api/v1/queue/:copy',
    { schema: shown },
    async ({ params }, reply) => {
      const [copy] = await operations.queue({ afterCopy: params.copy - 1, limit: 1 });
      if (copy?.copy === params.copy) return copyJson(copy);
      return refuse(reply, { kind: 'not-found', message: `copy ${params.copy} is not in the queue` });
    },
  );
  const exported = { summary: 'The MTS-APDU that a copy would be transferred as', params: copyParameter };
  const path = '/api/v1/queue/:copy/apdu';
  routes.get<{ Params: { copy: number } }>(path, { schema: exported }, async ({ params }, reply) => {
    const apdu = await operations.exportCopy(params.copy);
    if (!apdu.ok) return refuse(reply, apdu.error);
    return reply.type('application/octet-stream').send(Readable.from(apdu.value, { objectMode: false }));
  });
}

/** Walks through all copies that a search finds; those that a command moves behind are not met twice. */
async function eachPage(
  wanted: QueueSearchJson,
  options: AdminServerOptions,
  visit: (copies: readonly CopyId[]) => Promise<void>,
): Promise<void> {
  let afterCopy: CopyId | undefined;
  for (;;) {
    const page = await options.operations.queue({
      ...queryOf(wanted),
      limit: page_copies_max,
      ...(afterCopy !== undefined && { afterCopy }),
    });
    if (page.length > 0) await visit(page.map((copy) => copy.copy));
    if (page.length < page_copies_max) return;
    afterCopy = page.at(-1)?.copy;
  }
}

/** The question to the store. */
export function queryOf({ link, nextHop, state, id, from, to }: QueueSearchJson): CopyQuery {
  const hop = link === undefined ? nextHop : `link/${link}`;
  return {
    ...(hop !== undefined && { nextHop: hop }),
    ...(state !== undefined && { state }),
    ...(id !== undefined && { mtsIdentifier: id }),
    ...(from !== undefined && { originator: from }),
    ...(to !== undefined && { recipient: to }),
  };
}
