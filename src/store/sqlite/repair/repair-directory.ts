// The repair of a store's directory. Looks first; what is whole is left alone. Everything that can be read
// goes into a new database, which must pass the check before it takes the place of the old one. Holds the
// directory meanwhile, as an MTA would. Spool files stay as they are.

import { existsSync, mkdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { assert } from '../../../base/assert.ts';
import { StoreOpenError } from '../../open-error.ts';
import { checkDirectory } from '../check/check-directory.ts';
import type { CheckFinding } from '../check/finding.ts';
import { spoolNames } from '../check/preflight.ts';
import { checkSpool } from '../check/spool-check.ts';
import { unmark } from '../damage-mark.ts';
import { detailOf, sqliteCodeOf, systemCodeOf } from '../errors.ts';
import { DirectoryInUseError, lockDirectory } from '../lock.ts';
import { isSpoolName } from '../spool-directory.ts';
import { fileNames } from '../worker-messages.ts';
import { type Named, NewDatabase } from './new-database.ts';
import { PageImage } from './page-image.ts';
import { Scan } from './scan.ts';
import { commitRepair, finishRepair, repairDirectory } from './swap.ts';

const spare_octets = 64 * 1024 * 1024;

export interface RepairReport {
  /** `finished`: a repair from before had been interrupted, and stands now. */
  readonly outcome: 'nothing-to-repair' | 'repaired' | 'finished' | 'impossible';
  readonly messages: number;
  readonly copies: number;
  readonly quarantined: readonly Named[];
  readonly lost: readonly Named[];
  /** Tracking records, recovery points and strikes that could not be read. */
  readonly recordsLost: number;
  /** Found on freed pages, finished according to tracking, and left out. */
  readonly finishedBefore: number;
  /** The damaged database. */
  readonly keptAs?: string;
  readonly detail?: string;
}
export type RepairStep =
  | { readonly kind: 'progress'; readonly what: string; readonly progress: number }
  | { readonly kind: 'report'; readonly report: RepairReport };

/** Repairs a directory; the last step is the report. Throws a StoreOpenError where it may not begin. */
export function* repairStore(path: string, now: number): Generator<RepairStep> {
  const directory = resolve(path);
  try {
    const keptAs = withHold(directory, now, () => finishRepair(directory));
    const damage: CheckFinding[] = [];
    for (const { findings, stage, progress, databaseOctets } of checkDirectory(directory)) {
      damage.push(...findings.filter(({ weight }) => weight === 'damage'));
      const size = stage === 'structure' ? ` of ${databaseOctets} octets, in one step` : '';
      yield { kind: 'progress', what: `looking: ${stage}${size}`, progress };
    }
    if (damage.length === 0) {
      unmark(directory);
      const outcome = keptAs === undefined ? 'nothing-to-repair' : 'finished';
      yield { kind: 'report', report: { ...nothing, outcome, ...(keptAs && { keptAs }) } };
      return;
    }
    const release = hold(directory, now);
    try {
      yield* rebuild(directory, now);
    } finally {
      release();
    }
  } catch (error) {
    if (sqliteCodeOf(error) === undefined && systemCodeOf(error) === '') throw error;
    throw new StoreOpenError('inaccessible', directory, `the repair ended: ${detailOf(error)}`);
  }
}

const nothing = { messages: 0, copies: 0, quarantined: [], lost: [], recordsLost: 0, finishedBefore: 0 };

function hold(directory: string, now: number): () => void {
  if (!existsSync(directory)) throw new StoreOpenError('inaccessible', directory, 'it is not there');
  try {
    const lock = lockDirectory(directory, now);
    return () => lock.close();
  } catch (error) {
    if (!(error instanceof DirectoryInUseError)) throw error;
    throw new StoreOpenError('in-use', directory, error.message);
  }
}

function withHold<T>(directory: string, now: number, run: () => T): T {
  const release = hold(directory, now);
  try {
    return run();
  } finally {
    release();
  }
}

function* rebuild(directory: string, now: number): Generator<RepairStep> {
  const file = join(directory, fileNames.database);
  const place = join(directory, repairDirectory);
  requireSpace(directory, file);
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { mode: 0o700 });
  const made = new NewDatabase(join(place, fileNames.database), now);
  if (existsSync(file) || existsSync(`${file}-wal`)) yield* takeRows(made, file);
  yield* signs('setting the books right', settle(made, directory));
  takeOrphans(made, directory);
  yield* signs('naming what is lost', made.finish());
  const count = (table: string): number =>
    Number(made.database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n);
  const figures = { messages: count('message'), copies: count('copy') };
  const { quarantined, lost, records_lost: recordsLost, ended: finishedBefore } = made;
  made.close();
  const report = { ...figures, quarantined, lost, recordsLost, finishedBefore };
  for (const { findings, stage, progress } of checkDirectory(place, join(directory, fileNames.spools))) {
    const bad = findings.find(({ weight }) => weight === 'damage');
    if (bad !== undefined) {
      const detail = `the new database does not pass the check (${bad.detail}); the old one is as it was`;
      yield { kind: 'report', report: { ...report, outcome: 'impossible', detail } };
      return;
    }
    yield { kind: 'progress', what: `checking the new database: ${stage}`, progress };
  }
  commitRepair(directory, new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, ''));
  const keptAs = finishRepair(directory);
  assert(keptAs !== undefined, 'a repair that was committed is there');
  yield { kind: 'report', report: { ...report, outcome: 'repaired', keptAs } };
}

