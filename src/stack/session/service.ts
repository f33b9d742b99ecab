// The session service (X.215) as types: what presentation may say to session and hear from it. The names are
// the symbols of X.225 Annex A. Kernel, half-duplex, minor synchronise, activity management and exceptions.
// User data is a list of pieces on the way down (no copy before the packet) and one array on the way up.

/** The identifier (X.225 8.3.1) by which a session connection is known after it is lost. */
export interface SessionConnectionIdentifier {
  /** User reference of the side that sends it: opaque octets, at most 64. */
  readonly userReference?: Uint8Array;
  /** Common reference, at most 64 octets. */
  readonly commonReference?: Uint8Array;
  /** Additional reference, at most 4 octets. */
  readonly additionalReference?: Uint8Array;
}

/** Where each of the available tokens is; 'acceptor-chooses' occurs in a CN only. */
export type TokenPosition = 'initiator' | 'acceptor' | 'acceptor-chooses';
export interface TokenPositions {
  readonly data: TokenPosition;
  readonly synchronizeMinor: TokenPosition;
  readonly majorActivity: TokenPosition;
}

/** X.225 session user requirements of an MTA: half-duplex, minor sync, activities, exceptions. */
export const MTS_SESSION_REQUIREMENTS = 0x0249;

export interface SessionConnect {
  readonly identifier: SessionConnectionIdentifier;
  readonly calledSelector?: Uint8Array;
  readonly callingSelector?: Uint8Array;
  /** Bits as in X.225 8.3.1.16; the functional units wanted. */
  readonly requirements: number;
  readonly tokens: TokenPositions;
  readonly initialSerialNumber?: number;
  readonly userData: readonly Uint8Array[];
}
export interface SessionConnectIndication extends Omit<SessionConnect, 'userData'> {
  readonly userData: Uint8Array;
}
export interface SessionAccept {
  readonly identifier: SessionConnectionIdentifier;
  readonly respondingSelector?: Uint8Array;
  readonly requirements: number;
  readonly tokens: TokenPositions;
  readonly initialSerialNumber?: number;
  readonly userData: readonly Uint8Array[];
}
export interface SessionAcceptConfirm extends Omit<SessionAccept, 'userData'> {
  readonly userData: Uint8Array;
}
/** X.225 8.3.5: why a connection was refused. */
export type SessionRefuseReason =
  | 'rejected-by-called-user'
  | 'temporary-congestion'
  | 'user-data-follows'
  | 'session-selector-unknown'
  | 'user-not-attached'
  | 'provider-congestion'
  | 'versions-not-supported'
  | 'provider-rejection';

export type SessionToken = 'data' | 'synchronize-minor' | 'major-activity';

/** X.215: reasons of S-U-EXCEPTION-REPORT, S-ACTIVITY-INTERRUPT and S-ACTIVITY-DISCARD. */
export type ExceptionReason =
  | 'no-specific-reason'
  | 'user-receiving-ability-jeopardized'
  | 'user-sequence-error'
  | 'local-user-error'
  | 'unrecoverable-procedural-error'
  | 'demand-data-token';

/** The activity that a resumption continues, and where. */
export interface ActivityLink {
  readonly oldActivity: Uint8Array;
  readonly serialNumber: number;
  /**
   * The old session connection; absent when it is this one. `calling`/`called` user references and the
   * rest.
   */
  readonly oldConnection?: {
    readonly callingUserReference?: Uint8Array;
    readonly calledUserReference?: Uint8Array;
    readonly commonReference?: Uint8Array;
    readonly additionalReference?: Uint8Array;
  };
}

