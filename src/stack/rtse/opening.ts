// The open of an association as it goes on (X.228 7.1): what was asked, what was agreed. Each method is an
// action of the table. Not here: when it is called.

import { assert } from '../../base/assert.ts';
import type { AcseIndication } from '../acse/service.ts';
import { encodeRTOAC, encodeRTORJ, encodeX410RTORJ } from './apdu-codec.ts';
import type { Effects } from './effects.ts';
import {
  associateRequest,
  lower,
  type OpenAnswer,
  type OpenFault,
  type PeerOpen,
} from './open-parameters.ts';
import type { RtseOptions } from './options.ts';
import { diagnosticOf, providerRefusalOf, refuseReasonOf, refusedOf, resultOf } from './outcomes.ts';
import { connectionOf } from './recovery.ts';
import type { RTOpen, RTRefuse, RTRequest } from './service.ts';
import { apduValue, type RtseContexts, x410Contexts } from './x410-form.ts';

type Called = Extract<AcseIndication, { kind: 'AASCind' }>;

export class Opening {
  readonly #options: RtseOptions;
  readonly #effects: Effects;
  #asked: RTOpen | undefined;
  #peer: { readonly open: PeerOpen; readonly called: Called } | undefined;
  #agreed: RTOpen | undefined;
  #contexts: RtseContexts | undefined;
  #requirements = 0;

  constructor(options: RtseOptions, effects: Effects) {
    this.#options = options;
    this.#effects = effects;
  }

  /** What an initiator asked. */
  get asked(): RTOpen | undefined {
    return this.#asked;
  }

  /** What both agreed upon; on the way there what the peer proposed. */
  get agreed(): RTOpen {
    const agreed = this.#agreed ?? this.#peer?.open.proposed;
    assert(agreed !== undefined, 'an open');
    return agreed;
  }

  get contexts(): RtseContexts | undefined {
    return this.#contexts;
  }

  /** The session functional units agreed upon, as bits. */
  get requirements(): number {
    return this.#requirements;
  }

  ask(request: Extract<RTRequest, { kind: 'RTOPENreq' }>): void {
    const { checkpointSize, window, dialogueMode, initialTurn } = request;
    this.#asked = { checkpointSize, window, dialogueMode, initialTurn };
    // What is said in X.410-1984 mode needs no agreement: an abort before the answer says why.
    if (this.#options.mode === 'x410-1984') this.#contexts = x410Contexts;
    this.#effects.down(associateRequest(request, this.#options));
  }

  /** Tells the user who calls and what for. */
  indicate(open: PeerOpen, called: Called): void {
    this.#peer = { open, called };
    this.#contexts = open.contexts;
    this.#requirements = open.requirements;
    this.#effects.up({
      kind: 'RTOPENind',
      ...open.proposed,
      mode: called.mode,
      recover: open.recover,
      connection: connectionOf(called.identifier),
      userData: open.userData,
      answered: lower(open.proposed, this.#options.offer),
      selectors: {
        called: { session: called.calledSessionSelector, presentation: called.calledSelector },
        calling: { session: called.callingSessionSelector, presentation: called.callingSelector },
      },
    });
  }

  /** A call that cannot be answered well is refused before the user hears of it. */
  refuseUnacceptable(fault: OpenFault, called: Called): void {
    const { layer, expected, got } = fault;
    this.#effects.log({ layer, clause: 'X.228 7.1', state: 'connected', expected, got });
    this.#effects.down({
      kind: 'AASCrsp-',
      applicationContext: this.#options.application.name,
      result: 'rejected-permanent',
      diagnostic: layer === 'acse' ? 'application-context-name-not-supported' : 'no-reason-given',
      userInformation:
        called.mode === 'normal' ? [] : [apduValue(x410Contexts.rtse, encodeX410RTORJ('validation-failure'))],
    });
    const detail = `open refused: expected ${expected}, got ${got}`;
    this.#effects.up({ kind: 'RTPABind', abort: { by: 'provider', reason: 'invalid-parameter', detail } });
  }

  accept(userData: Uint8Array): void {
    const { open, called } = this.#called();
    const sizes = lower(open.proposed, this.#options.offer);
    this.#agreed = { ...open.proposed, ...sizes };
    this.#effects.down({
      kind: 'AASCrsp+',
      applicationContext: this.#options.application.name,
      identifier: called.identifier,
      requirements: open.requirements,
      tokens: open.tokens,
      userInformation: [
        apduValue(
          open.contexts.rtse,
          encodeRTOAC({ ...sizes, userData, recover: open.recover, mode: called.mode }),
        ),
      ],
    });
  }

  refuse(refuse: RTRefuse): void {
    const { open, called } = this.#called();
    const provider = providerRefusalOf(refuse, called.mode);
    const reason = refuseReasonOf(refuse);
    const rtorj =
      called.mode === 'normal'
        ? encodeRTORJ(refuse.kind === 'bind-error' ? refuse.userData : undefined)
        : encodeX410RTORJ(reason);
    this.#effects.down({
      kind: 'AASCrsp-',
      applicationContext: this.#options.application.name,
      result: resultOf(refuse),
      diagnostic: diagnosticOf(refuse),
      userInformation: [apduValue(open.contexts.rtse, rtorj)],
      ...(provider !== undefined && { provider }),
    });
  }

  confirm(answer: OpenAnswer): void {
    this.#agreed = answer.agreed;
    this.#contexts = answer.contexts;
    this.#requirements = answer.requirements;
    const connection = connectionOf(this.#options.identifier);
    this.#effects.up({ kind: 'RTOPENcnf+', ...answer.agreed, userData: answer.userData, connection });
  }

  confirmRefusal(refusal: Extract<AcseIndication, { kind: 'AASCcnf-' }>): void {
    this.#effects.up({ kind: 'RTOPENcnf-', refused: refusedOf(refusal) });
  }

  #called(): { readonly open: PeerOpen; readonly called: Called } {
    assert(this.#peer !== undefined, 'a call of the peer');
    return this.#peer;
  }
}
