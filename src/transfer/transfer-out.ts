// Transfer-out on one association (X.411 12.2.1 with X.228): gives RTSE the MTS-APDU of one copy at a time,
// its content in pieces as they are asked for, and says how it ended. The copy is forgotten by others only on
// `sent`, which means that the peer has confirmed the end of the activity.

import type { DowngradeFailure } from '../p1/index.ts';
import type { ToleranceName } from '../config/index.ts';
import type { RTIndication } from '../stack/association/service.ts';
import type { QueuedCopy, Store } from '../store/index.ts';
import { outgoingApdu, type OutgoingLink } from './outgoing.ts';
import type { AssociationHandle } from './ports.ts';

/** How the transfer of one copy ended. */
export type TransferOutcome =
  | { readonly kind: 'sent'; readonly octets: number }
  /** The peer or the stack refused this copy; the association stands. */
  | { readonly kind: 'refused'; readonly transient: boolean; readonly detail: string }
  /** The association was lost; `progressed` if a checkpoint had been confirmed. */
  | { readonly kind: 'lost'; readonly progressed: boolean; readonly detail: string }
  /** The peer speaks P1 of 1984, which has no form for these recipients. */
  | { readonly kind: 'undowngradable'; readonly failed: readonly DowngradeFailure[] }
  /** Our own copy cannot be read. */
  | { readonly kind: 'unreadable'; readonly detail: string };

export interface TransferOutParts {
  readonly handle: AssociationHandle;
  readonly store: Pick<Store, 'readContent'>;
  readonly link: OutgoingLink;
  /** Counts the use of a tolerance. */
  readonly tolerated?: (name: ToleranceName) => void;
  /** Time that a transfer may take, in milliseconds, by its priority and size. */
  readonly transferTime_ms: (copy: QueuedCopy) => number;
}

type TransferOutIndication = Extract<
  RTIndication,
  { kind: 'RTsupplyind' | 'RTconfirmedind' | 'RTTRcnf+' | 'RTTRcnf-' }
>;

interface Current {
  readonly copy: QueuedCopy;
  readonly ended: (outcome: TransferOutcome) => void;
  readonly octetsTotal: number;
  offset: number;
  progressed: boolean;
  /** Octets asked for that wait until the connection takes more. */
  owed: number;
  /** Set once our own content failed; the activity is being discarded. */
  unreadable?: string;
}

export class TransferOut {
  readonly #parts: TransferOutParts;
  #current: Current | undefined;
  transfers = 0;

  constructor(parts: TransferOutParts) {
    this.#parts = parts;
  }

  get active(): boolean {
    return this.#current !== undefined;
  }

  /** Begins the transfer of `copy`; `ended` is called once, when it is over. */
  start(copy: QueuedCopy, ended: (outcome: TransferOutcome) => void): void {
    const apdu = outgoingApdu(copy, this.#parts.link);
    if (apdu.kind !== 'apdu') {
      ended(apdu);
      return;
    }
    const { head, octetsTotal } = apdu;
    for (const tolerance of apdu.tolerances) this.#parts.tolerated?.(tolerance);
    this.#current = { copy, ended, octetsTotal, offset: 0, progressed: false, owed: 0 };
    const inline = copy.content.kind === 'inline' ? [copy.content.octets] : [];
    const transferTime_ms = this.#parts.transferTime_ms(copy);
    this.#parts.handle.request({ kind: 'RTTRreq', octetsTotal, first: [head, ...inline], transferTime_ms });
  }

  handle(primitive: TransferOutIndication): void {
    const current = this.#current;
    if (current === undefined) return;
    switch (primitive.kind) {
      case 'RTsupplyind':
        current.owed = primitive.octets_max;
        this.writable();
        return;
      case 'RTconfirmedind':
        current.progressed = true;
        return;
      case 'RTTRcnf+':
        this.transfers += 1;
        this.#end({ kind: 'sent', octets: current.octetsTotal });
        return;
      case 'RTTRcnf-':
        this.#end(
          current.unreadable === undefined
            ? { kind: 'refused', transient: primitive.transient, detail: primitive.detail }
            : { kind: 'unreadable', detail: current.unreadable },
        );
    }
  }

  /** The connection takes octets again: supplies what is owed. */
  writable(): void {
    const current = this.#current;
    if (current === undefined || current.owed === 0 || this.#parts.handle.congested()) return;
    const octets_max = current.owed;
    current.owed = 0;
    void this.#supply(current, octets_max);
  }

  /** The association is gone. */
  lost(detail: string): void {
    if (this.#current === undefined) return;
    this.#end({ kind: 'lost', progressed: this.#current.progressed, detail });
  }

  async #supply(current: Current, octets_max: number): Promise<void> {
    const octets = await this.#parts.store
      .readContent(current.copy.message, current.offset, octets_max)
      .catch(() => undefined);
    if (this.#current !== current) return;
    if (octets === undefined || octets.length === 0) {
      current.unreadable = `content cannot be read from octet ${current.offset}`;
      this.#parts.handle.request({ kind: 'RTsupplyfailed' });
      return;
    }
    current.offset += octets.length;
    this.#parts.handle.request({ kind: 'RTsupply', octets });
  }

  #end(outcome: TransferOutcome): void {
    const ended = this.#current?.ended;
    this.#current = undefined;
    ended?.(outcome);
  }
}
