// Peers that an association can never be opened with, one way of failing each: for proofs that failing costs
// nothing in the long run. They run in the process of the test.

import { createServer, type Server, type Socket } from 'node:net';
import { bindErrorRefusal } from '../../src/transfer/bind.ts';
import { listen, systemClock } from '../../src/net/index.ts';
import { Association } from '../../src/stack/association/index.ts';
import { peerOptions } from '../../bench/peer.ts';
import { freePorts } from './ports.ts';

export const failures = [
  /** Nobody listens. */
  'refused',
  /** Accepts the connection and never says a word. */
  'silent',
  /** Reset as soon as it is accepted. */
  'reset',
  /** Reset when the CR has come. */
  'reset after CR',
  /** An orderly end when the CR has come. */
  'closed after CR',
  /** DR in answer to the CR. */
  'refused at CC',
  /** CC, and a reset when the CN has come. */
  'reset after CN',
  /** The bind is refused: REFUSE in place of AC. */
  'refused at AC',
] as const;
export type Failure = (typeof failures)[number];

export interface FailingPeer {
  readonly failure: Failure;
  readonly port: number;
  /** Connections that came; none reaches one that refuses. */
  readonly calls: () => number;
  readonly stop: () => void;
}

/** What a peer does with the octets that come, by number of the packet. */
type Behaviour = (socket: Socket, octets: Uint8Array, packet: number) => void;

const behaviours: Readonly<Record<Exclude<Failure, 'refused' | 'refused at AC' | 'reset'>, Behaviour>> = {
  silent: () => undefined,
  'reset after CR': (socket) => socket.resetAndDestroy(),
  'closed after CR': (socket) => socket.end(),
  'refused at CC': (socket, cr) => socket.end(Uint8Array.of(3, 0, 0, 11, 6, 0x80, cr[8], cr[9], 0, 0, 0)),
  'reset after CN': (socket, octets, packet) => {
    if (packet > 1) socket.resetAndDestroy();
    else socket.write(Uint8Array.of(3, 0, 0, 14, 9, 0xd0, octets[8], octets[9], 0, 1, 0, 0xc0, 1, 0x0b));
  },
};

/** Starts a failing peer on a free port. */
export async function startFailingPeer(failure: Failure): Promise<FailingPeer> {
  if (failure === 'refused') {
    const [port] = await freePorts(1);
    return { failure, port, calls: () => 0, stop: () => undefined };
  }
  if (failure === 'refused at AC') return refusingBinds();
  const sockets = new Set<Socket>();
  let calls = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    calls += 1;
    sockets.add(socket);
    let packets = 0;
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    if (failure === 'reset') socket.resetAndDestroy();
    else
      socket.on('data', (octets) => {
        packets += 1;
        behaviours[failure](socket, octets, packets);
      });
  });
  const port = await listening(server);
  const stop = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { failure, port, calls: () => calls, stop };
}

async function refusingBinds(): Promise<FailingPeer> {
  let calls = 0;
  const listener = await listen(
    { address: '127.0.0.1', port: 0 },
    {
      clock: systemClock(),
      associationOf: (options) => new Association(options),
      admit: () => peerOptions('responder'),
      accepted: (handle) => {
        calls += 1;
        return {
          onIndication: ({ kind }) => {
            const refuse = bindErrorRefusal('busy');
            if (kind === 'RTOPENind') handle.request({ kind: 'RTOPENrsp-', refuse });
          },
          onViolation: () => undefined,
          onWritable: () => undefined,
          onClosed: () => undefined,
        };
      },
      acceptFailed: () => undefined,
    },
  );
  return {
    failure: 'refused at AC',
    port: listener.port,
    calls: () => calls,
    stop: () => void listener.stop(),
  };
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
