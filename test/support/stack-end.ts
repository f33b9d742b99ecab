// TPKT, transport and session of one end, wired as an association wires them: octets and session requests in,
// octets, session indications and violations out. For tests below presentation.

import { concat } from '../../src/base/octets.ts';
import { instant } from '../../src/base/time.ts';
import type { ProtocolViolation } from '../../src/stack/kernel/machine.ts';
import { SessionMachine } from '../../src/stack/session/machine.ts';
import type { SessionInput, SessionOptions } from '../../src/stack/session/machine.ts';
import type { SessionIndication, SessionRequest } from '../../src/stack/session/service.ts';
import { encodeTpkt, TpktDecoder } from '../../src/stack/tpkt/tpkt.ts';
import { TransportMachine } from '../../src/stack/transport/machine.ts';
import type { TransportInput, TransportOptions } from '../../src/stack/transport/machine.ts';

const now = instant(0);

export class StackEnd {
  readonly transport: TransportMachine;
  readonly session: SessionMachine;
  readonly indications: SessionIndication[] = [];
  readonly violations: ProtocolViolation[] = [];
  closed = false;
  /** Called with each indication; may make requests at once. */
  user: (indication: SessionIndication, end: StackEnd) => void = () => {};
  readonly #decoder = new TpktDecoder();
  #sent: Uint8Array[] = [];

  constructor(
    transport: Partial<TransportOptions> & Pick<TransportOptions, 'role'>,
    session?: Partial<SessionOptions>,
  ) {
    const limits = { reference: 1, tsdu_octets_max: 1_000_000, open_ms: 1000 };
    this.transport = new TransportMachine({ ...limits, ...transport });
    this.session = new SessionMachine({ open_ms: 1000, release_ms: 1000, abort_ms: 1000, ...session });
    this.#transport({ from: 'below', primitive: { kind: 'NCONcnf' } });
  }

  receive(octets: Uint8Array): void {
    const { tpdus, violation } = this.#decoder.receive(octets);
    for (const nsdu of tpdus) this.#transport({ from: 'below', primitive: { kind: 'NDTind', nsdu } });
    if (violation === undefined) return;
    this.violations.push(violation);
    this.closed = true;
  }

  request(primitive: SessionRequest): void {
    this.#session({ from: 'above', primitive });
  }

  /** The network connection is gone. */
  lose(): void {
    this.#transport({ from: 'below', primitive: { kind: 'NDISind', detail: 'closed' } });
  }

  /** What was sent since the last call. */
  takeSent(): Uint8Array {
    const sent = concat(this.#sent);
    this.#sent = [];
    return sent;
  }

  #transport(input: TransportInput): void {
    for (const output of this.transport.handle(input, now)) {
      if (output.to === 'log') this.violations.push(output.violation);
      else if (output.to === 'above') this.#session({ from: 'below', primitive: output.primitive });
      else if (output.primitive.kind === 'NDTreq') this.#sent.push(...encodeTpkt(output.primitive.nsdu));
      else this.closed = true;
    }
  }

  #session(input: SessionInput): void {
    for (const output of this.session.handle(input, now)) {
      if (output.to === 'log') this.violations.push(output.violation);
      else if (output.to === 'below') this.#transport({ from: 'above', primitive: output.primitive });
      else {
        this.indications.push(output.primitive);
        this.user(output.primitive, this);
      }
    }
  }
}

/** Carries octets between two ends until neither says anything; a close is heard by the other end. */
export function converse(a: StackEnd, b: StackEnd): void {
  for (;;) {
    const toB = a.takeSent();
    const toA = b.takeSent();
    if (toB.length > 0) b.receive(toB);
    if (toA.length > 0) a.receive(toA);
    if (toA.length + toB.length > 0) continue;
    if (a.closed === b.closed) return;
    if (a.closed) b.lose();
    else a.lose();
    (a.closed ? b : a).closed = true;
  }
}
