// The presentation protocol machine (X.226): connects with negotiation of contexts, carries data values in
// them, releases and aborts. In X.410-1984 mode it has no contexts, and its PPDUs are RTSE's SETs. One
// machine, one connection. It has no timers: session's run out below it and RTSE's above. Invariant: after
// `ended` nothing is said.

import { assert } from '../../base/assert.ts';
import type { Instant } from '../../base/time.ts';
import type { LayerInput, LayerMachine, LayerOutput } from '../kernel/machine.ts';
import { chooseBranch } from '../kernel/table.ts';
import type { SessionIndication, SessionRequest } from '../session/service.ts';
import { decideContexts, definedContextSet, readResults } from './contexts.ts';
import type { AbortReason, ProviderReason } from './ppdu.ts';
import { encodeARP, encodeARU, encodeCP, encodeCPA, encodeCPR } from './ppdu-codec.ts';
import { type Received, readIndication, undefinedContext } from './received.ts';
import { refusalOf } from './refusal.ts';
import {
  type NegotiatedContext,
  type PresentationContext,
  type PresentationDataReceived,
  type PresentationIndication,
  type PresentationMode,
  type PresentationRequest,
  type ProviderAbortCause,
  X410_CONTEXT,
} from './service.ts';
import type {
  PresentationAction,
  PresentationEvent,
  PresentationPredicate,
  PresentationState,
} from './states.ts';
import { presentationTable } from './table.ts';
import { toSession, toUser } from './through.ts';
import { encodeX410Connect, encodeX410Set } from './x410-mode.ts';

export interface PresentationOptions {
  /** Responder: whether a context of this abstract syntax is wanted; the others are refused one by one. */
  readonly supports: (abstractSyntax: string) => boolean;
  /** Responder: whether a selector that the peer calls is one of ours; otherwise CPR "address unknown". */
  readonly acceptsSelector?: (called: Uint8Array | undefined) => boolean;
}

export type PresentationInput = LayerInput<PresentationRequest, SessionIndication>;
export type PresentationOutput = LayerOutput<PresentationIndication, SessionRequest>;

/** The defined context set of X.410-1984 mode. */
const X410_CONTEXTS: ReadonlySet<number> = new Set([X410_CONTEXT]);

interface Fault {
  readonly expected: string;
  readonly got: string;
}

/** The refusals of a CP that could be read. */
const refusals = {
  refuseVersion: {
    providerReason: 'protocol-version-not-supported',
    fault: { expected: 'protocol version 1', got: 'other versions' },
  },
  refuseUserData: {
    providerReason: 'user-data-not-readable',
    fault: { expected: 'user data in accepted contexts', got: 'other user data' },
  },
} as const satisfies Partial<
  Record<PresentationAction, { readonly providerReason: ProviderReason; readonly fault: Fault }>
>;

/** What the machine is handling: a request, or an indication as read. */
type Subject = { readonly request: PresentationRequest } | { readonly received: Received };

