// /api/v1/links: the links with their state, and the commands enable, disable and connect.

import type { FastifyInstance, FastifyReply } from 'fastify';

import type { Result } from '../base/result.ts';
import { linkJson } from './json-forms.ts';
import type { LinkSnapshot, OperationError, Operations } from './operations.ts';
import { refuse } from './answers.ts';
import type { AdminServerOptions } from './server-options.ts';

const params = { type: 'object', properties: { name: { type: 'string' } } } as const;

const commands = {
  enable: { summary: 'Enables a link', run: (to: Operations, name: string) => to.enableLink(name, true) },
  disable: { summary: 'Disables a link', run: (to: Operations, name: string) => to.enableLink(name, false) },
  connect: { summary: 'Calls the peer now', run: (to: Operations, name: string) => to.connectLink(name) },
} as const;

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
  for (const [command, { summary, run }] of Object.entries(commands)) {
    const path = `/api/v1/links/:name/${command}`;
    routes.post<{ Params: { name: string } }>(
      path,
      { schema: { summary, params } },
      async (request, reply) => {
        const { name } = request.params;
        emit('admin-command', { remote: request.ip, command: `links ${command}`, detail: name });
        return answer(reply, await run(operations, name));
      },
    );
  }
}

function answer(reply: FastifyReply, result: Result<LinkSnapshot, OperationError>) {
  return result.ok ? linkJson(result.value) : refuse(reply, result.error);
}

function unknownLink(name: string): OperationError {
  return { kind: 'not-found', message: `there is no link "${name}"` };
}
