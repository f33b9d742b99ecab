// The tables, their version and how the database is opened. What an older version lacks is added by
// `migrations`; a new database has it from the start.

import { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';

import {
  counterChecksum,
  type TallyRow,
  tallyChecksum,
  type VersionRow,
  versionChecksum,
} from './checksums.ts';
import { DamagedStoreError } from './errors.ts';

/** The version that this program writes. */
export const schemaVersion = 4;

/** Since version 2. */
const strikes = `
CREATE TABLE strike (key TEXT PRIMARY KEY, record TEXT NOT NULL, crc INTEGER NOT NULL) WITHOUT ROWID;
`;

/**
 * Since version 3: a tracking record names the message that it is about. Messages from before have records
 * without a number, and the audit begins with the first that came after.
 */
const trackedMessages = `
ALTER TABLE tracking ADD COLUMN message INTEGER;
DROP INDEX tracking_by_identifier;
CREATE INDEX tracking_by_identifier ON tracking (mts_identifier, at);
CREATE INDEX tracking_by_message ON tracking (message, at) WHERE message IS NOT NULL;
CREATE TABLE tracking_bound (name TEXT PRIMARY KEY, bound INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO tracking_bound SELECT 'tracked_from', next FROM counter WHERE name = 'id';
`;

/** Since version 4: checksums of the counter, the tally, the version and the schema itself. */
const checksums = `
ALTER TABLE schema_version ADD COLUMN schema_crc INTEGER NOT NULL DEFAULT 0;
ALTER TABLE schema_version ADD COLUMN crc INTEGER NOT NULL DEFAULT 0;
ALTER TABLE counter ADD COLUMN crc INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tally ADD COLUMN crc INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tracking_bound ADD COLUMN crc INTEGER NOT NULL DEFAULT 0;
`;

/**
 * What leads from version N (the index, from 1) to N + 1: statements, or a function where they do not do.
 * A step that was released is never changed; a new one goes to the end, and into `tables`.
 */
const migrations: readonly (string | ((database: DatabaseSync) => void))[] = [
  '',
  strikes,
  trackedMessages,
  (database) => {
    database.exec(checksums);
    sealNumbers(database);
  },
];

// `copy.waiting` is 1 while `not_before` is set; a claim that finds it past clears both. So the claim's
// index holds only what may be taken up, and a million deferred copies cost a claim nothing.
const tables = `
CREATE TABLE schema_version (version INTEGER NOT NULL, since INTEGER NOT NULL);
CREATE TABLE counter (name TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO counter VALUES ('id', 1);
CREATE TABLE message (
  id INTEGER PRIMARY KEY,
  mts_identifier TEXT NOT NULL,
  meta TEXT NOT NULL,
  spool TEXT,
  spool_octets INTEGER NOT NULL,
  crc INTEGER NOT NULL,
  envelope BLOB NOT NULL,
  content BLOB
);
CREATE INDEX message_by_identifier ON message (mts_identifier);
CREATE INDEX message_by_spool ON message (spool) WHERE spool IS NOT NULL;
CREATE TABLE copy (
  id INTEGER PRIMARY KEY,
  message INTEGER NOT NULL,
  next_hop TEXT NOT NULL,
  state INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  waiting INTEGER NOT NULL,
  not_before INTEGER,
  accepted_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  octets INTEGER NOT NULL,
  sole INTEGER NOT NULL,
  recipients TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  last_attempt_at INTEGER,
  last_error TEXT,
  crc INTEGER NOT NULL
);
CREATE INDEX copy_in_order ON copy (next_hop, state, rank, waiting);
CREATE INDEX copy_by_due ON copy (next_hop, rank, not_before) WHERE state = 0 AND waiting = 1;
CREATE INDEX copy_by_expiry ON copy (expires_at) WHERE state < 2;
CREATE INDEX copy_by_message ON copy (message) WHERE sole = 0;
CREATE TABLE tally (
  next_hop TEXT NOT NULL,
  rank INTEGER NOT NULL,
  state INTEGER NOT NULL,
  copies INTEGER NOT NULL,
  octets INTEGER NOT NULL,
  PRIMARY KEY (next_hop, rank, state)
) WITHOUT ROWID;
CREATE TABLE recovery (
  key TEXT PRIMARY KEY,
  link TEXT NOT NULL,
  direction TEXT NOT NULL,
  saved_at INTEGER NOT NULL,
  spool TEXT,
  crc INTEGER NOT NULL,
  data BLOB NOT NULL
);
CREATE INDEX recovery_by_link ON recovery (link);
CREATE INDEX recovery_by_spool ON recovery (spool) WHERE spool IS NOT NULL;
CREATE TABLE tracking (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  mts_identifier TEXT NOT NULL,
  record TEXT NOT NULL,
  crc INTEGER NOT NULL
);
CREATE INDEX tracking_by_identifier ON tracking (mts_identifier);
CREATE INDEX tracking_by_time ON tracking (at);
${strikes}${trackedMessages}${checksums}`;

/** The database was written by a later version of this program. */
export class NewerSchemaError extends Error {
  override readonly name = 'NewerSchemaError';
}

/** Opens the database for the one writer, making or migrating its tables. Throws SQLite's errors. */
export function openDatabase(file: string, now: number): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 5000 });
  try {
    const version = versionOf(database);
    if (version > schemaVersion) {
      throw new NewerSchemaError(
        `it has schema ${version}; this version knows ${schemaVersion}: use the newer Chappe`,
      );
    }
    database.exec(`PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
      PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;
      PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF`);
    if (version < schemaVersion) bringUp(database, version, now);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * The version of a database's schema; 0 for one without tables. Throws a DamagedStoreError if the version or
 * the schema is not what was written.
 */
export function versionOf(database: DatabaseSync): number {
  const tables = Number(database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.n);
  if (tables === 0) return 0;
  const rows = database.prepare('SELECT * FROM schema_version ORDER BY version DESC').all();
  const [newest] = rows as unknown as (VersionRow & { crc?: number })[];
  if (newest === undefined) throw new DamagedStoreError('its schema version is missing');
  // Versions before 4 had no checksum.
  if (newest.crc === undefined && newest.version < 4) return newest.version;
  if (versionChecksum(newest) !== newest.crc) throw new DamagedStoreError('its schema version is damaged');
  if (newest.version <= schemaVersion && schemaChecksum(database) !== newest.schema_crc) {
    throw new DamagedStoreError('its schema is damaged');
  }
  return newest.version;
}

/** Over every table and index: what SQLite believes about the file, and where it looks for each. */
function schemaChecksum(database: DatabaseSync): number {
  const rows = database.prepare('SELECT type, name, tbl_name, rootpage, sql FROM sqlite_schema').all();
  const texts = rows.map((row) => JSON.stringify(Object.values(row)));
  return crc32(texts.sort().join('\n'));
}

function bringUp(database: DatabaseSync, from: number, now: number): void {
  database.exec('BEGIN IMMEDIATE');
  if (from === 0) {
    database.exec(tables);
    sealNumbers(database);
  } else for (const step of migrations.slice(from)) take(database, step);
  sealVersion(database, now);
  database.exec('COMMIT');
}

function take(database: DatabaseSync, step: (typeof migrations)[number]): void {
  if (typeof step === 'string') database.exec(step);
  else step(database);
}

function sealVersion(database: DatabaseSync, now: number): void {
  const row = { version: schemaVersion, since: now, schema_crc: schemaChecksum(database) };
  const insert = 'INSERT INTO schema_version (version, since, schema_crc, crc) VALUES (?, ?, ?, ?)';
  database.prepare(insert).run(row.version, row.since, row.schema_crc, versionChecksum(row));
}

function sealNumbers(database: DatabaseSync): void {
  for (const { name, next } of database.prepare('SELECT name, next FROM counter').all()) {
    const crc = counterChecksum(String(name), Number(next));
    database.prepare('UPDATE counter SET crc = ? WHERE name = ?').run(crc, name);
  }
  for (const { name, bound } of database.prepare('SELECT name, bound FROM tracking_bound').all()) {
    const crc = counterChecksum(String(name), Number(bound));
    database.prepare('UPDATE tracking_bound SET crc = ? WHERE name = ?').run(crc, name);
  }
  const seal = database.prepare('UPDATE tally SET crc = ? WHERE next_hop = ? AND rank = ? AND state = ?');
  for (const row of database.prepare('SELECT * FROM tally').all() as unknown as TallyRow[]) {
    seal.run(tallyChecksum(row), row.next_hop, row.rank, row.state);
  }
}
