// The whole stack as one object: octets of one network connection in; octets, indications and findings out.
// Not here: what the layers do. Invariants: the user hears exactly one terminal indication, unless it ended
// the association itself; after `close` nothing is said and no timer runs; octets of one step leave as one
// output.

import { assert } from '../../base/assert.ts';
import type { Instant } from '../../base/time.ts';
import type { ProtocolViolation } from '../kernel/machine.ts';
import type { Tolerates } from '../kernel/tolerance.ts';
import type { RTIndication, RTRequest, SelectorsSeen } from '../rtse/service.ts';
import type { RtseState } from '../rtse/states.ts';
import type { NetworkRequest } from '../tpkt/service.ts';
import { encodeTpkt, TpktDecoder } from '../tpkt/tpkt.ts';
import { HeldTpdus, held_octets_max } from './held.ts';
import { Layers } from './layers.ts';
import type {
  AssociationInput,
  AssociationMachine,
  AssociationOptions,
  AssociationOutput,
} from './service.ts';

/** The states in which the peer has to wait for our user. */
const userOwes: ReadonlySet<RtseState> = new Set([
  'openReceived',
  'resumeReceived',
  'received',
  'closeReceived',
]);
type Closing = 'orderly' | 'abrupt';

export class Association implements AssociationMachine {
  readonly #tpkts: TpktDecoder;
  readonly #layers: Layers;
  #network: 'awaited' | 'connected' | 'closed' = 'awaited';
  #closing: Closing | undefined;
  #transportSelectors: { readonly called?: Uint8Array; readonly calling?: Uint8Array } = {};
  readonly #held = new HeldTpdus();
  #octets: Uint8Array[] = [];
  #outputs: AssociationOutput[] = [];

  constructor(options: AssociationOptions) {
    const tolerates: Tolerates = (name, got) => {
      if (options.tolerates?.(name, got) === false) return false;
      this.#outputs.push({ kind: 'tolerance', name, got });
      return true;
    };
    this.#tpkts = new TpktDecoder(tolerates);
    this.#layers = new Layers(options, tolerates, {
      network: (request) => this.#toNetwork(request),
      user: (indication) => this.#outputs.push({ kind: 'user', primitive: this.#completed(indication) }),
      log: (violation) => this.#outputs.push({ kind: 'violation', violation }),
      transportIndication: (indication) => {
        if (indication.kind === 'TCONind') this.#transportSelectors = indication;
      },
    });
  }

  handle(input: AssociationInput, now: Instant): readonly AssociationOutput[] {
    if (this.#network === 'closed') return [];
    this.#outputs = [];
    this.#octets = [];
    switch (input.kind) {
      case 'connected':
        this.#connected(now);
        break;
      case 'octets':
        this.#receive(input.octets, now);
        break;
      case 'lost':
        this.#lose(input.detail, now);
        break;
      case 'user':
        this.#request(input.primitive, now);
        break;
      case 'timer':
        this.#layers.timeOut(now);
    }
    return this.#finish(now);
  }

  nextTimeout(): Instant | undefined {
    return this.#network === 'closed' ? undefined : this.#layers.nextTimeout();
  }

  states(): Readonly<Record<string, string>> {
    const { transport, session, presentation, acse, rtse } = this.#layers.machines;
    return {
      network: this.#network,
      transport: transport.state,
      session: session.state,
      presentation: presentation.state,
      acse: acse.state,
      rtse: rtse.state,
    };
  }

  #connected(now: Instant): void {
    assert(this.#network === 'awaited', 'one network connection an association');
    this.#network = 'connected';
    this.#layers.deliver({ to: 'rtse', input: { from: 'below', primitive: { kind: 'NCONlocal' } } }, now);
    this.#layers.deliver({ to: 'transport', input: { from: 'below', primitive: { kind: 'NCONcnf' } } }, now);
  }

  #receive(octets: Uint8Array, now: Instant): void {
    this.#layers.machines.rtse.alive(now);
    const { tpdus, violation } = this.#tpkts.receive(octets);
    for (const tpdu of tpdus) this.#held.add(tpdu);
    this.#takeHeld(now);
    if (violation !== undefined) this.#break(violation, now);
    else if (this.#held.octets > held_octets_max) this.#break(ranAhead(this.#held.octets), now);
  }

  /**
   * Takes what came, packet by packet, each to its end before the next: no layer meets a request of the
   * past.
   */
  #takeHeld(now: Instant): void {
    while (this.#closing === undefined) {
      const nsdu = this.#held.next(this.#awaitsUser());
      if (nsdu === undefined) return;
      const primitive = { kind: 'NDTind', nsdu } as const;
      this.#layers.deliver({ to: 'transport', input: { from: 'below', primitive } }, now);
    }
  }

  #awaitsUser(): boolean {
    return userOwes.has(this.#layers.machines.rtse.state);
  }

  /** The peer broke a rule that is no layer's: the network connection is closed without a word. */
  #break(violation: ProtocolViolation, now: Instant): void {
    this.#outputs.push({ kind: 'violation', violation });
    this.#lose(`expected ${violation.expected}, got ${violation.got}`, now);
  }

  #lose(detail: string, now: Instant): void {
    const primitive = { kind: 'NDISind', detail } as const;
    this.#layers.deliver({ to: 'transport', input: { from: 'below', primitive } }, now);
    this.#closing = 'abrupt';
    this.#endUser(detail, now);
  }

  #request(primitive: RTRequest, now: Instant): void {
    this.#layers.deliver({ to: 'rtse', input: { from: 'above', primitive } }, now);
    this.#takeHeld(now);
  }

  #toNetwork(request: NetworkRequest): void {
    if (request.kind === 'NDISreq') this.#closing ??= 'orderly';
    else for (const piece of encodeTpkt(request.nsdu)) this.#octets.push(piece);
  }

  /** RTOPENind with the selectors that only transport has seen. */
  #completed(indication: RTIndication): RTIndication {
    if (indication.kind !== 'RTOPENind') return indication;
    const { called, calling } = this.#transportSelectors;
    const selectors: SelectorsSeen = {
      called: { ...indication.selectors.called, transport: called },
      calling: { ...indication.selectors.calling, transport: calling },
    };
    return { ...indication, selectors };
  }

  /** Puts the outputs of one step in order, and closes if the step came to that. */
  #finish(now: Instant): readonly AssociationOutput[] {
    const { rtse, session } = this.#layers.machines;
    // Nothing below RTSE has begun, or all of it is over: nobody else will take the network connection down.
    const idle = session.state === 'STA01' || session.state === 'STA01C';
    if (rtse.state === 'ended' && idle) this.#closing ??= 'abrupt';
    if (this.#closing !== undefined) {
      this.#endUser('the transport connection was closed', now);
      this.#network = 'closed';
    }
    const outputs = this.#outputs;
    if (this.#octets.length > 0) outputs.unshift({ kind: 'octets', octets: this.#octets });
    if (this.#closing !== undefined) outputs.push({ kind: 'close', abrupt: this.#closing === 'abrupt' });
    return outputs;
  }

  /** The network connection is gone: a user who has not heard of an end hears of it now. */
  #endUser(detail: string, now: Instant): void {
    const primitive = { kind: 'APABind', cause: 'connection-lost', detail } as const;
    this.#layers.deliver({ to: 'rtse', input: { from: 'below', primitive } }, now);
  }
}

function ranAhead(octets: number): ProtocolViolation {
  return {
    layer: 'rtse',
    clause: 'X.228 7',
    state: 'awaiting our user',
    expected: `nothing, or at most ${held_octets_max} octets, before our answer`,
    got: `${octets} octets`,
  };
}
