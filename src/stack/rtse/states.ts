// States, events, predicates and actions of the reliable transfer protocol machine (X.228). The service
// primitives and those of ACSE and presentation have the Recommendation's symbols; the states are named by
// what they wait for. One machine lives for one association.

export const rtseStates = {
  idle: 'no network connection yet',
  connected: 'the network connection stands; nothing was asked',
  openSent: 'RTORQ sent, awaiting RTOAC or RTORJ',
  openReceived: 'RTORQ received, awaiting RTOPENrsp',
  turn: 'open, with the turn, no activity',
  noTurn: 'open, without the turn, no activity',
  sending: 'an activity of ours: octets go out, or the user owes some',
  windowFull: 'an activity of ours: awaiting the confirmation of a point',
  ending: 'an activity of ours: awaiting P-ACTEcnf',
  interrupting: 'an activity of ours: awaiting P-ACTIcnf',
  discarding: 'an activity of ours: awaiting P-ACTDcnf',
  resumeReceived: 'an activity of the peer goes on: awaiting RTresumersp',
  repeating: 'an activity of the peer that is secured already: octets are passed over, points confirmed',
  receiving: 'an activity of the peer: octets come in',
  received: 'an activity of the peer: complete, awaiting RTTRrsp',
  excepted: 'an activity of the peer: we reported an exception, awaiting its interrupt or discard',
  closing: 'RLRQ sent, awaiting RLRE',
  closeReceived: 'RLRQ received, awaiting RTCLOSErsp',
  ended: 'the association is gone; whatever still comes is dropped',
} as const;
export type RtseState = keyof typeof rtseStates;

export type RtseEvent =
  | 'RTOPENreq'
  | 'RTOPENrsp+'
  | 'RTOPENrsp-'
  | 'RTTRreq'
  | 'RTsupply'
  | 'RTsupplyfailed'
  | 'RTsecured'
  | 'RTTRrsp+'
  | 'RTTRrsp-'
  | 'RTresumersp+'
  | 'RTresumersp-'
  | 'RTTPreq'
  | 'RTTGreq'
  | 'RTCLOSEreq'
  | 'RTCLOSErsp'
  | 'RTUABreq'
  /** Local: the network connection stands. */
  | 'NCONlocal'
  | 'AASCind'
  | 'AASCcnf+'
  | 'AASCcnf-'
  | 'ARLSind'
  | 'ARLScnf+'
  | 'AABRind'
  | 'APABind'
  /** A P-DATA indication with nothing but RTTRs. */
  | 'RTTR'
  /** A P-DATA indication with anything else. */
  | 'APDUinvalid'
  | 'PTGind'
  | 'PTPind'
  | 'PCGind'
  | 'PSYNmlocal'
  | 'PSYNmind'
  | 'PSYNmcnf'
  | 'PUERind'
  | 'PPERind'
  | 'PACTSind'
  | 'PACTRind'
  | 'PACTIind'
  | 'PACTIcnf'
  | 'PACTDind'
  | 'PACTDcnf'
  | 'PACTEind'
  | 'PACTEcnf'
  | 'openTimeout'
  | 'transferTimeout'
  | 'activityTimeout'
  | 'disconnectTimeout'
  | 'idleTimeout'
  /** Internal: what sending on came to. */
  | 'octetsWanted'
  | 'windowFull'
  | 'allSent'
  /** Internal: the wrapping of the APDU is not what it must be. */
  | 'wrappingFault';

export type RtsePredicate =
  /** The AASCind is nothing that we can answer well: contexts, tokens, RTORQ. */
  | 'openUnacceptable'
  /** The AASCcnf+ does not agree with what we asked. */
  | 'answerUnacceptable'
  /** The open gives us the turn. */
  | 'turnIsOurs'
  | 'twoWayAlternate'
  /** The exceptions functional unit was negotiated. */
  | 'mayReport'
  /** The answer is for a transfer that is gone, or for a point that waits no more. */
  | 'stale'
  /** The exception says that another attempt would fare no better. */
  | 'permanentReason'
  /** The peer has confirmed a point of this activity (X.228 p35). */
  | 'checkpointConfirmed'
  | 'apduIncomplete'
  /** The point confirmed is none that waits. */
  | 'pointUnknown'
  /** The whole APDU of the resumed activity is secured. */
  | 'securedBefore'
  /** The point wants no confirmation. */
  | 'confirmationUnwanted';

export type RtseAction =
  | 'sendRTORQ'
  | 'indicateOpen'
  | 'refuseOpen'
  | 'sendRTOAC'
  | 'sendRTORJ'
  | 'confirmOpen'
  | 'confirmRefusal'
  | 'abortAnswer'
  | 'startActivity'
  | 'supply'
  | 'sendOn'
  | 'askSupply'
  | 'endActivity'
  | 'numberPoint'
  | 'confirmPoint'
  | 'confirmTransfer'
  | 'failTransfer'
  | 'noteException'
  | 'noteSupplyFailed'
  | 'noteTransferTime'
  | 'interruptActivity'
  | 'discardActivity'
  | 'beginReceiving'
  | 'indicateResume'
  | 'resumeReceiving'
  | 'reportUnknownActivity'
  | 'confirmRepeated'
  | 'takeData'
  | 'indicateCheckpoint'
  | 'passPoint'
  | 'confirmSecured'
  | 'indicateTransfer'
  | 'confirmEnd'
  | 'reportException'
  | 'forgetActivity'
  | 'suspendActivity'
  | 'answerInterrupt'
  | 'answerDiscard'
  | 'pleaseTurn'
  | 'indicatePlease'
  | 'giveTurn'
  | 'indicateTurn'
  | 'release'
  | 'indicateClose'
  | 'answerClose'
  | 'confirmClose'
  | 'sendUserAbort'
  | 'indicateAbort'
  | 'indicateProviderAbort'
  | 'abortRefused'
  | 'abortBadData'
  | 'abortUnknownActivity'
  | 'abortTransferCompleted'
  | 'abortProtocol'
  | 'abortTimeout'
  | 'giveUp';
