// What the names of the RTSE table mean in the transcription of X.228: a declaration module. The
// transcription has fewer states, since it secures at once: the program waits for its user between an
// indication and the answer, and for octets and the window while it sends. Predicates are in words there, and
// are not compared.

import { rtseTable } from '../../src/stack/rtse/table.ts';
import type { TableNames } from './compare.ts';

const primitive = /RT-[A-Z-]+(?:req|rsp|ind|cnf)[+-]?|[AP]-[A-Za-z]+(?:req|rsp|ind|cnf)[+-]?/g;
const aborted = 'RT-U-ABORTind or RT-P-ABORTind';

export const rtseNames: TableNames = {
  table: 'rtse',
  code: rtseTable,
  states: {
    ...{ idle: 'IDLE', connected: 'IDLE', ended: 'IDLE' },
    ...{ openSent: 'WAIT-ASC-CNF', openReceived: 'WAIT-OPEN-RSP', turn: 'OPEN-TURN', noTurn: 'OPEN-NO-TURN' },
    ...{ sending: 'SENDING', windowFull: 'SENDING', ending: 'WAIT-END-CNF' },
    ...{ interrupting: 'WAIT-INT-CNF', discarding: 'WAIT-DISC-CNF' },
    // Between P-ACTRind and the user's word on it; and an activity that is secured already.
    ...{ resumeReceived: 'OPEN-NO-TURN', repeating: 'RECEIVING' },
    ...{ receiving: 'RECEIVING', received: 'RECEIVING', excepted: 'EXCEPTION' },
    ...{ closing: 'WAIT-RLS-CNF', closeReceived: 'WAIT-CLOSE-RSP' },
  },
  ownStates: { ended: 'IDLE after an association: one machine lives for one' },
  events: {
    ...{ RTOPENreq: 'RT-OPENreq', 'RTOPENrsp+': 'RT-OPENrsp+', 'RTOPENrsp-': 'RT-OPENrsp-' },
    ...{ RTTRreq: 'RT-TRANSFERreq', RTTPreq: 'RT-TURN-PLEASEreq', RTTGreq: 'RT-TURN-GIVEreq' },
    ...{ RTCLOSEreq: 'RT-CLOSEreq', RTCLOSErsp: 'RT-CLOSErsp', RTUABreq: 'RT-U-ABORTreq' },
    ...{ AASCind: 'A-ASCind', 'AASCcnf+': 'A-ASCcnf+', 'AASCcnf-': 'A-ASCcnf-' },
    ...{ ARLSind: 'A-RLSind', 'ARLScnf+': 'A-RLScnf+', AABRind: 'A-ABRind', APABind: 'A-PABind' },
    ...{ RTTR: 'P-DTind', PTPind: 'P-PTind', PCGind: 'P-CGind', PSYNmind: 'P-SYNmind' },
    ...{ PSYNmcnf: 'P-SYNmcnf', PUERind: 'P-UERind', PPERind: 'P-PERind', PACTSind: 'P-ACTSind' },
    ...{ PACTRind: 'P-ACTRind', PACTIind: 'P-ACTIind', PACTIcnf: 'P-ACTIcnf', PACTDind: 'P-ACTDind' },
    ...{ PACTDcnf: 'P-ACTDcnf', PACTEind: 'P-ACTEind', PACTEcnf: 'P-ACTEcnf' },
    ...{ transferTimeout: 'transfer-timer', allSent: 'last-data' },
    'sending RTsupply': 'more-data',
    RTsupply: null,
    RTsupplyfailed: null,
    // The user has secured: the second half of P-SYNmind and P-ACTEind.
    ...{ RTsecured: null, 'RTTRrsp+': null, 'RTTRrsp-': null },
    ...{ 'receiving RTsecured': 'P-SYNmind', 'received RTsecured': 'P-SYNmind' },
    'received RTTRrsp+': 'P-ACTEind',
    ...{ 'receiving RTTRrsp-': 'cannot-secure', 'received RTTRrsp-': 'cannot-secure' },
    // The user knows the activity or does not: the second half of P-ACTRind.
    'RTresumersp+': null,
    'RTresumersp-': null,
    'resumeReceived RTresumersp+': 'P-ACTRind',
    'resumeReceived RTresumersp-': 'P-ACTRind',
    // Local: the network, our own octets, deadlines, and contents that are not what they must be.
    NCONlocal: null,
    PSYNmlocal: null,
    octetsWanted: null,
    windowFull: null,
    wrappingFault: null,
    APDUinvalid: null,
    PTGind: null,
    openTimeout: null,
    activityTimeout: null,
    disconnectTimeout: null,
    idleTimeout: null,
  },
  predicates: undefined,
  actions: {
    ...{ sendRTORQ: ['A-ASCreq'], indicateOpen: ['RT-OPENind'], refuseOpen: ['A-ASCrsp-'] },
    ...{ sendRTOAC: ['A-ASCrsp+'], sendRTORJ: ['A-ASCrsp-'], confirmOpen: ['RT-OPENcnf+'] },
    ...{ confirmRefusal: ['RT-OPENcnf-'], abortAnswer: ['A-ABRreq', 'RT-OPENcnf-'] },
    ...{ startActivity: ['P-ACTSreq'], supply: [], askSupply: [], endActivity: ['P-ACTEreq'] },
    'RTTRreq sendOn': ['P-DTreq'],
    sendOn: ['P-SYNmreq', 'P-DTreq'],
    ...{ numberPoint: [], confirmPoint: [], noteException: [], noteSupplyFailed: [], noteTransferTime: [] },
    ...{ confirmTransfer: ['RT-TRANSFERcnf+'], failTransfer: ['RT-TRANSFERcnf-'] },
    ...{ interruptActivity: ['P-ACTIreq'], discardActivity: ['P-ACTDreq'] },
    ...{
      beginReceiving: [],
      takeData: [],
      indicateCheckpoint: [],
      passPoint: [],
      confirmSecured: ['P-SYNmrsp'],
    },
    ...{ indicateTransfer: ['RT-TRANSFERind'], confirmEnd: ['P-ACTErsp'], reportException: ['P-UERreq'] },
    ...{ indicateResume: [], resumeReceiving: [], confirmRepeated: ['P-SYNmrsp'], suspendActivity: [] },
    reportUnknownActivity: ['P-UERreq'],
    ...{ forgetActivity: [], answerInterrupt: ['P-ACTIrsp'], answerDiscard: ['P-ACTDrsp'] },
    ...{ pleaseTurn: ['P-PTreq'], indicatePlease: ['RT-TURN-PLEASEind'], giveTurn: ['P-CGreq'] },
    ...{ indicateTurn: ['RT-TURN-GIVEind'], release: ['A-RLSreq'], indicateClose: ['RT-CLOSEind'] },
    ...{ answerClose: ['A-RLSrsp+'], confirmClose: ['RT-CLOSEcnf'], sendUserAbort: ['A-ABRreq'] },
    ...{ indicateAbort: [aborted], indicateProviderAbort: [aborted], giveUp: [] },
    ...{ abortRefused: ['A-ABRreq', aborted], abortBadData: ['A-ABRreq', aborted] },
    ...{ abortUnknownActivity: ['A-ABRreq', aborted], abortTransferCompleted: ['A-ABRreq', aborted] },
    ...{ abortProtocol: ['A-ABRreq', aborted], abortTimeout: ['A-ABRreq', aborted] },
  },
  actionsOf: (field) =>
    (field.match(primitive) ?? []).map((name) => (/^RT-[UP]-ABORTind$/.test(name) ? aborted : name)),
};
