// The configuration as rooms get it: checked, complete, frozen. Durations are Millis, sizes octets, selectors
// octets, directories absolute paths. Not the YAML: schema.ts says how each key is written and what it means.

import type { Millis } from '../base/time.ts';
import type { TextRepertoire } from './conversion-keys.ts';
import type { ConfigurationError } from './error.ts';
import type { TolerancesConfiguration } from './tolerances.ts';
import type { WeekTimes } from './week-times.ts';
import type { AddressSpace, GlobalDomainIdentifier, ORAddress } from '../address/index.ts';

export interface Configuration {
  /** The file it came from; undefined for the built-in default. */
  readonly file: string | undefined;
  readonly mta: MtaConfiguration;
  readonly listen: readonly ListenConfiguration[];
  readonly admin: AdminConfiguration;
  readonly store: StoreConfiguration;
  readonly tracking: TrackingConfiguration;
  readonly alarms: AlarmsConfiguration;
  readonly links: readonly LinkConfiguration[];
  readonly groups: readonly GroupConfiguration[];
  readonly deliver: readonly DeliverConfiguration[];
  readonly redirections: readonly RedirectionConfiguration[];
  readonly lists: readonly ListConfiguration[];
  /** Entries that have errors, and what is in force in their place until they are mended. Absent: none. */
  readonly setAside?: readonly SetAsideEntry[];
}

/** An entry with errors that touch nothing else. */
export interface SetAsideEntry {
  readonly kind: 'link' | 'group' | 'deliver space' | 'redirection' | 'list';
  readonly name: string;
  /** In the order of the file; at least one. */
  readonly errors: readonly ConfigurationError[];
  /** A link is disabled, a group has fewer members; the others only after a reload. */
  readonly meanwhile: 'disabled' | 'fewer-members' | 'as-before' | 'left-out';
  /** Whether an MTA would not start on the file. */
  readonly refusesStart: boolean;
  /** Of one that is left out: entries that the file has no more; they stay, since it may be one of them. */
  readonly staying?: readonly string[];
}

export interface MtaConfiguration {
  readonly name: string;
  readonly domain: GlobalDomainIdentifier;
  readonly expiry: PerPriority<Millis>;
  readonly limits: LimitsConfiguration;
  readonly duplicates: DuplicatesConfiguration;
}

/** How messages that come again are known. */
export interface DuplicatesConfiguration {
  readonly window: Millis;
  /** Messages remembered at most. */
  readonly messages: number;
}

export interface PerPriority<T> {
  readonly urgent: T;
  readonly normal: T;
  readonly nonUrgent: T;
}

export interface LimitsConfiguration {
  /** Octets of content. */
  readonly messageSize: number;
  readonly recipients: number;
  /** Octets of content that come back with a report on it, where that is asked for. */
  readonly returnedContent: number;
  /** Trace elements; more is taken for a loop. */
  readonly hops: number;
  /** Associations that callers may have open at once, over all listeners. */
  readonly inboundAssociations: number;
  /** Octets of one reassembled TSDU. */
  readonly tsduSize: number;
  /** From TCP connection to the answered bind, for callers. */
  readonly inboundOpen: Millis;
  /** How long a caller that was refused, aborted or released may keep its connection. */
  readonly inboundDisconnect: Millis;
}

export interface ListenConfiguration {
  readonly address: string;
  readonly port: number;
  /** Absent: a plain listener. */
  readonly tls?: ListenTlsConfiguration;
}

/** Absolute paths of PEM files. */
export interface ListenTlsConfiguration {
  readonly certificate: string;
  readonly key: string;
  readonly ca: string | undefined;
  readonly requestClientCertificate: boolean;
  readonly handshakeTimeout: Millis;
}

export interface LinkTlsConfiguration {
  /** Whether we call by TLS. */
  readonly call: boolean;
  /** Whether the peer must call by TLS. */
  readonly required: boolean;
  readonly requireClientCertificate: boolean;
  /** Absolute path of a PEM file. */
  readonly ca: string | undefined;
  /** SHA-256, upper case with colons. */
  readonly fingerprint: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  /** What the peer's certificate must be made out to; undefined: to peer.address. */
  readonly serverName: string | undefined;
  readonly sni: boolean;
  readonly handshakeTimeout: Millis;
}

