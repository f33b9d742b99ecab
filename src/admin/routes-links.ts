// /api/v1/links: the links with their state, and commands for them.

import type { FastifyInstance, FastifyReply } from 'fastify';

import type { Result } from '../base/result.ts';
import { linkJson } from './json-forms.ts';
import { linkOrder, type LinkVerb, linkVerbs } from './link-order.ts';
import type { LinkSnapshot, OperationError } from './operations.ts';
import { refuse } from './answers.ts';
import type { AdminServerOptions } from './server-options.ts';

const params = { type: 'object', properties: { name: { type: 'string' } } } as const;

const summaries: Readonly<Record<LinkVerb, string>> = {
  enable: 'Enables a link, or one direction of it: { direction: in | out }',
  disable: 'Disables a link, or one direction of it: { direction: in | out }',
  connect: 'Calls the peer now, whatever delays or the schedule say',
  disconnect: 'Lets transfers end, closes all associations, and does not call for so long: { for: 10m }',
  delay: 'Does not call the peer for so long: { for: 30m }',
  'clear-delay': 'Forgets delays: the peer is called as soon as there is a reason',
  limit: 'Sends only these priorities for some time: { priorities: [urgent], from, until }',
  unlimit: 'Sends all priorities again',
};

export function linkRoutes(routes: FastifyInstance, options: AdminServerOptions): void {
  const { operations, emit } = options;
  routes.get('/api/v1/links', { schema: { summary: 'Lists the links' } }, async () =>
    (await operations.links()).map(linkJson),
  );
  const shown = { schema: { summary: 'Shows a link', params } };
  routes.get<{ Params: { name: string } }>(
    '/api/v1/links/:name',
    shown,
    async ({ params: { name } }, reply) => {
      const link = (await operations.links()).find((each) => each.name === name);
      return link === undefined ? refuse(reply, unknownLink(name)) : linkJson(link);
    },
  );
  for (const verb of linkVerbs) {
    const path = `/api/v1/links/:name/${verb}`;
    const schema = { summary: summaries[verb], params };
    routes.post<{ Params: { name: string } }>(path, { schema }, async (request, reply) => {
      const { name } = request.params;
      const order = linkOrder(verb, request.body);
      if (!order.ok) return refuse(reply, { kind: 'invalid', message: order.error });
      const detail = request.body ? `${name} ${JSON.stringify(request.body)}` : name;
      emit('admin-command', { remote: request.ip, command: `links ${verb}`, detail });
      return answer(reply, await operations.commandLink(name, order.value));
    });
  }
}

function answer(reply: FastifyReply, result: Result<LinkSnapshot, OperationError>) {
  return result.ok ? linkJson(result.value) : refuse(reply, result.error);
}

function unknownLink(name: string): OperationError {
  return { kind: 'not-found', message: `there is no link "${name}"` };
}
