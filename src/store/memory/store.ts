// The store in memory: for simulations, where a restart is a second store on the same `MemoryDisk`, and
// for tests. Deterministic: no clock of its own, no randomness, answers in the order of the questions.
// Nothing survives the process.

import { type Instant, instant } from '../../base/time.ts';
import { Claims } from '../claims.ts';
import { copyStates, rankOf, ranksOf } from '../order.ts';
import type {
  ClaimRequest,
  CopyId,
  CopyQuery,
  MessageId,
  QueueCount,
  QueuedCopy,
  SpoolResult,
  SpoolWriter,
  Store,
  TrackingQuery,
} from '../port.ts';
import { defaultLimit, matchesCopy, matchesTracking } from '../search.ts';
import {
  isNamed,
  type MemoryCopy,
  type MemoryDisk,
  type MemorySpool,
  memoryDisk,
  queuedCopyOf,
  summaryOf,
} from './disk.ts';
import { entriesOf } from './entries.ts';
import { readSpool } from './spool.ts';
import { applyTransition } from './transition.ts';

export { type MemoryDisk, memoryDisk } from './disk.ts';

export interface MemoryStoreOptions {
  /** Where everything is kept; a new empty disk when absent. */
  readonly disk?: MemoryDisk;
  /** Octets of content that lie with the message; more goes to a spool. Default 65,536. */
  readonly inlineOctetsMax?: number;
  /** Tells whether a lease still runs when a transition is judged. Default: the clock of the machine. */
  readonly now?: () => Instant;
}

/** A store in memory. Spools of the disk that nothing names are removed, as at any start. */
export function openMemoryStore(options: MemoryStoreOptions = {}): Store {
  const disk = options.disk ?? memoryDisk();
  for (const name of [...disk.spools.keys()]) if (!isNamed(disk, name)) disk.spools.delete(name);
  return new MemoryStore(disk, options);
}

class MemoryStore implements Store {
  readonly #disk: MemoryDisk;
  readonly #claims = new Claims();
  readonly #inlineOctetsMax: number;
  readonly #now: () => Instant;

  constructor(disk: MemoryDisk, options: MemoryStoreOptions) {
    this.#disk = disk;
    this.#inlineOctetsMax = options.inlineOctetsMax ?? 65_536;
    this.#now = options.now ?? (() => instant(Date.now()));
  }

  async commit(transition: Parameters<Store['commit']>[0]) {
    const context = {
      disk: this.#disk,
      claims: this.#claims,
      inlineOctetsMax: this.#inlineOctetsMax,
      now: this.#now(),
    };
    return applyTransition(context, transition);
  }

