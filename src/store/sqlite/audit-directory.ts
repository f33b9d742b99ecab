// The audit of a store's directory, with or without an MTA that runs on it: reads only, through a connection
// of its own, slice by slice, each as it stands at one moment. Holds one slice in memory, however long the
// ledger is. Not the check of rows and files: what cannot be read is named, and that is all.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import type { Instant } from '../../base/time.ts';
import { type AuditCount, auditEntry, type Contradiction, emptyCount } from '../audit.ts';
import { StoreOpenError } from '../open-error.ts';
import type { LedgerEntry, MessageId } from '../port.ts';
import { type EntryStatements, entryTexts, readEntries } from './entries.ts';
import { detailOf, isDamage, sqliteCodeOf } from './errors.ts';
import { schemaVersion, versionOf } from './schema.ts';
import { fileNames } from './worker-messages.ts';

/** Messages that are looked at between two signs of life. */
const slice_messages = 200;

export interface AuditSlice {
  readonly contradictions: readonly Contradiction[];
  /** Of everything up to here. */
  readonly count: AuditCount;
  /** From 0 to 1. */
  readonly progress: number;
}

/**
 * Audits the messages that were accepted since a moment, or all. Throws a StoreOpenError where there is
 * nothing that can be read.
 */
export function* auditDirectory(directory: string, since?: Instant): Generator<AuditSlice> {
  const database = openToRead(resolve(directory));
  try {
    const last = Number(database.prepare('SELECT max(id) AS last FROM message').get()?.last ?? 0);
    const tracked = database.prepare('SELECT max(message) AS last FROM tracking').get();
    const end = Math.max(last, Number(tracked?.last ?? 0), 1);
    const statements = prepare(database);
    const count = emptyCount();
    for (let after: MessageId = 0; ; ) {
      const entries = readSlice(database, statements, { after, since });
      if (entries.length === 0) break;
      after = entries[entries.length - 1].message;
      const contradictions = entries.flatMap((entry) => auditEntry(entry, count, since));
      yield { contradictions, count, progress: Math.min(1, after / end) };
    }
    yield { contradictions: [], count, progress: 1 };
  } catch (error) {
    if (!isDamage(error) && sqliteCodeOf(error) === undefined) throw error;
    throw new StoreOpenError(isDamage(error) ? 'damaged' : 'inaccessible', directory, detailOf(error));
  } finally {
    database.close();
  }
}

/** Acts and copies are read in one transaction: between two, a copy may have come to its end. */
function readSlice(
  database: DatabaseSync,
  statements: EntryStatements,
  { after, since }: { readonly after: MessageId; readonly since: Instant | undefined },
): readonly LedgerEntry[] {
  database.exec('BEGIN');
  try {
    return readEntries(statements, { after, limit: slice_messages, since });
  } finally {
    database.exec('COMMIT');
  }
}

function prepare(database: DatabaseSync): EntryStatements {
  const entries = Object.entries(entryTexts).map(([name, text]) => [name, database.prepare(text)]);
  return Object.fromEntries(entries) as EntryStatements;
}

/** A connection of our own that only reads. Throws a StoreOpenError. */
export function openToRead(directory: string): DatabaseSync {
  const file = join(directory, fileNames.database);
  if (!existsSync(file)) {
    throw new StoreOpenError('inaccessible', directory, `there is no ${fileNames.database} in it`);
  }
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
    const version = versionOf(database);
    if (version === schemaVersion) return database;
    if (version > schemaVersion) {
      const detail = `it has schema ${version}; this version knows ${schemaVersion}: use the newer Chappe`;
      throw new StoreOpenError('newer-schema', directory, detail);
    }
    const detail = `it has schema ${version}, from before the audit: start the MTA once, it brings it up`;
    throw new StoreOpenError('inaccessible', directory, detail);
  } catch (error) {
    database?.close();
    const isOurs = error instanceof StoreOpenError || (!isDamage(error) && sqliteCodeOf(error) === undefined);
    if (isOurs) throw error;
    throw new StoreOpenError(isDamage(error) ? 'damaged' : 'inaccessible', directory, detailOf(error));
  }
}
