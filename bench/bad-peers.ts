// Peers that a healthy MTA has the misfortune to be configured with: each takes connections and does one
// thing wrong, for ever. They run in the process that makes them and cost it next to nothing.

import { createServer, type Server, type Socket } from 'node:net';
import { freePorts } from '../test/support/ports.ts';

export type BadPeerKind = 'dead' | 'refusing' | 'trickling' | 'flapping';

export interface BadPeer {
  readonly kind: BadPeerKind;
  readonly port: number;
  /** Connections taken so far; a refusing peer takes none. */
  readonly calls: () => number;
  readonly stop: () => void;
}

/** A connection confirm of class 0 that a trickling peer is for ever about to finish. */
const confirm = Uint8Array.of(3, 0, 0, 40, 35, 0xd0, 0, 1, 0, 1, 0, 0xc0, 1, 0x0b, 0xc2, 17);
const TRICKLE_MS = 1000;
const FLAP_MS = 1000;

const behaviours: Readonly<Record<Exclude<BadPeerKind, 'refusing'>, (socket: Socket, call: number) => void>> =
  {
    /** Accepts and never answers. */
    dead: (socket) => {
      socket.resume();
    },
    /** One octet a second of an answer that would be right. */
    trickling: (socket) => {
      socket.resume();
      let sent = 0;
      const timer = setInterval(() => {
        socket.write(confirm.subarray(sent, sent + 1));
        sent = Math.min(sent + 1, confirm.length - 1);
      }, TRICKLE_MS);
      socket.once('close', () => clearInterval(timer));
    },
    /** Resets at once, or after a second, in turn. */
    flapping: (socket, call) => {
      const timer = setTimeout(() => socket.resetAndDestroy(), call % 2 === 0 ? 0 : FLAP_MS);
      socket.once('close', () => clearTimeout(timer));
    },
  };

/** Starts a bad peer on a free port. */
export async function startBadPeer(kind: BadPeerKind): Promise<BadPeer> {
  if (kind === 'refusing') {
    const [port] = await freePorts(1);
    return { kind, port, calls: () => 0, stop: () => undefined };
  }
  const sockets = new Set<Socket>();
  let calls = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    calls += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    behaviours[kind](socket, calls);
  });
  const port = await listening(server);
  const stop = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { kind, port, calls: () => calls, stop };
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address();
      if (bound === null || typeof bound === 'string') reject(new Error('no port was bound'));
      else resolve(bound.port);
    });
  });
}
