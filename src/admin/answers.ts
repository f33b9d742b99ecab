// How an operation's error is answered: a status and JSON that says what is wrong.

import type { FastifyReply } from 'fastify';

import type { OperationError } from './operations.ts';

const statusOf: Readonly<Record<OperationError['kind'], number>> = {
  invalid: 400,
  'not-found': 404,
  conflict: 409,
  unavailable: 503,
  failed: 500,
};

/** Answers with an operation's error. */
export function refuse(reply: FastifyReply, error: OperationError): FastifyReply {
  const { kind, message, errors } = error;
  return reply.code(statusOf[kind]).send({ error: kind, message, ...(errors !== undefined && { errors }) });
}
