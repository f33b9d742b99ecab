// What a local delivery is asked to do and what comes of it, as data. A failure here is the world's: a disk
// that is full or a directory that may not be written. What becomes of it (another attempt, a report,
// quarantine) is decided by whoever asked.

import type { Instant } from '../base/time.ts';
import type { MessageTransferEnvelope, ProbeTransferEnvelope, Report } from '../p1/index.ts';
import type { QueuedCopy } from '../store/port.ts';

/** The decoded value of what a copy's `envelope` octets hold. */
export type DeliverableValue =
  | { readonly kind: 'message'; readonly envelope: MessageTransferEnvelope }
  | { readonly kind: 'probe'; readonly envelope: ProbeTransferEnvelope }
  | { readonly kind: 'report'; readonly report: Report };

/** The failure of the world: permanent only where trying again cannot help, unknown meaning temporary. */
export interface DeliveryFailure {
  readonly lasting: 'temporary' | 'permanent';
  /** The system's code (`ENOSPC`), `content-damaged` (the store has quarantined the copy), or `unknown`. */
  readonly code: string;
  readonly detail: string;
}

/** What became of one recipient of the copy; `recipient` is its number in the copy. */
export type DeliveryOutcome =
  | { readonly kind: 'delivered'; readonly recipient: number; readonly at: Instant; readonly name: string }
  /** A probe: it could have been delivered at this time. Nothing was written. */
  | { readonly kind: 'deliverable'; readonly recipient: number; readonly at: Instant }
  | { readonly kind: 'failed'; readonly recipient: number; readonly failure: DeliveryFailure };

/** A place where recipients of this MTA are delivered to. */
export interface LocalDelivery {
  /**
   * Delivers a copy to all its recipients. Resolves to one outcome a recipient, in the order of the copy's
   * recipients, when what was delivered is on stable storage. Never rejects for what the world does.
   */
  deliver(copy: QueuedCopy, value: DeliverableValue): Promise<readonly DeliveryOutcome[]>;
}
