// What a link's scheduler is told and what it asks for, as types. Copies are claimed in the store by whoever
// drives the scheduler, before they are handed in; from then on each is in exactly one place: waiting here,
// in transfer, or handed back by an action. Associations are numbered by the scheduler, never reused.

import type { Instant, Millis } from '../base/time.ts';
import type { EventFields, EventName } from '../events/index.ts';
import type { CopyId, MessageKind, Priority } from '../store/port.ts';
import type { Hours, Permission } from './hours.ts';
import type { PriorityLimit } from './priority-limit.ts';

/** How much of a priority must wait before the link is called: any of the three. */
export interface Batch {
  readonly messages: number;
  /** Of content; 0: not looked at. */
  readonly octets: number;
  /** Since the oldest was accepted. */
  readonly age: Millis;
}
export type Batches = Readonly<Record<Priority, Batch>>;

/** The slice of a link's configuration that scheduling needs. */
export interface LinkSchedule {
  readonly name: string;
  readonly enabled: boolean;
  /** False for a peer without an address: it is never called, only answered. */
  readonly callable: boolean;
  readonly retry: {
    readonly openInterval: Millis;
    /** Default: fixed. */
    readonly backoff?: 'fixed' | 'exponential';
    readonly openIntervalFirst?: Millis;
    readonly openRetries: number;
    readonly transferInterval: Millis;
    readonly transferRetries: number;
  };
  readonly associations: {
    readonly max: number;
    readonly threshold: number;
    readonly lifetime: Millis;
    readonly disconnect: Millis;
  };
  /** When it may be called. Default: always. */
  readonly hours?: Hours;
  /** How much must wait before it is. Default: one copy. */
  readonly batch?: Batches;
  /** How long a peer that was asked for the turn may be silent. Default `turn_silence_ms`. */
  readonly turnSilence?: Millis;
  /** How much of each priority's queue is in memory. Default `window_copies_max` and `window_octets_max`. */
  readonly window?: { readonly copies: number; readonly octets: number };
}

/**
 * One association with the peer: ours from the moment that it is asked for; one that the peer opened from the
 * moment that copies may go over it.
 */
export type AssociationNumber = number;

/** X.218: who sends now; in two-way alternate it changes hands. */
export interface Dialogue {
  readonly mode: 'monologue' | 'two-way-alternate';
  readonly turn: 'ours' | 'peers';
}

/** A copy that is claimed for this link. */
export interface ScheduledCopy {
  readonly copy: CopyId;
  readonly kind: MessageKind;
  readonly priority: Priority;
  /** What it weighs in memory while it waits. */
  readonly octets: number;
  /** Of its content; without it, what it weighs counts. */
  readonly contentOctets?: number;
  readonly acceptedAt?: Instant;
  readonly expiresAt: Instant;
  /** Counted attempts so far (the store's `attempts`). */
  readonly attempts: number;
}

/** `refused` by the peer or its host, `timeout`, `policy`: we refused the peer. */
export type OpenFailure = 'refused' | 'timeout' | 'policy';

/** How an association came to nothing: `lost` is one that stood. */
export type LinkFailure = OpenFailure | 'lost';

/**
 * `transient`: may work later; `permanent`: never, the driver ends the copy itself; `progressed`: broken off
 * after the peer confirmed a new checkpoint, so that going on is worth while at once; `not-tried`: what goes
 * out could not be made for the time being, which says nothing of the peer.
 */
export type TransferFailure = 'transient' | 'permanent' | 'progressed' | 'not-tried';

export type SchedulerInput =
  /** Copies lie in the store for this link, not claimed: at start, after rerouting or release. */
  | { readonly kind: 'copies-waiting'; readonly priority: Priority; readonly copies: number }
  /** The answer to `load`: what was claimed; `more` if the store may have more that is due. */
  | {
      readonly kind: 'copies-loaded';
      readonly priority: Priority;
      readonly copies: readonly ScheduledCopy[];
      readonly more: boolean;
      /** When the next one of this link is due that was not yet, whatever its priority (`Store.nextDue`). */
      readonly nextDue?: Instant | undefined;
    }
  | { readonly kind: 'load-failed'; readonly priority: Priority }
  /** A copy was secured and claimed in the same transition: only after `wouldTake` said yes. */
  | { readonly kind: 'copy-secured'; readonly copy: ScheduledCopy }
  /** A copy becomes due later (deferred, held back): it is asked for then. */
  | { readonly kind: 'copy-due'; readonly at: Instant }
  /** An operator took a waiting copy away (hold, delete, reroute). No effect while it is in transfer. */
  | { readonly kind: 'copy-withdrawn'; readonly copy: CopyId }
  /** Without `dialogue`: a monologue of ours. */
  | {
      readonly kind: 'association-opened';
      readonly association: AssociationNumber;
      readonly dialogue?: Dialogue;
    }
  /** The peer opened one over which we may send too; `association` is `LinkScheduler.nextNumber()`. */
  | {
      readonly kind: 'association-offered';
      readonly association: AssociationNumber;
      readonly dialogue: Dialogue;
    }
  /** The peer asks for the turn; 0 is the most urgent, and means that it wants to release. */
  | { readonly kind: 'turn-asked'; readonly association: AssociationNumber; readonly priority: number }
  /** The peer gave us the turn. */
  | { readonly kind: 'turn-given'; readonly association: AssociationNumber }
  /** A transfer of the peer began or ended. */
  | { readonly kind: 'peer-transfers'; readonly association: AssociationNumber; readonly active: boolean }
  | {
      readonly kind: 'open-failed';
      readonly association: AssociationNumber;
      readonly failure: OpenFailure;
      readonly detail: string;
    }
  /** Released in order, as asked for. */
  | { readonly kind: 'association-closed'; readonly association: AssociationNumber }
  /** Gone for any other reason, with the transfer it had. */
  | {
      readonly kind: 'association-lost';
      readonly association: AssociationNumber;
      readonly detail: string;
      /** Whether the transfer it had confirmed a new checkpoint before. */
      readonly progressed?: boolean;
    }
  | { readonly kind: 'transfer-confirmed'; readonly association: AssociationNumber; readonly copy: CopyId }
  | {
      readonly kind: 'transfer-failed';
      readonly association: AssociationNumber;
      readonly copy: CopyId;
      readonly failure: TransferFailure;
      readonly detail: string;
    }
  /** The peer opened an association to us: it lives, so a waiting open is tried at once. */
  | { readonly kind: 'peer-called' }
  | { readonly kind: 'enable'; readonly by?: string }
  | { readonly kind: 'disable'; readonly by?: string }
  /** Also outside the hours of its schedule: all goes over it until it has been idle for its lifetime. */
  | { readonly kind: 'connect-now' }
  /** Transfers under way end, what we opened is closed, and the peer is not called before `until`. */
  | { readonly kind: 'hang-up'; readonly until: Instant }
  /** The peer is not called before `until`, whoever calls us; without it, at once if there is a reason. */
  | { readonly kind: 'delay'; readonly until?: Instant | undefined }
  /** Only these priorities for some time; without a limit: all again. */
  | { readonly kind: 'limit'; readonly limit?: PriorityLimit | undefined }
  /** The system's clock was put forward by so much, or back: what waits for time to pass waits as long. */
  | { readonly kind: 'clock-stepped'; readonly by: Millis }
  /** No new transfers; what is in transfer may end, then everything is closed. */
  | { readonly kind: 'stop' }
  | { readonly kind: 'timer' };

