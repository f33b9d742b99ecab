// An RTSE machine brought into each of its states, and everything that it can hear there: for tests that
// drive its table. The layers below are played by the test.

import { concat } from '../../src/base/octets.ts';
import { type Instant, instant } from '../../src/base/time.ts';
import { encodeRTOAC, encodeRTORQ, encodeRTTP, encodeRTTR } from '../../src/stack/rtse/apdu-codec.ts';
import type { RtseHears, RtseOutput } from '../../src/stack/rtse/effects.ts';
import { InboundApdu } from '../../src/stack/rtse/inbound.ts';
import { wrapperHead } from '../../src/stack/rtse/external-wrapper.ts';
import { RtseMachine } from '../../src/stack/rtse/machine.ts';
import type { RTRequest } from '../../src/stack/rtse/service.ts';
import type { RtseState } from '../../src/stack/rtse/states.ts';

export type Heard = { readonly above: RTRequest } | { readonly below: RtseHears } | 'timer';

export interface Variant {
  readonly twoWayAlternate: boolean;
  readonly exceptions: boolean;
  /** 0: none. */
  readonly transferTime_ms: number;
}

export const variants: readonly Variant[] = [false, true].flatMap((twoWayAlternate) =>
  [false, true].flatMap((exceptions) =>
    [0, 1000].map((transferTime_ms) => ({ twoWayAlternate, exceptions, transferTime_ms })),
  ),
);

const userData = Uint8Array.of(0xb0, 0);
const apdu = new Uint8Array(600).fill(0x41);
const wrapped = concat([wrapperHead(5, apdu.length), apdu]);

const contexts = [
  { identifier: 1, abstractSyntax: '2.2.1.0.1', accepted: true },
  { identifier: 3, abstractSyntax: '2.6.0.2.12', accepted: true },
  { identifier: 5, abstractSyntax: '2.6.0.2.7', accepted: true },
];
const atInitiator = {
  data: 'initiator',
  synchronizeMinor: 'initiator',
  majorActivity: 'initiator',
} as const;

function dialogueMode(variant: Variant): 'monologue' | 'two-way-alternate' {
  return variant.twoWayAlternate ? 'two-way-alternate' : 'monologue';
}

function requirements(variant: Variant): number {
  return variant.exceptions ? 0x0249 : 0x0049;
}

export function openRequest(
  variant: Variant,
  initialTurn: 'initiator' | 'responder' = 'initiator',
): RTRequest {
  const sizes = { checkpointSize: 1, window: 3 };
  return { kind: 'RTOPENreq', ...sizes, dialogueMode: dialogueMode(variant), initialTurn, userData };
}

/** The call of a peer. `changes` make it one that cannot be answered. */
export function call(
  variant: Variant,
  changes: Partial<Extract<RtseHears, { kind: 'AASCind' }>> = {},
): RtseHears {
  const rtorq = encodeRTORQ({ checkpointSize: 1, window: 3, dialogueMode: dialogueMode(variant), userData });
  return {
    kind: 'AASCind',
    mode: 'normal',
    applicationContext: '2.6.0.1.6',
    contexts,
    identifier: {},
    requirements: requirements(variant),
    tokens: atInitiator,
    userInformation: [{ context: 3, value: rtorq }],
    ...changes,
  };
}

export function answer(
  variant: Variant,
  changes: Partial<Extract<RtseHears, { kind: 'AASCcnf+' }>> = {},
): RtseHears {
  const rtoac = encodeRTOAC({ checkpointSize: 1, window: 3, userData });
  return {
    kind: 'AASCcnf+',
    applicationContext: '2.6.0.1.6',
    contexts,
    identifier: {},
    requirements: requirements(variant),
    tokens: atInitiator,
    userInformation: [{ context: 3, value: rtoac }],
    ...changes,
  };
}

export function transfer(variant: Variant, octetsTotal: number, supplied = octetsTotal): Heard {
  const first = supplied === 0 ? [] : [new Uint8Array(supplied)];
  return { above: { kind: 'RTTRreq', octetsTotal, first, transferTime_ms: variant.transferTime_ms } };
}

/** What an activity is resumed with after these octets of it. */
function resumptionAt(octets: Uint8Array): string {
  const inbound = new InboundApdu(5);
  inbound.take(octets);
  return inbound.resumption;
}

export function data(octets: Uint8Array): Heard {
  return { below: { kind: 'PDTind', userData: [{ context: 3, value: concat(encodeRTTR([octets])) }] } };
}

