// The ledger of responsibility: what the MTA may ask of its queue, whatever database keeps it. Everything
// that changes is one `Transition`, committed whole or not at all: messages secured, copies finished,
// attempts recorded, reports created and tracking written together. A promise that resolves means: on
// stable storage. Claims (who is transferring a copy now) are leases of a running process, never part of
// the message's state. The store holds no policy: next hops are keys that mean nothing here.

import type { Instant } from '../base/time.ts';
import type { TrackingAct } from './tracking-acts.ts';

export type MessageKind = 'message' | 'probe' | 'report';
export type Priority = 'urgent' | 'normal' | 'non-urgent';
/** Never repeats, even after deletion. */
export type MessageId = number;
/** One copy: a message with the recipients that share one next hop. Never repeats. */
export type CopyId = number;
/** Opaque here: 'link/NAME' or 'deliver/NAME' (routing makes them). */
export type NextHopKey = string;

/**
 * Content that lies with the message, or in a spool file that was sealed before. Octets as they came. Several
 * messages may name one spool if they have one MTS identifier (a list's members, a redirection).
 */
export type StoredContent =
  | { readonly kind: 'none' }
  | { readonly kind: 'inline'; readonly octets: Uint8Array }
  | { readonly kind: 'spooled'; readonly spool: SpoolName; readonly octets_count: number };
export type SpoolName = string;

export interface NewMessage {
  readonly kind: MessageKind;
  /** Text form '/P=…/A=…/C=…/;local-id'. Not unique: two peers may err. */
  readonly mtsIdentifier: string;
  readonly priority: Priority;
  /** O/R address of the originator in text form, for lists and searches. */
  readonly originator: string;
  /** O/R addresses in text form; the index is the recipient number used by copies and tracking, from 0. */
  readonly recipients: readonly string[];
  readonly contentType?: string;
  readonly contentLength: number;
  readonly acceptedAt: Instant;
  readonly expiresAt: Instant;
  /** The link it came by; absent when submitted here. A recipient never goes back on it. */
  readonly arrivedBy?: NextHopKey;
  /** The encoded envelope (message, probe) or the encoded report APDU. Opaque here. */
  readonly envelope: Uint8Array;
  readonly content: StoredContent;
  /** One per next hop. May be empty when every recipient has its outcome: then only tracking remains. */
  readonly copies: readonly NewCopy[];
}
export interface NewCopy {
  readonly nextHop: NextHopKey;
  /** Indexes into `recipients`, rising. */
  readonly recipients: readonly number[];
  /** Not to be taken up before (deferred delivery). */
  readonly notBefore?: Instant;
  readonly held?: boolean;
  /** Set aside from the start: nobody takes it up, and it does not expire. Not with `held` or `claim`. */
  readonly quarantined?: boolean;
  /** Claimed for this process at once, so that it need not be asked for again. Not with `held`. */
  readonly claim?: Claim;
}
/** A part of a copy that is split: of its message and priority, a copy of its own. */
export interface SplitPart extends NewCopy {
  /**
   * It goes on where the copy stood: with its attempts, those of the same transition among them, and what was
   * said of the last. `notBefore` is the part's own. Absent: it begins anew.
   */
  readonly keepsAttempts?: boolean;
}
export interface Claim {
  readonly owner: string;
  readonly until: Instant;
}

export type CopyState = 'queued' | 'held' | 'quarantined';

/** What lists show and the scheduler orders by. */
export interface CopySummary {
  readonly copy: CopyId;
  readonly message: MessageId;
  readonly kind: MessageKind;
  readonly mtsIdentifier: string;
  readonly priority: Priority;
  readonly originator: string;
  readonly recipients: readonly { readonly number: number; readonly address: string }[];
  readonly contentType?: string;
  readonly contentLength: number;
  readonly acceptedAt: Instant;
  readonly expiresAt: Instant;
  readonly arrivedBy?: NextHopKey;
  readonly nextHop: NextHopKey;
  readonly state: CopyState;
  readonly notBefore?: Instant;
  readonly attempts: number;
  readonly lastAttemptAt?: Instant;
  readonly lastError?: string;
}
/** A copy with what transfer and delivery need. Large content is read in pieces by `readContent`. */
export interface QueuedCopy extends CopySummary {
  readonly envelope: Uint8Array;
  readonly content: StoredContent;
}

