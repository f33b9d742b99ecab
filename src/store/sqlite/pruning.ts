// Removes tracking that is older than it is kept: by message, when a message is gone from the queue and its
// last act is old enough, so that the audit never sees half a history. One slice is bounded in time; its
// caller leaves the worker to others between two. Invariant: nothing of a message in the queue is removed.

import type { StatementSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';

import type { MessageId } from '../port.ts';
import { counterChecksum } from './checksums.ts';
import { assertOnward } from './errors.ts';
import type { TapeReader, TapeWriter } from './tape.ts';

/** The statements that this needs. */
export const pruningTexts = {
  oldestTracking: `SELECT id, at, message FROM tracking WHERE (at, id) > (?, ?) AND at < ?
    ORDER BY at, id LIMIT ?`,
  isInQueue: 'SELECT 1 FROM message WHERE id = ?',
  actsSince: 'SELECT 1 FROM tracking WHERE message = ? AND at >= ? LIMIT 1',
  pruneMessage: `DELETE FROM tracking WHERE id IN (SELECT id FROM tracking WHERE message = ?
    ORDER BY at DESC LIMIT ?)`,
  pruneRecord: 'DELETE FROM tracking WHERE id = ?',
  pruned: `SELECT bound FROM tracking_bound WHERE name = 'pruned'`,
  notePruned: `INSERT OR REPLACE INTO tracking_bound VALUES ('pruned', ?, ?)`,
} as const;

export type PruningStatements = Readonly<Record<keyof typeof pruningTexts, StatementSync>>;

/** Where a pass goes on. */
export interface PruningPlace {
  readonly at: number;
  readonly id: number;
}
export interface PruningSlice {
  readonly before: number;
  readonly place: PruningPlace;
}
export interface Pruned {
  readonly records: number;
  /** Absent: the pass is over. */
  readonly next?: PruningPlace;
}

/** How long one slice may hold the worker, in milliseconds; its commit comes on top. */
const slice_ms = 3;
const stride = 64;
/** Records of one message that are removed between two looks at the clock. */
const records_max = 200;

/** Removes what it can in a few milliseconds. */
export function prune(sql: PruningStatements, slice: PruningSlice, clock_ms: () => number): Pruned {
  const { before } = slice;
  const endsAt = clock_ms() + slice_ms;
  let place = slice.place;
  let records = 0;
  const kept = new Set<MessageId>();
  const bound = Math.max(before, Number(sql.pruned.get()?.bound ?? 0));
  sql.notePruned.run(bound, counterChecksum('pruned', bound));
  for (;;) {
    const rows = sql.oldestTracking.all(place.at, place.id, before, stride);
    for (const { id, at, message } of rows) {
      let removed: number;
      do {
        removed = message === null ? Number(sql.pruneRecord.run(id).changes) : pruneMessage(Number(message));
        records += removed;
        const isOver = removed < records_max;
        if (isOver) {
          assertOnward('tracking', [place.at, place.id], [Number(at), Number(id)]);
          place = { at: Number(at), id: Number(id) };
        }
        if (clock_ms() >= endsAt) return { records, next: place };
      } while (removed === records_max);
    }
    if (rows.length < stride) return { records };
  }

  function pruneMessage(message: MessageId): number {
    if (kept.has(message)) return 0;
    const isOpen = sql.isInQueue.get(message) !== undefined;
    if (isOpen || sql.actsSince.get(message, before) !== undefined) {
      kept.add(message);
      return 0;
    }
    return Number(sql.pruneMessage.run(message, records_max).changes);
  }
}

/** Between two slices at least, and at most where the worker always has something to do, in milliseconds. */
const pause_ms = 5;
const pauses_max = 3;

/** Waits until the worker has nothing else to do; under a load that never ends, some milliseconds. */
export async function leisure(worker: { readonly isIdle: boolean }): Promise<void> {
  for (let pause = 0; pause < pauses_max; pause += 1) {
    await setTimeout(pause_ms);
    if (worker.isIdle) return;
  }
}

/** Writes what a slice did. */
export function putPruned(tape: TapeWriter, { records, next }: Pruned): void {
  tape.put(records, next?.at ?? null, next?.id ?? null);
}

/** Reads what `putPruned` wrote. */
export function takePruned(tape: TapeReader): Pruned {
  const [records, at, id] = [tape.number(), tape.numberOrNull(), tape.numberOrNull()];
  return at === null || id === null ? { records } : { records, next: { at, id } };
}
