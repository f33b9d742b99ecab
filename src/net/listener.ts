// Listens for adjacent MTAs, plainly or with TLS. Each accepted connection gets an association of its own in
// the responding role; a failed accept or handshake is an event and never the end of the listener. Who may
// come, and whether a certificate fits a link, is decided above, once the bind says who calls.

import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { Clock } from '../base/time.ts';
import type { ListenTlsConfiguration } from '../config/index.ts';
import type { AssociationMachine, AssociationOptions } from '../stack/association/service.ts';
import type { AssociationHandle, AssociationUser, ChannelTls, TlsMisfit } from '../transfer/ports.ts';
import { AssociationConnection } from './connection.ts';
import { channelOf } from './tls-channel.ts';
import { readTlsFiles, TlsFiles } from './tls-files.ts';

/** Handshakes under way at once on one listener; a caller beyond is closed, so that they cannot pile up. */
const handshakes_max = 1000;

export interface ListenerParts {
  readonly clock: Clock;
  readonly associationOf: (options: AssociationOptions) => AssociationMachine;
  /** The program contradicted itself on one association, which was given up. Absent: it is thrown. */
  readonly internalError?: (error: unknown) => void;
  /** Something was said of an association after its end, and ignored. */
  readonly late?: () => void;
  /** Options for the next inbound association, or undefined to refuse the connection (a global limit). */
  readonly admit: (peerAddress: string) => AssociationOptions | undefined;
  readonly accepted: (handle: AssociationHandle) => AssociationUser;
  /** accept() failed; the listener goes on. */
  readonly acceptFailed: (detail: string) => void;
  /** The TLS handshake of one caller failed; its connection is closed. */
  readonly handshakeFailed?: (remote: string, misfit: TlsMisfit) => void;
  /** The files of TLS, for the authorities of links. */
  readonly tlsFiles?: TlsFiles;
}

export interface Listener {
  readonly address: string;
  /** The port really bound: useful when 0 was asked for. */
  readonly port: number;
  /** Reads its certificate and key again, for the callers to come. Throws what keeps them from being used. */
  reload(): void;
  /** Stops accepting; open associations go on. */
  stop(): Promise<void>;
}

export interface ListenAt {
  readonly address: string;
  readonly port: number;
  readonly tls?: ListenTlsConfiguration | undefined;
}

/** Binds `address:port`; rejects with the system's error, or that of the TLS files, if that fails. */
export async function listen(at: ListenAt, parts: ListenerParts): Promise<Listener> {
  const { server, reload } = at.tls === undefined ? plainServer(parts) : tlsServer(at.tls, parts);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: at.address, port: at.port, backlog: 1024 }, () => {
      server.off('error', reject);
      server.on('error', (error) => parts.acceptFailed(error.message));
      resolve(listenerOf(server, at, reload));
    });
  });
}

interface ServerParts {
  readonly server: Server;
  readonly reload: () => void;
}

function plainServer(parts: ListenerParts): ServerParts {
  const server = createServer({ noDelay: true, pauseOnConnect: false }, (socket) => take(parts, socket));
  return { server, reload: () => undefined };
}

function tlsServer(tls: ListenTlsConfiguration, parts: ListenerParts): ServerParts {
  const files = parts.tlsFiles ?? new TlsFiles(() => undefined);
  const under = new Set<Socket>();
  const server = createTlsServer({
    ...readTlsFiles(tls),
    requestCert: tls.requestClientCertificate,
    // Whether a certificate will do is for the link to say, which is known with the bind.
    rejectUnauthorized: false,
    handshakeTimeout: tls.handshakeTimeout,
    noDelay: true,
  });
  server.on('connection', (socket: Socket) => {
    // Read now: a closed socket has no address any more.
    placeOf(socket);
    if (under.size >= handshakes_max) socket.destroy();
    under.add(socket);
    socket.once('close', () => under.delete(socket));
  });
  server.on('secureConnection', (socket: TLSSocket) => {
    under.delete(parentOf(socket));
    take(
      parts,
      socket,
      channelOf(socket, (file) => files.authorities(file)),
    );
  });
  server.on('tlsClientError', (error: NodeJS.ErrnoException & { reason?: string }, socket: TLSSocket) => {
    const late = error.code === 'ERR_TLS_HANDSHAKE_TIMEOUT';
    const code = late ? 'handshake-timeout' : (error.code ?? 'EUNKNOWN');
    const got = late ? `none within ${tls.handshakeTimeout} ms` : (error.reason ?? error.message);
    parts.handshakeFailed?.(placeOf(parentOf(socket)), { code, expected: 'a TLS handshake', got });
    socket.destroy();
  });
  return { server, reload: () => server.setSecureContext(readTlsFiles(tls)) };
}

/** The TCP connection below; Node.js keeps it so that events of the TLS one can be told of a place. */
function parentOf(socket: TLSSocket & { readonly _parent?: Socket }): Socket {
  return socket._parent ?? socket;
}

function placeOf(socket: Socket): string {
  return `${socket.remoteAddress ?? 'unknown'}:${socket.remotePort ?? 0}`;
}

function take(parts: ListenerParts, socket: Socket, tls?: ChannelTls): void {
  const options = parts.admit(socket.remoteAddress ?? 'unknown');
  if (options === undefined) {
    socket.destroy();
    return;
  }
  const machine = parts.associationOf(options);
  const connection = new AssociationConnection({ ...parts, socket, machine, tls });
  connection.start(parts.accepted(connection));
}

function listenerOf(server: Server, at: ListenAt, reload: () => void): Listener {
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : at.port;
  return {
    address: at.address,
    port,
    reload,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
