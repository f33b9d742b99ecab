// The state table of the reliable transfer protocol machine (X.228, normal mode). An absent cell: a
// primitive of the layers below aborts with RTAB "protocol error"; a primitive of the user is our mistake;
// a timer is of the past and ignored; in `ended` all is dropped.
//
// X.410-1984 mode has the same cells. The recovery of an association (X.228 7.8) is a new association, opened
// by the user with a recover bind: this table lives for one association.

import type { Cell, StateTable } from '../kernel/table.ts';
import type { RtseAction, RtseEvent, RtsePredicate, RtseState } from './states.ts';

type RtseCell = Cell<RtseState, RtsePredicate, RtseAction>;
type RtseRow = { readonly [E in RtseEvent]?: RtseCell };

/** The answers and supplies of a user who had not heard yet that the transfer was gone. */
const late = {
  RTsupply: [{}],
  RTsupplyfailed: [{}],
  RTsecured: [{}],
  'RTTRrsp+': [{}],
  'RTTRrsp-': [{}],
  'RTresumersp+': [{}],
  'RTresumersp-': [{}],
} as const satisfies RtseRow;

/** The aborts of every open association. */
const aborts = {
  RTUABreq: [{ do: ['sendUserAbort'], next: 'ended' }],
  AABRind: [{ do: ['indicateAbort'], next: 'ended' }],
  APABind: [{ do: ['indicateProviderAbort'], next: 'ended' }],
} as const satisfies RtseRow;

/** The peer owes a word and is silent. */
const peerSilent = { activityTimeout: [{ do: ['abortTimeout'], next: 'ended' }] } as const satisfies RtseRow;

/** An exception stops a sender: it interrupts what it could resume, and discards what it could not. */
const stop: RtseCell = [
  { when: 'checkpointConfirmed', do: ['noteException', 'interruptActivity'], next: 'interrupting' },
  { do: ['noteException', 'discardActivity'], next: 'discarding' },
];

/** In a monologue there is no turn to ask for: ISODE aborts, and so do we. */
const pleased: RtseCell = [
  { when: 'twoWayAlternate', do: ['indicatePlease'] },
  { do: ['abortProtocol'], next: 'ended' },
];

/** What may come to a sender in every state of its activity. */
const senders = {
  ...aborts,
  ...late,
  PUERind: [
    { when: 'permanentReason', do: ['noteException', 'discardActivity'], next: 'discarding' },
    ...stop,
  ],
  PPERind: stop,
  PSYNmlocal: [{ do: ['numberPoint'] }],
  PTPind: pleased,
  transferTimeout: [{ do: ['noteTransferTime', 'discardActivity'], next: 'discarding' }],
} as const satisfies RtseRow;

/** A sender that has given up its activity waits for one word. What crossed it on the way is dropped. */
const stopped = {
  ...aborts,
  ...peerSilent,
  ...late,
  PSYNmlocal: [{}],
  PSYNmcnf: [{}],
  PUERind: [{}],
  PPERind: [{}],
  PTPind: pleased,
} as const satisfies RtseRow;

/** What may come to a receiver in every state of the activity. */
const receivers = {
  ...aborts,
  RTsupply: [{}],
  RTsupplyfailed: [{}],
  'RTresumersp+': [{}],
  'RTresumersp-': [{}],
  RTTPreq: [{ when: 'twoWayAlternate', do: ['pleaseTurn'] }],
  PPERind: [{ do: ['suspendActivity'], next: 'excepted' }],
  PACTIind: [{ do: ['answerInterrupt', 'suspendActivity'], next: 'noTurn' }],
  PACTDind: [{ do: ['answerDiscard', 'forgetActivity'], next: 'noTurn' }],
} as const satisfies RtseRow;

const refuseTransfer: RtseCell = [
  { when: 'stale' },
  { when: 'mayReport', do: ['reportException'], next: 'excepted' },
  { do: ['abortRefused'], next: 'ended' },
];

