// The database that a repair writes: rows come in as they are found, the best version of each stands. Then
// the books are set right: copies without their message go, messages without a copy get one, what is
// doubtful or damaged is quarantined, counters and tallies are counted anew. A damaged row keeps its wrong
// checksum: it must not look sound because it was copied.

import type { DatabaseSync, StatementSync } from 'node:sqlite';

import { auditEntry, emptyCount } from '../../audit.ts';
import { identifier_max } from '../../identifier-range.ts';
import { copyStates } from '../../order.ts';
import { counterChecksum, type TallyRow, tallyChecksum } from '../checksums.ts';
import { type CopyRow, copyChecksum, type MessageRow, messageChecksum, readMeta } from '../copy-codec.ts';
import { type EntryStatements, entryTexts, readEntries } from '../entries.ts';
import { openDatabase } from '../schema.ts';
import type { FoundRow, TableName } from './found-row.ts';
import type { Candidate } from './scan.ts';

const quarantined = copyStates.indexOf('quarantined');
/** Where a message waits whose next hop is not known any more; an operator gives it another. */
export const unknownHop = 'repair/next-hop-unknown';
/** Identifiers that are passed over, in case some were given that no row tells of any more. */
const passed_ids = 1_000_000;
const reserved_ids = 65_536;
/** Messages between two signs of life. */
const messages_per_sign = 500;
const doubtful = 1_000_000_000;
const live = 2_000_000_000;

const keys: Readonly<Record<TableName, string>> = {
  message: 'id',
  copy: 'id',
  tracking: 'id',
  recovery: 'key',
  strike: 'key',
  counter: 'name',
  tracking_bound: 'name',
};

export interface Named {
  readonly message: number;
  readonly mtsIdentifier: string;
  readonly detail: string;
}

export class NewDatabase {
  readonly database: DatabaseSync;
  readonly quarantined: Named[] = [];
  readonly lost: Named[] = [];
  readonly #rank: StatementSync;
  readonly #note: StatementSync;
  readonly #puts = new Map<TableName, { put: StatementSync; columns: readonly string[] }>();
  readonly #now: number;
  #tracked: StatementSync | undefined;
  /** Finished before, and read where freed pages were not known to be free. */
  ended = 0;
  records_lost = 0;

  constructor(file: string, now: number) {
    this.#now = now;
    this.database = openDatabase(file, now);
    this.database.exec(`PRAGMA synchronous = OFF; BEGIN;
      DELETE FROM counter; DELETE FROM tracking_bound;
      CREATE TEMP TABLE origin (name TEXT, key, rank INTEGER, PRIMARY KEY (name, key)) WITHOUT ROWID`);
    this.#rank = this.database.prepare('SELECT rank FROM origin WHERE name = ? AND key = ?');
    this.#note = this.database.prepare('INSERT OR REPLACE INTO origin VALUES (?, ?, ?)');
  }

  /** Takes a row, unless a better version of it is there. */
  take(found: Candidate): void {
    const { table, row, isSound, isDoubtful, order } = found;
    const isKept = isSound || (!isDoubtful && (table === 'message' || table === 'copy'));
    const key = row[keys[table]];
    if (!isKept || (typeof key === 'number' && key < 1)) {
      if (!isDoubtful) this.records_lost += 1;
      return;
    }
    const rank = isSound ? (isDoubtful ? doubtful : live) + order : 0;
    const before = this.#rank.get(table, key)?.rank;
    if (typeof before === 'number' && before >= rank) return;
    this.#note.run(table, key, rank);
    this.#put(table, row);
  }

