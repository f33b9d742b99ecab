// The presentation service (X.216) as types: what ACSE and RTSE may say to presentation and hear from it. The
// kernel, over the session functional units of an MTA. ACSE has P-CONNECT, P-RELEASE and the aborts; RTSE has
// the rest. A data value goes down as pieces (no copy before the packet) and comes up as one array.

import type {
  ActivityLink,
  ExceptionReason,
  SessionConnectionIdentifier,
  SessionToken,
  TokenPositions,
} from '../session/service.ts';

export type {
  ActivityLink,
  ExceptionReason,
  SessionConnectionIdentifier,
  SessionToken,
  TokenPosition,
  TokenPositions,
} from '../session/service.ts';

/** X.226 Mode-selector. A responder reads it off the CP. */
export type PresentationMode = 'normal' | 'x410-1984';

/** The transfer syntax of everything that an MTA says: the basic encoding of ASN.1. */
export const BASIC_ENCODING = '2.1.1';

/**
 * Stands for a context in X.410-1984 mode, which has none: its one value is the octets themselves, or the SET
 * of an RTSE APDU's components. No context that is negotiated has this number.
 */
export const X410_CONTEXT = 0;

/** One presentation data value to be sent: a whole encoded ASN.1 value, as the pieces that make it up. */
export interface PresentationDataValue {
  readonly context: number;
  readonly value: readonly Uint8Array[];
}
/** One presentation data value received: the octets of one encoded ASN.1 value. */
export interface PresentationDataReceived {
  readonly context: number;
  readonly value: Uint8Array;
}

export interface PresentationContext {
  readonly identifier: number;
  readonly abstractSyntax: string;
  readonly transferSyntaxes: readonly string[];
}

export type ContextRefusal =
  | 'reason-not-specified'
  | 'abstract-syntax-not-supported'
  | 'proposed-transfer-syntaxes-not-supported'
  | 'local-limit-on-DCS-exceeded';

/** What became of one proposed context: in the defined context set, or why not. */
export interface NegotiatedContext {
  readonly identifier: number;
  readonly abstractSyntax: string;
  readonly accepted: boolean;
  readonly refusal?: ContextRefusal | 'user-rejection' | number;
}

/** The parameters of P-CONNECT that pass through to the session service. */
export interface SessionParameters {
  readonly identifier: SessionConnectionIdentifier;
  readonly requirements: number;
  readonly tokens: TokenPositions;
}

export interface PresentationConnect extends SessionParameters {
  readonly mode: PresentationMode;
  readonly calledSelector?: Uint8Array;
  readonly callingSelector?: Uint8Array;
  readonly calledSessionSelector?: Uint8Array;
  readonly callingSessionSelector?: Uint8Array;
}

export type PresentationRequest =
  | ({
      readonly kind: 'PCONreq';
      readonly contexts: readonly PresentationContext[];
      readonly userData: readonly PresentationDataValue[];
    } & PresentationConnect)
  | ({
      readonly kind: 'PCONrsp+';
      readonly userData: readonly PresentationDataValue[];
    } & SessionParameters)
  | {
      readonly kind: 'PCONrsp-';
      readonly userData: readonly PresentationDataValue[];
      /** Said instead of the user data, where what does not fit belongs to a provider. */
      readonly provider?: ProviderRefusal;
    }
  | { readonly kind: 'PDTreq'; readonly userData: readonly PresentationDataValue[] }
  | { readonly kind: 'PTGreq'; readonly tokens: readonly SessionToken[] }
  | {
      readonly kind: 'PTPreq';
      readonly tokens: readonly SessionToken[];
      readonly userData: readonly PresentationDataValue[];
    }
  | { readonly kind: 'PCGreq' }
  | { readonly kind: 'PSYNmreq' }
  | { readonly kind: 'PSYNmrsp'; readonly serialNumber: number }
  | { readonly kind: 'PUERreq'; readonly reason: ExceptionReason }
  | { readonly kind: 'PACTSreq'; readonly activity: Uint8Array }
  | { readonly kind: 'PACTRreq'; readonly activity: Uint8Array; readonly link: ActivityLink }
  | { readonly kind: 'PACTIreq'; readonly reason: ExceptionReason }
  | { readonly kind: 'PACTIrsp' }
  | { readonly kind: 'PACTDreq'; readonly reason: ExceptionReason }
  | { readonly kind: 'PACTDrsp' }
  | { readonly kind: 'PACTEreq' }
  | { readonly kind: 'PACTErsp' }
  | { readonly kind: 'PRELreq'; readonly userData: readonly PresentationDataValue[] }
  | { readonly kind: 'PRELrsp+'; readonly userData: readonly PresentationDataValue[] }
  | { readonly kind: 'PUABreq'; readonly userData: readonly PresentationDataValue[] };