export function point(serialNumber: number): Heard {
  return { below: { kind: 'PSYNmind', serialNumber, confirm: true } };
}
function numbered(serialNumber: number): Heard {
  return { below: { kind: 'PSYNmlocal', serialNumber } };
}
export function confirmed(serialNumber: number): Heard {
  return { below: { kind: 'PSYNmcnf', serialNumber } };
}
const stopped: Heard = { below: { kind: 'PUERind', reason: 'no-specific-reason' } };
const supplyFailed: Heard = { above: { kind: 'RTsupplyfailed' } };
const resumed: Heard = {
  below: {
    kind: 'PACTRind',
    activity: Uint8Array.of(2, 1, 2),
    link: { oldActivity: Uint8Array.of(2, 1, 1), serialNumber: 1 },
  },
};
/** Where an unwrapper stands after the wrapping and 100 octets of the APDU. */
const resumption = resumptionAt(wrapped.subarray(0, wrapped.length - 500));
const cannotTake: Heard = { above: { kind: 'RTTRrsp-', transient: true, detail: 'full' } };

/** Ways into states: by name, the state, and what is heard on the way. */
export function setups(variant: Variant): readonly (readonly [string, RtseState, readonly Heard[]])[] {
  const up: Heard = { below: { kind: 'NCONlocal' } };
  const openSent = [up, { above: openRequest(variant) }];
  const turn = [...openSent, { below: answer(variant) }];
  const openReceived = [up, { below: call(variant) }];
  const noTurn = [...openReceived, { above: { kind: 'RTOPENrsp+', userData } }] satisfies Heard[];
  const sendingPoint = [...turn, transfer(variant, 5000, 1100), numbered(1)];
  const sendingConfirmed = [...sendingPoint, confirmed(1)];
  const windowFull = [...turn, transfer(variant, 9000), numbered(1), numbered(2), numbered(3)];
  const endingPoint = [...turn, transfer(variant, 1100), numbered(1), numbered(2)];
  const receiving: Heard[] = [...noTurn, { below: { kind: 'PACTSind', activity: Uint8Array.of(2, 1, 1) } }];
  const complete = [...receiving, point(1), data(wrapped)];
  const states: (readonly [string, RtseState, readonly Heard[]])[] = [
    ['idle', 'idle', []],
    ['connected', 'connected', [up]],
    ['open sent', 'openSent', openSent],
    ['open sent, turn to the responder', 'openSent', [up, { above: openRequest(variant, 'responder') }]],
    ['open received', 'openReceived', openReceived],
    [
      'open received, turn to us',
      'openReceived',
      [
        up,
        {
          below: call(variant, {
            tokens: { data: 'acceptor', synchronizeMinor: 'acceptor', majorActivity: 'acceptor' },
          }),
        },
      ],
    ],
    ['turn', 'turn', turn],
    [
      'turn of a responder',
      'turn',
      [
        up,
        {
          below: call(variant, {
            tokens: { data: 'acceptor', synchronizeMinor: 'acceptor', majorActivity: 'acceptor' },
          }),
        },
        { above: { kind: 'RTOPENrsp+', userData } },
      ],
    ],
    ['no turn', 'noTurn', noTurn],
    ['sending', 'sending', [...turn, transfer(variant, 5000, 0)]],
    ['sending, a point out', 'sending', sendingPoint],
    ['sending, a point confirmed', 'sending', sendingConfirmed],
    ['window full', 'windowFull', windowFull],
    ['window full, a point confirmed', 'windowFull', [...windowFull, confirmed(1), numbered(4)]],
    ['ending', 'ending', [...turn, transfer(variant, 100)]],
    ['ending, a point out', 'ending', endingPoint],
    ['ending, a point confirmed', 'ending', [...endingPoint, confirmed(1)]],
    ['interrupting', 'interrupting', [...sendingConfirmed, stopped]],
    ['discarding', 'discarding', [...turn, transfer(variant, 5000, 0), supplyFailed]],
    ['receiving', 'receiving', receiving],
    ['receiving, a point open', 'receiving', [...receiving, data(wrapped.subarray(0, 100)), point(1)]],
    ['receiving, complete', 'receiving', complete],
    ['received', 'received', [...complete, { below: { kind: 'PACTEind', serialNumber: 2 } }]],
    ['receiving again', 'receiving', [...noTurn, resumed, { above: { kind: 'RTresumersp+', resumption } }]],
    ['resume received', 'resumeReceived', [...noTurn, resumed]],
    ['repeating', 'repeating', [...noTurn, resumed, { above: { kind: 'RTresumersp+' } }]],
    ['closing', 'closing', [...turn, { above: { kind: 'RTCLOSEreq' } }]],
    ['close received', 'closeReceived', [...noTurn, { below: { kind: 'ARLSind' } }]],
    ['ended', 'ended', [{ above: { kind: 'RTUABreq' } }]],
  ];
  if (variant.exceptions) states.push(['excepted', 'excepted', [...receiving, cannotTake]]);
  return states;
}

