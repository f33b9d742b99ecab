// The association as its user sees it: octets in, octets and events out. What transfer and net may know
// of the whole stack. One object owns one connection of one peer; its death touches nothing else.

import type { Instant } from '../../base/time.ts';
import type { ProtocolViolation } from '../kernel/machine.ts';
import type { StackTolerance } from '../kernel/tolerance.ts';
import type { LayerSelectors, RTIndication, RTRequest } from '../rtse/service.ts';

export type { LayerSelectors, RTIndication, RTRequest } from '../rtse/service.ts';
export type { ProtocolViolation } from '../kernel/machine.ts';
export type { StackTolerance } from '../kernel/tolerance.ts';

export interface AssociationOptions {
  readonly role: 'initiator' | 'responder';
  /** The initiator's choice; a responder reads the mode off the CN and takes both. */
  readonly mode: 'normal' | 'x410-1984';
  /** What an initiator calls with. A responder's selectors are checked by its user on RTOPENind. */
  readonly called: LayerSelectors;
  readonly calling: LayerSelectors;
  /**
   * The session connection identifier that an initiator's CN carries, as the octets that go into it: by
   * usage a T61String or OCTET STRING and a UTCTime, each BER-encoded. A responder answers with the caller's.
   */
  readonly connectionReference: { readonly userReference: Uint8Array; readonly commonReference: Uint8Array };
  readonly limits: AssociationLimits;
  readonly timers: AssociationTimers;
  /**
   * Responder: what it offers at RTSE level, negotiated with what comes (X.228: the lower of both).
   * Ignored for the initiator, whose RTOPENreq says it.
   */
  readonly offer: { readonly checkpointSize: number; readonly window: number };
  /** Whether a transport selector called by the peer is one of ours; otherwise DR "address unknown". */
  readonly acceptsTransportSelector: (called: Uint8Array | undefined) => boolean;
  /**
   * The same for the session selector, with the transport selector under it; otherwise RF "session selector
   * unknown". Left out: any.
   */
  readonly acceptsSessionSelector?: (called: LayerSelectors) => boolean;
  /** And for the presentation selector, with those under it; otherwise CPR "called address unknown". */
  readonly acceptsPresentationSelector?: (called: LayerSelectors) => boolean;
  /** Which deviations of the peer are put up with; left out: all. Others are violations. */
  readonly tolerates?: (name: StackTolerance, got: string) => boolean;
}

export interface AssociationLimits {
  /** Largest TPDU that we propose and accept, in octets. RFC 1006 default: 65,531. */
  readonly tpdu_octets_max: number;
  /** Largest TSDU that is reassembled, in octets. */
  readonly tsdu_octets_max: number;
}

/** Deadlines, all in milliseconds. Each runs only in its phase. */
export interface AssociationTimers {
  /** From TCP connection to the answered open (CR, CN, AARQ, RTORQ), both roles. */
  readonly open_ms: number;
  /** Silence of the peer while an activity is open, or while its answer is due. */
  readonly activity_ms: number;
  /** From a release or abort request until the connection must be gone. */
  readonly disconnect_ms: number;
  /** An open association with nothing in transfer and no word from either side (responder's guard). */
  readonly idle_ms: number;
}

export type AssociationInput =
  /** The network connection stands (initiator: dialled; responder: accepted). */
  | { readonly kind: 'connected' }
  | { readonly kind: 'octets'; readonly octets: Uint8Array }
  /** The network connection is gone: closed by the peer, reset, or failed. */
  | { readonly kind: 'lost'; readonly detail: string }
  | { readonly kind: 'user'; readonly primitive: RTRequest }
  | { readonly kind: 'timer' };

export type AssociationOutput =
  /** Octets for the peer; those of one `handle` belong in one write. */
  | { readonly kind: 'octets'; readonly octets: readonly Uint8Array[] }
  /** Close the network connection now (after what was written); `abrupt` resets it. */
  | { readonly kind: 'close'; readonly abrupt: boolean }
  | { readonly kind: 'user'; readonly primitive: RTIndication }
  /** For the log: the peer broke the protocol. */
  | { readonly kind: 'violation'; readonly violation: ProtocolViolation }
  /** For counting: the peer departed from the standard, and that was put up with. */
  | { readonly kind: 'tolerance'; readonly name: StackTolerance; readonly got: string };

export interface AssociationMachine {
  handle(input: AssociationInput, now: Instant): readonly AssociationOutput[];
  nextTimeout(): Instant | undefined;
  /** For consoles and tests: the state of each layer by its symbol. */
  states(): Readonly<Record<string, string>>;
}
