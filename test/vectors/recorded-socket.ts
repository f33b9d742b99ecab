// A socket without a network: what a test says has arrived is handed over at once, what is written is kept
// in order. It stands for `net.Socket` below the connection of the net room, and is no more of one than
// that room uses.

import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

export class RecordedSocket extends EventEmitter {
  readonly remoteAddress = 'peer';
  readonly remotePort = 102;
  readonly writableLength = 0;
  destroyed = false;
  writable = true;
  readonly #wrote: (octets: Uint8Array) => void;
  #paused = false;
  #arrived: Uint8Array[] = [];

  /** `wrote` is told of every write. */
  constructor(wrote: (octets: Uint8Array) => void) {
    super();
    this.#wrote = wrote;
  }

  /** As the type that the program knows. */
  get asSocket(): Socket {
    return this as unknown as Socket;
  }

  /** Octets come from the peer. After the end of the connection nobody hears them. */
  arrive(octets: Uint8Array): void {
    if (this.#paused) this.#arrived.push(octets);
    else if (!this.destroyed) this.emit('data', octets);
  }

  /** The peer closes its side. */
  peerEnds(): void {
    if (!this.destroyed) this.emit('end');
  }

  setNoDelay(): this {
    return this;
  }

  pause(): this {
    this.#paused = true;
    return this;
  }

  resume(): this {
    this.#paused = false;
    for (const octets of this.#arrived.splice(0)) this.arrive(octets);
    return this;
  }

  cork(): void {}

  uncork(): void {}

  write(octets: Uint8Array): boolean {
    // The program may use its buffers again.
    this.#wrote(Uint8Array.from(octets));
    return true;
  }

  end(): this {
    this.writable = false;
    return this;
  }

  destroy(): this {
    this.destroyed = true;
    this.writable = false;
    return this;
  }
}