/** In tracking-acts.ts, with what each means to the books of a message. */
export type { TrackingAct } from './tracking-acts.ts';

export interface TrackingRecord {
  readonly at: Instant;
  readonly act: TrackingAct;
  readonly mtsIdentifier: string;
  readonly kind: MessageKind;
  readonly originator: string;
  /** The recipients that this act answers for, in text form. */
  readonly recipients: readonly string[];
  readonly priority?: Priority;
  readonly contentType?: string;
  readonly contentLength?: number;
  /** The number of the message in this ledger that the act is about; none where it never was in it. */
  readonly message?: MessageId;
  /**
   * Of a message that the same transition creates: its place in `create`. Of one that ends with the
   * transition and is never stored: any negative number, the same for all its records. The store keeps the
   * number that it gave instead, as `message`.
   */
  readonly created?: number;
  /** Recipients that the act puts in the place of `recipients`: redirection, expansion of a list. */
  readonly adds?: readonly string[];
  /** Link or directory, adjacent MTA, reason and diagnostic, subject of a report: what tells the story. */
  readonly detail: Readonly<Record<string, string | number>>;
}

/** What the ledger knows of one message: every act on it, and where it waits. For the audit. */
export interface LedgerEntry {
  readonly message: MessageId;
  /** By time, then as they were committed. */
  readonly records: readonly TrackingRecord[];
  readonly copies: readonly LedgerCopy[];
  /** What of it could not be read, if anything. */
  readonly damage?: string;
}
export interface LedgerCopy {
  readonly copy: CopyId;
  readonly nextHop: NextHopKey;
  readonly state: CopyState;
  readonly recipients: readonly string[];
}
/** How an attempt ended. It ends the claim of `onBehalfOf` on this copy. */
export interface AttemptRecord {
  readonly copy: CopyId;
  readonly at: Instant;
  readonly error: string;
  /** Not to be tried again before. */
  readonly notBefore?: Instant;
  /** False for an attempt that made progress: it is noted, not counted. */
  readonly counts: boolean;
}

/** A change of one copy that is not its end. It ends any claim on the copy; `null` takes `notBefore` away. */
export interface Placement {
  readonly copy: CopyId;
  readonly nextHop?: NextHopKey;
  readonly state?: CopyState;
  readonly priority?: Priority;
  readonly notBefore?: Instant | null;
  readonly resetAttempts?: boolean;
}

/** A point up to which a transfer is confirmed (X.228 recovery). */
export interface RecoveryPoint {
  readonly key: string;
  readonly link: string;
  readonly direction: 'in' | 'out';
  readonly savedAt: Instant;
  readonly data: Uint8Array;
  /** The spool that holds the octets up to this point. It lives as long as a point or a message names it. */
  readonly spool?: SpoolName;
}

/**
 * Processing failed that many times: of a copy in a stage, or of something that was never secured. Kept over
 * restarts, so that what kills the process is found out. The keys mean nothing here.
 */
export interface Strike {
  readonly key: string;
  readonly count: number;
  readonly at: Instant;
  readonly detail: string;
}

export interface Transition {
  readonly create?: readonly NewMessage[];
  /**
   * Copies all of whose recipients now have an outcome. A message without copies is removed with its
   * spool.
   */
  readonly finish?: readonly CopyId[];
  readonly attempts?: readonly AttemptRecord[];
  readonly place?: readonly Placement[];
  /**
   * Replaces one copy by several (split or reroute of some recipients), or by one for fewer recipients where
   * the others have their outcome. The parts have numbers of their own: whoever read the copy before cannot
   * end it.
   */
  readonly split?: readonly { readonly copy: CopyId; readonly into: readonly SplitPart[] }[];
  readonly saveRecovery?: readonly RecoveryPoint[];
  readonly dropRecovery?: readonly string[];
  readonly tracking?: readonly TrackingRecord[];
  /** Each takes the place of the strike with its key. */
  readonly strikes?: readonly Strike[];
  /** Keys; those that are not there are passed over. After `strikes`. */
  readonly dropStrikes?: readonly string[];
  /**
   * Refuse as a whole (`busy`) if a copy named in finish, place or split is claimed by someone else.
   * Absent: the caller holds no claims, so any running claim is someone else's.
   */
  readonly onBehalfOf?: string;
}

