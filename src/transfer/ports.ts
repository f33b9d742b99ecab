// What transfer needs of the world, as ports: associations that somebody else carries over a network, local
// delivery, and the way events leave. The net room implements the network on sockets; a simulated world
// implements it in memory. Nothing here waits or touches a socket.

import type { LinkTlsConfiguration } from '../config/index.ts';
import type {
  AssociationOptions,
  ProtocolViolation,
  RTIndication,
  RTRequest,
  StackTolerance,
} from '../stack/association/service.ts';

/** One association over one network connection, as its user holds it. */
export interface AssociationHandle {
  /** Unique in this process; never reused. */
  readonly id: number;
  /** Where the peer is, for the log: 'address:port'. */
  readonly peerAddress: string;
  /** The TLS that it runs over; absent on a plain connection. */
  readonly tls?: ChannelTls | undefined;
  /** Hands a primitive to the stack. After the end of the association it is ignored. */
  request(primitive: RTRequest): void;
  /** Stops or goes on reading octets of this peer: how a slow store slows one sender. */
  setReading(on: boolean): void;
  /**
   * Whether so much waits to be written that no more should be supplied; `onWritable` tells when it is less.
   */
  congested(): boolean;
  /** Ends the network connection at once, without a word to the peer. */
  destroy(detail: string): void;
}

/** The other end of a TLS connection, as far as its certificate tells. */
export interface ChannelTls {
  readonly protocol: string;
  /** SHA-256 of the peer's certificate, upper case with colons; undefined where it showed none. */
  readonly fingerprint: string | undefined;
  /** What is wrong with the peer's certificate for this link, if anything; with `name`, its names too. */
  misfit(wanted: LinkTlsConfiguration, name: string | undefined): TlsMisfit | undefined;
}
export interface TlsMisfit {
  readonly code: string;
  readonly expected: string;
  readonly got: string;
}

/** Who uses an association. Every callback comes at most once per event and never after `onClosed`. */
export interface AssociationUser {
  onIndication(primitive: RTIndication): void;
  onViolation(violation: ProtocolViolation): void;
  /** The peer departed from the standard, and the stack put up with it. */
  onTolerance?(name: StackTolerance, got: string): void;
  onWritable(): void;
  /** Octets could not be sent, and the connection is going; `onClosed` follows. */
  onSendFailed?(code: string, detail: string): void;
  /** The network connection is gone and the association with it. Always the last word. */
  onClosed(detail: string): void;
}

export interface DialTarget {
  readonly address: string;
  readonly port: number;
  /** Source address, where the machine has several. */
  readonly localAddress?: string;
  /** Given up when the TCP connection does not stand by then, in milliseconds. */
  readonly connectTimeout_ms: number;
  /** Absent: a plain connection. */
  readonly tls?: LinkTlsConfiguration | undefined;
}

/** Why a network connection could not be made: for retry, and for the event. */
export interface DialFailure {
  readonly code: string;
  readonly detail: string;
  /** The TCP connection stood, but not TLS on it. */
  readonly tls?: TlsMisfit;
}

export interface Network {
  /**
   * Dials and builds an initiating association on the connection. `opened` hands over the handle before any
   * octet flows; the returned function gives the attempt up.
   */
  dial(request: DialRequest): () => void;
}
export interface DialRequest {
  readonly target: DialTarget;
  readonly options: AssociationOptions;
  readonly opened: (handle: AssociationHandle) => AssociationUser;
  readonly failed: (failure: DialFailure) => void;
}
