// What RFC 1006 gives to transport: the network service (X.213, cut down to what class 0 uses) as types. An
// NSDU is one TPDU; the packet header is put on and taken off in this room. Not here: sockets.

export type NetworkIndication =
  /** The network connection stands: dialled by the initiator, accepted by the responder. */
  | { readonly kind: 'NCONcnf' }
  /** One TPDU, as the packet carried it. A view into what was received, valid until released. */
  | { readonly kind: 'NDTind'; readonly nsdu: Uint8Array }
  /** The network connection is gone: closed by the peer, reset, failed, or closed for a framing error. */
  | { readonly kind: 'NDISind'; readonly detail: string };

export type NetworkRequest =
  /** One TPDU as the pieces that make it up; `encodeTpkt` puts the packet header before it. */
  | { readonly kind: 'NDTreq'; readonly nsdu: readonly Uint8Array[] }
  /** Close the network connection after what was sent before. */
  | { readonly kind: 'NDISreq' };
