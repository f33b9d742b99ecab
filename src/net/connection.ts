// One socket and the association on it: octets in, octets and indications out, one timer. Everything that
// happens here concerns one peer. Invariants: the association sees network events in order; what one step
// says leaves in one write; after `onClosed` nothing more is said to the user and no timer remains.

import type { Socket } from 'node:net';
import { totalOctets } from '../base/octets.ts';
import { after, type Clock, type Instant, millis } from '../base/time.ts';
import type {
  AssociationInput,
  AssociationMachine,
  AssociationOutput,
  RTRequest,
} from '../stack/association/service.ts';
import type { AssociationHandle, AssociationUser, ChannelTls } from '../transfer/ports.ts';

/** Octets waiting in a socket above which no more are supplied by the user (per association). */
const WRITE_QUEUE_OCTETS_MAX = 256 * 1024;
/**
 * Steps up to this many octets are joined into one buffer; larger ones are written piece by piece, corked.
 */
const JOIN_OCTETS_MAX = 64 * 1024;
/** How long an orderly close waits for the peer to close too, in milliseconds. */
const LINGER_MS = 2000;

let nextConnectionId = 1;

export interface ConnectionParts {
  readonly socket: Socket;
  readonly machine: AssociationMachine;
  readonly clock: Clock;
  /** What is known of the peer by TLS. */
  readonly tls?: ChannelTls | undefined;
  /**
   * The program contradicted itself here: this association is given up, the rest goes on. Absent: it is
   * thrown.
   */
  readonly internalError?: ((error: unknown) => void) | undefined;
  /** Something was said of this association after its end: it is ignored, and this counts it. */
  readonly late?: (() => void) | undefined;
}

export class AssociationConnection implements AssociationHandle {
  readonly id = nextConnectionId++;
  readonly peerAddress: string;
  readonly tls: ChannelTls | undefined;
  readonly #socket: Socket;
  readonly #machine: AssociationMachine;
  readonly #clock: Clock;
  readonly #internalError: ((error: unknown) => void) | undefined;
  readonly #late: (() => void) | undefined;
  #user: AssociationUser | undefined;
  #pending: Uint8Array[] = [];
  #flushScheduled = false;
  #inputs: AssociationInput[] = [];
  #handling = false;
  #closed = false;
  /** The network connection is gone, and the association is hearing of it. */
  #losing = false;
  #ending = false;
  #closeWanted: 'orderly' | 'abrupt' | undefined;
  #lossDetail = 'closed by the peer';
  #armedFor: Instant | undefined;
  #cancelTimer: (() => void) | undefined;
  #congested = false;

  constructor(parts: ConnectionParts) {
    this.#socket = parts.socket;
    this.#machine = parts.machine;
    this.#clock = parts.clock;
    this.#internalError = parts.internalError;
    this.#late = parts.late;
    this.tls = parts.tls;
    this.peerAddress = `${parts.socket.remoteAddress ?? 'unknown'}:${parts.socket.remotePort ?? 0}`;
  }

  /** Joins the user to the association and starts reading. The network connection stands. */
  start(user: AssociationUser): void {
    this.#user = user;
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (octets) => this.#feed({ kind: 'octets', octets: plain(octets) }));
    this.#socket.on('drain', () => this.#drained());
    this.#socket.on('error', (error: NodeJS.ErrnoException) => this.#failed(error));
    this.#socket.on('end', () => this.#lost('closed by the peer'));
    this.#socket.on('close', () => this.#lost(this.#lossDetail));
    this.#feed({ kind: 'connected' });
  }

