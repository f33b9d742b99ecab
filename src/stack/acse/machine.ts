// The association control protocol machine (X.227), kernel: an association per connection. In X.410-1984 mode
// it has no APDUs and passes through what it hears. It has no timers; session's run out below it and RTSE's
// above. Invariant: after `ended` nothing is said.

import { assert } from '../../base/assert.ts';
import type { Instant } from '../../base/time.ts';
import type { LayerInput, LayerMachine, LayerOutput } from '../kernel/machine.ts';
import { chooseBranch } from '../kernel/table.ts';
import type { Tolerates } from '../kernel/tolerance.ts';
import type { PresentationRequest } from '../presentation/service.ts';
import type { AssociateSourceDiagnostic } from './apdu.ts';
import { encodeApdu, userInformation } from './apdu-codec.ts';
import { type AcseReceived, type AcseHears, readIndication } from './received.ts';
import { refusalOf } from './refusal.ts';
import {
  ACSE_ABSTRACT_SYNTAX,
  type AcseIndication,
  type AcseRequest,
  type NegotiatedContext,
  type PresentationDataValue,
  type PresentationMode,
} from './service.ts';
import type { AcseAction, AcseEvent, AcseState } from './states.ts';
import { acseTable } from './table.ts';

export type AcseSays = Extract<
  PresentationRequest,
  { kind: 'PCONreq' | 'PCONrsp+' | 'PCONrsp-' | 'PRELreq' | 'PRELrsp+' | 'PUABreq' }
>;
export type AcseInput = LayerInput<AcseRequest, AcseHears>;
export type AcseOutput = LayerOutput<AcseIndication, AcseSays>;

type Subject = { readonly request: AcseRequest } | { readonly received: AcseReceived };

export class AcseMachine implements LayerMachine<AcseRequest, AcseHears, AcseIndication, AcseSays> {
  readonly #tolerates: Tolerates | undefined;
  #state: AcseState = 'STA0';
  #mode: PresentationMode = 'normal';
  #context: number | undefined;
  #outputs: AcseOutput[] = [];

  /** `tolerates` left out: every deviation of the peer is put up with. */
  constructor(tolerates?: Tolerates) {
    this.#tolerates = tolerates;
  }

  /** The state by its X.227 symbol. */
  get state(): AcseState {
    return this.#state;
  }

  handle(input: AcseInput, _now: Instant): readonly AcseOutput[] {
    if (this.#state === 'ended' || input.from === 'timer') return [];
    this.#outputs = [];
    if (input.from === 'above') {
      this.#take(input.primitive.kind, { request: input.primitive });
    } else {
      this.#learnContext(input.primitive);
      const received = readIndication(input.primitive, {
        mode: this.#mode,
        context: this.#context,
        tolerates: this.#tolerates,
      });
      this.#take(received.event, { received });
    }
    return this.#outputs;
  }

  nextTimeout(): Instant | undefined {
    return undefined;
  }

  /** The presentation context of the ACSE APDUs is the first accepted one of its abstract syntax. */
  #learnContext(indication: AcseHears): void {
    if (indication.kind === 'PCONind') this.#mode = indication.mode;
    if (indication.kind === 'PCONind' || indication.kind === 'PCONcnf+') {
      this.#context = contextOf(indication.contexts);
    }
  }

  #take(event: AcseEvent, subject: Subject): void {
    const branch = chooseBranch(
      acseTable,
      { state: this.#state, event },
      () => 'received' in subject && subject.received.event === 'AARQ' && !subject.received.version1,
    );
    if (branch === undefined) {
      assert('received' in subject, `ACSE: ${event} in ${this.#state}`);
      this.#abort({ expected: `what ${this.#state} may receive`, got: event });
      this.#state = 'ended';
      return;
    }
    for (const action of branch.do ?? []) this.#act(action, subject);
    this.#state = branch.next ?? this.#state;
  }

