// The tables, their version and how the database is opened. What an older version lacks is added by
// `migrations`; a new database has it from the start.

import { DatabaseSync } from 'node:sqlite';

/** The version that this program writes. */
export const schemaVersion = 3;

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

/** Statements that lead from version N (the index, from 1) to N + 1. */
const migrations: readonly string[] = ['', strikes, trackedMessages];

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
${strikes}${trackedMessages}`;

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

/** 0 for a database without tables. */
function versionOf(database: DatabaseSync): number {
  const found = database
    .prepare(`SELECT count(*) AS n FROM sqlite_schema WHERE name = 'schema_version'`)
    .get();
  if (found?.n === 0) return 0;
  return Number(database.prepare('SELECT max(version) AS version FROM schema_version').get()?.version ?? 0);
}

function bringUp(database: DatabaseSync, from: number, now: number): void {
  database.exec('BEGIN IMMEDIATE');
  if (from === 0) database.exec(tables);
  else for (const step of migrations.slice(from)) database.exec(step);
  database.prepare('INSERT INTO schema_version VALUES (?, ?)').run(schemaVersion, now);
  database.exec('COMMIT');
}
