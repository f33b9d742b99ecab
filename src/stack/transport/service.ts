// The transport service (X.214) as types: what the session layer may say to transport and hear from it.

/** Octets of a transport selector; absent means none is sent or was given. */
export type TransportSelector = Uint8Array;

export type TransportRequest =
  | { readonly kind: 'TCONreq'; readonly called?: TransportSelector; readonly calling?: TransportSelector }
  | { readonly kind: 'TCONrsp' }
  /** One TSDU, as the pieces that make it up in order; nothing is copied before the packet is made. */
  | { readonly kind: 'TDTreq'; readonly tsdu: readonly Uint8Array[] }
  | { readonly kind: 'TDISreq'; readonly reason?: TransportDisconnectReason };

export type TransportIndication =
  | { readonly kind: 'TCONind'; readonly called?: TransportSelector; readonly calling?: TransportSelector }
  | { readonly kind: 'TCONcnf' }
  /** One whole TSDU. The octets belong to the receiver. */
  | { readonly kind: 'TDTind'; readonly tsdu: Uint8Array }
  /** The connection is gone. `said` tells a disconnect request of the peer from the loss of the network. */
  | { readonly kind: 'TDISind'; readonly said: TransportLoss };

/** X.224 13.5: the reasons of a DR TPDU that this MTA gives or names. */
export type TransportDisconnectReason =
  | 'normal'
  | 'address-unknown'
  | 'congestion'
  | 'connection-request-refused'
  | 'protocol-error'
  | 'not-specified';

export type TransportLoss =
  | { readonly by: 'peer'; readonly reason: TransportDisconnectReason | number }
  | { readonly by: 'network'; readonly detail: string }
  | { readonly by: 'provider'; readonly detail: string };
