// One open association as both of its ends use it (X.218): transfers out while the turn is ours, transfers in
// while it is the peer's, and the turn between them. When it is asked for and given is the scheduler's to
// say; this is where it lies. Where nobody sends over the association, whoever asks gets the turn.
// Invariant: a transfer of ours is begun only with the turn.

import { assert } from '../base/assert.ts';
import type { Dialogue } from '../scheduler/index.ts';
import type { RTIndication } from '../stack/association/service.ts';
import type { QueuedCopy } from '../store/index.ts';
import type { AssociationHandle } from './ports.ts';
import type { TransferIn } from './transfer-in.ts';
import type { TransferOut, TransferOutcome, TransferStart } from './transfer-out.ts';

/** Whoever decides about the turn of an association hears this of it. */
export interface ExchangeListener {
  readonly turnAsked: (priority: number) => void;
  readonly turnGiven: () => void;
  /** A transfer of the peer begins or has ended. */
  readonly peerTransfers: (active: boolean) => void;
}

export interface ExchangeParts {
  readonly handle: AssociationHandle;
  readonly dialogue: Dialogue;
  readonly out: TransferOut;
  readonly in: TransferIn;
}

export class Exchange {
  readonly #parts: ExchangeParts;
  #turn: Dialogue['turn'];
  #listener: ExchangeListener | undefined;

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
    this.#turn = parts.dialogue.turn;
    parts.in.onActivity = (active) => this.#listener?.peerTransfers(active);
  }

  get dialogue(): Dialogue {
    return { mode: this.#parts.dialogue.mode, turn: this.#turn };
  }

  /** Whether copies may ever go over it. */
  get maySend(): boolean {
    return this.#turn === 'ours' || this.#parts.dialogue.mode === 'two-way-alternate';
  }

  get transferring(): 'in' | 'out' | undefined {
    if (this.#parts.out.active) return 'out';
    return this.#parts.in.active ? 'in' : undefined;
  }

  /** Transfers in either direction so far. */
  get transfers(): number {
    return this.#parts.out.transfers + this.#parts.in.transfers;
  }

  attach(listener: ExchangeListener | undefined): void {
    this.#listener = listener;
  }

  transfer(copy: QueuedCopy, ended: (outcome: TransferOutcome) => void, how?: TransferStart): void {
    assert(this.#turn === 'ours', 'a transfer needs the turn');
    this.#parts.out.start(copy, ended, how);
  }

  please(priority: number): void {
    if (this.#turn === 'peers') this.#parts.handle.request({ kind: 'RTTPreq', priority });
  }

  give(): void {
    if (this.#turn === 'peers') return;
    this.#turn = 'peers';
    this.#parts.handle.request({ kind: 'RTTGreq' });
  }

  /** Takes in what is said to either direction, or about the turn. */
  handle(primitive: RTIndication): void {
    switch (primitive.kind) {
      case 'RTsupplyind':
      case 'RTconfirmedind':
      case 'RTTRcnf+':
      case 'RTTRcnf-':
        this.#parts.out.handle(primitive);
        return;
      case 'RTbeginind':
      case 'RTresumeind':
      case 'RTdataind':
      case 'RTcheckpointind':
      case 'RTTRind':
      case 'RTdiscardind':
        this.#parts.in.handle(primitive);
        return;
      case 'RTTPind':
        if (this.#listener !== undefined) this.#listener.turnAsked(primitive.priority);
        else if (!this.#parts.out.active) this.give();
        return;
      case 'RTTGind':
        this.#turn = 'ours';
        if (this.#listener !== undefined) this.#listener.turnGiven();
        else this.give();
        return;
      default:
      // The open and the end of the association are its owner's.
    }
  }

  writable(): void {
    this.#parts.out.writable();
  }

  /** The association is gone. */
  lost(detail: string): void {
    this.#parts.out.lost(detail);
    this.#parts.in.lost(detail);
  }
}
