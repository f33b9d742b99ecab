// The reliable transfer service (X.218) as types: what P1 transfer may say to RTSE and hear from it. The
// APDU is streamed in both directions, so that no message need be in memory whole; local primitives for
// that carry no letters of X.218 and are named as local below. Effects have an order: the user secures, then
// answers; RTSE confirms to the peer only after that answer.

/** One-way (the initiator sends) or alternating. */
export type DialogueMode = 'monologue' | 'two-way-alternate';

/** What a recover bind names: the session connection identifier of the lost association. */
export interface RecoveredConnection {
  readonly callingUserReference: Uint8Array;
  readonly commonReference: Uint8Array;
  readonly additionalReference?: Uint8Array;
}

/** Local: an activity that was broken off, and the last point of it that the peer confirmed. */
export interface ResumedActivity {
  readonly activity: Uint8Array;
  readonly serialNumber: number;
  readonly octetsConfirmed: number;
  /** The association in which it was begun; absent when it is this one. */
  readonly connection?: RecoveredConnection;
}

export interface RTOpen {
  /** Units of 1,024 octets; 0 = no checkpoints. */
  readonly checkpointSize: number;
  readonly window: number;
  readonly dialogueMode: DialogueMode;
  /** Who sends first: the X.218 initial turn. */
  readonly initialTurn: 'initiator' | 'responder';
  /** X.410-1984 mode only: 12 = P1 1988, 1 = P1 1984. */
  readonly applicationProtocol?: number;
}

/** X.228: why an open was refused. 'bind-error' carries the encoded bind error of the MTA (normal mode). */
export type RTRefuse =
  | { readonly kind: 'rts-busy' }
  | { readonly kind: 'cannot-recover' }
  | { readonly kind: 'validation-failure' }
  | { readonly kind: 'unacceptable-dialogue-mode' }
  /**
   * `transient` (default: not) says in the AARE whether to try again makes sense; `caller` that it is the
   * address of the caller which is not known. X.410-1984 mode has no place for either.
   */
  | {
      readonly kind: 'bind-error';
      readonly userData: Uint8Array;
      readonly transient?: boolean;
      readonly caller?: 'address-not-recognized';
    }
  /** The selector that was called at this layer is not one of those that this caller may call. */
  | { readonly kind: 'called-selector-unknown'; readonly layer: 'transport' | 'session' | 'presentation' }
  /** Not in this mode, or not with this application protocol: normal mode says it of its context name. */
  | { readonly kind: 'mode-not-served' };

/**
 * The refusal as the initiator sees it: the layer that refused, its reason, and the bind error if there was
 * one.
 */
export interface RTRefused {
  readonly layer: 'network' | 'transport' | 'session' | 'presentation' | 'acse' | 'rtse' | 'user';
  readonly reason: string;
  /** Whether to try again makes sense. */
  readonly transient: boolean;
  /** It was no refusal: the association was aborted before the open was answered. */
  readonly aborted?: true;
  /** The encoded MTABindError, where the peer's MTA refused. */
  readonly userData?: Uint8Array;
  /** What its AARE says beside that. */
  readonly diagnostic?: string;
}

/** X.218 abort reasons and the layer that was lost. */
export interface RTAbort {
  readonly by: 'peer-user' | 'peer-provider' | 'provider' | 'network';
  readonly reason:
    | 'local-system-problem'
    | 'invalid-parameter'
    | 'unrecognized-activity'
    | 'temporary-problem'
    | 'protocol-error'
    | 'permanent-problem'
    | 'user-error'
    | 'transfer-completed'
    | 'connection-lost'
    | 'timeout';
  readonly detail: string;
}

export type RTRequest =
  | ({
      readonly kind: 'RTOPENreq';
      readonly recover?: RecoveredConnection;
      readonly userData: Uint8Array;
    } & RTOpen)
  | { readonly kind: 'RTOPENrsp+'; readonly userData: Uint8Array }
  | { readonly kind: 'RTOPENrsp-'; readonly refuse: RTRefuse }
  /**
   * Transfers one APDU. `octetsTotal` is its exact length; `first` the octets known now. When they are all of
   * it, nothing more is asked; else RTSE asks by `RTsupplyind` and the user answers with `RTsupply`. With
   * `resume` the APDU goes on where the peer confirmed it last, and `first` begins there.
   */
  | {
      readonly kind: 'RTTRreq';
      readonly octetsTotal: number;
      readonly first: readonly Uint8Array[];
      readonly transferTime_ms: number;
      readonly resume?: ResumedActivity;
    }
  /** Local: the next octets of the APDU in transfer, never more than were asked for. */
  | { readonly kind: 'RTsupply'; readonly octets: Uint8Array }
  /** Local: the user cannot supply the rest (its spool failed): the activity is discarded. */
  | { readonly kind: 'RTsupplyfailed' }
  /**
   * Local: the octets up to this checkpoint are secured; the minor synchronisation point may be confirmed.
   * An answer that comes late, for a transfer that is gone, is ignored: whoever answers after a while says by
   * `transfer` (of `RTbeginind`) which one is meant.
   */
  | { readonly kind: 'RTsecured'; readonly serialNumber: number; readonly transfer?: number }
  /** The whole APDU is secured: the end of the activity may be confirmed. */
  | { readonly kind: 'RTTRrsp+'; readonly transfer?: number }
  /** The APDU cannot be taken. Transient: the peer will try again. Permanent: it will report non-delivery. */
  | {
      readonly kind: 'RTTRrsp-';
      readonly transient: boolean;
      readonly detail: string;
      readonly transfer?: number;
    }
  /**
   * Local: the answer to RTresumeind. With the `resumption` of its last secured checkpoint the octets after
   * that follow; without one the whole APDU was secured before: it is confirmed again, and nothing is told.
   */
  | { readonly kind: 'RTresumersp+'; readonly resumption?: string; readonly transfer?: number }
  /** Local: the activity is not known, or the point not secured. */
  | { readonly kind: 'RTresumersp-'; readonly transfer?: number }
  | { readonly kind: 'RTTPreq'; readonly priority: number }
  | { readonly kind: 'RTTGreq' }
  | { readonly kind: 'RTCLOSEreq' }
  | { readonly kind: 'RTCLOSErsp' }
  | { readonly kind: 'RTUABreq'; readonly userData?: Uint8Array };

