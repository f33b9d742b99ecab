// How the HTTP API and `--json` write what the store and the operations give: instants as ISO 8601, the
// copies of one message together. The forms are a contract: names are added, never changed.

import { type Instant, isoTime } from '../base/time.ts';
import type { CopySummary, TrackingRecord } from '../store/port.ts';
import type { LinkSnapshot } from './operations.ts';

/** Instants under these keys become text. */
type Timed<T> = {
  readonly [K in keyof T]: T[K] extends Instant | undefined ? string | Extract<T[K], undefined> : T[K];
};

export type CopyJson = Timed<CopySummary>;
export type LinkJson = Timed<Omit<LinkSnapshot, 'schedule' | 'waitsFor' | 'limit'>> & {
  readonly limit?: Timed<NonNullable<LinkSnapshot['limit']>> | undefined;
  readonly schedule: Timed<LinkSnapshot['schedule']>;
  readonly waitsFor?: Timed<NonNullable<LinkSnapshot['waitsFor']>> | undefined;
};
export type TrackJson = Timed<TrackingRecord>;

/** A message of the queue with its copies, one for each next hop. */
export interface QueuedMessageJson {
  readonly mtsIdentifier: string;
  readonly message: number;
  readonly kind: string;
  readonly priority: string;
  readonly originator: string;
  readonly recipients: readonly string[];
  readonly contentType?: string | undefined;
  readonly contentLength: number;
  readonly acceptedAt: string;
  readonly expiresAt: string;
  readonly arrivedBy?: string | undefined;
  readonly copies: readonly QueuedCopyJson[];
}
export interface QueuedCopyJson {
  readonly copy: number;
  readonly nextHop: string;
  readonly state: string;
  readonly recipients: readonly string[];
  readonly notBefore?: string | undefined;
  readonly attempts: number;
  readonly lastAttemptAt?: string | undefined;
  readonly lastError?: string | undefined;
}

export function copyJson(copy: CopySummary): CopyJson {
  return {
    ...copy,
    acceptedAt: isoTime(copy.acceptedAt),
    expiresAt: isoTime(copy.expiresAt),
    notBefore: timeText(copy.notBefore),
    lastAttemptAt: timeText(copy.lastAttemptAt),
  };
}

export function linkJson(link: LinkSnapshot): LinkJson {
  return {
    ...link,
    oldestAcceptedAt: timeText(link.oldestAcceptedAt),
    lastErrorAt: timeText(link.lastErrorAt),
    lastTransferInAt: timeText(link.lastTransferInAt),
    lastTransferOutAt: timeText(link.lastTransferOutAt),
    nextAttemptAt: timeText(link.nextAttemptAt),
    limit: link.limit && {
      ...link.limit,
      from: timeText(link.limit.from),
      until: timeText(link.limit.until),
    },
    schedule: { ...link.schedule, changesAt: timeText(link.schedule.changesAt) },
    waitsFor: link.waitsFor && { ...link.waitsFor, until: timeText(link.waitsFor.until) },
  };
}

export function trackJson(record: TrackingRecord): TrackJson {
  return { ...record, at: isoTime(record.at) };
}

/** Copies put together by message, in the order of each message's first copy. */
export function messagesOf(copies: readonly CopyJson[]): readonly QueuedMessageJson[] {
  const messages = new Map<number, CopyJson[]>();
  for (const copy of copies) {
    const present = messages.get(copy.message);
    if (present === undefined) messages.set(copy.message, [copy]);
    else present.push(copy);
  }
  return [...messages.values()].map((each) => messageJson(each));
}

function messageJson(copies: readonly CopyJson[]): QueuedMessageJson {
  const [first] = copies;
  return {
    mtsIdentifier: first.mtsIdentifier,
    message: first.message,
    kind: first.kind,
    priority: first.priority,
    originator: first.originator,
    recipients: copies.flatMap((copy) => copy.recipients.map((recipient) => recipient.address)),
    contentType: first.contentType,
    contentLength: first.contentLength,
    acceptedAt: first.acceptedAt,
    expiresAt: first.expiresAt,
    arrivedBy: first.arrivedBy,
    copies: copies.map((copy) => ({
      copy: copy.copy,
      nextHop: copy.nextHop,
      state: copy.state,
      recipients: copy.recipients.map((recipient) => recipient.address),
      notBefore: copy.notBefore,
      attempts: copy.attempts,
      lastAttemptAt: copy.lastAttemptAt,
      lastError: copy.lastError,
    })),
  };
}

function timeText(at: Instant | undefined): string | undefined {
  return at === undefined ? undefined : isoTime(at);
}