export class PresentationMachine
  implements LayerMachine<PresentationRequest, SessionIndication, PresentationIndication, SessionRequest>
{
  readonly #options: PresentationOptions;
  #state: PresentationState = 'STAI0';
  #mode: PresentationMode = 'normal';
  #proposed: readonly PresentationContext[] = [];
  #contexts: readonly NegotiatedContext[] = [];
  #defined: ReadonlySet<number> = new Set();
  #outputs: PresentationOutput[] = [];

  constructor(options: PresentationOptions) {
    this.#options = options;
  }

  /** The state by its X.226 symbol. */
  get state(): PresentationState {
    return this.#state;
  }

  handle(input: PresentationInput, _now: Instant): readonly PresentationOutput[] {
    if (this.#state === 'ended' || input.from === 'timer') return [];
    this.#outputs = [];
    if (input.from === 'above') {
      this.#take(input.primitive.kind, { request: input.primitive });
    } else {
      const received = readIndication(input.primitive, { mode: this.#mode, defined: this.#defined });
      this.#negotiate(received);
      this.#take(received.event, { received });
    }
    return this.#outputs;
  }

  nextTimeout(): Instant | undefined {
    return undefined;
  }

  #take(event: PresentationEvent, subject: Subject): void {
    const branch = chooseBranch(presentationTable, { state: this.#state, event }, (predicate) =>
      this.#holds(predicate, subject),
    );
    if (branch === undefined) {
      assert('received' in subject, `presentation: ${event} in ${this.#state}`);
      this.#violation({ expected: `what ${this.#state} may receive`, got: event });
      this.#providerAbort('unexpected-ppdu', `unexpected ${event}`);
      this.#state = 'ended';
      return;
    }
    for (const action of branch.do ?? []) this.#act(action, subject);
    this.#state = branch.next ?? this.#state;
  }

  /** X.226 6.2: a CP has the contexts decided upon, a CPA tells what was decided. */
  #negotiate(received: Received): void {
    if (this.#state === 'STAI0' && received.event === 'CPx410') {
      this.#enterX410Mode();
      return;
    }
    if (this.#mode === 'x410-1984') return;
    if (this.#state === 'STAI0' && 'cp' in received) {
      this.#contexts = decideContexts(received.cp.proposed, this.#options.supports);
    } else if (this.#state === 'STAI1' && 'cpa' in received) {
      this.#contexts = readResults(this.#proposed, received.cpa.results) ?? [];
    } else {
      return;
    }
    this.#defined = definedContextSet(this.#contexts);
  }

  #holds(predicate: PresentationPredicate, subject: Subject): boolean {
    const received = receivedOf(subject);
    switch (predicate) {
      case 'selectorUnknown':
        return 'cp' in received && this.#options.acceptsSelector?.(received.cp.calledSelector) === false;
      case 'versionUnsupported':
        return received.event === 'CP' && 'cp' in received && !received.cp.version1;
      case 'userDataUnreadable': {
        if (!('cp' in received)) return false;
        const { userData } = received.cp;
        return !userData.ok || undefinedContext(userData.value, this.#defined) !== undefined;
      }
      case 'resultsMismatch':
        if (!('cpa' in received)) return false;
        if (this.#contexts.length !== this.#proposed.length) return true;
        return undefinedContext(received.cpa.userData, this.#defined) !== undefined;
    }
  }

  #act(action: PresentationAction, subject: Subject): void {
    switch (action) {
      case 'sendCP':
      case 'sendCPA':
      case 'sendCPR':
      case 'sendARU':
        this.#answer(requestOf(subject));
        return;
      case 'passDown':
        this.#down(throughRequest(requestOf(subject), this.#mode));
        return;
      case 'passUp': {
        const received = receivedOf(subject);
        assert('through' in received, 'an indication of the data phase');
        this.#up(toUser(received.through, received.userData));
        return;
      }
      case 'indicateConnect':
        this.#indicateConnect(receivedOf(subject));
        return;
      case 'confirmConnect':
        this.#confirmConnect(receivedOf(subject));
        return;
      case 'confirmRefusal': {
        const received = receivedOf(subject);
        assert(received.event === 'CPR' || received.event === 'SCONcnf-', 'a refusal');
        assert('from' in received, 'a refusal of session');
        const cpr = 'cpr' in received ? received.cpr : undefined;
        const refusal = refusalOf(received.from, cpr);
        this.#up({ kind: 'PCONcnf-', refusal, userData: cpr?.userData ?? [] });
        return;
      }
      case 'refuseSelector':
      case 'refuseVersion':
      case 'refuseUserData':
      case 'refuseInvalid':
        this.#refuse(action, receivedOf(subject));
        return;
      case 'abortInvalid': {
        const fault = faultOf(receivedOf(subject));
        this.#violation(fault);
        this.#providerAbort('invalid-ppdu-parameter-value', fault.got);
        return;
      }
      case 'indicateUserAbort': {
        const received = receivedOf(subject);
        assert(received.event === 'ARU' && !('through' in received), 'an ARU PPDU');
        this.#up({ kind: 'PUABind', userData: received.userData });
        return;
      }
      case 'indicateProviderAbort': {
        const received = receivedOf(subject);
        assert('cause' in received, 'an abort of a provider');
        this.#indicateProviderAbort(received.cause, received.detail);
        return;
      }
    }
  }

  /** The connection PPDUs that a request causes. */
  #answer(request: PresentationRequest): void {
    switch (request.kind) {
      case 'PCONreq': {
        if (request.mode === 'x410-1984') this.#enterX410Mode();
        this.#proposed = request.contexts;
        const { identifier, requirements, tokens, calledSessionSelector, callingSessionSelector } = request;
        this.#down({
          kind: 'SCONreq',
          identifier,
          requirements,
          tokens,
          calledSelector: calledSessionSelector,
          callingSelector: callingSessionSelector,
          userData: [this.#x410 ? encodeX410Connect(request.userData) : encodeCP(request)],
        });
        return;
      }
      case 'PCONrsp+': {
        const { identifier, requirements, tokens, userData } = request;
        const cpa = this.#x410 ? encodeX410Connect(userData) : encodeCPA(this.#contexts, userData);
        this.#down({ kind: 'SCONrsp+', identifier, requirements, tokens, userData: [cpa] });
        return;
      }
      case 'PCONrsp-':
        this.#refuseAsAsked(request);
        return;
      case 'PUABreq':
        this.#down({
          kind: 'SUABreq',
          userData: [this.#x410 ? encodeX410Set(request.userData) : encodeARU(request.userData)],
        });
        return;
      default:
        assert(false, `${request.kind} has no PPDU of its own`);
    }
  }

  #indicateConnect(received: Received): void {
    assert(received.event === 'CPx410' || (received.event === 'CP' && 'cp' in received), 'a CP PPDU');
    assert('from' in received, 'a CP PPDU');
    const { from } = received;
    this.#up({
      kind: 'PCONind',
      mode: this.#mode,
      ...('cp' in received && {
        calledSelector: received.cp.calledSelector,
        callingSelector: received.cp.callingSelector,
      }),
      calledSessionSelector: from.calledSelector,
      callingSessionSelector: from.callingSelector,
      identifier: from.identifier,
      requirements: from.requirements,
      tokens: from.tokens,
      contexts: this.#contexts,
      userData: connectData(received),
    });
  }

  #confirmConnect(received: Received): void {
    assert(received.event === 'CPA' && 'cpa' in received, 'a CPA PPDU');
    const { cpa, from } = received;
    this.#up({
      kind: 'PCONcnf+',
      identifier: from.identifier,
      requirements: from.requirements,
      tokens: from.tokens,
      contexts: this.#contexts,
      userData: cpa.userData,
    });
  }

  /** A refusal of this layer: the users above never hear of the connection, but that it is gone. */
  #refuse(why: keyof typeof refusals | 'refuseInvalid' | 'refuseSelector', received: Received): void {
    if (why === 'refuseSelector') {
      // No violation: whoever knows the selectors has told of it.
      this.#refuseWith(this.#providerCPR('called-presentation-address-unknown'));
      this.#indicateProviderAbort('protocol-error', 'connection refused: presentation selector unknown');
      return;
    }
    const providerReason = why === 'refuseInvalid' ? 'reason-not-specified' : refusals[why].providerReason;
    this.#refuseWith(this.#providerCPR(providerReason));
    this.#refused(why === 'refuseInvalid' ? faultOf(received) : refusals[why].fault);
  }

  #refuseAsAsked({ userData, provider }: Extract<PresentationRequest, { kind: 'PCONrsp-' }>): void {
    // X.410-1984 mode has no word of presentation's: session says that the address is unknown.
    if (provider?.by === 'session') this.#down({ kind: 'SCONrsp-', reason: provider.reason });
    else if (this.#x410 && provider !== undefined) {
      this.#down({ kind: 'SCONrsp-', reason: 'session-selector-unknown' });
    } else if (this.#x410) this.#refuseWith(encodeX410Set(userData));
    else if (provider !== undefined) this.#refuseWith(this.#providerCPR(provider.reason));
    else this.#refuseWith(encodeCPR({ contexts: this.#contexts, userData }));
  }

  #providerCPR(providerReason: ProviderReason): Uint8Array {
    return encodeCPR({ contexts: this.#contexts, providerReason, userData: [] });
  }

  #refuseWith(cpr: Uint8Array): void {
    this.#down({ kind: 'SCONrsp-', reason: 'user-data-follows', userData: [cpr] });
  }

  #refused(fault: Fault): void {
    this.#violation(fault);
    const detail = `connection refused: expected ${fault.expected}, got ${fault.got}`;
    this.#indicateProviderAbort('protocol-error', detail);
  }

  #providerAbort(reason: AbortReason, detail: string): void {
    const connecting = this.#state === 'STAI0';
    // X.410-1984 mode has no ARP: an RTAB without a reason says that it is over.
    const ppdu = this.#x410 ? encodeX410Set([]) : encodeARP(reason);
    if (!connecting) this.#down({ kind: 'SUABreq', userData: [ppdu] });
    this.#indicateProviderAbort('protocol-error', detail);
  }

  #indicateProviderAbort(cause: ProviderAbortCause, detail: string): void {
    this.#up({ kind: 'PPABind', cause, detail });
  }

  get #x410(): boolean {
    return this.#mode === 'x410-1984';
  }

  #enterX410Mode(): void {
    this.#mode = 'x410-1984';
    this.#contexts = [];
    this.#defined = X410_CONTEXTS;
  }

  #up(primitive: PresentationIndication): void {
    this.#outputs.push({ to: 'above', primitive });
  }

  #down(primitive: SessionRequest): void {
    this.#outputs.push({ to: 'below', primitive });
  }

  #violation(fault: Fault): void {
    const { expected, got } = fault;
    this.#outputs.push({
      to: 'log',
      violation: { layer: 'presentation', clause: 'X.226 7', state: this.#state, expected, got },
    });
  }
}

function requestOf(subject: Subject): PresentationRequest {
  assert('request' in subject, 'a request');
  return subject.request;
}

function receivedOf(subject: Subject): Received {
  assert('received' in subject, 'an indication');
  return subject.received;
}

/** The user data of a CP, which the table has found readable. */
function connectData(received: Received): readonly PresentationDataReceived[] {
  if (received.event === 'CPx410' && 'userData' in received) return received.userData;
  assert('cp' in received && received.cp.userData.ok, 'readable user data');
  return received.cp.userData.value;
}

function throughRequest(request: PresentationRequest, mode: PresentationMode): SessionRequest {
  assert(
    request.kind !== 'PCONreq' &&
      request.kind !== 'PCONrsp+' &&
      request.kind !== 'PCONrsp-' &&
      request.kind !== 'PUABreq',
    'a request of the data phase',
  );
  return toSession(request, mode);
}

function faultOf(received: Received): Fault {
  if (received.event === 'PPDUinvalid' && 'got' in received) return received;
  return { expected: 'a result for every proposed context, and user data in them', got: 'another CPA' };
}
