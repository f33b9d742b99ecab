// Why a store could not be opened. The only thing this room throws: at start, before there is a store, the
// operator has to read it and act.

export type StoreOpenProblem =
  /** Another process holds the directory. */
  | 'in-use'
  /** The directory was written by a newer version, with a schema that this one does not know. */
  | 'newer-schema'
  /** The database file is none, or so damaged that SQLite does not find its way. */
  | 'damaged'
  /** The directory or a file in it cannot be made, read or written. */
  | 'inaccessible';

/** What brings back what can be read of a damaged store. */
export const repairCommand = 'chappe store check --repair';

export class StoreOpenError extends Error {
  override readonly name = 'StoreOpenError';
  readonly problem: StoreOpenProblem;
  readonly directory: string;
  /** Without the directory, the problem and the remedy. */
  readonly detail: string;

  constructor(problem: StoreOpenProblem, directory: string, detail: string) {
    const remedy = problem === 'damaged' ? `; to mend it: ${repairCommand}` : '';
    super(`the store in ${directory} cannot be opened (${problem}): ${detail}${remedy}`);
    this.problem = problem;
    this.directory = directory;
    this.detail = detail;
  }
}
