// What a judgement is about: something that has just come in or was submitted, or recipients of a stored
// message whose way has ended. Types only.

import type { Instant } from '../base/time.ts';
import type { LinkConfiguration } from '../config/index.ts';
import type { ReportSubject, RecipientOutcome } from '../report/index.ts';
import type { MessageId, QueuedCopy, StoredContent, TrackingRecord } from '../store/index.ts';
import type { Description } from './describe.ts';
import type { ArrivalIdentity } from './duplicates.ts';
import type { StoredValue } from './stored-value.ts';

export interface Arriving {
  readonly value: StoredValue;
  /** What `describe` says of the value, where that is known already: it is much work for many recipients. */
  readonly description?: Description;
  readonly content: StoredContent;
  /** Octets of content; of a probe, those that it asks about. */
  readonly contentLength: number;
  /** Of a message that is spooled: what a report on it may bring back. */
  readonly toReturn?: Uint8Array | undefined;
  /** The link it came by; absent if it was submitted, or made, here. */
  readonly link?: LinkConfiguration;
  /** The address of the caller, for the log. */
  readonly remote?: string;
  /** What tells it from another transfer under its MTS identifier; absent where that is not known. */
  readonly identity?: ArrivalIdentity | undefined;
  /** The list whose members these recipients are: a part of its expansion. */
  readonly expandedBy?: string;
  /** These recipients were of another message until now: others take their places in this one. */
  readonly reassigned?: Reassigned;
  /** When the message that a list expands, or that they were of, was accepted. */
  readonly acceptedAt?: Instant;
}

/** Where recipients come from whose places others take. */
export interface Reassigned {
  readonly message: MessageId;
  /** By whom and why, for tracking and events. */
  readonly detail: Readonly<Record<'reason', string> & Partial<Record<'by' | 'note', string>>>;
}

/** How tracking names a message: by its number in the ledger, or as one that the same transition creates. */
export type LedgerPlace = Pick<TrackingRecord, 'message' | 'created'>;

/** Recipients of one message or probe that have their outcome now. */
export interface EndedRecipients {
  readonly subject: ReportSubject;
  /** Of the subject, as in `Arriving`. */
  readonly description?: Description;
  readonly outcomes: readonly RecipientOutcome[];
  readonly place: LedgerPlace;
  /** When the subject was accepted here. */
  readonly arrivedAt: Instant;
  /**
   * The copy that they were in, where those whose originator requested an alternate go on to it (X.411
   * 14.3.6); absent where their way ends here in any case.
   */
  readonly copy?: Pick<QueuedCopy, 'message' | 'content' | 'contentLength' | 'acceptedAt'>;
}
