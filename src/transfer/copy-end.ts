// Why a copy's way ends here, and what that means: the outcomes of its recipients and the record of it. Pure.

import { type Instant, isoTime } from '../base/time.ts';
import { type NonDelivery, nonDelivery, type RecipientOutcome } from '../report/index.ts';
import type { QueuedCopy, TrackingAct, TrackingRecord } from '../store/index.ts';
import { nonDelivered } from './judge-outcomes.ts';
import type { Inconvertible } from './link-conversion.ts';
import type { Undowngradable } from './outgoing.ts';

/** Why a copy ends without having been sent. */
export type CopyEnd =
  | { readonly kind: 'expired' }
  | { readonly kind: 'refused-by-peer'; readonly detail: string }
  | { readonly kind: 'returned'; readonly detail: string }
  | { readonly kind: 'unreadable'; readonly detail: string }
  /** Our own fault: it is tried again, and set aside at the third time. */
  | { readonly kind: 'mistaken'; readonly error: unknown }
  /** The peer speaks P1 of 1984, which has no form for these recipients: only their way ends here. */
  | Undowngradable
  /** The peer does not take its texts, and they are not converted. */
  | Inconvertible;

/** The ways in which a copy ends for good. */
type FinalEnd = Exclude<CopyEnd, { kind: 'mistaken' }>;

/**
 * Whether the alternates that originators requested take the places of recipients that end so. Not where time
 * is over, for whoever it is, nor where an operator wants it returned.
 */
export function goesToAlternates({ kind }: FinalEnd): boolean {
  return kind === 'refused-by-peer' || kind === 'undowngradable' || kind === 'inconvertible';
}

/** The outcomes of the recipients that the cause is the end of. */
export function outcomesOf(copy: QueuedCopy, cause: FinalEnd): readonly RecipientOutcome[] {
  if (cause.kind === 'undowngradable' && cause.failed.length > 0) {
    return cause.failed.map(({ index, explanation }) =>
      nonDelivered(index, nonDeliveryFor(cause), explanation),
    );
  }
  const said = 'detail' in cause ? cause.detail : copy.lastError;
  return copy.recipients.map(({ number }) => nonDelivered(number, nonDeliveryFor(cause), said));
}

function nonDeliveryFor(cause: FinalEnd): NonDelivery {
  switch (cause.kind) {
    case 'expired':
      return nonDelivery('expired');
    case 'returned':
      return nonDelivery('returned-by-operator');
    case 'inconvertible':
      return nonDelivery(cause.cause);
    case 'undowngradable':
      return nonDelivery(cause.cause ?? 'unable-to-downgrade');
    case 'refused-by-peer':
    case 'unreadable':
      return nonDelivery('refused-for-good');
  }
}

/**
 * The record of why a copy ended. For a report it is the outcome; recipients of anything else have theirs in
 * the record of what was reported on them.
 */
export function trackingOf(copy: QueuedCopy, cause: FinalEnd, at: Instant): TrackingRecord {
  const act: TrackingAct =
    copy.kind === 'report'
      ? 'discarded'
      : cause.kind === 'returned'
        ? 'returned'
        : cause.kind === 'expired'
          ? 'expired'
          : 'refused';
  const detail = { cause: cause.kind, acceptedAt: isoTime(copy.acceptedAt), nextHop: copy.nextHop };
  return { ...headOf(copy), at, act, detail };
}

/** The fields by which tracking names a copy. */
export function headOf(copy: QueuedCopy): Omit<TrackingRecord, 'at' | 'act' | 'detail'> {
  const { message, mtsIdentifier, kind, originator, priority, contentLength, contentType } = copy;
  const recipients = copy.recipients.map((recipient) => recipient.address);
  const typed = contentType === undefined ? {} : { contentType };
  return { message, mtsIdentifier, kind, originator, priority, contentLength, ...typed, recipients };
}
