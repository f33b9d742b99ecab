// The layers joined: what one says is what its neighbour hears, in order, until nobody says anything more.
// The only file that knows which layer is whose neighbour. Not here: packets; the life of the network
// connection.

import { type Instant, earlier } from '../../base/time.ts';
import type { AcseInput, AcseOutput } from '../acse/machine.ts';
import type { AcseHears } from '../acse/received.ts';
import type { AcseRequest } from '../acse/service.ts';
import type { ProtocolViolation } from '../kernel/machine.ts';
import type { Tolerates } from '../kernel/tolerance.ts';
import type { PresentationInput, PresentationOutput } from '../presentation/machine.ts';
import type { PresentationIndication } from '../presentation/service.ts';
import type { RtseHears, RtseOutput, RtseSays } from '../rtse/effects.ts';
import type { RtseInput } from '../rtse/machine.ts';
import type { RtseTimer } from '../rtse/timers.ts';
import type { RTIndication } from '../rtse/service.ts';
import type { SessionInput, SessionOutput } from '../session/machine.ts';
import type { SessionTimer } from '../session/timers.ts';
import type { NetworkRequest } from '../tpkt/service.ts';
import type { TransportInput, TransportOutput } from '../transport/machine.ts';
import type { TransportIndication } from '../transport/service.ts';
import { type Machines, machinesOf } from './machines.ts';
import type { AssociationOptions } from './service.ts';

/** Something that one of the layers hears. */
export type Parcel =
  | { readonly to: 'transport'; readonly input: TransportInput }
  | { readonly to: 'session'; readonly input: SessionInput }
  | { readonly to: 'presentation'; readonly input: PresentationInput }
  | { readonly to: 'acse'; readonly input: AcseInput }
  | { readonly to: 'rtse'; readonly input: RtseInput };

/** What leaves the layers. */
export interface Exits {
  readonly network: (request: NetworkRequest) => void;
  readonly user: (indication: RTIndication) => void;
  readonly log: (violation: ProtocolViolation) => void;
  /** For those who want to know the selectors of a call: they are in no primitive of a higher layer. */
  readonly transportIndication: (indication: TransportIndication) => void;
}

export class Layers {
  readonly machines: Machines;
  readonly #exits: Exits;
  readonly #timers: AssociationOptions['timers'];
  readonly #queue: Parcel[] = [];
  /** A breach has been told: what runs out after that follows from it. */
  #told = false;

  constructor(options: AssociationOptions, tolerates: Tolerates, exits: Exits) {
    this.machines = machinesOf(options, tolerates);
    this.#timers = options.timers;
    this.#exits = {
      ...exits,
      log: (violation) => {
        if (!this.#told) exits.log(violation);
        this.#told = true;
      },
    };
  }

  /** Delivers `parcel`, and everything that follows from it. */
  deliver(parcel: Parcel, now: Instant): void {
    this.#queue.push(parcel);
    for (let index = 0; index < this.#queue.length; index += 1) this.#handle(this.#queue[index], now);
    this.#queue.length = 0;
  }

  /** Lets every timer that has run out by `now` act, the highest layer first. */
  timeOut(now: Instant): void {
    const { transport, session, rtse } = this.machines;
    const input = { from: 'timer' } as const;
    const ranOut =
      rtse.expired(now) ?? session.expired(now) ?? (isDue(transport.nextTimeout(), now) && 'open');
    // The time of a transfer is no silence: the activity is discarded, and the association goes on.
    if (ranOut !== undefined && ranOut !== false && ranOut !== 'transfer')
      this.#exits.log(this.#silence(ranOut));
    if (isDue(rtse.nextTimeout(), now)) this.deliver({ to: 'rtse', input }, now);
    if (isDue(session.nextTimeout(), now)) this.deliver({ to: 'session', input }, now);
    if (isDue(transport.nextTimeout(), now)) this.deliver({ to: 'transport', input }, now);
  }

  /** The peer was silent until `timer` ran out: where each layer stood, and which one waited. */
  #silence(timer: SilenceTimer): ProtocolViolation {
    const { transport, session, rtse } = this.machines;
    const limit_ms = this.#timers[limits[timer]];
    const { layer, clause, expected } = silences[this.#silentLayer(timer)];
    const state = `transport ${transport.state}, session ${session.state}, rtse ${rtse.state}`;
    return {
      layer,
      clause,
      state,
      expected,
      got: `silence for ${limit_ms} ms`,
      timeout: { timer, limit_ms },
    };
  }

  /** The earliest deadline of any layer. Presentation and ACSE have none. */
  nextTimeout(): Instant | undefined {
    const { transport, session, rtse } = this.machines;
    return earlier(earlier(transport.nextTimeout(), session.nextTimeout()), rtse.nextTimeout());
  }

  /** The lowest layer that is not through with connecting or with taking down; else RTSE. */
  #silentLayer(timer: SilenceTimer): keyof typeof silences {
    const { transport, rtse } = this.machines;
    if (transport.state === 'WFCR' || transport.state === 'WFCC') return 'transport';
    const session = rtse.state === 'connected' || rtse.state === 'openSent';
    return session || timer === 'release' || timer === 'abort' ? 'session' : 'rtse';
  }