export const rtseTable: StateTable<RtseState, RtseEvent, RtsePredicate, RtseAction> = {
  idle: {
    NCONlocal: [{ next: 'connected' }],
    RTOPENreq: [{ do: ['sendRTORQ'], next: 'openSent' }],
    RTUABreq: [{ next: 'ended' }],
    APABind: [{ do: ['indicateProviderAbort'], next: 'ended' }],
  },
  connected: {
    RTOPENreq: [{ do: ['sendRTORQ'], next: 'openSent' }],
    RTUABreq: [{ next: 'ended' }],
    AASCind: [
      { when: 'openUnacceptable', do: ['refuseOpen'], next: 'ended' },
      { do: ['indicateOpen'], next: 'openReceived' },
    ],
    APABind: [{ do: ['indicateProviderAbort'], next: 'ended' }],
    openTimeout: [{ do: ['giveUp'], next: 'ended' }],
  },
  openSent: {
    NCONlocal: [{}],
    'AASCcnf+': [
      { when: 'answerUnacceptable', do: ['abortAnswer'], next: 'ended' },
      { when: 'turnIsOurs', do: ['confirmOpen'], next: 'turn' },
      { do: ['confirmOpen'], next: 'noTurn' },
    ],
    'AASCcnf-': [{ do: ['confirmRefusal'], next: 'ended' }],
    RTUABreq: [{ do: ['sendUserAbort'], next: 'ended' }],
    AABRind: [{ do: ['indicateAbort'], next: 'ended' }],
    APABind: [{ do: ['indicateProviderAbort'], next: 'ended' }],
    openTimeout: [{ do: ['abortTimeout'], next: 'ended' }],
  },
  openReceived: {
    'RTOPENrsp+': [
      { when: 'turnIsOurs', do: ['sendRTOAC'], next: 'turn' },
      { do: ['sendRTOAC'], next: 'noTurn' },
    ],
    'RTOPENrsp-': [{ do: ['sendRTORJ'], next: 'ended' }],
    ...aborts,
    openTimeout: [{ do: ['abortTimeout'], next: 'ended' }],
  },
  turn: {
    ...aborts,
    ...late,
    RTTRreq: [{ do: ['startActivity', 'sendOn'], next: 'sending' }],
    RTTPreq: [{}],
    RTTGreq: [{ when: 'twoWayAlternate', do: ['giveTurn'], next: 'noTurn' }],
    RTCLOSEreq: [{ do: ['release'], next: 'closing' }],
    PTPind: pleased,
    PSYNmlocal: [{}],
    idleTimeout: [{ do: ['abortTimeout'], next: 'ended' }],
  },
  sending: {
    ...senders,
    RTsupply: [{ do: ['supply', 'sendOn'] }],
    RTsupplyfailed: [{ do: ['noteSupplyFailed', 'discardActivity'], next: 'discarding' }],
    PSYNmcnf: [{ when: 'pointUnknown', do: ['abortProtocol'], next: 'ended' }, { do: ['confirmPoint'] }],
    octetsWanted: [{ do: ['askSupply'] }],
    windowFull: [{ next: 'windowFull' }],
    allSent: [{ do: ['endActivity'], next: 'ending' }],
  },
  windowFull: {
    ...senders,
    ...peerSilent,
    PSYNmcnf: [
      { when: 'pointUnknown', do: ['abortProtocol'], next: 'ended' },
      { do: ['confirmPoint', 'sendOn'], next: 'sending' },
    ],
  },
  ending: {
    ...senders,
    ...peerSilent,
    PSYNmcnf: [{ when: 'pointUnknown', do: ['abortProtocol'], next: 'ended' }, { do: ['confirmPoint'] }],
    PACTEcnf: [{ do: ['confirmTransfer'], next: 'turn' }],
  },
  interrupting: {
    ...stopped,
    PACTIcnf: [{ do: ['failTransfer'], next: 'turn' }],
  },
  discarding: {
    ...stopped,
    PACTDcnf: [{ do: ['failTransfer'], next: 'turn' }],
  },
  noTurn: {
    ...aborts,
    ...late,
    RTTPreq: [{ when: 'twoWayAlternate', do: ['pleaseTurn'] }],
    PCGind: [{ when: 'twoWayAlternate', do: ['indicateTurn'], next: 'turn' }],
    PACTSind: [{ do: ['beginReceiving'], next: 'receiving' }],
    PACTRind: [{ do: ['indicateResume'], next: 'resumeReceived' }],
    PACTIind: [{ do: ['abortTransferCompleted'], next: 'ended' }],
    PACTDind: [{ do: ['abortTransferCompleted'], next: 'ended' }],
    ARLSind: [{ do: ['indicateClose'], next: 'closeReceived' }],
    idleTimeout: [{ do: ['abortTimeout'], next: 'ended' }],
  },
  resumeReceived: {
    ...receivers,
    RTsecured: [{}],
    'RTTRrsp+': [{}],
    'RTTRrsp-': [{}],
    'RTresumersp+': [
      { when: 'stale' },
      { when: 'securedBefore', next: 'repeating' },
      { do: ['resumeReceiving'], next: 'receiving' },
    ],
    'RTresumersp-': [
      { when: 'stale' },
      { when: 'mayReport', do: ['reportUnknownActivity'], next: 'excepted' },
      { do: ['abortUnknownActivity'], next: 'ended' },
    ],
  },
  repeating: {
    ...aborts,
    ...peerSilent,
    ...late,
    RTTPreq: [{ when: 'twoWayAlternate', do: ['pleaseTurn'] }],
    RTTR: [{}],
    PSYNmind: [{ when: 'confirmationUnwanted' }, { do: ['confirmRepeated'] }],
    PPERind: [{ next: 'excepted' }],
    PACTEind: [{ do: ['confirmEnd'], next: 'noTurn' }],
    PACTIind: [{ do: ['answerInterrupt'], next: 'noTurn' }],
    PACTDind: [{ do: ['abortTransferCompleted'], next: 'ended' }],
  },
  receiving: {
    ...receivers,
    ...peerSilent,
    RTTR: [{ do: ['takeData'] }],
    APDUinvalid: [{ do: ['abortBadData'], next: 'ended' }],
    wrappingFault: [{ do: ['abortBadData'], next: 'ended' }],
    PSYNmind: [{ when: 'confirmationUnwanted', do: ['passPoint'] }, { do: ['indicateCheckpoint'] }],
    PACTEind: [
      { when: 'apduIncomplete', do: ['abortBadData'], next: 'ended' },
      { do: ['indicateTransfer'], next: 'received' },
    ],
    RTsecured: [{ when: 'stale' }, { do: ['confirmSecured'] }],
    'RTTRrsp+': [{}],
    'RTTRrsp-': refuseTransfer,
  },
  received: {
    ...receivers,
    RTsecured: [{ when: 'stale' }, { do: ['confirmSecured'] }],
    'RTTRrsp+': [{ when: 'stale' }, { do: ['confirmEnd'], next: 'noTurn' }],
    'RTTRrsp-': refuseTransfer,
  },
  excepted: {
    ...aborts,
    ...peerSilent,
    ...late,
    RTTPreq: [{ when: 'twoWayAlternate', do: ['pleaseTurn'] }],
    RTTR: [{}],
    APDUinvalid: [{}],
    PSYNmind: [{}],
    PACTEind: [{}],
    PPERind: [{}],
    PACTIind: [{ do: ['answerInterrupt'], next: 'noTurn' }],
    PACTDind: [{ do: ['answerDiscard'], next: 'noTurn' }],
  },
  closing: {
    ...aborts,
    ...late,
    PSYNmlocal: [{}],
    PTPind: [{}],
    'ARLScnf+': [{ do: ['confirmClose'], next: 'ended' }],
    disconnectTimeout: [{ do: ['abortTimeout'], next: 'ended' }],
  },
  closeReceived: {
    ...aborts,
    ...late,
    RTTPreq: [{}],
    RTCLOSErsp: [{ do: ['answerClose'], next: 'ended' }],
    disconnectTimeout: [{ do: ['abortTimeout'], next: 'ended' }],
  },
  ended: {},
};
