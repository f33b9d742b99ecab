// An association that a link's copies may go over, whoever opened it, as the driver of the link has it. Types
// only.

import type { Dialogue } from '../scheduler/index.ts';
import type { QueuedCopy } from '../store/index.ts';
import type { ExchangeListener } from './exchange.ts';
import type { TransferOutcome, TransferStart } from './transfer-out.ts';

export interface SendingAssociation {
  /** Transfers a copy; only with the turn, and while nothing is in transfer. */
  transfer(copy: QueuedCopy, ended: (outcome: TransferOutcome) => void, how?: TransferStart): void;
  /** Tells this listener from now on what becomes of the turn; undefined: nobody sends over it any more. */
  attach(listener: ExchangeListener | undefined): void;
  pleaseTurn(priority: number): void;
  giveTurn(): void;
  /** Releases in order; only the initiator, with the turn. */
  close(): void;
  /** Breaks off, in whatever phase it is. */
  abort(detail: string): void;
  readonly view: AssociationView;
}

/** What consoles show of an association. */
export interface AssociationView extends Dialogue {
  /** That of the network connection; 0 until it stands. */
  readonly id: number;
  readonly direction: 'in' | 'out';
  readonly remote: string;
  readonly open: boolean;
  /** What is under way on it. */
  readonly transferring: 'in' | 'out' | undefined;
}