export interface AdminConfiguration {
  readonly address: string;
  readonly port: number;
  /** Whether /metrics is answered without the token. */
  readonly openMetrics: boolean;
  /** Absolute path of the bearer token's file; `admin.token` in the store's directory. */
  readonly tokenFile: string;
}

export interface StoreConfiguration {
  /** Absolute path. */
  readonly directory: string;
  /** Content up to here lies in the database row, larger content in a spool file. Octets. */
  readonly inlineOctetsMax: number;
  /** Octets free on its disk: below `low` nothing new is accepted, from `high` on all is again. */
  readonly space: { readonly low: number; readonly high: number };
}

export interface TrackingConfiguration {
  /** After the last act on a message that is gone from the queue. */
  readonly keep: Millis;
}

/** What is told by itself; 0 is never. */
export interface AlarmsConfiguration {
  /** Of what waits for one next hop: copies, and the time since the oldest was accepted. */
  readonly queue: { readonly copies: number; readonly age: Millis };
  /** Of the event loop. */
  readonly loopDelay: Millis;
}

export type LinkMode = 'normal' | 'x410-1988' | 'x410-1984';

export interface LinkConfiguration {
  readonly name: string;
  readonly peer: PeerConfiguration;
  /** What we present to this peer. */
  readonly credentials: CredentialsConfiguration;
  readonly mode: LinkMode;
  /** Whether P22 contents go to this peer of 1984 as P2. */
  readonly contentDowngrade: 'none' | 'p2';
  readonly conversion: ConversionConfiguration;
  readonly selectors: { readonly local: SelectorsConfiguration; readonly remote: SelectorsConfiguration };
  readonly addressSpaces: readonly AddressSpaceConfiguration[];
  readonly sameDomain: boolean;
  /** Whether what comes by this link waits here for its deferred delivery time. */
  readonly holdDeferred: boolean;
  readonly enabled: boolean;
  /** Octets of content. */
  readonly maxMessageSize: number;
  readonly schedule: ScheduleConfiguration;
  readonly batch: PerPriority<BatchConfiguration>;
  readonly retry: RetryConfiguration;
  readonly restrictions: RestrictionsConfiguration;
  readonly rts: RtsConfiguration;
  readonly associations: AssociationsConfiguration;
  readonly timers: LinkTimersConfiguration;
  /** Absent: no TLS is asked for; a caller may use it nevertheless. */
  readonly tls?: LinkTlsConfiguration;
  readonly tolerances: TolerancesConfiguration;
  /** What is wrong with its entry: it is disabled, whatever else is said here. Absent: nothing. */
  readonly faults?: readonly ConfigurationError[];
}

export interface PeerConfiguration {
  /** The MTA name that the peer presents in its bind. */
  readonly mta: string;
  /** What the peer must present; undefined: its credentials are not looked at. */
  readonly password: string | undefined;
  /** Undefined: never called, only answered. */
  readonly address: string | undefined;
  readonly port: number;
  /** IP addresses and ranges that it may call from; empty: any. */
  readonly addresses: readonly string[];
}

export interface CredentialsConfiguration {
  readonly mta: string;
  readonly password: string | undefined;
}

/** Undefined: outbound none is sent, inbound any is accepted. */
export interface SelectorsConfiguration {
  readonly transport?: Uint8Array;
  readonly session?: Uint8Array;
  readonly presentation?: Uint8Array;
}

export interface AddressSpaceConfiguration {
  /** As it is printed. */
  readonly text: string;
  readonly space: AddressSpace;
  readonly cost: number;
}

/** Several links that serve the same address spaces. */
export interface GroupConfiguration {
  readonly name: string;
  /** Names of links. */
  readonly links: readonly string[];
  readonly addressSpaces: readonly AddressSpaceConfiguration[];
}

/** What the link takes; an empty list restricts nothing. */
export interface RestrictionsConfiguration {
  readonly priorities: readonly ('urgent' | 'normal' | 'non-urgent')[];
  /** Object identifiers in dotted form. */
  readonly contentTypes: readonly string[];
  readonly originators: {
    readonly accept: readonly AddressSpace[];
    readonly reject: readonly AddressSpace[];
  };
}

