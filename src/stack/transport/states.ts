// The states, events, predicates and actions of the class 0 machine, by the symbols of X.224 Annex A where
// it has them. Two states are ours, since RFC 1006 begins with a network connection: NCON and WFCR.

export type TransportState =
  /** No network connection yet, nothing asked. */
  | 'CLOSED'
  /** Asked to connect; wait for the network connection. */
  | 'WFNC'
  /** Initiator: the network connection stands, nothing asked yet. */
  | 'NCON'
  /** Responder: the network connection stands; wait for the CR. */
  | 'WFCR'
  /** CR sent; wait for the CC. */
  | 'WFCC'
  /** CR received; wait for the T-CONNECT response. */
  | 'WFTRESP'
  | 'OPEN'
  /** The connection is over for good; what still comes is passed over. */
  | 'REFWAIT';

export type TransportEvent =
  | 'TCONreq'
  | 'TCONrsp'
  | 'TDTreq'
  | 'TDISreq'
  | 'NCONcnf'
  | 'NDISind'
  | 'CR'
  | 'CC'
  | 'DR'
  | 'DC'
  | 'DT'
  | 'ER'
  /** Octets that are no TPDU. */
  | 'invalid'
  /** The deadline for the CR or CC. */
  | 'open';

export type TransportPredicate =
  | 'initiator'
  /** The CR offers class 0 (X.224 6.5.5) and calls a selector of ours. */
  | 'acceptable'
  /** The CR offers class 0 but calls somebody else. */
  | 'address unknown'
  /** The CC answers our reference and chooses class 0. */
  | 'our class 0';

export type TransportAction =
  | 'CR'
  | 'CC'
  | 'DT'
  | 'DR'
  | 'DR address unknown'
  | 'DR negotiation failed'
  | 'ER'
  | 'NDISreq'
  | 'TCONind'
  | 'TCONcnf'
  | 'TDTind'
  | 'TDISind peer'
  | 'TDISind network'
  | 'TDISind error'
  | 'TDISind timeout'
  | 'remember'
  | 'start open'
  | 'stop open'
  | 'violation';
