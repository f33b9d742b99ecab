// One session connection as the predicates and actions see it: its variables, what was proposed, what is
// running and what has been put out. Not here: the table and its interpretation (`machine.ts`).

import { assert } from '../../base/assert.ts';
import { after, millis } from '../../base/time.ts';
import type { Instant } from '../../base/time.ts';
import type { LayerOutput } from '../kernel/machine.ts';
import type { Tolerates } from '../kernel/tolerance.ts';
import type { TransportIndication, TransportRequest, TransportSelector } from '../transport/service.ts';

import type { Agreement } from './connect.ts';
import type { SessionConnect, SessionIndication, SessionRequest } from './service.ts';
import type { ReceivedSpdu, SpduToSend } from './spdu.ts';
import { encodeSpdu } from './spdu-encoder.ts';
import type { SessionEvent } from './states.ts';
import type { SessionDeadline, SessionTimer } from './timers.ts';
import { SessionVariables } from './variables.ts';

export interface SessionOptions {
  /** The selectors of the TCONreq that an SCONreq causes (initiator only). */
  readonly calledTransportSelector?: TransportSelector;
  readonly callingTransportSelector?: TransportSelector;
  /** Whether a session selector that the peer calls is one of ours; otherwise RF "selector unknown". */
  readonly acceptsSelector?: (called: Uint8Array | undefined) => boolean;
  /** Left out: every deviation of the peer is put up with. */
  readonly tolerates?: Tolerates;
  /** From the transport connection (initiator: from SCONreq) to the CN or AC. */
  readonly open_ms: number;
  /** From our FN to the DN (then abort). */
  readonly release_ms: number;
  /** From our AB, DN or RF until the transport connection must be gone (then TDISreq). */
  readonly abort_ms: number;
  /**
   * The largest TSDU that we propose to send and receive, in octets; 0 (default): no limit, no
   * segmenting.
   */
  readonly tsdu_octets_max?: number;
  /** The largest SSDU that is reassembled from segments, in octets. Default 2^24. */
  readonly ssdu_octets_max?: number;
}

export type SessionOutput = LayerOutput<SessionIndication, TransportRequest>;

/** What one event carries to the predicates and actions. */
export interface Occasion {
  readonly event: SessionEvent;
  readonly now: Instant;
  readonly request?: SessionRequest;
  readonly transport?: TransportIndication;
  readonly spdu?: ReceivedSpdu;
  readonly detail?: string;
}

export const SSDU_OCTETS_DEFAULT = 2 ** 24;

export class SessionConnection {
  readonly options: SessionOptions;
  readonly variables = new SessionVariables();
  /** Initiator: what our user asked for. */
  asked: SessionConnect | undefined;
  /** Acceptor: the CN that was received, and the user data of its CDO SPDUs. */
  cn: ReceivedSpdu | undefined;
  overflow: Uint8Array[] = [];
  overflowOctets = 0;
  agreement: Agreement | undefined;
  deadline: SessionDeadline | undefined;
  outputs: SessionOutput[] = [];

  constructor(options: SessionOptions) {
    this.options = options;
  }

  get tsduOctetsMax(): number {
    return this.options.tsdu_octets_max ?? 0;
  }

  get ssduOctetsMax(): number {
    return this.options.ssdu_octets_max ?? SSDU_OCTETS_DEFAULT;
  }

  /** The largest TSDU that we may send; 0: no limit. */
  get sendOctetsMax(): number {
    const limits = this.agreement?.tsduMaximum;
    if (limits === undefined) return 0;
    return this.asked === undefined ? limits.toInitiator : limits.toAcceptor;
  }

  up(primitive: SessionIndication): void {
    this.outputs.push({ to: 'above', primitive });
  }

  down(primitive: TransportRequest): void {
    this.outputs.push({ to: 'below', primitive });
  }

  send(spdu: SpduToSend): void {
    this.down({ kind: 'TDTreq', tsdu: encodeSpdu(spdu) });
  }

  start(timer: SessionTimer, now: Instant): void {
    const duration = { open: 'open_ms', release: 'release_ms', abort: 'abort_ms' } as const;
    this.deadline = { timer, at: after(now, millis(this.options[duration[timer]])) };
  }

  stop(): void {
    this.deadline = undefined;
  }
}

/** The request of an occasion, which must be of the given kind. */
export function requested<Kind extends SessionRequest['kind']>(
  occasion: Occasion,
  kind: Kind,
): Extract<SessionRequest, { readonly kind: Kind }> {
  const { request } = occasion;
  assert(request !== undefined && request.kind === kind, `the request is ${kind}`);
  return request as Extract<SessionRequest, { readonly kind: Kind }>;
}

/** The SPDU of an occasion, which must be there. */
export function received(occasion: Occasion): ReceivedSpdu {
  assert(occasion.spdu !== undefined, 'an SPDU was received');
  return occasion.spdu;
}