/** Everything that can be heard, good and bad, whatever the state. */
export function everything(variant: Variant): readonly Heard[] {
  const below: RtseHears[] = [
    { kind: 'NCONlocal' },
    call(variant),
    call(variant, { applicationContext: '1.2.3' }),
    {
      kind: 'AASCcnf-',
      refusal: { by: 'session', reason: 'rejected-by-called-user', transient: true },
      userInformation: [],
    },
    { kind: 'ARLSind' },
    { kind: 'ARLScnf+' },
    { kind: 'AABRind', source: 'user', userInformation: [] },
    { kind: 'APABind', cause: 'connection-lost', detail: 'cut' },
    { kind: 'PDTind', userData: [{ context: 3, value: encodeRTTP(1) }] },
    { kind: 'PTGind', tokens: ['data'] },
    { kind: 'PTGind', tokens: [] },
    { kind: 'PTPind', tokens: ['data'], userData: [{ context: 3, value: encodeRTTP(1) }] },
    { kind: 'PTPind', tokens: [], userData: [] },
    { kind: 'PCGind' },
    { kind: 'PSYNmlocal', serialNumber: 1 },
    { kind: 'PSYNmind', serialNumber: 2, confirm: false },
    { kind: 'PUERind', reason: 'no-specific-reason' },
    { kind: 'PUERind', reason: 'unrecoverable-procedural-error' },
    { kind: 'PPERind', detail: 'trouble' },
    { kind: 'PACTSind', activity: Uint8Array.of(2, 1, 2) },
    {
      kind: 'PACTRind',
      activity: Uint8Array.of(2, 1, 2),
      link: { oldActivity: Uint8Array.of(2, 1, 1), serialNumber: 1 },
    },
    { kind: 'PACTIind', reason: 'no-specific-reason' },
    { kind: 'PACTIcnf' },
    { kind: 'PACTDind', reason: 'no-specific-reason' },
    { kind: 'PACTDcnf' },
    { kind: 'PACTEind', serialNumber: 3 },
    { kind: 'PACTEcnf' },
  ];
  const above: RTRequest[] = [
    openRequest(variant),
    { kind: 'RTOPENrsp+', userData },
    { kind: 'RTOPENrsp-', refuse: { kind: 'bind-error', userData } },
    { kind: 'RTsupply', octets: new Uint8Array(100) },
    { kind: 'RTsupply', octets: new Uint8Array(1013) },
    { kind: 'RTsupplyfailed' },
    { kind: 'RTsecured', serialNumber: 1 },
    { kind: 'RTsecured', serialNumber: 9 },
    { kind: 'RTTRrsp+' },
    { kind: 'RTTRrsp+', transfer: 9 },
    { kind: 'RTTRrsp-', transient: true, detail: 'full' },
    { kind: 'RTTRrsp-', transient: false, detail: 'bad' },
    { kind: 'RTTRrsp-', transient: false, detail: 'bad', transfer: 9 },
    { kind: 'RTresumersp+', resumption },
    { kind: 'RTresumersp+' },
    { kind: 'RTresumersp+', transfer: 9 },
    { kind: 'RTresumersp-' },
    { kind: 'RTresumersp-', transfer: 9 },
    { kind: 'RTTPreq', priority: 1 },
    { kind: 'RTTGreq' },
    { kind: 'RTCLOSEreq' },
    { kind: 'RTCLOSErsp' },
    { kind: 'RTUABreq' },
    { kind: 'RTUABreq', userData },
  ];
  return [
    ...below.map((primitive) => ({ below: primitive })),
    ...above.map((primitive) => ({ above: primitive })),
    { below: answer(variant) },
    { below: answer(variant, { userInformation: [] }) },
    transfer(variant, 5000, 0),
    transfer(variant, 100),
    transfer(variant, 9000),
    data(wrapped.subarray(0, 50)),
    data(Uint8Array.of(0x30, 3, 2, 1, 1)),
    point(2),
    confirmed(1),
    confirmed(99),
    'timer',
  ];
}

/** A machine and what it says. */
export class Scenario {
  readonly machine: RtseMachine;
  readonly said: RtseOutput[] = [];
  now: Instant = instant(0);

  constructor(role: 'initiator' | 'responder') {
    this.machine = new RtseMachine({
      role,
      mode: 'normal',
      application: {
        name: '2.6.0.1.6',
        rtseAbstractSyntax: '2.6.0.2.12',
        userAbstractSyntax: '2.6.0.2.7',
      },
      called: {},
      calling: {},
      identifier: {},
      offer: { checkpointSize: 1, window: 3 },
      timers: { open_ms: 30_000, activity_ms: 60_000, disconnect_ms: 10_000, idle_ms: 300_000 },
    });
  }

  hear(heard: Heard): readonly RtseOutput[] {
    const outputs = this.#handle(heard);
    this.said.push(...outputs);
    return outputs;
  }

  #handle(heard: Heard): readonly RtseOutput[] {
    if (heard === 'timer') {
      this.now = this.machine.nextTimeout() ?? this.now;
      return this.machine.handle({ from: 'timer' }, this.now);
    }
    if ('above' in heard) return this.machine.handle({ from: 'above', primitive: heard.above }, this.now);
    return this.machine.handle({ from: 'below', primitive: heard.below }, this.now);
  }
}