export type RTIndication =
  | ({
      readonly kind: 'RTOPENind';
      readonly recover?: RecoveredConnection;
      readonly userData: Uint8Array;
      readonly mode: 'normal' | 'x410-1984';
      /** What a recover bind would call this association; absent where none could. */
      readonly connection?: RecoveredConnection;
      /**
       * What an acceptance answers to the sizes proposed, and what then counts (X.228 7.1: the lower of
       * both).
       */
      readonly answered: Pick<RTOpen, 'checkpointSize' | 'window'>;
      /** Selectors of the caller and those it called, by layer, as they came. */
      readonly selectors: SelectorsSeen;
    } & RTOpen)
  | ({
      readonly kind: 'RTOPENcnf+';
      readonly userData: Uint8Array;
      /** What a recover bind would call this association; absent where none could. */
      readonly connection?: RecoveredConnection;
    } & RTOpen)
  | { readonly kind: 'RTOPENcnf-'; readonly refused: RTRefused }
  /** Local: the peer began an activity; octets follow. `transfer` counts those of this association from 1. */
  | { readonly kind: 'RTbeginind'; readonly activity: Uint8Array; readonly transfer: number }
  /** Local: the peer goes on with an activity of before; answered by `RTresumersp+` or `RTresumersp-`. */
  | {
      readonly kind: 'RTresumeind';
      /** What it is called from now on, and what it was called. */
      readonly activity: Uint8Array;
      readonly oldActivity: Uint8Array;
      /** The last point that the peer saw confirmed. */
      readonly serialNumber: number;
      /** Absent when the activity was interrupted on this association. */
      readonly oldConnection?: RecoveredConnection;
      readonly transfer: number;
    }
  /** Local: octets of the APDU, in order, without the wrapping of RTTR or EXTERNAL. */
  | { readonly kind: 'RTdataind'; readonly octets: Uint8Array }
  /**
   * Local: a checkpoint: answer `RTsecured` once all octets so far are on stable storage, and `resumption`
   * with them: it is given back, as it is, when the activity is resumed there.
   */
  | {
      readonly kind: 'RTcheckpointind';
      readonly serialNumber: number;
      readonly octetsSoFar: number;
      readonly resumption?: string;
    }
  /** The APDU is complete: answer `RTTRrsp+` once it is secured. */
  | { readonly kind: 'RTTRind'; readonly octetsTotal: number }
  /**
   * Local: the activity was taken back. What is `resumable` was interrupted: its secured points may be asked
   * for again. Else its octets are of no use any more.
   */
  | { readonly kind: 'RTdiscardind'; readonly detail: string; readonly resumable?: boolean }
  /** Local: give the next octets (at most `octets_max`). */
  | { readonly kind: 'RTsupplyind'; readonly octets_max: number }
  /** Local: the peer confirmed the checkpoint; the sender may count on `octetsConfirmed` after a loss. */
  | {
      readonly kind: 'RTconfirmedind';
      readonly serialNumber: number;
      readonly octetsConfirmed: number;
      /** Absent where it could not be resumed. */
      readonly activity?: Uint8Array;
    }
  /** The peer has secured the whole APDU: the sender's responsibility ends. */
  | { readonly kind: 'RTTRcnf+' }
  /**
   * The transfer failed but the association stands. What is `resumable` was interrupted, and can go on from
   * its last confirmed point.
   */
  | {
      readonly kind: 'RTTRcnf-';
      readonly transient: boolean;
      readonly detail: string;
      readonly resumable?: boolean;
    }
  | { readonly kind: 'RTTPind'; readonly priority: number }
  | { readonly kind: 'RTTGind' }
  | { readonly kind: 'RTCLOSEind' }
  | { readonly kind: 'RTCLOSEcnf' }
  | { readonly kind: 'RTUABind'; readonly userData: Uint8Array }
  | { readonly kind: 'RTPABind'; readonly abort: RTAbort };

export interface SelectorsSeen {
  readonly called: LayerSelectors;
  readonly calling: LayerSelectors;
}
export interface LayerSelectors {
  readonly transport?: Uint8Array;
  readonly session?: Uint8Array;
  readonly presentation?: Uint8Array;
}
