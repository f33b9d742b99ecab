// States, events, predicates and actions of the presentation protocol machine, by the symbols of X.226 (1994)
// Annex A where it has them. One machine lives for one connection: `ended` is STAI0 after it.

export const presentationStates = {
  STAI0: 'idle, no connection',
  STAI1: 'await CPA PPDU',
  STAI2: 'await P-CONNECT response',
  STAt0: 'connected, data transfer',
  ended: 'the connection is gone; whatever still comes is dropped',
} as const;
export type PresentationState = keyof typeof presentationStates;

/** Primitives of the data phase that go through to session, and indications that come through from it. */
export const throughRequests = [
  'PDTreq',
  'PTGreq',
  'PTPreq',
  'PCGreq',
  'PSYNmreq',
  'PSYNmrsp',
  'PUERreq',
  'PACTSreq',
  'PACTRreq',
  'PACTIreq',
  'PACTIrsp',
  'PACTDreq',
  'PACTDrsp',
  'PACTEreq',
  'PACTErsp',
  'PRELreq',
] as const;
export type ThroughRequest = (typeof throughRequests)[number];

export const throughIndications = [
  'TD',
  'STGind',
  'SPTind',
  'SCGind',
  'SSYNmlocal',
  'SSYNmind',
  'SSYNmcnf',
  'SUERind',
  'SPERind',
  'SACTSind',
  'SACTRind',
  'SACTIind',
  'SACTIcnf',
  'SACTDind',
  'SACTDcnf',
  'SACTEind',
  'SACTEcnf',
  'SRELind',
] as const;
export type ThroughIndication = (typeof throughIndications)[number];

export type PresentationEvent =
  | ThroughRequest
  | ThroughIndication
  | 'PCONreq'
  | 'PCONrsp+'
  | 'PCONrsp-'
  | 'PRELrsp+'
  | 'PUABreq'
  | 'CP'
  /** A CP in X.410-1984 mode. */
  | 'CPx410'
  | 'CPA'
  | 'CPR'
  /** S-CONNECT refused without a PPDU. */
  | 'SCONcnf-'
  /** User data of a session primitive that is no PPDU, or a data value outside the defined context set. */
  | 'PPDUinvalid'
  | 'SRELcnf+'
  | 'ARU'
  | 'ARP'
  | 'SPABind';

export type PresentationPredicate =
  /** The CP calls a presentation selector that is none of ours. */
  | 'selectorUnknown'
  /** The CP does not offer protocol version 1. */
  | 'versionUnsupported'
  /** A data value of the CP is in a context that is not accepted, or cannot be read. */
  | 'userDataUnreadable'
  /** The result list of the CPA does not answer our definition list. */
  | 'resultsMismatch';

export type PresentationAction =
  | 'sendCP'
  | 'indicateConnect'
  | 'refuseSelector'
  | 'refuseVersion'
  | 'refuseUserData'
  | 'refuseInvalid'
  | 'sendCPA'
  | 'sendCPR'
  | 'confirmConnect'
  | 'confirmRefusal'
  | 'passDown'
  | 'passUp'
  | 'sendARU'
  | 'abortInvalid'
  | 'indicateUserAbort'
  | 'indicateProviderAbort';