  #handle(parcel: Parcel, now: Instant): void {
    const { transport, session, presentation, acse, rtse } = this.machines;
    switch (parcel.to) {
      case 'transport':
        for (const output of transport.handle(parcel.input, now)) this.#fromTransport(output);
        return;
      case 'session':
        for (const output of session.handle(parcel.input, now)) this.#fromSession(output);
        return;
      case 'presentation':
        for (const output of presentation.handle(parcel.input, now)) this.#fromPresentation(output);
        return;
      case 'acse':
        for (const output of acse.handle(parcel.input, now)) this.#fromAcse(output);
        return;
      case 'rtse':
        for (const output of rtse.handle(parcel.input, now)) this.#fromRtse(output);
    }
  }

  #fromTransport(output: TransportOutput): void {
    if (output.to === 'log') this.#exits.log(output.violation);
    else if (output.to === 'below') this.#exits.network(output.primitive);
    else {
      this.#exits.transportIndication(output.primitive);
      this.#queue.push({ to: 'session', input: { from: 'below', primitive: output.primitive } });
    }
  }

  #fromSession(output: SessionOutput): void {
    if (output.to === 'log') this.#exits.log(output.violation);
    else if (output.to === 'below') {
      this.#queue.push({ to: 'transport', input: { from: 'above', primitive: output.primitive } });
    } else {
      this.#queue.push({ to: 'presentation', input: { from: 'below', primitive: output.primitive } });
    }
  }

  /** X.226: connection, release and abort are ACSE's; the rest goes straight to RTSE. */
  #fromPresentation(output: PresentationOutput): void {
    if (output.to === 'log') this.#exits.log(output.violation);
    else if (output.to === 'below') {
      this.#queue.push({ to: 'session', input: { from: 'above', primitive: output.primitive } });
    } else if (isForAcse(output.primitive)) {
      this.#queue.push({ to: 'acse', input: { from: 'below', primitive: output.primitive } });
    } else {
      this.#queue.push({ to: 'rtse', input: { from: 'below', primitive: output.primitive } });
    }
  }

  #fromAcse(output: AcseOutput): void {
    if (output.to === 'log') this.#exits.log(output.violation);
    else if (output.to === 'below') {
      this.#queue.push({ to: 'presentation', input: { from: 'above', primitive: output.primitive } });
    } else {
      this.#queue.push({ to: 'rtse', input: { from: 'below', primitive: output.primitive } });
    }
  }

  #fromRtse(output: RtseOutput): void {
    if (output.to === 'log') this.#exits.log(output.violation);
    else if (output.to === 'above') this.#exits.user(output.primitive);
    else if (isAcseRequest(output.primitive)) {
      this.#queue.push({ to: 'acse', input: { from: 'above', primitive: output.primitive } });
    } else {
      this.#queue.push({ to: 'presentation', input: { from: 'above', primitive: output.primitive } });
    }
  }
}

type SilenceTimer = Exclude<RtseTimer, 'transfer'> | SessionTimer;

/** The option that sets each timer. Release and abort end an association, as disconnect does above them. */
const limits: Readonly<Record<SilenceTimer, keyof AssociationOptions['timers']>> = {
  open: 'open_ms',
  activity: 'activity_ms',
  idle: 'idle_ms',
  disconnect: 'disconnect_ms',
  release: 'disconnect_ms',
  abort: 'disconnect_ms',
};

/** What is due in each layer when nothing comes. */
const silences = {
  transport: { layer: 'transport', clause: 'X.224 6.5', expected: 'CR or CC' },
  session: { layer: 'session', clause: 'X.225 7', expected: 'CN, AC or DN' },
  rtse: { layer: 'rtse', clause: 'X.228 7', expected: 'a word of the peer' },
} as const;

function isDue(at: Instant | undefined, now: Instant): boolean {
  return at !== undefined && at <= now;
}

function isForAcse(
  indication: PresentationIndication,
): indication is Exclude<PresentationIndication, RtseHears> & AcseHears {
  switch (indication.kind) {
    case 'PCONind':
    case 'PCONcnf+':
    case 'PCONcnf-':
    case 'PRELind':
    case 'PRELcnf+':
    case 'PUABind':
    case 'PPABind':
      return true;
    default:
      return false;
  }
}

function isAcseRequest(request: RtseSays): request is AcseRequest {
  switch (request.kind) {
    case 'AASCreq':
    case 'AASCrsp+':
    case 'AASCrsp-':
    case 'ARLSreq':
    case 'ARLSrsp+':
    case 'AABRreq':
      return true;
    default:
      return false;
  }
}
