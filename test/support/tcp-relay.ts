// A relay of TCP for tests: connections to its port are led to another, and everything that passes can be
// watched, held back for good, delayed, or cut. It knows packets (RFC 1006) only where a test asks for them.

import { connect, createServer, type Socket } from 'node:net';

export type Direction = 'to-target' | 'to-caller';

export interface RelayedConnection {
  /** Number of the connection, from 1. */
  readonly number: number;
  /** After this piece nothing passes in this direction; both sides stay connected. */
  freeze(direction: Direction): void;
  /** Leads a piece of the caller on, the last octets of it one by one; then goes on. */
  drip(piece: Buffer, slowly: { readonly octets: number; readonly every_ms: number }): void;
  /** Resets both sides. */
  cut(): void;
  /** Octets that came so far in a direction. */
  octets(direction: Direction): number;
}

export interface RelayOptions {
  readonly targetPort: number;
  /**
   * Sees each piece before it passes. What it gives back passes in its place; nothing: the piece as it is.
   */
  readonly through?: (
    piece: Buffer,
    direction: Direction,
    connection: RelayedConnection,
  ) => Buffer | undefined;
}

export interface TcpRelay {
  readonly port: number;
  readonly connections: readonly RelayedConnection[];
  /** Sockets of either side that are open now. */
  open(): number;
  stop(): void;
}

export async function tcpRelay(options: RelayOptions): Promise<TcpRelay> {
  const connections: RelayedConnection[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  };
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (caller) => {
    const target = connect({
      port: options.targetPort,
      host: '127.0.0.1',
      noDelay: true,
      allowHalfOpen: true,
    });
    keep(caller);
    keep(target);
    connections.push(join(options, { caller, target, number: connections.length + 1 }));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('no port was bound');
  return {
    port: bound.port,
    connections,
    open: () => sockets.size,
    stop: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function join(
  options: RelayOptions,
  ends: { readonly caller: Socket; readonly target: Socket; readonly number: number },
): RelayedConnection {
  const { caller, target, number } = ends;
  const frozen = new Set<Direction>();
  const counts = { 'to-target': 0, 'to-caller': 0 };
  const connection: RelayedConnection = {
    number,
    freeze: (direction) => frozen.add(direction),
    drip: (piece, { octets, every_ms }) => {
      caller.pause();
      let at = piece.length - octets;
      target.write(piece.subarray(0, at));
      const timer = setInterval(() => {
        if (!target.destroyed) target.write(piece.subarray(at, at + 1));
        at += 1;
        if (at < piece.length && !target.destroyed) return;
        clearInterval(timer);
        caller.resume();
      }, every_ms);
    },
    cut: () => {
      caller.resetAndDestroy();
      target.resetAndDestroy();
    },
    octets: (direction) => counts[direction],
  };
  const lead = (from: Socket, to: Socket, direction: Direction): void => {
    from.on('data', (piece: Buffer) => {
      counts[direction] += piece.length;
      // What makes it fall silent may still pass.
      const held = frozen.has(direction);
      const passes = options.through?.(piece, direction, connection) ?? piece;
      if (held || to.destroyed || passes.length === 0) return;
      if (!to.write(passes)) {
        from.pause();
        to.once('drain', () => from.resume());
      }
    });
    from.on('end', () => {
      if (!frozen.has(direction)) to.end();
    });
    from.on('close', () => {
      // A side that is gone takes the other along, unless it is held back that it went.
      if (!frozen.has(direction)) to.destroySoon();
    });
  };
  lead(caller, target, 'to-target');
  lead(target, caller, 'to-caller');
  return connection;
}

/** Session SPDUs by their identifier, as the captures show them in a DT TPDU. */
export const spdus = {
  GT: 1,
  CN: 13,
  AC: 14,
  FN: 9,
  DN: 10,
  AS: 45,
  AE: 41,
  AEA: 42,
  MAP: 41,
  MIP: 49,
  PT: 2,
  GTC: 21,
  GTA: 22,
} as const;

/**
 * What the packets of a piece are: CR, CC, or the identifier of the SPDU in a DT: that after an empty
 * GIVE TOKENS or PLEASE TOKENS, which come before others in one TSDU.
 */
export function packetsIn(piece: Buffer): readonly (string | number)[] {
  const found: (string | number)[] = [];
  for (let at = 0; at + 7 <= piece.length && piece[at] === 3; at += piece.readUInt16BE(at + 2)) {
    const code = piece[at + 5] & 0xf0;
    if (code === 0xe0) found.push('CR');
    else if (code === 0xd0) found.push('CC');
    else if (code === 0xf0) {
      const isTokens = piece[at + 7] === spdus.GT || piece[at + 7] === spdus.PT;
      const before = isTokens && piece[at + 8] === 0 && piece.readUInt16BE(at + 2) > 9;
      found.push(piece[at + (before ? 9 : 7)]);
    }
  }
  return found;
}