/** When we call. */
export interface ScheduleConfiguration {
  readonly style: 'always' | 'never' | 'times' | 'remote-initiated' | 'poll';
  readonly times: readonly WeekTimes[];
  /** IANA name, or UTC. */
  readonly timeZone: string;
  readonly pollInterval: Millis;
  readonly urgentIgnoresSchedule: boolean;
}

/** What must wait before the link is called: any of the three. */
export interface BatchConfiguration {
  readonly messages: number;
  /** Of content; 0: not looked at. */
  readonly octets: number;
  readonly age: Millis;
}

export interface RetryConfiguration {
  readonly openInterval: Millis;
  readonly backoff: 'fixed' | 'exponential';
  /** Where it is exponential. */
  readonly openIntervalFirst: Millis;
  readonly openRetries: number;
  readonly transferInterval: Millis;
  readonly transferRetries: number;
}

export interface RtsConfiguration {
  /** Octets; 0 = no checkpoints. A multiple of 1,024. */
  readonly checkpoint: number;
  readonly window: number;
  readonly recoveryTimeout: Millis;
  readonly dialogue: 'any' | 'monologue' | 'two-way-alternate';
  /** Time allowed for each KiB of a transfer, by the message's priority. */
  readonly transferTimePerKiB: PerPriority<Millis>;
}

export interface AssociationsConfiguration {
  readonly max: number;
  /** Queued messages for each further association. */
  readonly threshold: number;
  /** How long an idle association of ours is kept open. */
  readonly lifetime: Millis;
  /** How long a release may take. */
  readonly disconnect: Millis;
}

export interface LinkTimersConfiguration {
  /** TCP connect. */
  readonly connect: Millis;
  /** From the TCP connection to the answered bind. */
  readonly open: Millis;
  /** Silence of the peer while an answer of its is due, or its activity open. */
  readonly activity: Millis;
  /** A caller's association with nothing in transfer. */
  readonly idle: Millis;
}

export interface DeliverConfiguration {
  /** Stable: part of the next hop's key. Defaults to the address space's text. */
  readonly name: string;
  readonly addressSpace: AddressSpace;
  readonly users: 'any' | readonly { readonly text: string; readonly address: ORAddress }[];
  /** Absolute path. */
  readonly directory: string;
  /** Who gets what is for unknown users of the space, where the originator allowed it. */
  readonly alternateRecipient: RecipientAddress | undefined;
  readonly conversion: ConversionConfiguration;
}

/** What texts the users of a space, or the peer of a link, take, and what others become. */
export interface ConversionConfiguration {
  /** Empty: all. */
  readonly accepts: readonly TextRepertoire[];
  readonly text: 'none' | TextRepertoire;
  /** Whether parts that hold no text are taken. */
  readonly others: boolean;
  readonly substitution: string;
  readonly nearest: boolean;
  /** Columns; 0: never. */
  readonly wrap: number;
  /** Octets of one text. */
  readonly textSize: number;
  readonly time: Millis;
}

export interface RecipientAddress {
  readonly text: string;
  readonly address: ORAddress;
}

/** One of `from` and `fromSpace` is there. */
export interface RedirectionConfiguration {
  readonly from: RecipientAddress | undefined;
  readonly fromSpace: AddressSpace | undefined;
  readonly to: RecipientAddress;
  readonly reason:
    | 'recipient-assigned-alternate-recipient'
    | 'recipient-MD-assigned-alternate-recipient'
    | 'directory-look-up'
    | 'alias';
}

export interface ListConfiguration {
  /** Part of the next hop's key. */
  readonly name: string;
  readonly address: RecipientAddress;
  /** Absolute path. */
  readonly file: string | undefined;
  readonly members: readonly RecipientAddress[];
  readonly owner: RecipientAddress | undefined;
  /** Empty: anybody. */
  readonly submit: readonly AddressSpace[];
  readonly reports: 'originator' | 'owner' | 'both' | 'none';
  /** How long members that were read count. */
  readonly ttl: Millis;
  readonly maxMembers: number;
}
