// What operators ask: lists, counts, tracking, recovery points. A list over a long queue is answered in
// slices, each bounded in the rows that it reads; the main thread asks for the next, so that mail flows in
// between.

import { instant } from '../../base/time.ts';
import { copyStates, priorities } from '../order.ts';
import type { CopyId, CopyQuery, CopySummary, MessageId, TrackingQuery, TrackingRecord } from '../port.ts';
import { matchesCopy, matchesTracking, mayMatch } from '../search.ts';
import { type RecoveryRow, recoveryChecksum, soundStrike } from './checksums.ts';
import { type CopyRow, putSummary, takeSummary } from './copy-codec.ts';
import { type DamageControl, presentable } from './damage.ts';
import { isSoundTracking, readEntries, readTracking, type TrackingRow } from './entries.ts';
import { assertOnward, detailOf, isDamage, isStructural } from './errors.ts';
import type { LedgerParts } from './ledger.ts';
import { TapeReader, TapeWriter } from './tape.ts';

/** Tracking records that one slice reads at most. */
const slice_rows = 500;
/** Copies that one slice reads at most: each costs a look at its message, on another page. */
const slice_copies = 100;

/** Where the next slice of a tracking search begins. */
export interface TrackingPlace {
  readonly at: number;
  readonly id: number;
}

/** One slice of a search: what is sought, and from where on. */
export interface TrackingSearch {
  readonly query: TrackingQuery;
  readonly place: TrackingPlace;
}

export class Lists {
  readonly #parts: LedgerParts;
  readonly #damage: DamageControl;

  constructor(parts: LedgerParts, damage: DamageControl) {
    this.#parts = parts;
    this.#damage = damage;
  }

