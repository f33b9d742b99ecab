// The session protocol machine (X.225): one session connection over one transport connection, both roles.
// The role follows from the first event: SCONreq makes an initiator, TCONind an acceptor. The table
// decides; `predicates.ts` and `actions.ts` say what its words mean. Invariant: after STA16 or the second
// STA01 nothing goes up any more.

import { assert } from '../../base/assert.ts';
import type { Instant } from '../../base/time.ts';
import type { LayerInput, LayerMachine } from '../kernel/machine.ts';
import { chooseBranch } from '../kernel/table.ts';
import type { TransportIndication, TransportRequest } from '../transport/service.ts';

import { actions } from './actions.ts';
import { SessionConnection } from './connection.ts';
import type { Occasion, SessionOptions, SessionOutput } from './connection.ts';
import { predicates } from './predicates.ts';
import type { SessionIndication, SessionRequest } from './service.ts';
import { decodeTsdu } from './spdu-decoder.ts';
import type { ReceivedSpdu } from './spdu.ts';
import { spduForms } from './spdu.ts';
import { SsduReassembly } from './ssdu.ts';
import type { SessionState } from './states.ts';
import { sessionTable } from './table.ts';
import type { SessionTimer } from './timers.ts';

export type { SessionOptions, SessionOutput } from './connection.ts';
export type SessionInput = LayerInput<SessionRequest, TransportIndication>;

