// States, events, predicates and actions of the association control protocol machine, by the symbols of X.227
// Annex A. One machine lives for one association: `ended` is STA0 after it. The collision states STA6 and
// STA7 do not occur: only the side with the tokens of session may release.

export const acseStates = {
  STA0: 'idle, unassociated',
  STA1: 'awaiting AARE',
  STA2: 'awaiting A-ASCrsp',
  STA3: 'awaiting RLRE',
  STA4: 'awaiting A-RLSrsp',
  STA5: 'associated',
  ended: 'the association is gone; whatever still comes is dropped',
} as const;
export type AcseState = keyof typeof acseStates;

export type AcseEvent =
  | 'AASCreq'
  | 'AASCrsp+'
  | 'AASCrsp-'
  | 'ARLSreq'
  | 'ARLSrsp+'
  | 'AABRreq'
  | 'AARQ'
  | 'AARE+'
  | 'AARE-'
  /** The presentation connection was refused without an AARE. */
  | 'PCONcnf-'
  | 'RLRQ'
  | 'RLRE'
  | 'ABRT'
  | 'PPABind'
  /** User data of a presentation primitive that is not the APDU it must be. */
  | 'APDUinvalid';

export type AcsePredicate =
  /** The AARQ does not offer protocol version 1. */
  'versionUnsupported';

export type AcseAction =
  | 'sendAARQ'
  | 'indicateAssociate'
  | 'rejectVersion'
  | 'rejectInvalid'
  | 'sendAAREaccepted'
  | 'sendAARErejected'
  | 'confirmAssociate'
  | 'confirmRefusal'
  | 'sendRLRQ'
  | 'indicateRelease'
  | 'sendRLRE'
  | 'confirmRelease'
  | 'sendABRT'
  | 'indicateAbort'
  | 'indicateProviderAbort'
  | 'abortInvalid';
