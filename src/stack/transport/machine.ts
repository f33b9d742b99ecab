// The transport protocol machine, X.224 class 0 over the network service of RFC 1006.

import type { Instant } from '../../base/time.ts';
import type { LayerInput, LayerMachine, LayerOutput } from '../kernel/machine.ts';
import type { NetworkIndication, NetworkRequest } from '../tpkt/service.ts';
import type { TransportIndication, TransportRequest } from './service.ts';

export interface TransportOptions {
  /** The initiator sends the CR, on TCONreq; it may be asked before the network connection stands. */
  readonly role: 'initiator' | 'responder';
  /** Our reference (1 to 65,535), the peer's destination reference. */
  readonly reference: number;
  /** The largest TPDU that we propose and accept, in octets (128 to 65,531). Default 65,531. */
  readonly tpdu_octets_max?: number;
  /** The largest TSDU that is reassembled, in octets. Costs that much memory a connection at worst. */
  readonly tsdu_octets_max: number;
  /** From the network connection to the CR or CC; then the connection is closed. */
  readonly open_ms: number;
  /** Whether a transport selector that the peer calls is one of ours; otherwise DR "address unknown". */
  readonly acceptsTransportSelector?: (called: Uint8Array | undefined) => boolean;
}

export type TransportInput = LayerInput<TransportRequest, NetworkIndication>;
export type TransportOutput = LayerOutput<TransportIndication, NetworkRequest>;

export class TransportMachine
  implements LayerMachine<TransportRequest, NetworkIndication, TransportIndication, NetworkRequest>
{
  readonly #options: TransportOptions;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /** The state by its X.224 symbol. */
  get state(): string {
    return this.#options.role;
  }

  handle(_input: TransportInput, _now: Instant): readonly TransportOutput[] {
    return [];
  }

  nextTimeout(): Instant | undefined {
    return undefined;
  }
}
