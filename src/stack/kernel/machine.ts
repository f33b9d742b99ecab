// The contract of every protocol machine: inputs are handled, outputs are returned in order, time is an
// argument. A machine reads no clock, owns no socket and waits for nothing. Invariant: outputs take effect in
// the order in which they are returned.

import type { Instant } from '../../base/time.ts';

/** What a machine hears: a primitive of the user above, one of the service below, or that time has passed. */
export type LayerInput<FromAbove, FromBelow> =
  | { readonly from: 'above'; readonly primitive: FromAbove }
  | { readonly from: 'below'; readonly primitive: FromBelow }
  | { readonly from: 'timer' };

/** What a machine says: a primitive to the user above, one to the service below, or a finding for the log. */
export type LayerOutput<ToAbove, ToBelow> =
  | { readonly to: 'above'; readonly primitive: ToAbove }
  | { readonly to: 'below'; readonly primitive: ToBelow }
  | { readonly to: 'log'; readonly violation: ProtocolViolation };

export interface LayerMachine<FromAbove, FromBelow, ToAbove, ToBelow> {
  /** Takes one input at `now` and returns what follows from it, in order. */
  handle(input: LayerInput<FromAbove, FromBelow>, now: Instant): readonly LayerOutput<ToAbove, ToBelow>[];
  /** When the machine next wants `{ from: 'timer' }`; undefined when no timer runs. */
  nextTimeout(): Instant | undefined;
}

export type Layer = 'tpkt' | 'transport' | 'session' | 'presentation' | 'acse' | 'rtse' | 'p1';

/** The peer broke the protocol. Closes one association; says which clause, what was due and what came. */
export interface ProtocolViolation {
  /** Set where silence is the breach: the timer that ran out. */
  readonly timeout?: { readonly timer: string; readonly limit_ms: number };
  readonly layer: Layer;
  /** Recommendation and clause, for example 'X.225 8.3.2'. */
  readonly clause: string;
  /** The state of the machine, by the Recommendation's symbol. */
  readonly state: string;
  readonly expected: string;
  readonly got: string;
}
