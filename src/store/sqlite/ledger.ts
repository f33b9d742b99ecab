// Executes one transition inside the running transaction. Everything that can refuse it is asked before
// anything is changed, so that a refused transition leaves no trace and needs no savepoint; what SQLite
// refuses (no space, input/output errors) is thrown, and the engine takes the transaction back. Order:
// create, attempts, place, split, finish, recovery points, tracking, strikes.

import { crc32 } from 'node:zlib';

import { assert } from '../../base/assert.ts';
import type { Claims } from '../claims.ts';
import { copyStates, rankOf } from '../order.ts';
import type { AttemptRecord, CopyId, MessageId, Placement, StoreRefusal, Strike } from '../port.ts';
import { recoveryChecksum } from './checksums.ts';
import { type CopyRow, copyChecksum, type MessageRow, messageChecksum } from './copy-codec.ts';
import type { Identifiers, SpoolChanges } from './running.ts';
import { newSpoolName, type SpoolDirectory } from './spool-directory.ts';
import { trackingChecksum } from './entries.ts';
import { DamagedStoreError, detailOf, isDamage, isStructural } from './errors.ts';
import type { Statements } from './statements.ts';
import type { Tally } from './tally.ts';
import type {
  Committed,
  CopyDraft,
  MessageDraft,
  PartDraft,
  RecoveryDraft,
  TrackingDraft,
  TransitionDraft,
} from './transition-codec.ts';

/** Messages of one identifier that are looked at when one of them goes, for who else names its spool. */
const recounted_rows = 200;

export interface LedgerParts {
  readonly sql: Statements;
  readonly claims: Claims;
  readonly identifiers: Identifiers;
  readonly tally: Tally;
  readonly spools: SpoolDirectory;
  readonly spoolChanges: SpoolChanges;
  /** Content with more octets is spilled into a spool file. */
  readonly inlineOctetsMax: number;
}
export type Outcome = { readonly committed: Committed } | { readonly refusal: StoreRefusal };
type Rows = ReadonlyMap<CopyId, CopyRow>;

export class Ledger {
  readonly #parts: LedgerParts;

  constructor(parts: LedgerParts) {
    this.#parts = parts;
  }

  /** Applies a transition, or refuses it whole. */
  apply(draft: TransitionDraft, now: number): Outcome {
    const rows = this.#readRows(draft);
    if (!(rows instanceof Map)) return { refusal: rows };
    const refusal = this.#refusalOf(draft, rows, now);
    if (refusal !== undefined) return { refusal };
    const created = draft.create.map((message) => this.#create(message));
    for (const attempt of draft.attempts)
      this.#noteAttempt(rowOf(rows, attempt.copy), attempt, draft.onBehalfOf);
    for (const placement of draft.place) this.#place(rowOf(rows, placement.copy), placement);
    const splitInto = draft.split.map(({ copy, into }) => this.#split(rowOf(rows, copy), into));
    for (const copy of draft.finish.length > 1 ? new Set(draft.finish) : draft.finish) {
      this.#remove(rowOf(rows, copy));
    }
    for (const point of draft.saveRecovery) this.#saveRecovery(point);
    for (const key of draft.dropRecovery) this.#dropRecovery(key);
    this.#trackAll(draft.tracking, created);
    for (const strike of draft.strikes) this.#saveStrike(strike);
    for (const key of draft.dropStrikes) this.#parts.sql.dropStrike.run(key);
    return { committed: { created, splitInto } };
  }

  /** Writes one tracking record. */
  track({ at, mtsIdentifier, message, record }: Omit<TrackingDraft, 'created'>): void {
    this.#parts.sql.insertTracking.run(at, mtsIdentifier, message, record, trackingChecksum(record, message));
  }

  /** Writes what changed in a copy, and moves it in the tally from where it was. */
  rewrite(row: CopyRow, change: Partial<CopyRow>): void {
    const { sql, tally } = this.#parts;
    tally.add(row, -1);
    Object.assign(row, change);
    row.waiting = row.not_before === null ? 0 : 1;
    row.crc = copyChecksum(row);
    tally.add(row, 1);
    const { id, next_hop, state, rank, waiting, not_before, attempts, last_attempt_at, last_error, crc } =
      row;
    sql.updateCopy.run(
      next_hop,
      state,
      rank,
      waiting,
      not_before,
      attempts,
      last_attempt_at,
      last_error,
      crc,
      id,
    );
  }

  /** Records of messages that the transition made name them by their numbers from now on. */
  #trackAll(drafts: readonly TrackingDraft[], created: Committed['created']): void {
    const neverStored = new Map<number, MessageId>();
    for (const { created: place, ...draft } of drafts) {
      if (place === null) {
        this.track(draft);
        continue;
      }
      const number = place < 0 ? neverStored.get(place) : created[place]?.message;
      const message = number ?? this.#parts.identifiers.take();
      assert(place < 0 || number !== undefined, 'a record names a message that its transition creates');
      if (place < 0) neverStored.set(place, message);
      this.track({ ...draft, message });
    }
  }

  /** Where a row has a value that we never wrote, the transition is refused, and nothing else is. */
  #readRows({ finish, attempts, place, split }: TransitionDraft): Map<CopyId, CopyRow> | StoreRefusal {
    const rows = new Map<CopyId, CopyRow>();
    const named = [...attempts, ...place, ...split].map(({ copy }) => copy);
    for (const copy of named.length === 0 ? finish : [...finish, ...named]) {
      try {
        const row = this.#parts.sql.readCopy.get(copy);
        if (row !== undefined) rows.set(copy, row as unknown as CopyRow);
      } catch (error) {
        if (!isDamage(error) || isStructural(error)) throw error;
        return { kind: 'damaged', detail: `copy ${copy} cannot be read: ${detailOf(error)}` };
      }
    }
    return rows;
  }

