// What the scheduler asks: which copies may be taken up now, when the next is due, which are over. Each
// answer costs what it returns, not what is queued: claims walk an index that holds only what is ready,
// past what is claimed. What an index says is held against the row: where they differ, the index is damaged,
// and nobody may be served by it (DamagedStoreError).

import { ranksOf } from '../order.ts';
import type { ClaimRequest, CopyId } from '../port.ts';
import { type CopyRow, putQueuedCopy } from './copy-codec.ts';
import type { DamageControl } from './damage.ts';
import { assertOnward, DamagedStoreError, isDamage, isStructural } from './errors.ts';
import type { Ledger, LedgerParts } from './ledger.ts';
import { TapeWriter } from './tape.ts';

/**
 * Due copies of one priority that a claim makes ready at most. Beyond it they come in the order of being
 * due.
 */
const promoted_max = 500;
/** Rows that one step of a walk past claimed copies reads. */
const stride = 64;

export class Queue {
  readonly #parts: LedgerParts;
  readonly #ledger: Ledger;
  readonly #damage: DamageControl;

  constructor(parts: LedgerParts, ledger: Ledger, damage: DamageControl) {
    this.#parts = parts;
    this.#ledger = ledger;
    this.#damage = damage;
  }

  /** Claims copies and writes them. */
  claim(tape: TapeWriter, request: ClaimRequest): void {
    const { owner, nextHop, until, now, limit, priorities, copies } = request;
    const found = new TapeWriter();
    let count = 0;
    for (const rank of ranksOf(priorities)) {
      if (count >= limit) break;
      this.#promote(nextHop, rank, now);
      const free = (copy: CopyId): boolean =>
        this.#parts.claims.running(copy, now) === undefined && !this.#damage.isPassedOver(copy);
      const candidates =
        copies === undefined ? this.#walk(nextHop, rank) : this.#ready(copies, nextHop, rank);
      const isReady = (row: CopyRow): boolean => isQueued(row, nextHop, rank) && row.waiting === 0;
      for (const copy of candidates) {
        if (count >= limit) break;
        if (!free(copy) || !this.#putIndexed(found, copy, { now, isMeant: isReady })) continue;
        this.#parts.claims.take(copy, { owner, until });
        count += 1;
      }
    }
    tape.put(count);
    tape.append(found);
  }

  /** Those of these copies that are queued there and ready. */
  #ready(copies: readonly CopyId[], nextHop: string, rank: number): CopyId[] {
    return copies.filter((copy) => {
      try {
        const row = this.#parts.sql.readCopy.get(copy) as CopyRow | undefined;
        return row !== undefined && isQueued(row, nextHop, rank) && row.waiting === 0;
      } catch (error) {
        if (!isDamage(error) || isStructural(error)) throw error;
        return true; // It is judged when it is read whole.
      }
    });
  }

  /** Writes the earliest `notBefore` after `now` of what is queued and unclaimed. */
  nextDue(tape: TapeWriter, nextHop: string, now: number): void {
    let earliest: number | null = null;
    for (const rank of ranksOf(undefined)) {
      const due = this.#firstWaiting(nextHop, rank, now);
      if (due !== undefined && (earliest === null || due < earliest)) earliest = due;
    }
    tape.put(earliest);
  }

  /** Writes unclaimed copies, queued or held, whose message expired. */
  expired(tape: TapeWriter, now: number, limit: number): void {
    const found = new TapeWriter();
    let count = 0;
    let passed = 0;
    while (count < limit) {
      const ids = this.#parts.sql.expiredCopies.all(now, stride, passed).map(({ id }) => Number(id));
      for (const copy of ids) {
        const isFree = this.#parts.claims.running(copy, now as never) === undefined;
        if (!isFree || this.#damage.isPassedOver(copy) || count >= limit) continue;
        const isMeant = ({ state, expires_at }: CopyRow): boolean => state < 2 && expires_at <= now;
        if (this.#putIndexed(found, copy, { now, isMeant })) count += 1;
      }
      if (ids.length < stride) break;
      passed += stride;
    }
    tape.put(count);
    tape.append(found);
  }

  /** Writes one copy, or that there is none. */
  show(tape: TapeWriter, copy: CopyId, now: number): void {
    const found = new TapeWriter();
    tape.put(this.#putCopy(found, copy, now) ? 1 : 0);
    tape.append(found);
  }

  #putCopy(tape: TapeWriter, copy: CopyId, now: number): boolean {
    const whole = this.#damage.readWhole(copy, now);
    if (whole !== undefined) putQueuedCopy(tape, whole.row, whole.message);
    return whole !== undefined;
  }

  /** Writes a copy that an index names, if it is sound; it is there, and as the index says. */
  #putIndexed(
    tape: TapeWriter,
    copy: CopyId,
    { now, isMeant }: { readonly now: number; readonly isMeant: (row: CopyRow) => boolean },
  ): boolean {
    const whole = this.#damage.readWhole(copy, now);
    if (whole === undefined) {
      if (this.#damage.isPassedOver(copy)) return false;
      throw new DamagedStoreError(`an index names copy ${copy}, which is not to be found`);
    }
    if (!isMeant(whole.row)) {
      throw new DamagedStoreError(`an index does not say of copy ${copy} what its row says`);
    }
    putQueuedCopy(tape, whole.row, whole.message);
    return true;
  }

  *#walk(nextHop: string, rank: number): Generator<CopyId> {
    let after = 0;
    for (;;) {
      const ids = this.#parts.sql.readyCopies.all(nextHop, rank, after, stride).map(({ id }) => Number(id));
      yield* ids;
      if (ids.length < stride) return;
      const last = ids[ids.length - 1];
      assertOnward(`copies for ${nextHop}`, [after], [last]);
      after = last;
    }
  }

  /** Makes ready what waited for its time and may now be taken up. */
  #promote(nextHop: string, rank: number, now: number): void {
    const { sql } = this.#parts;
    for (const { id } of sql.dueCopies.all(nextHop, rank, now, promoted_max)) {
      const copy = Number(id);
      if (this.#damage.isPassedOver(copy)) continue;
      try {
        const whole = this.#damage.readWhole(copy, now);
        if (whole === undefined) continue;
        const { row } = whole;
        if (!isQueued(row, nextHop, rank) || row.not_before === null || row.not_before > now) {
          throw new DamagedStoreError(`an index does not say of copy ${copy} what its row says`);
        }
        this.#ledger.rewrite(row, { not_before: null });
      } catch (error) {
        if (!isDamage(error) || isStructural(error)) throw error;
      }
    }
  }

  #firstWaiting(nextHop: string, rank: number, now: number): number | undefined {
    for (let passed = 0; ; passed += stride) {
      const rows = this.#parts.sql.waitingCopies.all(nextHop, rank, now, stride, passed);
      const free = rows.find(({ id }) => this.#parts.claims.running(Number(id), now as never) === undefined);
      if (free !== undefined) return Number(free.not_before);
      if (rows.length < stride) return undefined;
    }
  }
}

function isQueued(row: CopyRow, nextHop: string, rank: number): boolean {
  return row.next_hop === nextHop && row.rank === rank && row.state === 0;
}
