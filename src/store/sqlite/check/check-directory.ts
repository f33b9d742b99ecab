// The check of a store's directory, with or without an MTA that runs on it: the log, SQLite's structure,
// every row with its checksum and what it has to do with others, every spool file block by block. Writes
// nothing in the directory (reading.ts) and holds one row in memory. Beside a running MTA it reads
// everything as it stood at one moment; the log grows meanwhile.

import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';

import { StoreOpenError } from '../../open-error.ts';
import { counterChecksum } from '../checksums.ts';
import type { CopyRow, MessageRow } from '../copy-codec.ts';
import type { TrackingRow } from '../entries.ts';
import { DamagedStoreError, detailOf, isDamage, sqliteCodeOf, systemCodeOf } from '../errors.ts';
import { schemaVersion, versionOf } from '../schema.ts';
import { isSpoolName } from '../spool-directory.ts';
import { fileNames } from '../worker-messages.ts';
import { type CheckCount, type CheckFinding, type CheckSlice, emptyCheckCount } from './finding.ts';
import { databaseProblem, sizeProblem, spoolNames } from './preflight.ts';
import { openReading, type Reading } from './reading.ts';
import { RowCheck, recordFinding } from './row-check.ts';
import { walkRows } from './row-walk.ts';
import { checkSpool } from './spool-check.ts';
import { readWal } from './wal.ts';

/** Rows between two signs of life. */
const slice_rows = 500;
const structure_errors_max = 100;

/**
 * Checks everything; spool files may lie elsewhere. Throws a StoreOpenError where there is no store, or one
 * of another version.
 */
export function* checkDirectory(path: string, spools = join(path, fileNames.spools)): Generator<CheckSlice> {
  const directory = resolve(path);
  const file = join(directory, fileNames.database);
  const count = emptyCheckCount();
  const slice = slicer(count, existsSync(file) ? statSync(file).size : 0);
  try {
    yield slice('log', checkLog(file), 1);
    const { findings, isThere } = checkFile(directory);
    yield slice('structure', findings, 0);
    if (isThere)
      yield* withReading(directory, slice, (reading) =>
        checkAll({ reading, directory, spools: resolve(spools), count, slice }),
      );
    yield slice('done', [], 1);
  } catch (error) {
    if (error instanceof StoreOpenError) throw error;
    if (sqliteCodeOf(error) === undefined && systemCodeOf(error) === '') throw error;
    throw new StoreOpenError('inaccessible', directory, detailOf(error));
  }
}

type Slicer = (stage: CheckSlice['stage'], findings: readonly CheckFinding[], progress: number) => CheckSlice;

function slicer(count: CheckCount, databaseOctets: number): Slicer {
  const counters = { damage: 'damage', known: 'known', note: 'notes' } as const;
  return (stage, findings, progress) => {
    for (const { weight } of findings) count[counters[weight]] += 1;
    return { stage, findings, progress: Math.min(1, progress), count, databaseOctets };
  };
}

function checkLog(file: string): readonly CheckFinding[] {
  const { verdict, detail } = readWal(`${file}-wal`);
  if (verdict === 'damaged') return [{ kind: 'log', weight: 'damage', detail }];
  const what = `the log ends in what a crash may have cut off: ${detail}`;
  return verdict === 'torn' ? [{ kind: 'log', weight: 'note', detail: what }] : [];
}

/** What must hold before SQLite is let near the files: `isThere` says whether there is anything to read. */
function checkFile(directory: string): { findings: readonly CheckFinding[]; isThere: boolean } {
  const file = join(directory, fileNames.database);
  const isThere = existsSync(file) && statSync(file).size > 0;
  const problem = databaseProblem(directory);
  if (!isThere && problem === undefined) {
    throw new StoreOpenError('inaccessible', directory, `there is no ${fileNames.database} in it`);
  }
  const cut = readWal(`${file}-wal`).taken === 0 ? sizeProblem(file) : undefined;
  const found = [problem, cut].filter((detail) => detail !== undefined);
  return { findings: found.map((detail) => ({ kind: 'structure', weight: 'damage', detail })), isThere };
}

