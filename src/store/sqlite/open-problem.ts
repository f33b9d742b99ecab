// Why a directory cannot be opened, from the errors of SQLite, of the file system and of our own looks at it.
// What is none of the others' is damage.

import type { StoreOpenProblem } from '../open-error.ts';
import { detailOf, sqliteCodeOf, sqliteCodes, systemCodeOf } from './errors.ts';
import { DirectoryInUseError } from './lock.ts';
import { NewerSchemaError } from './schema.ts';

export interface OpenProblem {
  readonly problem: StoreOpenProblem;
  readonly detail: string;
}

/** The problem that an error in opening stands for. */
export function problemOf(error: unknown): OpenProblem {
  const detail = detailOf(error);
  if (error instanceof DirectoryInUseError) return { problem: 'in-use', detail };
  if (error instanceof NewerSchemaError) return { problem: 'newer-schema', detail };
  const code = sqliteCodeOf(error);
  if (code === sqliteCodes.busy) return { problem: 'in-use', detail };
  const isInaccessible =
    code === sqliteCodes.cantopen || code === sqliteCodes.ioerr || code === sqliteCodes.full || code === 8;
  if (isInaccessible || (code === undefined && systemCodeOf(error) !== '')) {
    return { problem: 'inaccessible', detail };
  }
  return { problem: 'damaged', detail };
}