  async claim(request: ClaimRequest): Promise<readonly QueuedCopy[]> {
    const { owner, nextHop, until, now, limit } = request;
    const ranks = ranksOf(request.priorities);
    const free = this.#unclaimed(now).filter(
      (copy) =>
        copy.state === 'queued' &&
        copy.nextHop === nextHop &&
        (copy.notBefore === undefined || copy.notBefore <= now) &&
        ranks.includes(rankOf(copy.priority)) &&
        (request.copies === undefined || request.copies.includes(copy.id)),
    );
    free.sort((a, b) => rankOf(a.priority) - rankOf(b.priority) || a.id - b.id);
    const taken = free.slice(0, limit);
    for (const copy of taken) this.#claims.take(copy.id, { owner, until });
    this.#claims.keep();
    return taken.map(queuedCopyOf);
  }

  async unclaim(owner: string, copies: readonly CopyId[]): Promise<void> {
    for (const copy of copies) this.#claims.end(copy, owner);
    this.#claims.keep();
  }

  async nextDue(nextHop: string, now: Instant): Promise<Instant | undefined> {
    let due: Instant | undefined;
    for (const copy of this.#unclaimed(now)) {
      const { notBefore } = copy;
      if (copy.state !== 'queued' || copy.nextHop !== nextHop || notBefore === undefined || notBefore <= now)
        continue;
      if (due === undefined || notBefore < due) due = notBefore;
    }
    return due;
  }

  async expired(now: Instant, limit: number): Promise<readonly QueuedCopy[]> {
    const over = this.#unclaimed(now).filter(
      (copy) => copy.state !== 'quarantined' && copy.message.fields.expiresAt <= now,
    );
    over.sort((a, b) => a.message.fields.expiresAt - b.message.fields.expiresAt || a.id - b.id);
    return over.slice(0, limit).map(queuedCopyOf);
  }

  async show(copy: CopyId): Promise<QueuedCopy | undefined> {
    const found = this.#disk.copies.get(copy);
    return found === undefined ? undefined : queuedCopyOf(found);
  }

  async list(query: CopyQuery) {
    const all = [...this.#disk.copies.values()]
      .filter(({ id }) => id > (query.afterCopy ?? 0))
      .map(summaryOf);
    return all.filter((copy) => matchesCopy(query, copy)).slice(0, query.limit ?? defaultLimit);
  }

  async counts(): Promise<readonly QueueCount[]> {
    const counts = new Map<string, QueueCount>();
    for (const { nextHop, priority, state, message } of this.#disk.copies.values()) {
      const { contentLength, acceptedAt } = message.fields;
      const key = `${nextHop}\n${rankOf(priority)}\n${copyStates.indexOf(state)}`;
      const sofar = counts.get(key) ?? { copies: 0, octets: 0, oldestAcceptedAt: acceptedAt };
      counts.set(key, {
        nextHop,
        priority,
        state,
        copies: sofar.copies + 1,
        octets: sofar.octets + contentLength,
        oldestAcceptedAt: sofar.oldestAcceptedAt,
      });
    }
    return [...counts.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, count]) => count);
  }

  async readContent(message: number, offset: number, octets_max: number): Promise<Uint8Array | undefined> {
    const content = this.#disk.messages.get(message)?.content;
    if (content === undefined) return undefined;
    if (content.kind === 'none') return new Uint8Array();
    if (content.kind === 'inline') return content.octets.slice(offset, offset + octets_max);
    return readSpool(this.#disk.spools.get(content.spool)?.pieces ?? [], offset, octets_max);
  }

  async readSpool(name: string, offset: number, octets_max: number): Promise<Uint8Array | undefined> {
    const spool = this.#disk.spools.get(name);
    return spool?.sealed === true ? readSpool(spool.pieces, offset, octets_max) : undefined;
  }

  async openSpool(): Promise<SpoolWriter> {
    const name = `spool-${this.#disk.nextId++}`;
    const spool: MemorySpool = { pieces: [], sealed: false };
    this.#disk.spools.set(name, spool);
    return this.#spoolWriter(name, spool);
  }

  async reopenSpool(name: string, octets_count: number): Promise<SpoolWriter | undefined> {
    const spool = this.#disk.spools.get(name);
    if (spool === undefined || spool.sealed) return undefined;
    const kept = readSpool(spool.pieces, 0, octets_count);
    if (kept.length < octets_count) return undefined;
    spool.pieces = [kept];
    return this.#spoolWriter(name, spool);
  }

  #spoolWriter(name: string, spool: MemorySpool): SpoolWriter {
    const disk = this.#disk;
    const fine: SpoolResult = { ok: true };
    let released = false;
    const closed: SpoolResult = { ok: false, refusal: { kind: 'failed', detail: `spool ${name} is closed` } };
    return {
      name,
      write: async (octets) => {
        if (released) return closed;
        spool.pieces.push(octets.slice());
        return fine;
      },
      sync: async () => fine,
      seal: async () => {
        spool.sealed = true;
        return fine;
      },
      release: async () => {
        released = true;
      },
      discard: async () => {
        disk.spools.delete(name);
      },
    };
  }

  async recoveryPoints(link: string) {
    return [...this.#disk.recovery.values()].filter((point) => point.link === link);
  }

  async strikes() {
    return [...this.#disk.strikes.values()].sort((one, other) => (one.key < other.key ? -1 : 1));
  }

  async track(query: TrackingQuery) {
    const found = this.#disk.tracking.filter((record) => matchesTracking(query, record));
    found.sort((one, other) => one.at - other.at);
    const skip = query.skip ?? 0;
    return found.slice(skip, skip + (query.limit ?? defaultLimit));
  }

  async entries(after: MessageId, limit: number) {
    return entriesOf(this.#disk, after, limit);
  }

  async prune(before: Instant): Promise<number> {
    const { tracking, messages } = this.#disk;
    const lastAt = new Map<MessageId, Instant>();
    for (const { message, at } of tracking) {
      if (message !== undefined) lastAt.set(message, instant(Math.max(at, lastAt.get(message) ?? at)));
    }
    const kept = tracking.filter(({ message, at }) =>
      message === undefined ? at >= before : messages.has(message) || (lastAt.get(message) ?? at) >= before,
    );
    return tracking.splice(0, tracking.length, ...kept).length - kept.length;
  }

  async close(): Promise<void> {}

  #unclaimed(now: Instant): MemoryCopy[] {
    const copies = [...this.#disk.copies.values()];
    return copies.filter(({ id }) => this.#claims.running(id, now) === undefined);
  }
}
