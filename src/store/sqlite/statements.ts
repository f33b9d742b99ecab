// Every statement of the store, prepared once. Names say what they do; the rows they yield are in
// copy-codec.ts.

import type { DatabaseSync, StatementSync } from 'node:sqlite';

import { entryTexts } from './entries.ts';
import { pruningTexts } from './pruning.ts';

/** By name, as they are prepared. */
export const statementTexts = {
  begin: 'BEGIN IMMEDIATE',
  commit: 'COMMIT',
  rollback: 'ROLLBACK',

  readNextId: `SELECT next, crc FROM counter WHERE name = 'id'`,
  writeNextId: `UPDATE counter SET next = ?, crc = ? WHERE name = 'id'`,

  insertMessage: `INSERT INTO message (id, mts_identifier, meta, spool, spool_octets, crc, envelope, content)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  deleteMessage: 'DELETE FROM message WHERE id = ? RETURNING spool, mts_identifier',
  readMessage: 'SELECT * FROM message WHERE id = ?',
  readMeta: 'SELECT mts_identifier, meta FROM message WHERE id = ?',
  messagesByIdentifier: 'SELECT id FROM message WHERE mts_identifier = ?',
  spoolsAfter: 'SELECT id, spool FROM message NOT INDEXED WHERE id > ? ORDER BY id LIMIT ?',
  messageNamesSpool: 'SELECT 1 FROM message WHERE spool = ? LIMIT 1',
  // Messages that name one spool have one identifier: a second way to them, by another index and the rows.
  identifierOfSpool: 'SELECT mts_identifier FROM message WHERE spool = ? LIMIT 1',
  spoolsOfIdentifier: `SELECT id, spool FROM message INDEXED BY message_by_identifier
    WHERE mts_identifier = ? LIMIT ?`,

  insertCopy: `INSERT INTO copy (id, message, next_hop, state, rank, waiting, not_before, accepted_at,
    expires_at, octets, sole, recipients, attempts, last_attempt_at, last_error, crc)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, NULL, NULL, ?)`,
  updateCopy: `UPDATE copy SET next_hop = ?, state = ?, rank = ?, waiting = ?, not_before = ?, attempts = ?,
    last_attempt_at = ?, last_error = ?, crc = ? WHERE id = ?`,
  quarantineCopy: 'UPDATE copy SET state = 2, last_error = ? WHERE id = ?',
  isInOrder: `SELECT 1 FROM copy INDEXED BY copy_in_order WHERE next_hop = ? AND state = ? AND rank = ?
    AND waiting = ? AND id = ?`,
  isByExpiry: 'SELECT 1 FROM copy INDEXED BY copy_by_expiry WHERE state < 2 AND expires_at = ? AND id = ?',
  isByDue: `SELECT 1 FROM copy INDEXED BY copy_by_due WHERE next_hop = ? AND rank = ? AND state = 0
    AND waiting = 1 AND not_before = ? AND id = ?`,
  deleteCopy: 'DELETE FROM copy WHERE id = ?',
  readCopy: 'SELECT * FROM copy WHERE id = ?',
  copiesAfter: 'SELECT * FROM copy WHERE id > ? ORDER BY id LIMIT ?',
  copiesOfMessage: 'SELECT * FROM copy WHERE message = ? AND sole = 0',
  hasCopies: 'SELECT 1 FROM copy WHERE message = ? AND sole = 0 LIMIT 1',

  // Copies that were made with their message have the numbers behind it; those of a split expire with it.
  hasCopyNear: 'SELECT 1 FROM copy WHERE id > ? AND id <= ? + 64 AND message = ? LIMIT 1',
  hasCopyOfExpiry: `SELECT 1 FROM (SELECT message FROM copy INDEXED BY copy_by_expiry WHERE state < 2
    AND expires_at = ? LIMIT 200) WHERE message = ? LIMIT 1`,
  readyCopies: `SELECT id FROM copy WHERE next_hop = ? AND state = 0 AND rank = ? AND waiting = 0 AND id > ?
    ORDER BY id LIMIT ?`,
  dueCopies: `SELECT id FROM copy WHERE next_hop = ? AND rank = ? AND state = 0 AND waiting = 1
    AND not_before <= ? ORDER BY not_before LIMIT ?`,
  waitingCopies: `SELECT id, not_before FROM copy WHERE next_hop = ? AND rank = ? AND state = 0
    AND waiting = 1 AND not_before > ? ORDER BY not_before LIMIT ? OFFSET ?`,
  expiredCopies: `SELECT id FROM copy WHERE state < 2 AND expires_at <= ?
    ORDER BY expires_at, id LIMIT ? OFFSET ?`,
  oldestCopy: `SELECT accepted_at FROM copy WHERE next_hop = ? AND state = ? AND rank = ? AND waiting = ?
    ORDER BY id LIMIT 1`,

  setTally:
    'INSERT OR REPLACE INTO tally (next_hop, rank, state, copies, octets, crc) VALUES (?, ?, ?, ?, ?, ?)',
  readTally: 'SELECT * FROM tally',
  clearTally: 'DELETE FROM tally',
  countCopies: `SELECT next_hop, rank, state, count(*) AS copies, sum(octets) AS octets FROM copy
    GROUP BY next_hop, rank, state`,

  saveRecovery: `INSERT INTO recovery (key, link, direction, saved_at, spool, crc, data)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET link = excluded.link, direction = excluded.direction,
    saved_at = excluded.saved_at, spool = excluded.spool, crc = excluded.crc, data = excluded.data`,
  dropRecovery: 'DELETE FROM recovery WHERE key = ?',
  recoverySpool: 'SELECT spool FROM recovery WHERE key = ?',
  recoveryNamesSpool: 'SELECT 1 FROM recovery WHERE spool = ? LIMIT 1',
  recoveryNamesSpoolSurely: 'SELECT 1 FROM recovery NOT INDEXED WHERE spool = ? LIMIT 1',
  recoveryByLink: 'SELECT * FROM recovery WHERE link = ? ORDER BY key',

  saveStrike: 'INSERT OR REPLACE INTO strike VALUES (?, ?, ?)',
  dropStrike: 'DELETE FROM strike WHERE key = ?',
  readStrikes: 'SELECT * FROM strike ORDER BY key',

  insertTracking: 'INSERT INTO tracking (at, mts_identifier, message, record, crc) VALUES (?, ?, ?, ?, ?)',
  trackingByTime: `SELECT id, at, mts_identifier, message, record, crc FROM tracking
    WHERE (at, id) > (?, ?) AND at < ? ORDER BY at, id LIMIT ?`,
  trackingByIdentifier: `SELECT id, at, mts_identifier, message, record, crc FROM tracking
    WHERE mts_identifier = ? AND (at, id) > (?, ?) AND at < ? ORDER BY at, id LIMIT ?`,
  ...entryTexts,
  ...pruningTexts,
} as const;

export type Statements = Readonly<Record<keyof typeof statementTexts, StatementSync>>;

/** Prepares them all. Throws if the database lacks a table that they name. */
export function prepareStatements(database: DatabaseSync): Statements {
  const entries = Object.entries(statementTexts).map(([name, text]) => [name, database.prepare(text)]);
  return Object.fromEntries(entries) as Statements;
}