/**
 * A refusal in the words of presentation or of session: the address called is not there for this caller,
 * which could be seen only when it had said who it is.
 */
export type ProviderRefusal =
  | { readonly by: 'presentation'; readonly reason: 'called-presentation-address-unknown' }
  | { readonly by: 'session'; readonly reason: 'session-selector-unknown' | 'user-not-attached' };

/** Who refused a P-CONNECT and what it said. */
export interface PresentationRefusal {
  readonly by: 'transport' | 'session' | 'presentation' | 'user';
  readonly reason: string;
  readonly transient: boolean;
}

export type PresentationIndication =
  | ({
      readonly kind: 'PCONind';
      readonly contexts: readonly NegotiatedContext[];
      readonly userData: readonly PresentationDataReceived[];
    } & PresentationConnect)
  | ({
      readonly kind: 'PCONcnf+';
      readonly contexts: readonly NegotiatedContext[];
      readonly userData: readonly PresentationDataReceived[];
    } & SessionParameters)
  | {
      readonly kind: 'PCONcnf-';
      readonly refusal: PresentationRefusal;
      readonly userData: readonly PresentationDataReceived[];
    }
  | { readonly kind: 'PDTind'; readonly userData: readonly PresentationDataReceived[] }
  | { readonly kind: 'PTGind'; readonly tokens: readonly SessionToken[] }
  | {
      readonly kind: 'PTPind';
      readonly tokens: readonly SessionToken[];
      readonly userData: readonly PresentationDataReceived[];
    }
  | { readonly kind: 'PCGind' }
  /** Local: the serial number that the last PSYNmreq or PACTEreq was given. */
  | { readonly kind: 'PSYNmlocal'; readonly serialNumber: number }
  | { readonly kind: 'PSYNmind'; readonly serialNumber: number; readonly confirm: boolean }
  | { readonly kind: 'PSYNmcnf'; readonly serialNumber: number }
  | { readonly kind: 'PUERind'; readonly reason: ExceptionReason | number }
  | { readonly kind: 'PPERind'; readonly detail: string }
  | { readonly kind: 'PACTSind'; readonly activity: Uint8Array }
  | { readonly kind: 'PACTRind'; readonly activity: Uint8Array; readonly link: ActivityLink }
  | { readonly kind: 'PACTIind'; readonly reason: ExceptionReason | number }
  | { readonly kind: 'PACTIcnf' }
  | { readonly kind: 'PACTDind'; readonly reason: ExceptionReason | number }
  | { readonly kind: 'PACTDcnf' }
  | { readonly kind: 'PACTEind'; readonly serialNumber: number }
  | { readonly kind: 'PACTEcnf' }
  | { readonly kind: 'PRELind'; readonly userData: readonly PresentationDataReceived[] }
  | { readonly kind: 'PRELcnf+'; readonly userData: readonly PresentationDataReceived[] }
  | { readonly kind: 'PUABind'; readonly userData: readonly PresentationDataReceived[] }
  /** Provider abort: of this layer on either side, or of a layer below. */
  | { readonly kind: 'PPABind'; readonly cause: ProviderAbortCause; readonly detail: string };

export type ProviderAbortCause = 'connection-lost' | 'protocol-error' | 'timeout' | 'peer-provider';