  #put(table: TableName, row: FoundRow['row']): void {
    let found = this.#puts.get(table);
    if (found === undefined) {
      const columns = Object.keys(row);
      const places = columns.map(() => '?').join();
      const sql = `INSERT OR REPLACE INTO ${table} (${columns.join()}) VALUES (${places})`;
      found = { put: this.database.prepare(sql), columns };
      this.#puts.set(table, found);
    }
    found.put.run(...found.columns.map((column) => row[column] ?? null));
  }

  /** As tracking has it, if the row cannot be trusted. */
  #nameOf({ id, mts_identifier }: Pick<MessageRow, 'id' | 'mts_identifier'>): string {
    this.#tracked ??= this.database.prepare(
      'SELECT mts_identifier AS name FROM tracking WHERE message = ? LIMIT 1',
    );
    const isSound = this.#rank.get('message', id)?.rank !== 0;
    return isSound ? mts_identifier : String(this.#tracked.get(id)?.name ?? mts_identifier);
  }

  /** Sets the books right; `spoolDamage` says what is wrong with a spool. Yields how far it is: 0 to 1. */
  *settle(spoolDamage: (spool: string, octets: number) => string | undefined): Generator<number> {
    // The store itself finds a sole copy by its number; here nobody knows which copies are missing.
    this.database.exec('CREATE INDEX copy_by_any_message ON copy (message)');
    this.#countOn();
    this.#leaveEnded();
    this.#dropLoose();
    yield 0;
    this.#giveCopies();
    yield* this.#judge(spoolDamage);
  }

  /** Names what is lost, and counts what is there: the last thing before `close`. Yields as `settle`. */
  *finish(): Generator<number> {
    yield* this.#nameLost();
    this.#bound();
    this.#countTally();
    this.database.exec('DROP INDEX copy_by_any_message');
  }

  /** A message that only its spool file tells of. */
  takeSpool(spool: string, octets: number, header: Uint8Array): boolean {
    const end = header.indexOf(10);
    const text = Buffer.from(header.subarray(0, Math.max(end, 0))).toString();
    const known = readMeta(text);
    const meta = known.mtsIdentifier === '' ? '' : text;
    const envelope = meta === '' ? header : header.subarray(end + 1);
    if (meta !== '' && this.#isTracked(known.mtsIdentifier)) return false;
    const id = this.#nextId();
    const bare = { ...known, mtsIdentifier: spool, contentLength: octets, acceptedAt: this.#now };
    const row = {
      id,
      mts_identifier: meta === '' ? spool : known.mtsIdentifier,
      meta: meta === '' ? JSON.stringify({ ...bare, expiresAt: this.#now + 86_400_000 }) : meta,
      spool,
      spool_octets: octets,
      envelope: envelope.slice(),
      content: null,
    };
    this.#put('message', { ...row, crc: messageChecksum(row) });
    this.#addCopy({ ...row, crc: 0 }, 'only its spool file was found');
    return true;
  }

  /** Whether tracking tells of its end, and the queue has nothing of it. */
  #isTracked(mtsIdentifier: string): boolean {
    const sql = 'SELECT message FROM tracking WHERE mts_identifier = ? AND message IS NOT NULL LIMIT 1';
    const message = this.database.prepare(sql).get(mtsIdentifier)?.message;
    if (typeof message !== 'number') return false;
    const [entry] = readEntries(this.#entries(), { after: message - 1, limit: 1 });
    if (entry?.message !== message) return false;
    return !auditEntry(entry, emptyCount()).some(({ kind }) => kind === 'missing');
  }

  close(): void {
    this.database.exec('COMMIT; DROP TABLE origin; PRAGMA synchronous = FULL');
    this.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    this.database.close();
  }

  #countOn(): void {
    const told = this.database.prepare(`SELECT next FROM counter WHERE name = 'id'`).get()?.next;
    const largest = `SELECT max((SELECT coalesce(max(id), 0) FROM message),
      (SELECT coalesce(max(id), 0) FROM copy),
      (SELECT coalesce(max(message), 0) FROM tracking)) AS id`;
    const most = Number(this.database.prepare(largest).get()?.id ?? 0);
    this.#setCounter(Math.max(typeof told === 'number' ? told : most + passed_ids, most + 1));
  }

  #setCounter(wanted: number): void {
    const next = Math.min(wanted, identifier_max + 1);
    const put = `INSERT OR REPLACE INTO counter (name, next, crc) VALUES ('id', ?, ?)`;
    this.database.prepare(put).run(next, counterChecksum('id', next));
  }

  #nextId(): number {
    const next = Number(this.database.prepare(`SELECT next FROM counter WHERE name = 'id'`).get()?.next);
    this.#setCounter(next + 1);
    return next;
  }

  /** What was found on pages that may be free, and has its outcome according to tracking. */
  #leaveEnded(): void {
    // From the doubtful ones to their copies, in this order: the other way round is all copies for each.
    const rows = this.database
      .prepare(
        `SELECT c.id, c.message FROM origin o CROSS JOIN copy c ON c.id = o.key
         WHERE o.name = 'copy' AND o.rank >= ${doubtful} AND o.rank < ${live}`,
      )
      .all();
    const sql = this.#entries();
    const drop = this.database.prepare('DELETE FROM copy WHERE id = ?');
    for (const { id, message } of rows) {
      const [entry] = readEntries(sql, { after: Number(message) - 1, limit: 1 });
      if (entry?.message !== message) continue;
      const isEnded = auditEntry(entry, emptyCount()).some(({ kind }) => kind === 'double');
      if (!isEnded) continue;
      drop.run(id);
      this.ended += 1;
    }
    // A plus takes the affinity from an identifier: with it, no index on the keys of any kind would serve.
    this.database.exec(`DELETE FROM message WHERE EXISTS (SELECT 1 FROM origin WHERE name = 'message'
      AND key = +message.id AND rank >= ${doubtful} AND rank < ${live})
      AND NOT EXISTS (SELECT 1 FROM copy WHERE id = message.id + 1 AND message = message.id)
      AND NOT EXISTS (SELECT 1 FROM copy WHERE message = message.id AND sole = 0)`);
  }

  #entries(): EntryStatements {
    const all = Object.entries(entryTexts).map(([name, text]) => [name, this.database.prepare(text)]);
    return Object.fromEntries(all) as EntryStatements;
  }

  #dropLoose(): void {
    this.database.exec('DELETE FROM copy WHERE id IN (SELECT id FROM message)');
    const loose =
      'SELECT id, message FROM copy WHERE NOT EXISTS (SELECT 1 FROM message WHERE id = copy.message)';
    const name = this.database.prepare(
      'SELECT mts_identifier AS name FROM tracking WHERE message = ? LIMIT 1',
    );
    for (const { id, message } of this.database.prepare(loose).all()) {
      const rank = Number(this.#rank.get('copy', Number(id))?.rank);
      if (rank < live && rank !== 0) continue;
      const mtsIdentifier = String(name.get(Number(message))?.name ?? 'unknown identifier');
      const detail = `of it only copy ${id} was found`;
      if (rank !== 0) this.lost.push({ message: Number(message), mtsIdentifier, detail });
    }
    this.database.exec('DELETE FROM copy WHERE NOT EXISTS (SELECT 1 FROM message WHERE id = copy.message)');
  }

  #giveCopies(): void {
    const sql = `SELECT id FROM message m WHERE NOT EXISTS (SELECT 1 FROM copy WHERE id = m.id + 1
      AND message = m.id AND sole = 1) AND NOT EXISTS (SELECT 1 FROM copy WHERE message = m.id AND sole = 0)`;
    const clash = this.database.prepare('DELETE FROM copy WHERE message = ?');
    const read = this.database.prepare('SELECT * FROM message WHERE id = ?');
    for (const { id } of this.database.prepare(sql).all()) {
      const row = read.get(Number(id)) as never as MessageRow;
      clash.run(row.id);
      this.#addCopy(row, 'no copy of it was found: its recipients may have had it');
    }
  }

  #addCopy(message: MessageRow, detail: string): void {
    const meta = readMeta(message.meta);
    const number = (value: unknown): number => (Number.isSafeInteger(value) ? Number(value) : 0);
    const row: CopyRow = {
      id: this.#nextId(),
      message: message.id,
      next_hop: unknownHop,
      state: quarantined,
      rank: 1,
      waiting: 0,
      not_before: null,
      accepted_at: number(meta.acceptedAt),
      expires_at: number(meta.expiresAt),
      octets: message.envelope.length + (message.content?.length ?? message.spool_octets),
      sole: 0,
      recipients: JSON.stringify([...(Array.isArray(meta.recipients) ? meta.recipients.keys() : [])]),
      attempts: 0,
      last_attempt_at: null,
      last_error: `repair: ${detail}`,
      crc: 0,
    };
    row.crc = copyChecksum(row);
    this.#put('copy', row as never);
    this.#note.run('copy', row.id, live);
    this.quarantined.push({ message: message.id, mtsIdentifier: this.#nameOf(message), detail });
  }

  *#judge(spoolDamage: (spool: string, octets: number) => string | undefined): Generator<number> {
    const copies = this.database.prepare('SELECT * FROM copy WHERE message = ?');
    const next = this.database.prepare('SELECT * FROM message WHERE id > ? ORDER BY id LIMIT 1');
    const all = Number(this.database.prepare('SELECT count(*) AS n FROM message').get()?.n);
    for (let [after, done] = [0, 0]; ; done += 1) {
      const row = next.get(after) as never as MessageRow | undefined;
      if (row === undefined) return;
      if (done % messages_per_sign === 0) yield done / all;
      after = row.id;
      const rank = Number(this.#rank.get('message', row.id)?.rank ?? live);
      const spoiled =
        rank === 0
          ? 'its row is damaged'
          : rank < live
            ? 'its row was found where finished messages may lie'
            : row.spool === null
              ? undefined
              : spoolDamage(row.spool, row.spool_octets);
      for (const copy of copies.all(row.id) as never as CopyRow[]) this.#judgeCopy(row, copy, spoiled);
    }
  }

  #judgeCopy(message: MessageRow, copy: CopyRow, spoiled: string | undefined): void {
    const rank = Number(this.#rank.get('copy', copy.id)?.rank ?? live);
    const own =
      rank === 0 ? 'the row of its copy is damaged' : rank < live ? 'its copy may be finished' : undefined;
    const detail = spoiled ?? own;
    const isSound = copyChecksum(copy) === copy.crc;
    const { waiting, state } = copy;
    copy.waiting = copy.not_before === null ? 0 : 1;
    if (detail !== undefined && copy.state !== quarantined) {
      copy.state = quarantined;
      if (isSound) copy.last_error = `repair: ${detail}`;
      this.quarantined.push({ message: message.id, mtsIdentifier: this.#nameOf(message), detail });
    }
    if (copy.waiting === waiting && copy.state === state) return;
    if (isSound) copy.crc = copyChecksum(copy);
    this.#put('copy', copy as never);
  }

  /** What tracking says is owed to somebody, and is not there. */
  *#nameLost(): Generator<number> {
    const last = Number(this.database.prepare('SELECT max(message) AS n FROM tracking').get()?.n ?? 1);
    const sql = this.#entries();
    const count = emptyCount();
    const known = new Set(this.lost.map(({ message }) => message));
    const found = new Set(this.quarantined.map(({ mtsIdentifier }) => mtsIdentifier));
    for (let after = 0; ; ) {
      const entries = readEntries(sql, { after, limit: 200 });
      if (entries.length === 0) return;
      after = entries[entries.length - 1].message;
      yield Math.min(1, after / last);
      for (const entry of entries) {
        if (entry.copies.length > 0 || known.has(entry.message)) continue;
        const missing = auditEntry(entry, count).find(({ kind }) => kind === 'missing');
        if (missing === undefined) continue;
        const { message, mtsIdentifier = 'unknown identifier' } = missing;
        if (found.has(mtsIdentifier)) continue;
        this.lost.push({ message, mtsIdentifier, detail: 'tracking tells of it, no row was found' });
      }
    }
  }

  #bound(): void {
    const has = this.database.prepare('SELECT 1 FROM tracking_bound WHERE name = ?').get('tracked_from');
    if (has !== undefined) return;
    const next = Number(this.database.prepare(`SELECT next FROM counter WHERE name = 'id'`).get()?.next);
    const put = 'INSERT INTO tracking_bound (name, bound, crc) VALUES (?, ?, ?)';
    this.database.prepare(put).run('tracked_from', next, counterChecksum('tracked_from', next));
  }

  #countTally(): void {
    this.#setCounter(reserved_ids * Math.ceil((this.#nextId() + 1) / reserved_ids));
    const put = 'INSERT INTO tally (next_hop, rank, state, copies, octets, crc) VALUES (?, ?, ?, ?, ?, ?)';
    const insert = this.database.prepare(put);
    const counted = `SELECT next_hop, rank, state, count(*) AS copies, sum(octets) AS octets FROM copy
      GROUP BY next_hop, rank, state`;
    this.database.exec('DELETE FROM tally');
    for (const row of this.database.prepare(counted).all() as never as TallyRow[]) {
      const { next_hop, rank, state, copies, octets } = row;
      insert.run(next_hop, rank, state, copies, octets, tallyChecksum(row));
    }
  }
}
