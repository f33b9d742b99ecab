// Brings a session machine into each of its states by the shortest true conversation, and makes an input of
// every event. For tests of the table: the machine is touched through its door only.

import type { Instant } from '../../src/base/time.ts';
import { instant } from '../../src/base/time.ts';
import { SessionMachine } from '../../src/stack/session/machine.ts';
import type { SessionInput, SessionOutput } from '../../src/stack/session/machine.ts';
import { MTS_SESSION_REQUIREMENTS } from '../../src/stack/session/service.ts';
import type { SessionConnect, SessionRequest } from '../../src/stack/session/service.ts';
import { encodeSpdu } from '../../src/stack/session/spdu-encoder.ts';
import type { SpduToSend } from '../../src/stack/session/spdu.ts';
import type { SessionEvent, SessionState } from '../../src/stack/session/states.ts';
import { concat } from '../../src/base/octets.ts';

const at: Instant = instant(1_000_000);
const later: Instant = instant(9_000_000);
export const timers = { open_ms: 1000, release_ms: 2000, abort_ms: 3000 } as const;

export function above(primitive: SessionRequest): SessionInput {
  return { from: 'above', primitive };
}

/** A TSDU of the peer. */
export function peer(spdu: SpduToSend): SessionInput {
  return { from: 'below', primitive: { kind: 'TDTind', tsdu: concat(encodeSpdu(spdu)) } };
}

export function tsdu(octets: Uint8Array): SessionInput {
  return { from: 'below', primitive: { kind: 'TDTind', tsdu: octets } };
}

/** Fires an input; the timer fires late enough for every deadline. */
export function fire(machine: SessionMachine, input: SessionInput): readonly SessionOutput[] {
  return machine.handle(input, input.from === 'timer' ? later : at);
}

const everywhere = { data: 'initiator', synchronizeMinor: 'initiator', majorActivity: 'initiator' } as const;
export const connect: SessionConnect = {
  identifier: { userReference: Uint8Array.of(4, 2, 0x76, 0x6d), commonReference: Uint8Array.of(0x17, 0) },
  requirements: MTS_SESSION_REQUIREMENTS,
  tokens: everywhere,
  userData: [Uint8Array.of(0x31, 0x00)],
};
const big = { ...connect, userData: [new Uint8Array(10_241)] };
const units = { requirements: MTS_SESSION_REQUIREMENTS, tokenSetting: 0 };
const accept: SessionRequest = {
  kind: 'SCONrsp+',
  identifier: {},
  requirements: 0x249,
  tokens: everywhere,
  userData: [],
};
const activity = Uint8Array.of(2, 1, 1);
const link = { oldActivity: activity, serialNumber: 4 };

const cn = peer({ kind: 'CN', versions: 3, ...units });
const cnOverflow = peer({ kind: 'CN', versions: 2, ...units, dataOverflow: 1 });
const transportUp: SessionInput = { from: 'below', primitive: { kind: 'TCONind' } };
const transportConfirmed: SessionInput = { from: 'below', primitive: { kind: 'TCONcnf' } };

/** Holds every token, no activity. */
const owner = [
  above({ kind: 'SCONreq', ...connect }),
  transportConfirmed,
  peer({ kind: 'AC', versions: 2, ...units }),
];
const guest = [transportUp, cn, above(accept)];
const owning = [...owner, above({ kind: 'SACTSreq', activity }), above({ kind: 'SSYNmreq' })];
const serving = [...guest, peer({ kind: 'AS', activity }), peer({ kind: 'MIP', serialNumber: 1 })];

/** For each state, conversations that lead to it. */
export const ways: Readonly<Record<SessionState, readonly (readonly SessionInput[])[]>> = {
  STA01: [[]],
  STA01B: [[above({ kind: 'SCONreq', ...connect })], [above({ kind: 'SCONreq', ...big })]],
  STA01C: [[transportUp]],
  STA01D: [[transportUp, cnOverflow]],
  STA02A: [owner.slice(0, 2)],
  STA02B: [[above({ kind: 'SCONreq', ...big }), transportConfirmed]],
  STA03: [[...owner, above({ kind: 'SRELreq' })]],
  STA04B: [[...owning, above({ kind: 'SACTEreq' })]],
  STA05B: [[...owning, above({ kind: 'SACTIreq', reason: 'no-specific-reason' })]],
  STA05C: [[...owning, above({ kind: 'SACTDreq', reason: 'no-specific-reason' })]],
  STA08: [[transportUp, cn]],
  STA09: [[...guest, peer({ kind: 'FN' })]],
  STA10B: [[...serving, peer({ kind: 'AE', serialNumber: 2 })]],
  STA11B: [[...serving, peer({ kind: 'AI', reason: 0 })]],
  STA11C: [[...serving, peer({ kind: 'AD', reason: 0 })]],
  STA16: [[...owner, above({ kind: 'SUABreq' })]],
  STA18: [[...owner, above({ kind: 'SCGreq' })]],
  STA19: [
    [...serving, above({ kind: 'SUERreq', reason: 'no-specific-reason' })],
    [
      ...owning,
      above({ kind: 'STGreq', tokens: ['data'] }),
      above({ kind: 'SUERreq', reason: 'no-specific-reason' }),
    ],
  ],
  STA20: [
    [...owning, peer({ kind: 'ED', reason: 0 })],
    [...serving, peer({ kind: 'GT', tokens: 1 }), peer({ kind: 'ED', reason: 0 })],
  ],
  STA713: [owner, guest, owning, serving],
};

