// Callers that are no association: they write octets into connections of a whole MTA and reset them when
// they like. The MTA's side is real from the net room up; its timers are those of the world's clock, and
// are counted.

import { AssociationConnection } from '../../src/net/connection.ts';
import { Association } from '../../src/stack/association/index.ts';
import { RecordedSocket } from '../vectors/recorded-socket.ts';
import type { HostilePeer } from './hostile-peer.ts';

export interface RawCaller {
  readonly socket: RecordedSocket;
  /** Everything that the MTA wrote. */
  readonly written: Uint8Array[];
  /** Assertions of our own: there must be none. */
  readonly internalErrors: unknown[];
}

export class RawCallers {
  readonly #peer: HostilePeer;
  readonly #life = {};

  constructor(peer: HostilePeer) {
    this.#peer = peer;
  }

  /** Timers that connections of these callers wait for. */
  get timers(): number {
    return this.#peer.world.clock.pending(this.#life);
  }

  /** A TCP connection is accepted. */
  connect(): RawCaller {
    const { agent } = this.#peer.mta;
    const options = agent.admit('192.0.2.66');
    if (options === undefined) throw new Error('not admitted');
    const written: Uint8Array[] = [];
    const internalErrors: unknown[] = [];
    const socket = new RecordedSocket((octets) => written.push(octets));
    const connection = new AssociationConnection({
      socket: socket.asSocket,
      machine: new Association(options),
      clock: this.#peer.world.clock.of(this.#life),
      internalError: (error) => internalErrors.push(error),
    });
    connection.start(agent.called(connection));
    return { socket, written, internalErrors };
  }
}
