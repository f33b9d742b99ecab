// Sends messages: opens associations to one MTA and transfers as fast as each is confirmed. A pure stack, no
// disk. One source may run several times over the same associations.

import { parseORAddress } from '../src/address/index.ts';
import { encode } from '../src/asn1/index.ts';
import { fromLatin1, latin1 } from '../src/base/octets.ts';
import { systemClock, tcpNetwork } from '../src/net/index.ts';
import { MTSAPDU } from '../src/p1/index.ts';
import { Association } from '../src/stack/association/index.ts';
import type { AssociationHandle, AssociationUser } from '../src/transfer/ports.ts';
import { bindArgumentOf, type PeerIdentity, peerOptions } from './peer.ts';
import { templateMessage } from './template.ts';
import { emptyStamp, stamp } from './transit.ts';

const SERIAL_DIGITS = 10;

export interface SourceOptions {
  readonly port: number;
  readonly identity: PeerIdentity;
  readonly associations: number;
  readonly contentOctets: number;
  /** One message to each in turn. */
  readonly recipients: readonly string[];
  /** Whether each message says when it left (see transit.ts). */
  readonly transit: boolean;
}

interface Template {
  readonly octets: Uint8Array;
  readonly serialAt: number;
}

export class MessageSource {
  readonly #options: SourceOptions;
  #templates: readonly Template[];
  #idle: AssociationHandle[] = [];
  #opened = 0;
  #serial = 0;
  #left = 0;
  #unconfirmed = 0;
  #settle: { readonly done: () => void; readonly failed: (error: Error) => void } | undefined;

  private constructor(options: SourceOptions) {
    this.#options = options;
    this.#templates = templatesOf(options, options.recipients);
  }

  /** Opens all associations; rejects if one cannot be. */
  static async open(options: SourceOptions): Promise<MessageSource> {
    const source = new MessageSource(options);
    const network = tcpNetwork({ clock: systemClock(), associationOf: (each) => new Association(each) });
    await new Promise<void>((done, failed) => {
      source.#settle = { done, failed };
      for (let index = 0; index < options.associations; index += 1) {
        network.dial({
          target: { address: '127.0.0.1', port: options.port, connectTimeout_ms: 10_000 },
          options: peerOptions('initiator'),
          opened: (handle) => source.#userOf(handle),
          failed: ({ code, detail }) => failed(new Error(`${code}: ${detail}`)),
        });
      }
    });
    return source;
  }

  /** Transfers `count` messages; resolves when the last is confirmed. */
  run(count: number, recipients?: readonly string[]): Promise<void> {
    this.#templates = templatesOf(this.#options, recipients ?? this.#options.recipients);
    this.#left = count;
    return new Promise((done, failed) => {
      this.#settle = { done, failed };
      for (const handle of this.#idle.splice(0)) this.#sendNext(handle);
    });
  }

  close(): void {
    for (const handle of this.#idle.splice(0)) handle.request({ kind: 'RTCLOSEreq' });
  }

  /**
   * The template with its local identifier patched: what a source should cost is the stack, not the codec.
   */
  #nextMessage(): Uint8Array {
    const { octets, serialAt } = this.#templates[this.#serial % this.#templates.length];
    const message = octets.slice();
    const serial = String(this.#serial).padStart(SERIAL_DIGITS, '0');
    message.set(fromLatin1(this.#options.transit ? serial + stamp() : serial), serialAt);
    this.#serial += 1;
    return message;
  }

  #sendNext(handle: AssociationHandle): void {
    if (this.#left === 0) {
      this.#idle.push(handle);
      if (this.#unconfirmed === 0) this.#settle?.done();
      return;
    }
    this.#left -= 1;
    this.#unconfirmed += 1;
    const first = [this.#nextMessage()];
    handle.request({ kind: 'RTTRreq', octetsTotal: first[0].length, first, transferTime_ms: 120_000 });
  }

  #userOf(handle: AssociationHandle): AssociationUser {
    handle.request({
      kind: 'RTOPENreq',
      checkpointSize: 30,
      window: 5,
      dialogueMode: 'monologue',
      initialTurn: 'initiator',
      userData: bindArgumentOf(this.#options.identity),
    });
    const failed = (what: unknown): void => this.#settle?.failed(new Error(JSON.stringify(what)));
    return {
      onIndication: (primitive) => {
        if (primitive.kind === 'RTOPENcnf+') {
          this.#idle.push(handle);
          this.#opened += 1;
          if (this.#opened === this.#options.associations) this.#settle?.done();
        } else if (primitive.kind === 'RTTRcnf+') {
          this.#unconfirmed -= 1;
          this.#sendNext(handle);
        } else if (primitive.kind !== 'RTconfirmedind' && primitive.kind !== 'RTCLOSEcnf') {
          failed(primitive);
        }
      },
      onViolation: failed,
      onWritable: () => undefined,
      onClosed: (detail) => failed(detail),
    };
  }
}

function templatesOf(options: SourceOptions, recipients: readonly string[]): readonly Template[] {
  const empty = '0'.repeat(SERIAL_DIGITS);
  return recipients.map((text) => {
    const recipient = parseORAddress(text);
    if (!recipient.ok) throw new Error(`${text}: ${recipient.error.message}`);
    const localIdentifier = options.transit ? empty + emptyStamp : empty;
    const { contentOctets } = options;
    const octets = encode(
      MTSAPDU,
      templateMessage({ recipient: recipient.value, contentOctets, localIdentifier }),
    );
    return { octets, serialAt: latin1(octets).indexOf(localIdentifier) };
  });
}