export type SessionRequest =
  | ({ readonly kind: 'SCONreq' } & SessionConnect)
  | ({ readonly kind: 'SCONrsp+' } & SessionAccept)
  | {
      readonly kind: 'SCONrsp-';
      readonly identifier?: SessionConnectionIdentifier;
      readonly reason: SessionRefuseReason;
      readonly userData?: readonly Uint8Array[];
    }
  | { readonly kind: 'SDTreq'; readonly userData: readonly Uint8Array[] }
  | { readonly kind: 'STGreq'; readonly tokens: readonly SessionToken[] }
  | {
      readonly kind: 'SPTreq';
      readonly tokens: readonly SessionToken[];
      readonly userData?: readonly Uint8Array[];
    }
  | { readonly kind: 'SCGreq' }
  /** Minor sync point, explicit confirmation wanted. The number it gets is told by `SSYNmlocal`. */
  | { readonly kind: 'SSYNmreq'; readonly userData?: readonly Uint8Array[] }
  | { readonly kind: 'SSYNmrsp'; readonly serialNumber: number }
  | { readonly kind: 'SUERreq'; readonly reason: ExceptionReason; readonly userData?: readonly Uint8Array[] }
  | { readonly kind: 'SACTSreq'; readonly activity: Uint8Array; readonly userData?: readonly Uint8Array[] }
  | { readonly kind: 'SACTRreq'; readonly activity: Uint8Array; readonly link: ActivityLink }
  | { readonly kind: 'SACTIreq'; readonly reason: ExceptionReason }
  | { readonly kind: 'SACTIrsp' }
  | { readonly kind: 'SACTDreq'; readonly reason: ExceptionReason }
  | { readonly kind: 'SACTDrsp' }
  | { readonly kind: 'SACTEreq'; readonly userData?: readonly Uint8Array[] }
  | { readonly kind: 'SACTErsp'; readonly userData?: readonly Uint8Array[] }
  | { readonly kind: 'SRELreq'; readonly userData?: readonly Uint8Array[] }
  | { readonly kind: 'SRELrsp+'; readonly userData?: readonly Uint8Array[] }
  | { readonly kind: 'SUABreq'; readonly userData?: readonly Uint8Array[] };

export type SessionIndication =
  | ({ readonly kind: 'SCONind' } & SessionConnectIndication)
  | ({ readonly kind: 'SCONcnf+' } & SessionAcceptConfirm)
  | {
      readonly kind: 'SCONcnf-';
      /** 'transport' when the transport service refused, with what it said. */
      readonly reason: SessionRefuseReason | 'transport' | number;
      readonly detail?: string;
      readonly userData: Uint8Array;
    }
  | { readonly kind: 'SDTind'; readonly userData: Uint8Array }
  | { readonly kind: 'STGind'; readonly tokens: readonly SessionToken[] }
  | { readonly kind: 'SPTind'; readonly tokens: readonly SessionToken[]; readonly userData: Uint8Array }
  | { readonly kind: 'SCGind' }
  /** Local: the serial number that the last SSYNmreq or SACTEreq was given. */
  | { readonly kind: 'SSYNmlocal'; readonly serialNumber: number }
  | {
      readonly kind: 'SSYNmind';
      readonly serialNumber: number;
      readonly confirm: boolean;
      readonly userData: Uint8Array;
    }
  | { readonly kind: 'SSYNmcnf'; readonly serialNumber: number; readonly userData: Uint8Array }
  | { readonly kind: 'SUERind'; readonly reason: ExceptionReason | number; readonly userData: Uint8Array }
  | { readonly kind: 'SPERind'; readonly detail: string }
  | { readonly kind: 'SACTSind'; readonly activity: Uint8Array; readonly userData: Uint8Array }
  | {
      readonly kind: 'SACTRind';
      readonly activity: Uint8Array;
      readonly link: ActivityLink;
      readonly userData: Uint8Array;
    }
  | { readonly kind: 'SACTIind'; readonly reason: ExceptionReason | number }
  | { readonly kind: 'SACTIcnf' }
  | { readonly kind: 'SACTDind'; readonly reason: ExceptionReason | number }
  | { readonly kind: 'SACTDcnf' }
  | { readonly kind: 'SACTEind'; readonly serialNumber: number; readonly userData: Uint8Array }
  | { readonly kind: 'SACTEcnf'; readonly userData: Uint8Array }
  | { readonly kind: 'SRELind'; readonly userData: Uint8Array }
  | { readonly kind: 'SRELcnf+'; readonly userData: Uint8Array }
  | { readonly kind: 'SUABind'; readonly userData: Uint8Array }
  /** Provider abort: protocol error, loss of transport, or a deadline. */
  | {
      readonly kind: 'SPABind';
      readonly cause: 'transport-lost' | 'protocol-error' | 'timeout' | 'peer-provider';
      readonly detail: string;
    };
