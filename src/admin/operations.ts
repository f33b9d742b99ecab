// What the HTTP API may ask of a running MTA: a port that the composition root implements. Snapshots out,
// commands in. Everything here is plain data that reads the same in JSON (octets excepted).

import type { ORAddress } from '../address/index.ts';
import type { Instant } from '../base/time.ts';
import type { Result } from '../base/result.ts';
import type { RouteExplanationJson } from '../routing/index.ts';
import type {
  CopyId,
  CopyQuery,
  CopySummary,
  Priority,
  QueueCount,
  TrackingQuery,
  TrackingRecord,
} from '../store/port.ts';
import type { LinkFailure, PriorityLimit, WaitingReason } from '../scheduler/index.ts';
import type { LinkCommand, ToleranceCount } from '../transfer/index.ts';
import type { SubmissionError, SubmissionRequest } from '../submission/index.ts';
import type { ArchiveSelection, ImportSummary } from '../store/index.ts';
import type { RouteQuestionJson } from './route-question.ts';

/** `invalid`: the caller's mistake; `unavailable`: try again later. */
export interface OperationError {
  readonly kind: 'invalid' | 'not-found' | 'conflict' | 'unavailable' | 'failed';
  readonly message: string;
  /** Each thing that is wrong with a submission. */
  readonly errors?: readonly SubmissionError[];
}

export type CopyCommand =
  | { readonly kind: 'hold' }
  | { readonly kind: 'release' }
  /** Not tried before then. */
  | { readonly kind: 'defer'; readonly until: Instant }
  /** Without `link`, the routes are chosen anew. */
  | { readonly kind: 'reroute'; readonly link?: string }
  /** Another address takes the place of a recipient, and the message goes on to it. */
  | {
      readonly kind: 'redirect';
      readonly to: ORAddress;
      /** The only one of the copy if left out. */
      readonly recipient?: ORAddress;
      /** Another name of the same recipient. */
      readonly sameRecipient?: boolean;
      readonly note?: string;
    }
  /** How urgently it is served here; the envelope is as it was. */
  | { readonly kind: 'priority'; readonly priority: Priority }
  /** Removes without a report. */
  | { readonly kind: 'delete' }
  /** Ends with a non-delivery report, which says `text`. */
  | { readonly kind: 'return'; readonly text?: string };

export interface CopyCommandOutcome {
  readonly copy: CopyId;
  readonly done: boolean;
  /** Why not: in transfer now, gone meanwhile, no other route…; or what became of it. */
  readonly detail?: string;
}

/** One association that stands: who sends on it, and whose turn it is. */
export interface OpenAssociation {
  readonly association: number;
  readonly direction: 'in' | 'out';
  readonly remote: string;
  readonly dialogue: 'monologue' | 'two-way-alternate';
  readonly turn: 'ours' | "the peer's";
  readonly transferring?: 'in' | 'out' | undefined;
}

export interface ScheduleState {
  readonly style: string;
  readonly callsFor: 'all' | 'urgent' | 'none';
  readonly changesAt?: Instant | undefined;
}

export interface LinkSnapshot {
  readonly name: string;
  readonly peer: { readonly mta: string; readonly address?: string; readonly port?: number };
  readonly mode: string;
  readonly state: 'disabled' | 'idle' | 'connecting' | 'open' | 'retrying';
  readonly healthy: boolean;
  readonly associations: { readonly outbound: number; readonly inbound: number };
  readonly open: readonly OpenAssociation[];
  readonly queued: number;
  readonly queuedOctets: number;
  readonly oldestAcceptedAt?: Instant;
  readonly lastError?: string;
  readonly lastErrorAt?: Instant;
  /** refused: by the peer or its host; policy: we refused the peer; lost: after it stood. */
  readonly lastFailure?: LinkFailure | undefined;
  readonly lastTransferInAt?: Instant;
  readonly lastTransferOutAt?: Instant;
  readonly nextAttemptAt?: Instant;
  readonly openAttempts: number;
  /** Failed calls and transfers after which alternates are taken; nothing ends by them. */
  readonly openRetries: number;
  readonly transferRetries: number;
  /** Which directions are switched on. */
  readonly enabled: { readonly out: boolean; readonly in: boolean };
  /** An operator's limit on priorities. */
  readonly limit?: PriorityLimit | undefined;
  /** What the schedule lets us call for now, and when that changes. */
  readonly schedule: ScheduleState;
  /** Why copies wait for which nothing is done at present. */
  readonly waitsFor?: WaitingReason | undefined;
  /** What is wrong with its entry, each with file and line: it is disabled, or works as before a reload. */
  readonly configurationErrors?: readonly string[] | undefined;
}

