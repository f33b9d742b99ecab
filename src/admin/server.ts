// The HTTP server: who may ask what, how errors look, listening. What each path does is in the routes-…
// files. Everything needs the bearer token except what is marked open; an unknown path below /api is no
// exception, so that nobody learns by asking. A failing request never touches mail.

import type { AddressInfo } from 'node:net';

import swagger from '@fastify/swagger';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

import { err, ok, type Result } from '../base/result.ts';
import { isoTime } from '../base/time.ts';
import type { Emit } from '../events/index.ts';
import { archiveRoutes } from './routes-archive.ts';
import { consolePage } from './console-page.ts';
import { metricsPage } from './metrics.ts';
import { linkRoutes } from './routes-links.ts';
import { messageRoutes } from './routes-messages.ts';
import { queueRoutes } from './routes-queue.ts';
import type { AdminServerOptions } from './server-options.ts';
import { trackingRoutes } from './routes-tracking.ts';
import { ensureToken, presentsToken } from './token.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answered without the token. */
    open?: boolean;
  }
}

export interface AdminServer {
  readonly address: string;
  readonly port: number;
  /** Ends open requests within a few seconds and stops. */
  close(): Promise<void>;
}

/** Largest JSON body, in octets: requests are parsed in one piece, and the links must not wait for that. */
export const json_octets_max = 32 * 1024 * 1024;

/** Listens. The error is one line that says why it cannot. */
export async function startAdminServer(options: AdminServerOptions): Promise<Result<AdminServer, Error>> {
  try {
    const app = adminApp(options, ensureToken(options.tokenFile));
    await app.listen({ host: options.address, port: options.port });
    const { address, port } = app.server.address() as AddressInfo;
    options.emit('admin-listening', { listen: `${address}:${port}`, tokenFile: options.tokenFile });
    return ok({ address, port, close: () => app.close() });
  } catch (error) {
    return err(error instanceof Error ? error : new Error(String(error)));
  }
}

/** The application without a socket; tests inject requests. */
export function adminApp(options: AdminServerOptions, token: string): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: json_octets_max,
    forceCloseConnections: true,
    ajv: { customOptions: { coerceTypes: 'array', removeAdditional: false } },
  });
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.open === true) return;
    if (request.is404 && !request.url.startsWith('/api')) return;
    if (presentsToken(request.headers.authorization, token)) return;
    if (request.headers.authorization !== undefined) reportStranger(request, options.emit);
    await reply.header('www-authenticate', 'Bearer realm="chappe"').code(401).send({
      error: 'unauthorized',
      message: 'the bearer token is missing or wrong; it lies in admin.token in the directory of the store',
    });
  });
  app.addHook('onSend', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff').header('cache-control', 'no-store');
  });
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ error: 'not-found', message: `there is nothing at ${request.url.slice(0, 200)}` }),
  );
  app.register(swagger, {
    openapi: {
      info: { title: 'Chappe', description: 'An X.400 Message Transfer Agent', version: options.version },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
  });
  app.register(async (routes) => {
    openRoutes(routes, options);
    messageRoutes(routes, options);
    queueRoutes(routes, options);
    archiveRoutes(routes, options);
    linkRoutes(routes, options);
    trackingRoutes(routes, options);
  });
  return app;
}

function openRoutes(routes: FastifyInstance, options: AdminServerOptions): void {
  const console_ = { config: { open: true }, schema: { hide: true } };
  routes.get('/', console_, (_request, reply) => {
    reply.type('text/html; charset=utf-8').header('content-security-policy', consolePage.policy);
    return reply.send(consolePage.html);
  });
  const health = { config: { open: true }, schema: { summary: 'Whether the MTA works', security: [] } };
  routes.get('/api/v1/health', health, () => {
    const { startedAt, ...snapshot } = options.operations.health();
    return { ...snapshot, startedAt: isoTime(startedAt) };
  });
  routes.get('/api/v1/openapi.json', { schema: { summary: 'This description' } }, () => routes.swagger());
  const page = metricsPage({
    counters: options.counters,
    snapshot: () => options.operations.metrics(),
    now: () => options.now(),
  });
  const metrics = {
    config: { open: options.openMetrics },
    schema: { summary: 'Metrics in Prometheus form' },
  };
  routes.get('/metrics', metrics, async (_request, reply) => {
    reply.type('text/plain; version=0.0.4; charset=utf-8');
    return page();
  });
}

function answerError(error: unknown, _request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { statusCode, message } = error as { statusCode?: number; message?: string };
  const status = statusCode !== undefined && statusCode >= 400 ? statusCode : 500;
  return reply
    .code(status)
    .send({ error: status < 500 ? 'invalid' : 'failed', message: message ?? 'failed' });
}

function reportStranger(request: FastifyRequest, emit: Emit): void {
  const path = request.url.split('?')[0];
  emit('admin-unauthorized', { remote: request.ip, method: request.method, path });
}
