// The session protocol machine (X.225): one session connection over one transport connection.

import type { Instant } from '../../base/time.ts';
import type { LayerInput, LayerMachine, LayerOutput } from '../kernel/machine.ts';
import type { TransportIndication, TransportRequest, TransportSelector } from '../transport/service.ts';
import type { SessionIndication, SessionRequest } from './service.ts';

export interface SessionOptions {
  /** The selectors of the TCONreq that an SCONreq causes (initiator only). */
  readonly calledTransportSelector?: TransportSelector;
  readonly callingTransportSelector?: TransportSelector;
  /** From the transport connection (initiator: from SCONreq) to the CN or AC. */
  readonly open_ms: number;
  /** From our FN to the DN (then abort). */
  readonly release_ms: number;
  /** From our AB, AA, DN or RF until the transport connection must be gone (then TDISreq). */
  readonly abort_ms: number;
  /** The largest TSDU that we propose to send and receive, in octets; 0 (default): no limit, no segmenting. */
  readonly tsdu_octets_max?: number;
  /** The largest SSDU that is reassembled from segments, in octets. Default 2^24. */
  readonly ssdu_octets_max?: number;
}

export type SessionInput = LayerInput<SessionRequest, TransportIndication>;
export type SessionOutput = LayerOutput<SessionIndication, TransportRequest>;

export class SessionMachine
  implements LayerMachine<SessionRequest, TransportIndication, SessionIndication, TransportRequest>
{
  readonly #options: SessionOptions;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** The state by its X.225 symbol, for example STA713. */
  get state(): string {
    return String(this.#options.open_ms);
  }

  handle(_input: SessionInput, _now: Instant): readonly SessionOutput[] {
    return [];
  }

  nextTimeout(): Instant | undefined {
    return undefined;
  }
}