function* withReading(
  directory: string,
  slice: Slicer,
  run: (reading: Reading) => Generator<CheckSlice>,
): Generator<CheckSlice> {
  let reading: Reading | undefined;
  try {
    reading = openReading(directory);
    reading.database.exec('BEGIN');
    yield* run(reading);
  } catch (error) {
    if (!isDamage(error) && sqliteCodeOf(error) !== 1) throw error;
    const detail = `the database cannot be read on: ${detailOf(error)}`;
    yield slice('structure', [{ kind: 'structure', weight: 'damage', detail }], 1);
  } finally {
    reading?.close();
  }
}

interface Running {
  readonly reading: Reading;
  readonly directory: string;
  readonly spools: string;
  readonly count: CheckCount;
  readonly slice: Slicer;
}

function* checkAll({ reading, directory, spools, count, slice }: Running): Generator<CheckSlice> {
  const { database } = reading;
  const wrong = checkVersion(database, directory);
  yield slice('structure', wrong, 0);
  if (wrong.length > 0) return;
  yield slice('structure', checkStructure(database), 1);
  const { counter, findings } = readCounter(database);
  yield slice('records', findings, 0);
  const rows = new RowCheck(database, counter);
  const part = { database, rows, count, slice, counter };
  yield* checkTable(part, 'message', 'messages');
  yield* checkTable(part, 'copy', 'copies');
  yield slice('copies', checkTally(database, rows), 1);
  yield* checkTable(part, 'tracking', 'records');
  yield slice('records', [...checkSmall(database, rows, count)], 1);
  yield* checkSpools({ ...part, spools, isLive: reading.mode === 'live' });
}

function checkVersion(database: DatabaseSync, directory: string): readonly CheckFinding[] {
  let version: number;
  try {
    version = versionOf(database);
  } catch (error) {
    if (!(error instanceof DamagedStoreError)) throw error;
    return [{ kind: 'structure', weight: 'damage', detail: error.message }];
  }
  if (version === schemaVersion) return [];
  if (version === 0) return [{ kind: 'structure', weight: 'damage', detail: 'it has no tables' }];
  if (version > schemaVersion) {
    const detail = `it has schema ${version}; this version knows ${schemaVersion}: use the newer Chappe`;
    throw new StoreOpenError('newer-schema', directory, detail);
  }
  const detail = `it has schema ${version}, from before the check: start the MTA once, it brings it up`;
  throw new StoreOpenError('inaccessible', directory, detail);
}

/** SQLite may give up in the middle of it; rows that can be read are judged all the same. */
function checkStructure(database: DatabaseSync): readonly CheckFinding[] {
  let texts: readonly string[];
  try {
    const told = database.prepare(`PRAGMA integrity_check(${structure_errors_max})`).all();
    texts = told.flatMap((row) => String(row.integrity_check).split('\n'));
  } catch (error) {
    if (!isDamage(error)) throw error;
    texts = [`SQLite cannot verify it to its end: ${detailOf(error)}`];
  }
  const wrong = texts.filter((text) => text !== 'ok' && text !== '' && !text.startsWith('***'));
  return wrong.map((detail) => ({ kind: 'structure', weight: 'damage', detail }));
}

function checkTally(database: DatabaseSync, rows: RowCheck): readonly CheckFinding[] {
  try {
    return [...rows.tally(database.prepare('SELECT * FROM tally').all())];
  } catch (error) {
    if (!isDamage(error)) throw error;
    return [{ kind: 'tally', weight: 'damage', detail: `the tally cannot be read: ${detailOf(error)}` }];
  }
}

function readCounter(database: DatabaseSync): { counter: number; findings: readonly CheckFinding[] } {
  try {
    const row = database.prepare(`SELECT next, crc FROM counter WHERE name = 'id'`).get();
    const next = row?.next;
    if (typeof next === 'number' && counterChecksum('id', next) === row?.crc) {
      return { counter: next, findings: [] };
    }
  } catch (error) {
    if (!isDamage(error)) throw error;
  }
  const detail = 'the counter of identifiers is damaged';
  return { counter: Infinity, findings: [{ kind: 'identifier', weight: 'damage', detail }] };
}

interface Part {
  readonly database: DatabaseSync;
  readonly rows: RowCheck;
  readonly count: CheckCount;
  readonly slice: Slicer;
  readonly counter: number;
}

