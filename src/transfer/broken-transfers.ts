// The transfers of one link that were broken off after the peer confirmed a point of them, each being gone on
// with over an association of its own (X.228 7.8), under the number of the one that was lost. Those that a
// restart broke off have numbers below zero, which no scheduler knows. Not here: what becomes of them once
// they go on.

import type { Clock, Instant } from '../base/time.ts';
import type { LinkConfiguration } from '../config/index.ts';
import type { Emit } from '../events/index.ts';
import type { CopyId, QueuedCopy } from '../store/index.ts';
import type { CallerAssociation, CallerListener } from './caller-association.ts';
import type { Connection } from './inbound-point.ts';
import type { Ledger } from './ledger.ts';
import { OutboundPoints } from './outbound-points.ts';
import { OutboundRecovery } from './outbound-recovery.ts';
import type { OutboundPoint } from './transfer-out.ts';

export interface BrokenTransfer {
  readonly copy: QueuedCopy;
  readonly startedAt: Instant;
  readonly point: OutboundPoint;
}

export interface BrokenTransfersParts {
  readonly link: LinkConfiguration;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly emit: Emit;
  /** Calls the peer with a recover bind. */
  readonly call: (listener: CallerListener, recover: Connection) => CallerAssociation;
  /** An association stands: the transfer goes on over it. */
  readonly goOn: (number: number, association: CallerAssociation, broken: BrokenTransfer) => void;
  readonly ended: (number: number, ...end: Parameters<CallerListener['ended']>) => void;
  /** The transfer must begin anew. */
  readonly gaveUp: (number: number, broken: BrokenTransfer, detail: string) => void;
}

export class BrokenTransfers {
  readonly points: OutboundPoints;
  readonly #parts: BrokenTransfersParts;
  readonly #broken = new Map<number, BrokenTransfer>();
  readonly #recoveries = new Map<number, OutboundRecovery>();
  #stopping = false;
  #restarted = 0;

  constructor(parts: BrokenTransfersParts) {
    this.#parts = parts;
    this.points = new OutboundPoints(parts.ledger, parts.link.name, () => parts.clock.now());
  }

  /** Recoveries under way. */
  get size(): number {
    return this.#recoveries.size;
  }

  /** A transfer was lost with its association: whether it is to go on. */
  take(number: number, broken: Omit<BrokenTransfer, 'point'>, point: OutboundPoint | undefined): boolean {
    const { link } = this.#parts;
    const { address } = link.peer;
    const may = !this.#stopping && address !== undefined;
    if (!may || link.rts.recoveryTimeout === 0 || point === undefined) return false;
    this.#broken.set(number, { ...broken, point });
    return true;
  }

  /** Its association is gone now: begins to recover what was taken. False where nothing was. */
  recover(number: number): boolean {
    const broken = this.#broken.get(number);
    if (broken === undefined) return false;
    this.#broken.delete(number);
    this.#begin(number, broken);
    return true;
  }

  /**
   * After a restart: goes on with what was under way. `held` is told of each copy before anything of it
   * happens.
   */
  async restart(held: (copy: QueuedCopy) => void): Promise<void> {
    const { ledger, link, clock } = this.#parts;
    const points = await this.points.read();
    if (points.size === 0) return;
    const now = clock.now();
    const { owner, until } = ledger.claim;
    const nextHop = `link/${link.name}`;
    const copies = [...points.keys()];
    const claimed = await ledger.store.claim({ owner, until, now, limit: copies.length, nextHop, copies });
    for (const copy of claimed) {
      const point = points.get(copy.copy);
      if (point === undefined) continue;
      held(copy);
      this.#restarted -= 1;
      const number = this.#restarted;
      if (this.take(number, { copy, startedAt: now }, point)) this.recover(number);
      else this.#parts.gaveUp(number, { copy, startedAt: now, point }, 'no recovery');
    }
    const gone = copies.filter((copy) => !claimed.some((each) => each.copy === copy));
    await this.forget(gone);
  }

  /** Nothing more is to be gone on with. */
  stop(): void {
    this.#stopping = true;
    for (const recovery of [...this.#recoveries.values()]) recovery.abort('the MTA stops');
  }

  /** Their points are of no use any more. */
  async forget(copies: readonly CopyId[]): Promise<void> {
    const dropRecovery = copies.flatMap((copy) => this.points.over(copy));
    if (dropRecovery.length > 0) await this.#parts.ledger.commitSurely({ dropRecovery }, 'outsider');
  }

  #begin(number: number, broken: BrokenTransfer): void {
    const { link, clock, emit, call, goOn, ended, gaveUp } = this.#parts;
    const remote = `${link.peer.address ?? ''}:${link.peer.port}`;
    const common = { link: link.name, peer: link.peer.mta, remote, direction: 'out' };
    const recovery = new OutboundRecovery({
      clock,
      timeout: link.rts.recoveryTimeout,
      call: (listener) => call(listener, broken.point.connection),
      opened: (association) => {
        this.#recoveries.delete(number);
        emit('recovery-started', { ...common, octets: broken.point.octetsConfirmed });
        goOn(number, association, broken);
      },
      ended: (end) => ended(number, end),
      failed: (detail) => {
        this.#recoveries.delete(number);
        emit('recovery-failed', { ...common, detail });
        gaveUp(number, broken, detail);
      },
    });
    this.#recoveries.set(number, recovery);
  }
}