export type CommitResult =
  | {
      readonly ok: true;
      /** In the order of `create`, and in each that of its `copies`. */
      readonly created: readonly { readonly message: MessageId; readonly copies: readonly CopyId[] }[];
      readonly splitInto: readonly (readonly CopyId[])[];
    }
  | { readonly ok: false; readonly refusal: StoreRefusal };

export type StoreRefusal =
  | { readonly kind: 'busy'; readonly copies: readonly CopyId[] }
  | { readonly kind: 'no-such-copy'; readonly copies: readonly CopyId[] }
  | { readonly kind: 'no-space'; readonly detail: string }
  /** What the disk did, or did not do: nobody knows whether it will the next time. */
  | { readonly kind: 'failed'; readonly detail: string }
  /**
   * What it names is not what it was: a spool that is gone, not sealed, of another length or another
   * message's, or a copy whose row is damaged. It will never stand, however often it is asked. A copy whose
   * own row is damaged is quarantined by the store, with a finding.
   */
  | { readonly kind: 'damaged'; readonly detail: string }
  /** It has ended, or is closed: nothing more is taken, whoever asks and however often. */
  | { readonly kind: 'ended'; readonly detail: string };

export interface ClaimRequest {
  readonly owner: string;
  readonly nextHop: NextHopKey;
  readonly until: Instant;
  readonly now: Instant;
  readonly limit: number;
  /** Only these priorities; all when absent. */
  readonly priorities?: readonly Priority[];
  /** Only these copies; all when absent. */
  readonly copies?: readonly CopyId[];
}

export interface CopyQuery {
  readonly nextHop?: NextHopKey;
  readonly state?: CopyState;
  /** Exact MTS identifier. */
  readonly mtsIdentifier?: string;
  /** Parts of the text form, ignoring case. */
  readonly originator?: string;
  readonly recipient?: string;
  readonly limit?: number;
  readonly afterCopy?: CopyId;
}
export interface TrackingQuery {
  readonly mtsIdentifier?: string;
  readonly act?: TrackingAct;
  readonly originator?: string;
  readonly recipient?: string;
  readonly since?: Instant;
  readonly until?: Instant;
  readonly limit?: number;
  /** So many that answer are passed over first: with `since`, where an answer before this one ended. */
  readonly skip?: number;
}
export interface QueueCount {
  readonly nextHop: NextHopKey;
  readonly priority: Priority;
  readonly state: CopyState;
  readonly copies: number;
  readonly octets: number;
  readonly oldestAcceptedAt: Instant;
}

export type SpoolResult = { readonly ok: true } | { readonly ok: false; readonly refusal: StoreRefusal };

/**
 * Receives content too large to lie in a row. Nothing of it counts until a Transition names it. After a
 * refusal every further call is refused alike, and a Transition that names the spool is refused.
 */
export interface SpoolWriter {
  readonly name: SpoolName;
  /** The octets may be reused once this resolves. */
  write(octets: Uint8Array): Promise<SpoolResult>;
  /** On stable storage up to here. */
  sync(): Promise<SpoolResult>;
  /**
   * Syncs and closes; the spool may now be named in a Transition. `header` makes the file
   * self-describing.
   */
  seal(header: Uint8Array): Promise<SpoolResult>;
  /**
   * Closes it as it is: what was synced can be written on later by `reopenSpool`, as long as a recovery point
   * names it.
   */
  release(): Promise<void>;
  /** Removes the file. Not after a Transition that names it was committed. */
  discard(): Promise<void>;
}