  /**
   * Writes the copies of one slice that answer the query, and after which copy the next slice begins
   * (or null).
   */
  list(tape: TapeWriter, { query, limit }: ListRequest, now: number): void {
    const after = query.afterCopy ?? 0;
    const isByIdentifier = query.mtsIdentifier !== undefined;
    const { rows, isCut } = isByIdentifier
      ? { rows: this.#named(query.mtsIdentifier ?? '', after), isCut: false }
      : this.#after(after, now);
    const found = new TapeWriter();
    let count = 0;
    for (const row of rows.map(presentable)) {
      if (count >= limit) break;
      if (query.nextHop !== undefined && row.next_hop !== query.nextHop) continue;
      if (query.state !== undefined && copyStates[row.state] !== query.state) continue;
      const summary = new TapeWriter();
      putSummary(summary, row, this.#metaOf(row.message));
      if (!matchesCopy(query, readBack(summary))) continue;
      found.append(summary);
      count += 1;
    }
    const isLast = isByIdentifier || isCut || count >= limit || rows.length < slice_copies;
    const next = isLast ? null : rows[rows.length - 1].id;
    if (next !== null) assertOnward('copies', [after], [next]);
    tape.put(next, count);
    tape.append(found);
  }

  /** Writes the tally with the oldest of each kind. */
  counts(tape: TapeWriter): void {
    const rows = this.#parts.tally.rows();
    tape.put(rows.length);
    for (const { next_hop, rank, state, copies, octets } of rows) {
      const oldest = [0, 1].map((waiting) => this.#parts.sql.oldestCopy.get(next_hop, state, rank, waiting));
      const times = oldest.flatMap((row) => (row === undefined ? [] : [Number(row.accepted_at)]));
      tape.put(next_hop, priorities[rank], copyStates[state]);
      tape.put(copies, octets, times.length === 0 ? 0 : Math.min(...times));
    }
  }

  /**
   * Writes the records of one slice that answer the query, as JSON, and where the next slice begins
   * (or null).
   */
  track(tape: TapeWriter, { query, place }: TrackingSearch, now: number): void {
    const { sql } = this.#parts;
    const until = query.until ?? Number.MAX_SAFE_INTEGER;
    const rows =
      query.mtsIdentifier === undefined
        ? sql.trackingByTime.all(place.at, place.id, until, slice_rows)
        : sql.trackingByIdentifier.all(query.mtsIdentifier, place.at, place.id, until, slice_rows);
    const found: TrackingRecord[] = [];
    for (const row of rows) {
      // Of a search by address most are none: the text is looked through before it is made a record.
      if (!mayMatch(query, String(row.record)) && isSoundTracking(row as unknown as TrackingRow)) continue;
      const record = readTracking(row as unknown as TrackingRow);
      if (record === undefined) this.#noteDamage(`tracking record ${row.id} is damaged`, now);
      else if (matchesTracking(query, record)) found.push(record);
    }
    const last = rows.length < slice_rows ? undefined : rows[rows.length - 1];
    if (last !== undefined) {
      assertOnward('tracking', [place.at, place.id], [Number(last.at), Number(last.id)]);
    }
    tape.put(last === undefined ? null : Number(last.at), Number(last?.id ?? 0), JSON.stringify(found));
  }

  /** Writes what the ledger knows of so many messages, as JSON. */
  entries(tape: TapeWriter, after: MessageId, limit: number): void {
    tape.put(JSON.stringify(readEntries(this.#parts.sql, { after, limit })));
  }

  /** Writes the recovery points of a link. */
  recoveryPoints(tape: TapeWriter, link: string, now: number): void {
    const rows = this.#parts.sql.recoveryByLink.all(link) as unknown as (RecoveryRow & { crc: number })[];
    const sound = rows.filter((row) => recoveryChecksum(row) === row.crc);
    if (sound.length < rows.length) this.#noteDamage(`a recovery point of ${link} is damaged`, now);
    tape.put(sound.length);
    for (const { key, direction, saved_at, spool, data } of sound) {
      tape.put(key, link, direction, saved_at, spool);
      tape.putOctets(data);
    }
  }

  /** Writes every strike, as JSON. */
  strikes(tape: TapeWriter, now: number): void {
    const rows = this.#parts.sql.readStrikes.all();
    const sound = rows.filter((row) => soundStrike(row as never) !== undefined);
    if (sound.length < rows.length) this.#noteDamage('a strike is damaged', now);
    tape.put(`[${sound.map((row) => String(row.record)).join()}]`);
  }

  /** Writes a piece of content that lies in a row, or the spool where it lies, or that it is gone. */
  content(tape: TapeWriter, { message, offset, octets_max }: ContentRequest, now: number): void {
    const [copy] = this.#damage.copiesOf(message);
    const whole = copy === undefined ? undefined : this.#damage.readWhole(copy.id, now);
    if (whole === undefined) {
      tape.put('gone');
      return;
    }
    const { spool, content } = whole.message;
    if (spool !== null) {
      tape.put('spool', spool);
      return;
    }
    tape.put('inline');
    tape.putOctets((content ?? new Uint8Array()).subarray(offset, offset + octets_max));
  }

  /** Up to a row with a value that we never wrote: there the list ends, and that is told. */
  #after(copy: CopyId, now: number): { readonly rows: CopyRow[]; readonly isCut: boolean } {
    const rows: CopyRow[] = [];
    try {
      for (const row of this.#parts.sql.copiesAfter.iterate(copy, slice_copies)) {
        rows.push(row as unknown as CopyRow);
      }
      return { rows, isCut: false };
    } catch (error) {
      if (!isDamage(error) || isStructural(error)) throw error;
      const place = rows.at(-1)?.id ?? copy;
      this.#noteDamage(`the list of copies cannot be read on after copy ${place}: ${detailOf(error)}`, now);
      return { rows, isCut: true };
    }
  }

  #named(mtsIdentifier: string, after: CopyId): CopyRow[] {
    const messages = this.#parts.sql.messagesByIdentifier.all(mtsIdentifier);
    const rows = messages.flatMap(({ id }) => this.#damage.copiesOf(Number(id)));
    return rows.filter(({ id }) => id > after).sort((a, b) => a.id - b.id);
  }

  #metaOf(message: MessageId): string {
    try {
      return String(this.#parts.sql.readMeta.get(message)?.meta ?? '');
    } catch (error) {
      if (!isDamage(error) || isStructural(error)) throw error;
      return '';
    }
  }

  #noteDamage(detail: string, now: number): void {
    this.#damage.note({ kind: 'damaged-record', at: instant(now), detail, copies: [] });
  }
}

export interface ListRequest {
  readonly query: CopyQuery;
  readonly limit: number;
}

export interface ContentRequest {
  readonly message: MessageId;
  readonly offset: number;
  readonly octets_max: number;
}

function readBack(summary: TapeWriter): CopySummary {
  return takeSummary(new TapeReader(summary.cut()));
}
