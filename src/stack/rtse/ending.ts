// How an association ends (X.228 7.2, 7.7 to 7.9): release, the aborts that we send, those that come. An
// abort before the open is answered is a refusal to whoever asked. Each method is an action of the table,
// or serves several.

import { type AcseIndication, X410_CONTEXT } from '../acse/service.ts';
import type { AbortReason } from './apdu.ts';
import { encodeRTAB } from './apdu-codec.ts';
import type { Effects } from './effects.ts';
import type { RtseContexts } from './x410-form.ts';
import { abortedOf, failedOpenOf } from './outcomes.ts';
import type { RTAbort } from './service.ts';
import type { RtseState } from './states.ts';
import { apduValue } from './x410-form.ts';

type Aborted = Extract<AcseIndication, { kind: 'AABRind' | 'APABind' }>;

/** Where the association stands when it is aborted. */
export interface Standing {
  readonly state: RtseState;
  readonly contexts: RtseContexts | undefined;
}

export class Ending {
  readonly #effects: Effects;

  constructor(effects: Effects) {
    this.#effects = effects;
  }

  release(): void {
    this.#effects.down({ kind: 'ARLSreq' });
  }

  indicateClose(): void {
    this.#effects.up({ kind: 'RTCLOSEind' });
  }

  answerClose(): void {
    this.#effects.down({ kind: 'ARLSrsp+' });
  }

  confirmClose(): void {
    this.#effects.up({ kind: 'RTCLOSEcnf' });
  }

  /** RTUABreq: the user hears no more of it. */
  sendUserAbort(standing: Standing, userData: Uint8Array | undefined): void {
    this.#sendRTAB(standing, 'user-error', userData);
  }

  indicate(aborted: Aborted, standing: Standing): void {
    if (standing.state === 'openSent') {
      this.#effects.up({ kind: 'RTOPENcnf-', refused: failedOpenOf(aborted) });
    } else {
      this.#effects.up(abortedOf(aborted));
    }
  }

  /** The peer broke the protocol: says so to the log, the peer and the user. */
  violation(standing: Standing, fault: { readonly expected: string; readonly got: string }): void {
    const { expected, got } = fault;
    this.#effects.log({ layer: 'rtse', clause: 'X.228 7', state: standing.state, expected, got });
    const detail = `expected ${expected}, got ${got}`;
    this.abort(standing, 'protocol-error', { by: 'provider', reason: 'protocol-error', detail });
  }

  /** Aborts with an RTAB, and tells the user. */
  abort(standing: Standing, abortReason: AbortReason, abort: RTAbort): void {
    this.#sendRTAB(standing, abortReason);
    this.giveUp(standing, abort);
  }

  /** Tells the user that it is over; nothing is sent. */
  giveUp(standing: Standing, abort: RTAbort): void {
    if (standing.state === 'openSent') {
      const { reason, detail } = abort;
      this.#effects.up({
        kind: 'RTOPENcnf-',
        refused: {
          layer: 'rtse',
          reason: `${reason}: ${detail}`,
          transient: true,
          ...(reason !== 'protocol-error' && { aborted: true }),
        },
      });
    } else {
      this.#effects.up({ kind: 'RTPABind', abort });
    }
  }

  #sendRTAB({ contexts }: Standing, abortReason: AbortReason, userData?: Uint8Array): void {
    // X.228 9: user data of normal mode only.
    const rtab = encodeRTAB(abortReason, contexts?.rtse === X410_CONTEXT ? undefined : userData);
    // Before contexts are agreed there is none to say it in: ABRT alone says that it is over.
    const userInformation = contexts === undefined ? [] : [apduValue(contexts.rtse, rtab)];
    this.#effects.down({ kind: 'AABRreq', userInformation });
  }
}
