// What must hold of the files before SQLite is let near them. SQLite makes a new database where there is
// none, and takes a damaged log for one that a crash cut off: either way acknowledged messages would be
// gone without a word. Reads the header and the log only, so that a long queue starts as fast as a short
// one.

import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';

import { systemCodeOf } from '../errors.ts';
import { isSpoolName } from '../spool-directory.ts';
import { fileNames } from '../worker-messages.ts';
import { readWal } from './wal.ts';

const header_octets = 100;
const page_octets = 4096;
const magic = 'SQLite format 3\0';
/** Before the first page comes in from the log these are zero. */
const schema_at = 44;
/** Octets of the header that are the same in every database of this program: where, what, meaning. */
const fixed: readonly (readonly [number, readonly number[], string])[] = [
  [16, [0x10, 0x00], 'the size of a page'],
  [20, [0, 64, 32, 32], 'the layout of a page'],
  [44, [0, 0, 0, 4], 'the format of the schema'],
  [52, [0, 0, 0, 0, 0, 0, 0, 1], 'the encoding of texts'],
  [64, [0, 0, 0, 0], 'the kind of vacuum'],
];

export class DamagedFileError extends Error {
  override readonly name = 'DamagedFileError';
}

/** Throws a DamagedFileError if the store was more than what would be opened now. */
export function refuseDamaged(directory: string): void {
  const file = join(directory, fileNames.database);
  const wal = readWal(`${file}-wal`);
  if (wal.verdict === 'damaged') throw new DamagedFileError(`${file}-wal: ${wal.detail}`);
  const problem = databaseProblem(directory) ?? (wal.taken === 0 ? sizeProblem(file) : undefined);
  if (problem !== undefined) throw new DamagedFileError(problem);
}

/** What is wrong with the database file and its header; undefined: nothing, or this is a new directory. */
export function databaseProblem(directory: string): string | undefined {
  const file = join(directory, fileNames.database);
  const header = readHeader(file);
  if (header === undefined || header.size === 0) {
    const wal = readWal(`${file}-wal`);
    const spools = spoolNames(join(directory, fileNames.spools)).length;
    const remains = [
      ...(wal.taken > 0 ? [`a log with ${wal.frames.length} pages`] : []),
      ...(spools > 0 ? [`${spools} spool files`] : []),
    ];
    if (remains.length === 0) return undefined;
    const what = header === undefined ? 'is not there' : 'is empty';
    return `${file} ${what}, but beside it there is ${remains.join(' and ')}`;
  }
  const { octets } = header;
  const [write, read] = octets.subarray(18, 20);
  if (write !== read || (write !== 1 && write !== 2))
    return `${file}: its header is damaged (the journal mode)`;
  // Its first transaction is in the log, or was never ended.
  const isNew = readWal(`${file}-wal`).taken > 0 || header.size === page_octets;
  if (Buffer.from(octets.subarray(0, 16)).toString('latin1') !== magic) {
    return `${file} does not begin like a database`;
  }
  const wrong = fixed
    .filter(([at]) => at < schema_at || !isNew)
    .find(([at, values]) => values.some((value, index) => octets[at + index] !== value));
  return wrong === undefined ? undefined : `${file}: its header is damaged (${wrong[2]})`;
}

/** A file that is shorter than its header says. Not while a log holds what the file does not yet. */
export function sizeProblem(file: string): string | undefined {
  const header = readHeader(file);
  if (header === undefined || header.size === 0) return undefined;
  const pages = Buffer.from(header.octets).readUInt32BE(28);
  const expected = pages * page_octets;
  if (header.size === expected) return undefined;
  return `${file} has ${header.size} octets; its header says ${expected}`;
}

/** The names of the spools in their directory. */
export function spoolNames(spools: string): readonly string[] {
  try {
    return readdirSync(spools).filter(isSpoolName);
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
    return [];
  }
}

function readHeader(file: string): { readonly octets: Uint8Array; readonly size: number } | undefined {
  if (!existsSync(file)) return undefined;
  const opened = openSync(file, 'r');
  try {
    const octets = new Uint8Array(header_octets);
    readSync(opened, octets, 0, header_octets, 0);
    return { octets, size: fstatSync(opened).size };
  } finally {
    closeSync(opened);
  }
}
