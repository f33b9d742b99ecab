// Dials adjacent MTAs: a TCP connection, then an initiating association on it. A refused, silent or failed
// connect touches nothing but its own attempt. Implements the Network port of the transfer room.

import { connect } from 'node:net';
import { after, type Clock, millis } from '../base/time.ts';
import type { AssociationMachine, AssociationOptions } from '../stack/association/service.ts';
import type { DialRequest, Network } from '../transfer/ports.ts';
import { AssociationConnection } from './connection.ts';

export interface DiallerParts {
  readonly clock: Clock;
  /** Builds the stack for one association. */
  readonly associationOf: (options: AssociationOptions) => AssociationMachine;
  /** The program contradicted itself on one association, which was given up. Absent: it is thrown. */
  readonly internalError?: (error: unknown) => void;
}

/** A network on this machine's TCP. */
export function tcpNetwork(parts: DiallerParts): Network {
  return { dial: (request) => dial(parts, request) };
}

function dial(parts: DiallerParts, request: DialRequest): () => void {
  const { target } = request;
  let settled = false;
  const socket = connect({
    host: target.address,
    port: target.port,
    localAddress: target.localAddress,
    noDelay: true,
  });
  const fail = (code: string, detail: string): void => {
    if (settled) return;
    settled = true;
    cancelTimeout();
    socket.destroy();
    request.failed({ code, detail });
  };
  const cancelTimeout = parts.clock.schedule(after(parts.clock.now(), millis(target.connectTimeout_ms)), () =>
    fail('ETIMEDOUT', `no TCP connection within ${target.connectTimeout_ms} ms`),
  );
  socket.once('error', (error: NodeJS.ErrnoException) => fail(error.code ?? 'EUNKNOWN', error.message));
  socket.once('connect', () => {
    if (settled) return;
    settled = true;
    cancelTimeout();
    const machine = parts.associationOf(request.options);
    const connection = new AssociationConnection({ socket, machine, ...parts });
    connection.start(request.opened(connection));
  });
  return () => {
    settled = true;
    cancelTimeout();
    if (socket.connecting) socket.destroy();
  };
}