/**
 * What the store found wrong with itself, or with the disk, while serving a request. For an event and an
 * alert.
 */
export interface StoreFinding {
  readonly kind:
    | 'damaged-message'
    | 'damaged-spool'
    | 'damaged-record'
    | 'read-failed'
    /** Something of a process that was killed was in the way, and is put in order. */
    | 'left-over'
    /** Spool files that no message names are removed: what they held was never answered for. */
    | 'spool-orphan'
    /** A transaction failed; it is refused, and the store goes on. */
    | 'store-failed'
    /** Nothing more can be asked of this store: it is to be opened again by another process. */
    | 'store-ended';
  readonly at: Instant;
  /** What was found, and where. */
  readonly detail: string;
  readonly message?: MessageId;
  /** The copies that are quarantined because of it. */
  readonly copies: readonly CopyId[];
  /** As far as it can still be read. */
  readonly mtsIdentifier?: string;
  /** The spool files that are removed, and their size. */
  readonly spools?: { readonly names: readonly SpoolName[]; readonly octets: number };
}

/**
 * No operation throws or rejects for what the world does. A question that the disk cannot answer is
 * answered as if nothing were there, and a StoreFinding says so.
 */
export interface Store {
  /** Commits one transition, whole. Resolves when it is on stable storage. Transitions keep their order. */
  commit(transition: Transition): Promise<CommitResult>;
  /** Claims copies that may be taken up now, by priority and then in order of arrival. */
  claim(request: ClaimRequest): Promise<readonly QueuedCopy[]>;
  /** Gives up the claims of an owner on these copies, without a word in the ledger. */
  unclaim(owner: string, copies: readonly CopyId[]): Promise<void>;
  /** The earliest `notBefore` in the future of what is queued and unclaimed for this hop. */
  nextDue(nextHop: NextHopKey, now: Instant): Promise<Instant | undefined>;
  /** Unclaimed queued or held copies whose message expired. */
  expired(now: Instant, limit: number): Promise<readonly QueuedCopy[]>;
  show(copy: CopyId): Promise<QueuedCopy | undefined>;
  /** By copy, rising. A long queue is searched in slices, so that mail flows meanwhile. */
  list(query: CopyQuery): Promise<readonly CopySummary[]>;
  counts(): Promise<readonly QueueCount[]>;
  /**
   * At most `octets_max` octets of the content from `offset`; empty at the end. Undefined if the message
   * is gone or its content is damaged: its copies are then quarantined, and what was read before must not
   * be confirmed.
   */
  readContent(message: MessageId, offset: number, octets_max: number): Promise<Uint8Array | undefined>;
  /** The same of a spool that was sealed and that no message names yet. Undefined if it cannot be read. */
  readSpool(name: SpoolName, offset: number, octets_max: number): Promise<Uint8Array | undefined>;
  openSpool(): Promise<SpoolWriter>;
  /**
   * Goes on writing a spool that was never sealed, after its first `octets_count` octets of content; what is
   * beyond them is cut off. Undefined if it has not so many, or is gone. Not while another writer has it.
   */
  reopenSpool(name: SpoolName, octets_count: number): Promise<SpoolWriter | undefined>;
  recoveryPoints(link: string): Promise<readonly RecoveryPoint[]>;
  /** All of them, by key. They are few. */
  strikes(): Promise<readonly Strike[]>;
  /** By time, then as they were committed. */
  track(query: TrackingQuery): Promise<readonly TrackingRecord[]>;
  /**
   * At most `limit` messages after this number, rising: those that have tracking records or are in the queue,
   * each as it stands at one moment. Those that came before acts were numbered are left out.
   */
  entries(after: MessageId, limit: number): Promise<readonly LedgerEntry[]>;
  /**
   * Removes tracking of messages that are gone from the queue and whose last act was before then, and records
   * of no message from before then. Done in slices, when nothing else waits.
   * Resolves to how many were removed.
   */
  prune(before: Instant): Promise<number>;
  /** Commits what waits, releases the directory, stops. */
  close(): Promise<void>;
}