export class SessionMachine
  implements LayerMachine<SessionRequest, TransportIndication, SessionIndication, TransportRequest>
{
  readonly #connection: SessionConnection;
  readonly #reassembly: SsduReassembly;
  #state: SessionState = 'STA01';
  /** Asked for while GTA is awaited (STA18), where X.225 has no cell for it: said after GTA. */
  #pleaseHeld: Extract<SessionRequest, { kind: 'SPTreq' }> | undefined;

  constructor(options: SessionOptions) {
    this.#connection = new SessionConnection(options);
    this.#reassembly = new SsduReassembly(this.#connection.ssduOctetsMax);
  }

  /** The state by its X.225 symbol, for example STA713. */
  get state(): SessionState {
    return this.#state;
  }

  /** The timer that has run out by `now` and that the next `timer` input is about. */
  expired(now: Instant): SessionTimer | undefined {
    const { deadline } = this.#connection;
    return deadline !== undefined && now >= deadline.at ? deadline.timer : undefined;
  }

  handle(input: SessionInput, now: Instant): readonly SessionOutput[] {
    const connection = this.#connection;
    connection.outputs = [];
    if (input.from === 'above') {
      const { primitive: request } = input;
      if (request.kind === 'SPTreq' && this.#state === 'STA18') this.#pleaseHeld = request;
      else this.#step({ event: request.kind, now, request });
    } else if (input.from === 'timer') {
      const { deadline } = connection;
      if (deadline !== undefined && now >= deadline.at) this.#step({ event: `TIM ${deadline.timer}`, now });
    } else if (input.primitive.kind === 'TDTind') {
      this.#takeTsdu(input.primitive.tsdu, now);
    } else {
      this.#step({ event: input.primitive.kind, now, transport: input.primitive });
    }
    return connection.outputs;
  }

  nextTimeout(): Instant | undefined {
    return this.#connection.deadline?.at;
  }

  #takeTsdu(tsdu: Uint8Array, now: Instant): void {
    const decoded = decodeTsdu(tsdu);
    if (!decoded.ok) {
      this.#step({ event: 'invalid', now, detail: decoded.error });
      return;
    }
    const intolerable = this.#intolerable(decoded.value);
    if (intolerable !== undefined) {
      this.#step({ event: 'invalid', now, detail: intolerable });
      return;
    }
    for (const spdu of decoded.value) this.#takeSpdu(spdu, now);
  }

  /** What of these SPDUs of one TSDU departs from X.225 and is not put up with. */
  #intolerable(spdus: readonly ReceivedSpdu[]): string | undefined {
    const { tolerates } = this.#connection.options;
    const alone = 'a token SPDU without tokens, alone';
    if (spdus.length === 0 && tolerates?.('emptyTokensAlone', alone) === false) return alone;
    const inOne = spdus.filter(({ kind }) => spduForms[kind].category !== 0);
    if (inOne.length > 1) {
      const got = `${inOne.map(({ kind }) => kind).join(' ')} in one TSDU`;
      if (tolerates?.('extendedConcatenation', got) === false) return got;
    }
    for (const { kind, unknownParameter } of spdus) {
      if (unknownParameter === undefined) continue;
      const got = `parameter ${unknownParameter} in ${kind}`;
      if (tolerates?.('sessionParametersUnknown', got) === false) return got;
    }
    return undefined;
  }

  #takeSpdu(received: ReceivedSpdu, now: Instant): void {
    const spdu = this.#reassembly.take(received);
    if (typeof spdu === 'string') this.#step({ event: 'invalid', now, detail: spdu });
    else if (spdu !== undefined && this.#overflowFits(spdu, now)) this.#step({ event: spdu.kind, now, spdu });
    this.#sayHeldPlease(now);
  }

  /**
   * A user that has given control may want it back before it can know that the peer has it (GTA has no
   * indication).
   */
  #sayHeldPlease(now: Instant): void {
    const request = this.#pleaseHeld;
    if (request === undefined || this.#state === 'STA18') return;
    this.#pleaseHeld = undefined;
    if (this.#state === 'STA713') this.#step({ event: 'SPTreq', now, request });
  }

  /** The user data of CDO SPDUs are held until the last, and so are bounded like an SSDU. */
  #overflowFits(spdu: ReceivedSpdu, now: Instant): boolean {
    const connection = this.#connection;
    if (spdu.kind !== 'CDO') return true;
    connection.overflowOctets += spdu.userData?.length ?? 0;
    const fits = connection.overflowOctets <= connection.ssduOctetsMax;
    if (!fits) this.#step({ event: 'invalid', now, detail: 'too long user data in CDO' });
    return fits;
  }

  #step(occasion: Occasion): void {
    const connection = this.#connection;
    const at = { state: this.#state, event: occasion.event };
    const branch = chooseBranch(sessionTable, at, (name) => predicates[name](connection, occasion));
    if (branch !== undefined) {
      for (const action of branch.do ?? []) {
        if (action === 'violation') this.#violation(occasion);
        else actions[action](connection, occasion);
      }
      if (branch.next !== undefined) this.#state = branch.next;
      return;
    }
    assert(occasion.request === undefined, `no ${at.event} in ${at.state}`);
    if (occasion.spdu === undefined || at.event === 'invalid') return;
    this.#step({ ...occasion, event: 'invalid', detail: this.#describe(occasion.spdu) });
  }

  #violation(occasion: Occasion): void {
    const got = occasion.event.startsWith('TIM') ? 'nothing in time' : (occasion.detail ?? occasion.event);
    const violation = { layer: 'session', clause: 'X.225 A.4.3', state: this.#state, got } as const;
    const expected = spdusDueIn(this.#state).join(' ');
    this.#connection.outputs.push({ to: 'log', violation: { ...violation, expected } });
  }

  #describe({ kind, serialNumber }: ReceivedSpdu): string {
    const { VA, VM, Vact, owned, available } = this.#connection.variables;
    const number = serialNumber === undefined ? '' : ` ${serialNumber}`;
    const variables = `V(A) ${VA}, V(M) ${VM}, Vact ${Vact}, tokens ${owned} of ${available} here`;
    return `${kind}${number} (${variables})`;
  }
}

/** The SPDUs that have a cell in a state. */
function spdusDueIn(state: SessionState): string[] {
  return Object.keys(sessionTable[state]).filter((event) => Object.hasOwn(spduForms, event));
}