function* checkTable(
  { database, rows, count, slice, counter }: Part,
  table: 'message' | 'copy' | 'tracking',
  stage: 'messages' | 'copies' | 'records',
): Generator<CheckSlice> {
  const last = lastOf(database, table) ?? counter;
  let findings: CheckFinding[] = [];
  let since = 0;
  for (const found of walkRows(database, table, Math.min(counter, Number.MAX_SAFE_INTEGER))) {
    if ('unread' in found) {
      findings.push(...rows.unread(table, found.unread));
      continue;
    }
    count[stage] += 1;
    findings.push(...judgeRow(rows, table, found.row));
    since += 1;
    if (since < slice_rows) continue;
    yield slice(stage, findings, Number(found.row.id) / last);
    [findings, since] = [[], 0];
  }
  yield slice(stage, findings, 1);
}

function judgeRow(rows: RowCheck, table: string, row: unknown): Iterable<CheckFinding> {
  if (table === 'message') return rows.message(row as MessageRow);
  if (table === 'copy') return rows.copy(row as CopyRow);
  return rows.tracking(row as TrackingRow);
}

function lastOf(database: DatabaseSync, table: string): number | undefined {
  try {
    return Number(database.prepare(`SELECT max(id) AS last FROM ${table}`).get()?.last ?? 1);
  } catch (error) {
    if (!isDamage(error)) throw error;
    return undefined;
  }
}

function* checkSmall(database: DatabaseSync, rows: RowCheck, count: CheckCount): Generator<CheckFinding> {
  for (const table of ['recovery', 'strike', 'tracking_bound'] as const) {
    try {
      for (const row of database.prepare(`SELECT * FROM ${table}`).iterate()) {
        count.records += 1;
        yield* rows.small(table, row);
      }
    } catch (error) {
      if (!isDamage(error)) throw error;
      yield recordFinding(`the rows of ${table} cannot be read: ${detailOf(error)}`);
    }
  }
}

/** Spool files by the rows that name them, then those that nothing names. */
function* checkSpools(
  part: Part & { readonly spools: string; readonly isLive: boolean },
): Generator<CheckSlice> {
  const { database, rows, count, slice, spools, isLive } = part;
  const names = new Set(spoolNames(spools));
  const all = names.size;
  const named = `SELECT id, mts_identifier, spool, spool_octets FROM message WHERE spool IS NOT NULL`;
  for (const row of database.prepare(named).iterate()) {
    const spool = String(row.spool);
    names.delete(spool);
    count.spools += 1;
    const place = { message: Number(row.id), mtsIdentifier: String(row.mts_identifier) };
    const verdict = isSpoolName(spool) ? checkSpool(join(spools, spool)) : ({ kind: 'missing' } as const);
    const detail = spoolDetail(verdict, Number(row.spool_octets));
    if (verdict.kind === 'sound') count.octets += verdict.content_octets;
    // Beside a running MTA a message may have gone since the moment at which its row is read.
    const isGone = verdict.kind === 'missing' && isLive;
    const kind = verdict.kind === 'missing' ? 'missing-spool' : 'damaged-spool';
    const weight = isGone ? 'note' : rows.weightOf(place.message);
    const findings =
      detail === undefined ? [] : [{ kind, weight, detail: `spool ${spool}: ${detail}`, ...place } as const];
    yield slice('spools', findings, all === 0 ? 1 : count.spools / all);
  }
  for (const row of database.prepare('SELECT spool FROM recovery WHERE spool IS NOT NULL').iterate()) {
    names.delete(String(row.spool));
  }
  if (isLive) return;
  const orphans = [...names].map((name) => {
    const detail = `spool ${name} is named by no row: the next start removes it`;
    return { kind: 'spool-without-name', weight: 'note', detail } as const;
  });
  yield slice('spools', orphans, 1);
}

function spoolDetail(verdict: ReturnType<typeof checkSpool>, octets: number): string | undefined {
  switch (verdict.kind) {
    case 'sound': {
      const { content_octets: found } = verdict;
      return found === octets ? undefined : `it holds ${found} octets where its row says ${octets}`;
    }
    case 'missing':
      return 'it is not there';
    case 'unsealed':
      return 'its first octets are damaged, or it was never sealed';
    case 'damaged':
      return verdict.detail;
  }
}