  #act(action: AcseAction, subject: Subject): void {
    switch (action) {
      case 'sendAARQ':
      case 'sendAAREaccepted':
      case 'sendAARErejected':
      case 'sendRLRQ':
      case 'sendRLRE':
      case 'sendABRT':
        assert('request' in subject, 'a request');
        this.#send(subject.request);
        return;
      default:
        assert('received' in subject, 'an indication');
        this.#hear(action, subject.received);
        return;
    }
  }

  /** The APDU that a request causes, in the presentation primitive that carries it. */
  #send(request: AcseRequest): void {
    if (request.kind === 'AASCreq') this.#mode = request.mode;
    if (this.#mode === 'x410-1984') {
      this.#down(passThrough(request));
      return;
    }
    switch (request.kind) {
      case 'AASCreq':
        this.#sendAARQ(request);
        return;
      case 'AASCrsp+': {
        const { identifier, requirements, tokens } = request;
        const aare = this.#aare(request, {
          result: 'accepted',
          diagnostic: { kind: 'serviceUser', value: 'null' },
        });
        this.#down({
          kind: 'PCONrsp+',
          identifier,
          requirements,
          tokens,
          userData: this.#value(aare),
        });
        return;
      }
      case 'AASCrsp-': {
        const { result, diagnostic, provider } = request;
        if (provider !== undefined) {
          this.#down({ kind: 'PCONrsp-', userData: [], provider });
          return;
        }
        const aare = this.#aare(request, { result, diagnostic: { kind: 'serviceUser', value: diagnostic } });
        this.#down({ kind: 'PCONrsp-', userData: this.#value(aare) });
        return;
      }
      case 'ARLSreq':
        this.#down({
          kind: 'PRELreq',
          userData: this.#value(encodeApdu({ kind: 'rlrq', value: { reason: 'normal' } })),
        });
        return;
      case 'ARLSrsp+':
        this.#down({
          kind: 'PRELrsp+',
          userData: this.#value(encodeApdu({ kind: 'rlre', value: { reason: 'normal' } })),
        });
        return;
      case 'AABRreq': {
        const information = userInformation(request.userInformation);
        this.#sendABRT('acse-service-user', information);
        return;
      }
    }
  }

  #sendAARQ(request: Extract<AcseRequest, { kind: 'AASCreq' }>): void {
    const { applicationContext, userInformation: information, ...rest } = request;
    assert(applicationContext !== undefined, 'normal mode names an application context');
    this.#context = ownContext(request.contexts);
    const aarq = encodeApdu({
      kind: 'aarq',
      value: {
        applicationContextName: applicationContext,
        userInformation: userInformation(information),
      },
    });
    this.#down({ ...rest, kind: 'PCONreq', userData: this.#value(aarq) });
  }

  #hear(action: AcseAction, received: AcseReceived): void {
    switch (action) {
      case 'indicateAssociate':
      case 'confirmAssociate':
        this.#associate(received);
        return;
      case 'confirmRefusal': {
        assert(received.event === 'AARE-' || received.event === 'PCONcnf-', 'a refusal');
        this.#up({ kind: 'AASCcnf-', ...refusalOf(received) });
        return;
      }
      case 'rejectVersion':
        this.#violation({ expected: 'ACSE protocol version 1', got: 'other versions' });
        this.#reject('no-common-acse-version');
        return;
      case 'rejectInvalid':
        this.#violation(faultOf(received));
        this.#reject('no-reason-given');
        return;
      case 'indicateRelease':
        this.#up({ kind: 'ARLSind' });
        return;
      case 'confirmRelease':
        this.#up({ kind: 'ARLScnf+' });
        return;
      case 'indicateAbort':
        assert(received.event === 'ABRT', 'an ABRT');
        this.#up({
          kind: 'AABRind',
          source: received.source,
          userInformation: received.userInformation,
        });
        return;
      case 'indicateProviderAbort':
        assert(received.event === 'PPABind', 'a provider abort');
        this.#up({ kind: 'APABind', cause: received.from.cause, detail: received.from.detail });
        return;
      case 'abortInvalid':
        this.#abort(faultOf(received));
        return;
      default:
        assert(false, `${action} follows no indication`);
    }
  }

  /** An AARQ or an accepting AARE, with what came through with it. */
  #associate(received: AcseReceived): void {
    assert(received.event === 'AARQ' || received.event === 'AARE+', 'an AARQ or an accepting AARE');
    const { applicationContext } = received;
    const { userInformation } = received;
    if (received.event === 'AARQ') {
      const { userData: _, ...rest } = received.from;
      this.#up({ ...rest, kind: 'AASCind', applicationContext, userInformation });
    } else {
      const { userData: _, ...rest } = received.from;
      this.#up({ ...rest, kind: 'AASCcnf+', applicationContext, userInformation });
    }
  }

  #aare(
    answer: {
      readonly applicationContext?: string;
      readonly userInformation: readonly PresentationDataValue[];
    },
    outcome: {
      readonly result: 'accepted' | 'rejected-permanent' | 'rejected-transient';
      readonly diagnostic: AssociateSourceDiagnostic;
    },
  ): Uint8Array {
    return encodeApdu({
      kind: 'aare',
      value: {
        applicationContextName: answer.applicationContext ?? NO_APPLICATION_CONTEXT,
        result: outcome.result,
        resultSourceDiagnostic: outcome.diagnostic,
        userInformation: userInformation(answer.userInformation),
      },
    });
  }

  /** A refusal of this layer: the user never hears of the attempt. */
  #reject(reason: 'no-common-acse-version' | 'no-reason-given'): void {
    const aare = this.#aare(
      { applicationContext: NO_APPLICATION_CONTEXT, userInformation: [] },
      { result: 'rejected-permanent', diagnostic: { kind: 'serviceProvider', value: reason } },
    );
    this.#down({ kind: 'PCONrsp-', userData: this.#value(aare) });
    this.#up({ kind: 'APABind', cause: 'protocol-error', detail: `association refused: ${reason}` });
  }

  #abort(fault: { readonly expected: string; readonly got: string }): void {
    this.#violation(fault);
    this.#sendABRT('acse-service-provider', undefined);
    this.#up({ kind: 'APABind', cause: 'protocol-error', detail: fault.got });
  }

  #sendABRT(
    abortSource: 'acse-service-user' | 'acse-service-provider',
    information: ReturnType<typeof userInformation>,
  ): void {
    if (this.#mode === 'x410-1984') {
      this.#down({ kind: 'PUABreq', userData: [] });
      return;
    }
    const abrt = encodeApdu({ kind: 'abrt', value: { abortSource, userInformation: information } });
    this.#down({ kind: 'PUABreq', userData: this.#value(abrt) });
  }

  /** An APDU as a data value in our context; none where no context was accepted for it. */
  #value(apdu: Uint8Array): readonly PresentationDataValue[] {
    return this.#context === undefined ? [] : [{ context: this.#context, value: [apdu] }];
  }

  #up(primitive: AcseIndication): void {
    this.#outputs.push({ to: 'above', primitive });
  }

  #down(primitive: AcseSays): void {
    this.#outputs.push({ to: 'below', primitive });
  }

  #violation(fault: { readonly expected: string; readonly got: string }): void {
    const { expected, got } = fault;
    this.#outputs.push({
      to: 'log',
      violation: { layer: 'acse', clause: 'X.227 7', state: this.#state, expected, got },
    });
  }
}

