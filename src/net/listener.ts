// Listens for adjacent MTAs. Each accepted connection gets an association of its own in the responding role;
// a failed accept is an event and never the end of the listener.

import { createServer, type Server } from 'node:net';
import type { Clock } from '../base/time.ts';
import type { AssociationMachine, AssociationOptions } from '../stack/association/service.ts';
import type { AssociationHandle, AssociationUser } from '../transfer/ports.ts';
import { AssociationConnection } from './connection.ts';

export interface ListenerParts {
  readonly clock: Clock;
  readonly associationOf: (options: AssociationOptions) => AssociationMachine;
  /** The program contradicted itself on one association, which was given up. Absent: it is thrown. */
  readonly internalError?: (error: unknown) => void;
  /** Options for the next inbound association, or undefined to refuse the connection (a global limit). */
  readonly admit: (peerAddress: string) => AssociationOptions | undefined;
  readonly accepted: (handle: AssociationHandle) => AssociationUser;
  /** accept() failed; the listener goes on. */
  readonly acceptFailed: (detail: string) => void;
}

export interface Listener {
  readonly address: string;
  /** The port really bound: useful when 0 was asked for. */
  readonly port: number;
  /** Stops accepting; open associations go on. */
  stop(): Promise<void>;
}

/** Binds `address:port`; rejects with the system's error if that fails. */
export function listen(at: { address: string; port: number }, parts: ListenerParts): Promise<Listener> {
  const server = createServer({ noDelay: true, pauseOnConnect: false }, (socket) => {
    const options = parts.admit(socket.remoteAddress ?? 'unknown');
    if (options === undefined) {
      socket.destroy();
      return;
    }
    const machine = parts.associationOf(options);
    const connection = new AssociationConnection({ socket, machine, ...parts });
    connection.start(parts.accepted(connection));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: at.address, port: at.port, backlog: 1024 }, () => {
      server.off('error', reject);
      server.on('error', (error) => parts.acceptFailed(error.message));
      resolve(listenerOf(server, at));
    });
  });
}

function listenerOf(server: Server, at: { address: string; port: number }): Listener {
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : at.port;
  return {
    address: at.address,
    port,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