  request(primitive: RTRequest): void {
    if (this.#ending) this.#late?.();
    else this.#feed({ kind: 'user', primitive });
  }

  setReading(on: boolean): void {
    if (this.#closed) return;
    if (on) this.#socket.resume();
    else this.#socket.pause();
  }

  congested(): boolean {
    this.#congested = this.#socket.writableLength + totalOctets(this.#pending) > WRITE_QUEUE_OCTETS_MAX;
    return this.#congested;
  }

  destroy(detail: string): void {
    this.#lossDetail = detail;
    this.#socket.destroy();
    this.#lost(detail);
  }

  /** The state of each layer by its symbol, for consoles. */
  states(): Readonly<Record<string, string>> {
    return this.#machine.states();
  }

  #feed(input: AssociationInput): void {
    if (this.#closed) {
      this.#late?.();
      return;
    }
    this.#inputs.push(input);
    if (this.#handling) return;
    this.#handling = true;
    try {
      for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) {
        for (const output of this.#machine.handle(next, this.#clock.now())) this.#perform(output);
      }
    } catch (error) {
      this.#giveUp(error);
    }
    this.#handling = false;
    if (this.#losing || this.#closed) return;
    if (this.#closeWanted !== undefined) this.#close(this.#closeWanted);
    this.#arm();
  }

  /** What the association is worth after that is not known: it ends here, and nothing else with it. */
  #giveUp(error: unknown): void {
    this.#ending = true;
    this.destroy('internal error');
    if (this.#internalError === undefined) throw error;
    this.#internalError(error);
  }

  #perform(output: AssociationOutput): void {
    switch (output.kind) {
      case 'octets':
        for (const piece of output.octets) this.#pending.push(piece);
        this.#scheduleFlush();
        return;
      case 'close':
        this.#closeWanted = output.abrupt ? 'abrupt' : (this.#closeWanted ?? 'orderly');
        return;
      case 'user':
        this.#user?.onIndication(output.primitive);
        return;
      case 'tolerance':
        this.#user?.onTolerance?.(output.name, output.got);
        return;
      case 'violation':
        this.#user?.onViolation(output.violation);
    }
  }

  #scheduleFlush(): void {
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    this.#flushScheduled = false;
    const pieces = this.#pending;
    if (pieces.length === 0) return;
    this.#pending = [];
    if (this.#socket.destroyed || !this.#socket.writable) return;
    const total = totalOctets(pieces);
    if (pieces.length === 1 || total > JOIN_OCTETS_MAX) {
      this.#socket.cork();
      for (const piece of pieces) this.#socket.write(piece);
      this.#socket.uncork();
      return;
    }
    this.#socket.write(Buffer.concat(pieces, total));
  }

  /** An orderly close goes on reading for a while, so that no reset overtakes our last octets. */
  #close(how: 'orderly' | 'abrupt'): void {
    this.#flush();
    if (this.#ending) return;
    this.#ending = true;
    if (how === 'abrupt') {
      this.destroy('closed abruptly by this side');
      return;
    }
    this.#lossDetail = 'closed by this side';
    this.#socket.end();
    this.#cancelTimer?.();
    const lingerUntil = after(this.#clock.now(), millis(LINGER_MS));
    this.#cancelTimer = this.#clock.schedule(lingerUntil, () => this.#lost(this.#lossDetail));
  }

  /** The system says so before it closes the connection. What we closed ourselves may end as it likes. */
  #failed({ code = 'unknown', message, syscall }: NodeJS.ErrnoException): void {
    this.#lossDetail = code === 'unknown' ? message : code;
    if (this.#ending || this.#closed) return;
    if (syscall === 'write' || this.#socket.writableLength > 0) this.#user?.onSendFailed?.(code, message);
  }

  #lost(detail: string): void {
    if (this.#closed || this.#losing) return;
    this.#losing = true;
    if (!this.#ending) this.#feed({ kind: 'lost', detail });
    this.#closed = true;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#inputs = [];
    this.#socket.destroy();
    this.#user?.onClosed(detail);
    this.#user = undefined;
  }

  #drained(): void {
    if (!this.#congested || this.congested()) return;
    this.#user?.onWritable();
  }

  /**
   * Keeps one timer, armed for the machine's deadline or earlier; a deadline that moved back costs nothing.
   */
  #arm(): void {
    if (this.#closed || this.#ending) return;
    const due = this.#machine.nextTimeout();
    if (due === undefined) return;
    if (this.#armedFor !== undefined && this.#armedFor <= due) return;
    this.#cancelTimer?.();
    this.#armedFor = due;
    this.#cancelTimer = this.#clock.schedule(due, () => {
      this.#armedFor = undefined;
      const stillDue = this.#machine.nextTimeout();
      if (stillDue !== undefined && stillDue <= this.#clock.now()) this.#feed({ kind: 'timer' });
      else this.#arm();
    });
  }
}

/** The same octets, not as a Buffer: whose `slice` is no copy, which the rooms above rely on. */
function plain({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length);
}
