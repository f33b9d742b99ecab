// What an RTSE machine is told when it is made: its role, whom it calls with what, the application context
// that it serves, what it offers and how long it waits.

import type { Tolerates } from '../kernel/tolerance.ts';
import type { SessionConnectionIdentifier } from '../presentation/service.ts';
import type { LayerSelectors } from './service.ts';

/** The application context and the abstract syntaxes in it besides that of ACSE (X.419 for MTS transfer). */
export interface ApplicationContext {
  readonly name: string;
  /** RTSE with the bind of its user. */
  readonly rtseAbstractSyntax: string;
  /** The APDUs that are transferred. */
  readonly userAbstractSyntax: string;
}

export interface RtseOptions {
  readonly role: 'initiator' | 'responder';
  /** How an initiator opens; a responder takes both. */
  readonly mode: 'normal' | 'x410-1984';
  readonly application: ApplicationContext;
  /** Selectors of session and presentation that an initiator calls with. */
  readonly called: LayerSelectors;
  readonly calling: LayerSelectors;
  readonly identifier: SessionConnectionIdentifier;
  /** Responder: what it is willing to do (X.228: the lower of both sides). */
  readonly offer: { readonly checkpointSize: number; readonly window: number };
  readonly timers: RtseTimerOptions;
  /** Left out: every deviation of the peer is put up with. */
  readonly tolerates?: Tolerates;
}

/** Deadlines in milliseconds; see timers.ts for where each runs. */
export interface RtseTimerOptions {
  readonly open_ms: number;
  readonly activity_ms: number;
  readonly disconnect_ms: number;
  readonly idle_ms: number;
}
