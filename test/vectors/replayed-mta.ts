// A whole MTA, real but for the wire, the clock, the disk and the directory: the agent on the net room's
// connection and the real stack, a store in memory that can be slowed, a clock that stands, and a delivery
// that keeps what it is given. What happens is told in one log: PDUs in and out, what the store does,
// events, deliveries.

import assert from 'node:assert/strict';
import { seededRandom } from '../../src/base/random.ts';
import type { Clock, Instant } from '../../src/base/time.ts';
import type { Configuration } from '../../src/config/index.ts';
import type { EventFields } from '../../src/events/index.ts';
import { AssociationConnection } from '../../src/net/connection.ts';
import { Association } from '../../src/stack/association/index.ts';
import type { QueuedCopy } from '../../src/store/index.ts';
import { type AssociationHandle, type DialRequest, MessageTransferAgent } from '../../src/transfer/index.ts';
import type { LocalDelivery, RecipientDelivery, StoredValue } from '../../src/transfer/index.ts';
import { ObservedStore } from './observed-store.ts';
import { packets, pduOf, sha256 } from './recorded-octets.ts';
import { RecordedSocket } from './recorded-socket.ts';

/** What was delivered, as the deliverer saw it. */
export interface Delivered {
  readonly mtsIdentifier: string;
  readonly recipients: readonly string[];
  readonly sha256: string;
  readonly octets: Uint8Array;
}

/** Event fields that differ from run to run, or say nothing here. */
const passedOver = new Set(['remote', 'association', 'duration', 'directory']);

export class ReplayedMta {
  readonly log: string[] = [];
  readonly events: string[] = [];
  readonly delivered: Delivered[] = [];
  readonly store: ObservedStore;
  readonly agent: MessageTransferAgent;
  readonly now: Instant;
  /** What was written to the peer, all of it. */
  readonly written: Uint8Array[] = [];
  #socket: RecordedSocket | undefined;
  #unread: Uint8Array = new Uint8Array();
  readonly #clock: Clock;
  readonly #said = new Set<string>();
  #identifiers = 0;

  constructor(configuration: Configuration, now: Instant) {
    this.now = now;
    this.#clock = { now: () => now, schedule: () => () => undefined };
    this.store = new ObservedStore({ now: () => now, tell: (line) => this.log.push(line) });
    this.agent = new MessageTransferAgent({
      configuration,
      store: this.store.asStore,
      clock: this.#clock,
      network: { dial: (request) => this.#dial(request) },
      emit: (name, fields) => this.#emit(name, fields),
      random: seededRandom(1),
      owner: 'a test',
      identifier: () => {
        this.#identifiers += 1;
        const localIdentifier = `T${this.#identifiers}`;
        return { globalDomainIdentifier: configuration.mta.domain, localIdentifier };
      },
      delivery: () => this.#delivery(),
    });
    this.agent.start();
  }

  /** A peer calls. */
  called(): void {
    const options = this.agent.admit('peer');
    assert.ok(options !== undefined, 'admitted');
    const socket = this.#newSocket();
    const machine = new Association(options);
    const connection = new AssociationConnection({ socket: socket.asSocket, machine, clock: this.#clock });
    connection.start(this.agent.called(connection));
  }

  /** Octets come from the peer; nothing that follows from them is awaited. */
  arrive(octets: Uint8Array): void {
    this.#socket?.arrive(octets);
  }

  /** One whole PDU comes from the peer, is told in the log, and has its consequences. */
  async hear(packet: Uint8Array): Promise<void> {
    this.log.push(`< ${pduOf(packet).name}`);
    this.arrive(packet);
    await settle();
  }

  /** Octets come from the peer in these pieces, each having its consequences before the next. */
  async hearPieces(pieces: readonly Uint8Array[]): Promise<void> {
    for (const piece of pieces) {
      if (piece.length === 0) continue;
      this.arrive(piece);
      await settle();
    }
  }

  /** The peer has said all it has to say. */
  peerEnds(): void {
    this.#socket?.peerEnds();
  }

  /** Whether the connection is no longer ours: we have closed it, or it was lost. */
  get over(): boolean {
    return this.#socket === undefined || this.#socket.destroyed || !this.#socket.writable;
  }

  /** The PDUs written so far, by their symbols. */
  get answered(): string[] {
    return packets(Buffer.concat(this.written)).map((packet) => pduOf(packet).name);
  }

  /** Whether a PDU of this name has been written. */
  said(name: string): boolean {
    return this.#said.has(name);
  }

  #newSocket(): RecordedSocket {
    this.#socket = new RecordedSocket((octets) => this.#wrote(octets));
    return this.#socket;
  }

  #dial(request: DialRequest): () => void {
    const socket = this.#newSocket();
    queueMicrotask(() => {
      const machine = new Association(request.options);
      const connection = new AssociationConnection({ socket: socket.asSocket, machine, clock: this.#clock });
      const handle: AssociationHandle = connection;
      connection.start(request.opened(handle));
    });
    return () => undefined;
  }

  #wrote(octets: Uint8Array): void {
    this.written.push(octets);
    this.#unread = Buffer.concat([this.#unread, octets]);
    for (;;) {
      const length = (this.#unread[2] << 8) | this.#unread[3];
      if (this.#unread.length < 4 || this.#unread.length < length) return;
      const { name } = pduOf(this.#unread.subarray(0, length));
      this.log.push(`> ${name}`);
      this.#said.add(name);
      this.#unread = this.#unread.subarray(length);
    }
  }

  #emit(name: string, fields: EventFields): void {
    const shown = Object.entries(fields).filter(
      ([key, value]) => value !== undefined && !passedOver.has(key),
    );
    const words = shown.map(([key, value]) => `${key}=${JSON.stringify(value)}`);
    this.events.push(name);
    this.log.push(['event:', name, ...words].join(' '));
  }

  #delivery(): LocalDelivery {
    return { deliver: (copy, value) => this.#deliver(copy, value) };
  }

  async #deliver(copy: QueuedCopy, value: StoredValue): Promise<readonly RecipientDelivery[]> {
    const { message, contentLength, mtsIdentifier } = copy;
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < contentLength; ) {
      const piece = await this.store.inner.readContent(message, at, 65_536);
      assert.ok(piece !== undefined && piece.length > 0, `content from ${at}`);
      pieces.push(piece);
      at += piece.length;
    }
    const octets = Buffer.concat(pieces);
    const recipients = copy.recipients.map(({ address }) => address);
    this.delivered.push({ mtsIdentifier, recipients, octets, sha256: sha256(octets) });
    this.log.push(`delivery: ${value.kind} of ${octets.length} octets, SHA-256 ${sha256(octets)}`);
    return copy.recipients.map(({ number }) => ({ kind: 'delivered', recipient: number, at: this.now }));
  }
}

/** Lets everything happen that needs no more than promises. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