/** A fresh machine after one of the conversations of `ways`. */
export function machineAfter(conversation: readonly SessionInput[]): SessionMachine {
  const machine = new SessionMachine({ ...timers, acceptsSelector: (called) => called === undefined });
  for (const input of conversation) fire(machine, input);
  return machine;
}

const timer: SessionInput = { from: 'timer' };
const reason = 'no-specific-reason';
const lost: SessionInput = {
  from: 'below',
  primitive: { kind: 'TDISind', said: { by: 'network', detail: 'reset' } },
};

/** For each event, inputs that mean it; several where predicates ask for different ones. */
export const inputs: Readonly<Record<SessionEvent, readonly SessionInput[]>> = {
  SCONreq: [above({ kind: 'SCONreq', ...connect })],
  'SCONrsp+': [above(accept)],
  'SCONrsp-': [above({ kind: 'SCONrsp-', reason: 'temporary-congestion' })],
  SDTreq: [above({ kind: 'SDTreq', userData: [activity] })],
  STGreq: [
    above({ kind: 'STGreq', tokens: ['data'] }),
    above({ kind: 'STGreq', tokens: ['synchronize-minor'] }),
  ],
  SPTreq: [above({ kind: 'SPTreq', tokens: ['data'] })],
  SCGreq: [above({ kind: 'SCGreq' })],
  SSYNmreq: [above({ kind: 'SSYNmreq' })],
  SSYNmrsp: [above({ kind: 'SSYNmrsp', serialNumber: 1 })],
  SUERreq: [above({ kind: 'SUERreq', reason })],
  SACTSreq: [above({ kind: 'SACTSreq', activity })],
  SACTRreq: [above({ kind: 'SACTRreq', activity, link })],
  SACTIreq: [above({ kind: 'SACTIreq', reason })],
  SACTIrsp: [above({ kind: 'SACTIrsp' })],
  SACTDreq: [above({ kind: 'SACTDreq', reason })],
  SACTDrsp: [above({ kind: 'SACTDrsp' })],
  SACTEreq: [above({ kind: 'SACTEreq' })],
  SACTErsp: [above({ kind: 'SACTErsp' })],
  SRELreq: [above({ kind: 'SRELreq' })],
  'SRELrsp+': [above({ kind: 'SRELrsp+' })],
  SUABreq: [above({ kind: 'SUABreq' })],
  CN: [
    cn,
    cnOverflow,
    peer({ kind: 'CN', versions: 4, ...units }),
    peer({ kind: 'CN', versions: 2, ...units, calledSelector: activity }),
  ],
  OA: [peer({ kind: 'OA', versions: 2 })],
  CDO: [peer({ kind: 'CDO', enclosure: 2 }), peer({ kind: 'CDO', enclosure: 0, userData: [activity] })],
  AC: [peer({ kind: 'AC', versions: 2, ...units })],
  RF: [peer({ kind: 'RF', reason: 1 })],
  FN: [peer({ kind: 'FN' })],
  DN: [peer({ kind: 'DN' })],
  NF: [peer({ kind: 'NF' })],
  AB: [peer({ kind: 'AB', transportDisconnect: 3 }), peer({ kind: 'AB', transportDisconnect: 5 })],
  AA: [peer({ kind: 'AA' })],
  DT: [peer({ kind: 'DT', userData: [activity] })],
  GT: [peer({ kind: 'GT', tokens: 1 }), peer({ kind: 'GT', tokens: 4 })],
  PT: [peer({ kind: 'PT', tokens: 1 }), peer({ kind: 'PT', tokens: 0x40 })],
  GTC: [peer({ kind: 'GTC' })],
  GTA: [peer({ kind: 'GTA' })],
  MIP: [peer({ kind: 'MIP', serialNumber: 2 })],
  MIA: [peer({ kind: 'MIA', serialNumber: 1 })],
  ER: [peer({ kind: 'ER' })],
  ED: [peer({ kind: 'ED', reason: 0 })],
  AS: [peer({ kind: 'AS', activity })],
  AR: [peer({ kind: 'AR', activity, link })],
  AI: [peer({ kind: 'AI', reason: 0 })],
  AIA: [peer({ kind: 'AIA' })],
  AD: [peer({ kind: 'AD', reason: 0 })],
  ADA: [peer({ kind: 'ADA' })],
  AE: [peer({ kind: 'AE', serialNumber: 2 })],
  AEA: [peer({ kind: 'AEA', serialNumber: 2 })],
  TCONind: [transportUp],
  TCONcnf: [transportConfirmed],
  TDISind: [lost],
  invalid: [tsdu(Uint8Array.of(200, 0))],
  'TIM open': [timer],
  'TIM release': [timer],
  'TIM abort': [timer],
};