export type SchedulerAction =
  | { readonly kind: 'open-association'; readonly association: AssociationNumber }
  | { readonly kind: 'start-transfer'; readonly association: AssociationNumber; readonly copy: CopyId }
  /** Release in order; if that is not over by `disconnect`, `abort-association` follows. */
  | { readonly kind: 'close-association'; readonly association: AssociationNumber }
  /** Break off, or give up opening. Answered by association-lost, -closed or open-failed; or not at all. */
  | {
      readonly kind: 'abort-association';
      readonly association: AssociationNumber;
      readonly why: 'disconnect-timeout' | 'disabled' | 'turn-not-given';
    }
  /** Nothing more goes over this association of the peer's: it is no longer here, and stays open. */
  | { readonly kind: 'let-go-association'; readonly association: AssociationNumber }
  /** RT-TURN-PLEASE; only without the turn. */
  | { readonly kind: 'please-turn'; readonly association: AssociationNumber; readonly priority: number }
  /** RT-TURN-GIVE; only with the turn and nothing in transfer. */
  | { readonly kind: 'give-turn'; readonly association: AssociationNumber }
  /** Claim up to `limit` more copies of this priority, then say `copies-loaded`. */
  | { readonly kind: 'load'; readonly priority: Priority; readonly limit: number }
  /** Write the attempt down. With `handBack` the claim ends: the copy is no longer here; else it goes on. */
  | {
      readonly kind: 'record-attempt';
      readonly copy: CopyId;
      readonly at: Instant;
      readonly error: string;
      readonly notBefore?: Instant | undefined;
      readonly counts: boolean;
      readonly handBack: boolean;
    }
  /** Give these claims up; the copies are no longer here. */
  | { readonly kind: 'release-claims'; readonly copies: readonly CopyId[] }
  /** Its expiry came while it waited here: it is to be reported and finished. No longer here. */
  | { readonly kind: 'expired'; readonly copy: CopyId }
  /** Try alternates for this one copy, whose retries ran out; it was handed back before. */
  | { readonly kind: 'try-alternates'; readonly copy: CopyId }
  /** The link's retries ran out: try alternates for its queue. Claims of what waits were released before. */
  | { readonly kind: 'unhealthy'; readonly error: string }
  | { readonly kind: 'healthy' }
  | { readonly kind: 'emit'; readonly event: EventName; readonly fields: EventFields };

/**
 * Why copies wait that nothing is done for now: the hours of the schedule, a batch that is not complete, a
 * delay before the next call, a priority limit, a call of the peer, or a disabled link.
 */
export interface WaitingReason {
  readonly for: 'schedule' | 'batch' | 'retry' | 'limit' | 'peer-calls' | 'disabled';
  /** When that ends at the latest, as far as a clock says so. */
  readonly until?: Instant | undefined;
}

/** What `links list` and the metrics show. */
export interface LinkSnapshot {
  readonly state: 'idle' | 'opening' | 'open' | 'retrying' | 'disabled' | 'stopping' | 'answering-only';
  readonly healthy: boolean;
  /** Ours. `turnless` are open, and the turn is the peer's. */
  readonly associations: {
    readonly opening: number;
    readonly idle: number;
    readonly turnless: number;
    readonly transferring: number;
    readonly closing: number;
  };
  /** Claimed and waiting in memory. */
  readonly waiting: number;
  readonly openFailures: number;
  readonly lastError: string | undefined;
  /** What kind of trouble the last error was. */
  readonly lastFailure: LinkFailure | undefined;
  readonly nextOpenAt: Instant | undefined;
  /** What the schedule allows now, and when that changes. */
  readonly hours: { readonly permission: Permission; readonly changesAt: Instant | undefined };
  readonly limit: PriorityLimit | undefined;
  readonly waitsFor: WaitingReason | undefined;
  /** Inputs so far about associations or transfers that were over: ignored, and counted. */
  readonly lateInputs: number;
}