  #refusalOf(draft: TransitionDraft, rows: Rows, now: number): StoreRefusal | undefined {
    const { claims, spools } = this.#parts;
    const changed = [...draft.place, ...draft.split].map(({ copy }) => copy);
    const tried = draft.attempts.map(({ copy }) => copy);
    const missing = [...draft.finish, ...changed, ...tried].filter((copy) => !rows.has(copy));
    if (missing.length > 0) return { kind: 'no-such-copy', copies: missing };
    const guarded = [...draft.finish, ...changed];
    const busy = guarded.filter((copy) => claims.isBusy(copy, draft.onBehalfOf, now as never));
    if (busy.length > 0) return { kind: 'busy', copies: busy };
    const damaged = [...changed, ...tried].find((copy) => isDamaged(rowOf(rows, copy)));
    if (damaged !== undefined) return { kind: 'damaged', detail: `the row of copy ${damaged} is damaged` };
    for (const { spool, spoolOctets } of draft.create) {
      if (spool !== null && spools.sealedOctets(spool) !== spoolOctets) {
        return { kind: 'damaged', detail: `spool ${spool} is not sealed with ${spoolOctets} octets` };
      }
    }
    return this.#foreignSpool(draft);
  }

  /** Messages that name one spool have one identifier. */
  #foreignSpool({ create }: TransitionDraft): StoreRefusal | undefined {
    const owners = new Map<string, unknown>();
    for (const { spool, mtsIdentifier } of create) {
      if (spool === null) continue;
      const owner =
        owners.get(spool) ?? this.#parts.sql.identifierOfSpool.get(spool)?.mts_identifier ?? mtsIdentifier;
      if (owner !== mtsIdentifier) return { kind: 'damaged', detail: `spool ${spool} is that of ${owner}` };
      owners.set(spool, owner);
    }
    return undefined;
  }

  #create(draft: MessageDraft): Committed['created'][number] {
    const { sql, identifiers, spoolChanges } = this.#parts;
    const message = identifiers.take();
    const { copies } = draft;
    if (copies.length === 0) {
      spoolChanges.noteLoose(draft.spool, true);
      return { message, copies: [] };
    }
    const { content, spool, spool_octets } = this.#placeContent(draft);
    const { mtsIdentifier: mts_identifier, meta, envelope } = draft;
    const row: Omit<MessageRow, 'crc'> = {
      id: message,
      mts_identifier,
      meta,
      envelope,
      content,
      spool,
      spool_octets,
    };
    const crc = messageChecksum(row);
    sql.insertMessage.run(message, mts_identifier, meta, spool, spool_octets, crc, envelope, content);
    const fields = { message, sole: copies.length === 1 ? 1 : 0, rank: draft.rank, octets: draft.octets };
    const times = { accepted_at: draft.acceptedAt, expires_at: draft.expiresAt };
    return { message, copies: copies.map((copy) => this.#addCopy(copy, { ...fields, ...times }).id) };
  }

  #placeContent({ content, spool, spoolOctets, meta, envelope }: MessageDraft) {
    const { spools, spoolChanges, inlineOctetsMax } = this.#parts;
    if (content === null || content.length <= inlineOctetsMax)
      return { content, spool, spool_octets: spoolOctets };
    const name = newSpoolName();
    spoolChanges.noteSpilled(name);
    spools.spill(name, content, Buffer.concat([Buffer.from(`${meta}\n`), envelope]));
    return { content: null, spool: name, spool_octets: content.length };
  }

  #addCopy(
    { nextHop, recipients, notBefore, state: named, claim }: CopyDraft,
    fields: Pick<CopyRow, 'message' | 'sole' | 'rank' | 'octets' | 'accepted_at' | 'expires_at'>,
  ): CopyRow {
    const { sql, claims, identifiers, tally } = this.#parts;
    const { message, sole, rank, octets, accepted_at, expires_at } = fields;
    const id = identifiers.take();
    const state = copyStates.indexOf(named);
    const waiting = notBefore === null ? 0 : 1;
    const row: CopyRow = {
      id,
      message,
      next_hop: nextHop,
      state,
      rank,
      waiting,
      not_before: notBefore,
      accepted_at,
      expires_at,
      octets,
      sole,
      recipients,
      attempts: 0,
      last_attempt_at: null,
      last_error: null,
      crc: 0,
    };
    row.crc = copyChecksum(row);
    const place = [id, message, nextHop, state, rank, waiting, notBefore, accepted_at, expires_at] as const;
    sql.insertCopy.run(...place, octets, sole, recipients, row.crc);
    tally.add(row, 1);
    if (claim !== undefined) claims.take(id, claim);
    return row;
  }

  #noteAttempt(row: CopyRow, attempt: AttemptRecord, owner: string | undefined): void {
    this.rewrite(row, {
      attempts: row.attempts + (attempt.counts ? 1 : 0),
      last_attempt_at: attempt.at,
      last_error: attempt.error,
      not_before: attempt.notBefore ?? null,
    });
    if (owner !== undefined) this.#parts.claims.end(row.id, owner);
  }

  #place(row: CopyRow, { copy, nextHop, state, priority, notBefore, resetAttempts }: Placement): void {
    this.rewrite(row, {
      next_hop: nextHop ?? row.next_hop,
      state: state === undefined ? row.state : copyStates.indexOf(state),
      rank: priority === undefined ? row.rank : rankOf(priority),
      not_before: notBefore === undefined ? row.not_before : notBefore,
      attempts: resetAttempts === true ? 0 : row.attempts,
    });
    this.#parts.claims.end(copy);
  }

  #split(row: CopyRow, into: readonly PartDraft[]): CopyId[] {
    const { attempts, last_attempt_at, last_error } = row;
    const parts = into.map((part) => {
      const added = this.#addCopy(part, { ...row, sole: 0 });
      if (part.keepsAttempts) this.rewrite(added, { attempts, last_attempt_at, last_error });
      return added.id;
    });
    this.#remove(row, parts.length > 0);
    return parts;
  }

  /** A damaged row may name a message that is not its own: then only the row goes. */
  #remove(row: CopyRow, hasSuccessors = false): void {
    const { sql, claims, tally, spoolChanges } = this.#parts;
    sql.deleteCopy.run(row.id);
    claims.end(row.id);
    tally.add(row, -1);
    if (hasSuccessors || isDamaged(row)) return;
    if (row.sole === 0 && this.#hasOthers(row)) return;
    const { spool, mts_identifier } = sql.deleteMessage.get(row.message) ?? {};
    if (typeof spool === 'string') spoolChanges.noteLoose(spool, this.#isCounted(spool, mts_identifier));
  }

  /**
   * Whether every message that may name this spool was looked at; where there are too many, all rows are, in
   * slices, before its file goes. An index that hides one of them must not be believed alone.
   */
  #isCounted(spool: string, mtsIdentifier: unknown): boolean {
    const { messageNamesSpool, spoolsOfIdentifier } = this.#parts.sql;
    const rows = spoolsOfIdentifier.all(String(mtsIdentifier), recounted_rows);
    const other = rows.find((row) => row.spool === spool);
    if (other !== undefined && messageNamesSpool.get(spool) === undefined) {
      throw new DamagedStoreError(`the index of spool files does not name that of message ${other.id}`);
    }
    return rows.length < recounted_rows;
  }

  /** With its last copy a message goes: an index that hides another one must not be believed alone. */
  #hasOthers({ message, expires_at }: CopyRow): boolean {
    const { hasCopies, hasCopyNear, hasCopyOfExpiry } = this.#parts.sql;
    if (hasCopies.get(message) !== undefined) return true;
    const other = hasCopyNear.get(message, message, message) ?? hasCopyOfExpiry.get(expires_at, message);
    if (other === undefined) return false;
    throw new DamagedStoreError(`an index does not name a copy of message ${message}`);
  }

  #saveRecovery({ key, link, direction, savedAt, spool, data }: RecoveryDraft): void {
    const { sql, spoolChanges } = this.#parts;
    spoolChanges.noteLoose(sql.recoverySpool.get(key)?.spool, false);
    const crc = recoveryChecksum({ key, link, direction, saved_at: savedAt, spool, data });
    sql.saveRecovery.run(key, link, direction, savedAt, spool, crc, data);
  }

  #saveStrike(strike: Strike): void {
    const record = JSON.stringify(strike);
    this.#parts.sql.saveStrike.run(strike.key, record, crc32(record));
  }

  #dropRecovery(key: string): void {
    const { sql, spoolChanges } = this.#parts;
    spoolChanges.noteLoose(sql.recoverySpool.get(key)?.spool, false);
    sql.dropRecovery.run(key);
  }
}

/** Whether a copy's row is not what was written. */
export function isDamaged(row: CopyRow): boolean {
  return copyChecksum(row) !== row.crc || row.waiting !== (row.not_before === null ? 0 : 1);
}

function rowOf(rows: Rows, copy: CopyId): CopyRow {
  const row = rows.get(copy);
  assert(row !== undefined, 'every copy that a transition names was read');
  return row;
}
