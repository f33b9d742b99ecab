// Local delivery as transfer needs it: a port that the delivery room implements. Types only.

import type { Instant } from '../base/time.ts';
import type { EncodedInformationTypes } from '../p1/index.ts';
import type { NonDeliveryCause } from '../report/index.ts';
import type { QueuedCopy, Store } from '../store/index.ts';
import type { StoredValue } from './stored-value.ts';

/** A copy in delivery, decoded. */
export interface DeliverySubject {
  readonly copy: QueuedCopy;
  readonly value: StoredValue;
  /** What a report on it is to bring back. */
  readonly content?: Uint8Array;
}

/** What became of one recipient; `recipient` is its number in the copy. */
export type RecipientDelivery =
  | {
      readonly kind: 'delivered';
      readonly recipient: number;
      readonly at: Instant;
      /** What was converted, for the log, and what it became. */
      readonly converted?: { readonly said: string; readonly types: EncodedInformationTypes };
    }
  /** A probe that could be delivered. */
  | { readonly kind: 'deliverable'; readonly recipient: number; readonly at: Instant }
  | { readonly kind: 'failed'; readonly recipient: number; readonly failure: LocalFailure };

export type Lasting = 'temporary' | 'permanent';

export interface LocalFailure {
  readonly lasting: Lasting;
  readonly code: string;
  readonly detail: string;
  /** What the report says. Default `delivery-failed`. */
  readonly cause?: NonDeliveryCause;
  /** It was not tried, because our disk is short of space: no failure of the delivery. */
  readonly noRoom?: boolean;
}

export interface LocalDelivery {
  /**
   * Resolves to one outcome per recipient when what was delivered is on stable storage. Never rejects. A
   * content that is not in the copy is read by `reader` where there is one, else in the store.
   */
  deliver(
    copy: QueuedCopy,
    value: StoredValue,
    reader?: Pick<Store, 'readContent'>,
  ): Promise<readonly RecipientDelivery[]>;
  /** The MTA stops: what takes long is broken off as a temporary failure. */
  stop?(): void;
}