function requireSpace(directory: string, file: string): void {
  const sizes = [file, `${file}-wal`].map((path) => (existsSync(path) ? statSync(path).size : 0));
  const needed = 2 * (sizes[0] + sizes[1]) + spare_octets;
  const { bavail, bsize } = statfsSync(directory);
  if (bavail * bsize >= needed) return;
  const detail = `a repair needs ${needed} octets beside the old database; ${bavail * bsize} are free`;
  throw new StoreOpenError('inaccessible', directory, detail);
}

function* takeRows(made: NewDatabase, file: string): Generator<RepairStep> {
  const image = new PageImage(file, `${file}-wal`);
  try {
    for (const { rows, page, pages } of new Scan(image).run()) {
      for (const row of rows) made.take(row);
      yield { kind: 'progress', what: 'reading pages', progress: page / pages };
    }
  } finally {
    image.close();
  }
}

function* signs(what: string, steps: Generator<number>): Generator<RepairStep> {
  for (const progress of steps) yield { kind: 'progress', what, progress };
}

function settle(made: NewDatabase, directory: string): Generator<number> {
  const spools = join(directory, fileNames.spools);
  return made.settle((spool, octets) => {
    const verdict = isSpoolName(spool) ? checkSpool(join(spools, spool)) : ({ kind: 'missing' } as const);
    if (verdict.kind !== 'sound') return `its spool file ${spool} is ${verdict.kind}`;
    return verdict.content_octets === octets ? undefined : `its spool file ${spool} has another length`;
  });
}

/** The names of the spools that rows have. */
function namedSpools(made: NewDatabase): ReadonlySet<string> {
  const sql = `SELECT spool FROM message WHERE spool IS NOT NULL UNION
    SELECT spool FROM recovery WHERE spool IS NOT NULL`;
  return new Set(
    made.database
      .prepare(sql)
      .all()
      .map(({ spool }) => String(spool)),
  );
}

function takeOrphans(made: NewDatabase, directory: string): void {
  const named = namedSpools(made);
  for (const name of spoolNames(join(directory, fileNames.spools))) {
    if (named.has(name)) continue;
    const verdict = checkSpool(join(directory, fileNames.spools, name));
    if (verdict.kind === 'sound') made.takeSpool(name, verdict.content_octets, verdict.header);
  }
}
