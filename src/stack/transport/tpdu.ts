// The TPDUs of class 0 (X.224 13) as values, and the numbers of their reasons. Not here: octets, which
// `tpdu-codec.ts` reads and writes.

import type { TransportDisconnectReason } from './service.ts';

/** CONNECTION REQUEST and CONNECTION CONFIRM differ in their code alone (X.224 13.3, 13.4). */
export interface ConnectTpdu {
  readonly kind: 'CR' | 'CC';
  readonly destination: number;
  readonly source: number;
  /** Preferred class (CR) or chosen class (CC): the upper half of the class octet. */
  readonly class: number;
  /** Classes that the sender of a CR would also take; empty if it named none. */
  readonly alternativeClasses: readonly number[];
  /** In octets, from parameter 0xc0; absent over RFC 1006 means 65,531. */
  readonly tpduOctets?: number;
  /** The code that named it, where X.224 has no such code. */
  readonly sizeCodeBeyond?: number;
  readonly calling?: Uint8Array;
  readonly called?: Uint8Array;
}
/** DISCONNECT REQUEST (X.224 13.5). */
export interface DisconnectTpdu {
  readonly kind: 'DR';
  readonly destination: number;
  readonly source: number;
  readonly reason: number;
}
/** DISCONNECT CONFIRM (X.224 13.6). Class 0 does not use it; some peers answer a DR with it. */
export interface DisconnectConfirmTpdu {
  readonly kind: 'DC';
  readonly destination: number;
  readonly source: number;
}
/** DATA (X.224 13.7). */
export interface DataTpdu {
  readonly kind: 'DT';
  readonly endOfTsdu: boolean;
  readonly userData: Uint8Array;
}
/** ERROR (X.224 13.12). */
export interface ErrorTpdu {
  readonly kind: 'ER';
  readonly destination: number;
  readonly cause: number;
  /** The octets that were rejected, as far as the sender repeats them. */
  readonly invalidTpdu?: Uint8Array;
}
export type Tpdu = ConnectTpdu | DisconnectTpdu | DisconnectConfirmTpdu | DataTpdu | ErrorTpdu;

/** X.224 13.5.3 d): the reasons that have a name in the service. */
const reasonNumbers: Readonly<Record<TransportDisconnectReason, number>> = {
  'not-specified': 0,
  congestion: 1,
  'address-unknown': 3,
  normal: 128,
  'protocol-error': 133,
  'connection-request-refused': 136,
};

/** The number of a disconnect reason. */
export function disconnectReasonNumber(reason: TransportDisconnectReason): number {
  return reasonNumbers[reason];
}

/** The name of a disconnect reason, or the number itself where the service has no name for it. */
export function disconnectReasonName(reason: number): TransportDisconnectReason | number {
  for (const name of Object.keys(reasonNumbers) as TransportDisconnectReason[]) {
    if (reasonNumbers[name] === reason) return name;
  }
  return reason;
}

/** X.224 13.5.3: connection negotiation failed. */
export const REASON_NEGOTIATION_FAILED = 130;