/** The account of routing, with the same as a text of several lines. */
export interface RouteAccount extends RouteExplanationJson {
  readonly text: string;
}

export interface HealthSnapshot {
  readonly status: 'ok' | 'degraded' | 'stopping';
  readonly mta: string;
  readonly version: string;
  readonly startedAt: Instant;
  readonly uptime_ms: number;
}

/** Gauges of now. Counters are made from the events, by EventCounters. */
export interface MetricsSnapshot {
  readonly queues: readonly QueueCount[];
  readonly links: readonly LinkSnapshot[];
  /** The 99th percentile of the event loop's delay since the last look, in milliseconds. */
  readonly eventLoopDelayP99_ms: number;
  /** What was said of associations and transfers after their end, since the start: ignored, and counted. */
  readonly lateEvents: number;
  /** Timers that are armed now. */
  readonly timers: number;
  /** Octets free on the disk of the store, where that is known, and whether new messages are accepted. */
  readonly store: { readonly freeOctets: number | undefined; readonly accepting: boolean };
  /** Uses of tolerances since the start. */
  readonly tolerances: readonly ToleranceCount[];
}

export interface ArchiveExport {
  readonly selection: ArchiveSelection;
  /** The selection in words. */
  readonly selected?: string;
  readonly tracking: boolean;
  /** Holds every copy before it is read: it is to be removed afterwards. */
  readonly move: boolean;
}
export interface ArchiveImport {
  readonly hold: boolean;
  readonly dryRun: boolean;
}

export interface Operations {
  /** Submits `count` messages, each with its own MTS identifier. Resolves once all are on stable storage. */
  submit(
    request: SubmissionRequest,
    count: number,
    /** Content octets as they come, instead of those of the request. */
    content?: AsyncIterable<Uint8Array>,
  ): Promise<Result<readonly string[], OperationError>>;
  /** Copies in order of their number, at most `query.limit`, after `query.afterCopy`. */
  queue(query: CopyQuery): Promise<readonly CopySummary[]>;
  command(copies: readonly CopyId[], command: CopyCommand): Promise<readonly CopyCommandOutcome[]>;
  /** The MTS-APDU that the copy would be transferred as, in pieces, content included. */
  exportCopy(copy: CopyId): Promise<Result<AsyncIterable<Uint8Array>, OperationError>>;
  /** An archive of messages that wait, in pieces. */
  exportArchive(order: ArchiveExport): AsyncIterable<Uint8Array>;
  /** Ends copies that an archive has, once it is safe. */
  removeExported(archive: string, copies: readonly CopyId[]): Promise<readonly CopyCommandOutcome[]>;
  /** Takes the messages of an archive. */
  importArchive(
    octets: AsyncIterable<Uint8Array>,
    order: ArchiveImport,
  ): Promise<Result<ImportSummary, OperationError>>;
  links(): Promise<readonly LinkSnapshot[]>;
  commandLink(name: string, command: LinkCommand): Promise<Result<LinkSnapshot, OperationError>>;
  track(query: TrackingQuery): Promise<readonly TrackingRecord[]>;
  explainRoute(question: RouteQuestionJson): Promise<Result<RouteAccount, OperationError>>;
  health(): HealthSnapshot;
  metrics(): Promise<MetricsSnapshot>;
}
