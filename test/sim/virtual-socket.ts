// A pair of sockets in memory, shaped like TCP: octets arrive in order, cut and joined anywhere, after a
// while, and the connection may stall, be half-closed or reset. Real enough for `AssociationConnection`, so
// that the whole net room above the operating system runs in the simulated world.

import { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import type { Random } from '../../src/base/random.ts';
import { after, type Clock, type Instant, millis } from '../../src/base/time.ts';

/** How a way behaves now; looked at for every delivery. */
export interface Weather {
  /** What dialling meets. */
  readonly connect: 'accept' | 'refuse' | 'silent';
  /** Milliseconds that octets take, from and to. */
  readonly delay: readonly [number, number];
  /** Octets are delivered in pieces of random size, or all that lie there at once. */
  readonly cuts: boolean;
  /** Nothing arrives any more, and nobody is told. */
  readonly stalled: boolean;
  /** Chances, for each delivery, that the connection is reset, or that this direction ends. */
  readonly resetChance: number;
  readonly halfCloseChance: number;
}

export const fairWeather: Weather = {
  connect: 'accept',
  delay: [1, 5],
  cuts: false,
  stalled: false,
  resetChance: 0,
  halfCloseChance: 0,
};

/** Octets that a way holds before its sender's write has to wait. */
const WAY_OCTETS_MAX = 64 * 1024;
/** How often a stalled way looks whether it goes on, in milliseconds. */
const STALL_LOOK_MS = 500;

export interface WayParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly weather: () => Weather;
}

interface Piece {
  readonly octets: Uint8Array;
  readonly taken: () => void;
}

/** One direction of a connection. */
class Way {
  readonly #parts: WayParts;
  readonly #to: () => VirtualSocket;
  #pieces: Piece[] = [];
  #held = 0;
  #ended = false;
  #over = false;
  #lastArrival: Instant | undefined;
  #cancel: (() => void) | undefined;

  constructor(parts: WayParts, to: () => VirtualSocket) {
    this.#parts = parts;
    this.#to = to;
  }

  write(octets: Uint8Array, taken: () => void): void {
    const roomy = this.#held + octets.length <= WAY_OCTETS_MAX;
    this.#pieces.push({ octets: Uint8Array.from(octets), taken: roomy ? () => {} : taken });
    this.#held += octets.length;
    if (roomy) taken();
    this.plan();
  }

  end(): void {
    this.#ended = true;
    this.plan();
  }

  /** Everything on the way is lost. */
  cut(): void {
    this.#over = true;
    this.#cancel?.();
    this.#cancel = undefined;
    for (const { taken } of this.#pieces) taken();
    this.#pieces = [];
  }

  /** Sees to it that what lies here arrives, or is looked at again. */
  plan(): void {
    if (this.#over || this.#cancel !== undefined) return;
    if (this.#pieces.length === 0 && !this.#ended) return;
    if (this.#to().holdsBack) return;
    const { clock, random, weather } = this.#parts;
    const { delay, stalled } = weather();
    const wait = stalled ? STALL_LOOK_MS : random.between(delay[0], delay[1]);
    const soonest = after(clock.now(), millis(wait));
    const at = this.#lastArrival !== undefined && this.#lastArrival > soonest ? this.#lastArrival : soonest;
    this.#cancel = clock.schedule(at, () => {
      this.#cancel = undefined;
      this.#lastArrival = at;
      this.#arrive();
    });
  }

  #arrive(): void {
    const { random, weather } = this.#parts;
    const { stalled, resetChance, halfCloseChance, cuts } = weather();
    const to = this.#to();
    if (stalled) this.plan();
    else if (random.chance(resetChance)) to.resetBoth();
    else if (random.chance(halfCloseChance)) {
      this.cut();
      to.push(null);
    } else if (this.#held === 0) {
      this.#over = true;
      to.push(null);
    } else this.#arriveIn(to, cuts);
  }

  #arriveIn(to: VirtualSocket, cuts: boolean): void {
    const { random } = this.#parts;
    let wanted = cuts ? random.between(1, Math.min(this.#held, 1 + random.between(0, 3000))) : this.#held;
    while (wanted > 0) wanted -= this.#deliver(to, wanted);
    this.plan();
  }

  #deliver(to: VirtualSocket, wanted: number): number {
    const [piece] = this.#pieces;
    const octets = piece.octets.subarray(0, wanted);
    if (octets.length === piece.octets.length) {
      this.#pieces.shift();
      piece.taken();
    } else {
      this.#pieces[0] = { octets: piece.octets.subarray(octets.length), taken: piece.taken };
    }
    this.#held -= octets.length;
    to.push(Buffer.from(octets));
    return octets.length;
  }
}

/** One end of a connection in memory. */
export class VirtualSocket extends Duplex {
  readonly remoteAddress: string;
  readonly remotePort: number;
  #out: Way | undefined;
  #in: Way | undefined;
  #other: VirtualSocket | undefined;
  /** The reader has been told to wait, and octets lie here. */
  holdsBack = false;

  constructor(remote: { readonly address: string; readonly port: number }) {
    super({ allowHalfOpen: false, readableHighWaterMark: 64 * 1024, writableHighWaterMark: 16 * 1024 });
    this.remoteAddress = remote.address;
    this.remotePort = remote.port;
    this.on('error', () => {});
  }

  join(other: VirtualSocket, ways: { readonly out: Way; readonly in: Way }): void {
    this.#other = other;
    this.#out = ways.out;
    this.#in = ways.in;
  }

  setNoDelay(): this {
    return this;
  }

  override push(chunk: Buffer | null): boolean {
    const more = super.push(chunk);
    this.holdsBack = !more && chunk !== null && this.isPaused();
    return more;
  }

  override _read(): void {
    this.holdsBack = false;
    this.#in?.plan();
  }

  /** Sees what is written, before it is on its way. */
  watch: ((octets: Uint8Array) => void) | undefined;

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.watch?.(chunk);
    if (this.destroyed) {
      done();
      return;
    }
    if (this.#out === undefined) done();
    else this.#out.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.#out?.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#in?.cut();
    // What was written before still goes out, and then the end, as the kernel would have it.
    this.#out?.end();
    done(error);
  }

  /** The connection is reset: both ends hear it, and what was on its way is lost. */
  resetBoth(): void {
    this.#out?.cut();
    this.#in?.cut();
    const other = this.#other;
    this.destroy(resetError());
    other?.destroy(resetError());
  }

  /** As `AssociationConnection` takes it: what it uses of a socket is all there. */
  get asSocket(): Socket {
    return this as unknown as Socket;
  }
}

function resetError(): NodeJS.ErrnoException {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
}

/** Two ends joined by two ways, each with its own weather. */
export function socketPair(
  ends: { readonly caller: VirtualSocket; readonly called: VirtualSocket },
  ways: { readonly there: WayParts; readonly back: WayParts },
): void {
  const { caller, called } = ends;
  const there = new Way(ways.there, () => called);
  const back = new Way(ways.back, () => caller);
  caller.join(called, { out: there, in: back });
  called.join(caller, { out: back, in: there });
}
