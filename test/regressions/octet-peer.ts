// A peer on a real socket that says given octets, piece after piece, each once the piece before was answered:
// for what no stack would send. Reads everything and answers nothing of its own accord.

import { connect, createServer, type Socket } from 'node:net';
import { fail } from 'node:assert/strict';

export class OctetPeer {
  readonly #socket: Socket;
  #heard = Buffer.alloc(0);
  #closed = false;
  #wake: (() => void)[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (octets: Buffer) => {
      this.#heard = Buffer.concat([this.#heard, octets]);
      this.#wakeAll();
    });
    socket.once('close', () => {
      this.#closed = true;
      this.#wakeAll();
    });
  }

  static call(port: number): OctetPeer {
    return new OctetPeer(connect({ port, host: '127.0.0.1', noDelay: true }));
  }

  /** Everything that came. */
  get heard(): Buffer {
    return this.#heard;
  }

  /** Writes each piece and waits until something comes in return or the connection is gone. */
  async converse(pieces: readonly Uint8Array[]): Promise<void> {
    for (const piece of pieces) {
      const before = this.#heard.length;
      this.say(piece);
      await this.until(() => this.#heard.length > before);
    }
  }

  say(octets: Uint8Array): void {
    if (!this.#closed) this.#socket.write(octets);
  }

  /** Resolves when it is met, or the connection is gone. */
  async until(condition: () => boolean): Promise<void> {
    while (!this.#closed && !condition()) {
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  async gone(): Promise<void> {
    await this.until(() => false);
  }

  end(): void {
    this.#socket.destroy();
  }

  #wakeAll(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

/** Listens on a port of its own, and has each caller spoken to by `speak`. */
export async function octetListener(
  speak: (peer: OctetPeer) => Promise<void>,
): Promise<{ readonly port: number; readonly stop: () => void }> {
  const peers = new Set<OctetPeer>();
  const server = createServer({ noDelay: true }, (socket) => {
    const peer = new OctetPeer(socket);
    peers.add(peer);
    void speak(peer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') fail('no port was bound');
  return {
    port: bound.port,
    stop: () => {
      server.close();
      for (const peer of peers) peer.end();
    },
  };
}