/** X.227 6: what a request is to presentation in X.410-1984 mode, which has no APDU of this layer. */
function passThrough(request: AcseRequest): AcseSays {
  switch (request.kind) {
    case 'AASCreq': {
      const { userInformation: userData, applicationContext: _, ...rest } = request;
      return { ...rest, kind: 'PCONreq', userData };
    }
    case 'AASCrsp+': {
      const { identifier, requirements, tokens, userInformation: userData } = request;
      return { kind: 'PCONrsp+', identifier, requirements, tokens, userData };
    }
    case 'AASCrsp-':
      return {
        kind: 'PCONrsp-',
        userData: request.userInformation,
        ...(request.provider !== undefined && { provider: request.provider }),
      };
    case 'ARLSreq':
      return { kind: 'PRELreq', userData: [] };
    case 'ARLSrsp+':
      return { kind: 'PRELrsp+', userData: [] };
    case 'AABRreq':
      return { kind: 'PUABreq', userData: request.userInformation };
  }
}

/** Stands where an AARE must name an application context and no readable AARQ named one: ACSE's own. */
const NO_APPLICATION_CONTEXT = ACSE_ABSTRACT_SYNTAX;

function contextOf(contexts: readonly NegotiatedContext[]): number | undefined {
  return contexts.find((context) => context.accepted && context.abstractSyntax === ACSE_ABSTRACT_SYNTAX)
    ?.identifier;
}

function ownContext(
  contexts: readonly { readonly identifier: number; readonly abstractSyntax: string }[],
): number {
  const own = contexts.find(({ abstractSyntax }) => abstractSyntax === ACSE_ABSTRACT_SYNTAX);
  assert(own !== undefined, 'the contexts proposed include that of ACSE');
  return own.identifier;
}

function faultOf(received: AcseReceived): { readonly expected: string; readonly got: string } {
  assert(received.event === 'APDUinvalid', 'an APDU that is not what it must be');
  return received;
}
