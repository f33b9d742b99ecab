// Watches which branches of a state table a test takes: every cell is replaced by one that reports when it
// is used. The interpreter and the machines are left as they are. For one test file, in its own process.

import type { Branch, Cell, StateTable } from '../../src/stack/kernel/table.ts';

export interface TableCoverage {
  /** 'STATE EVENT #BRANCH' of every branch there is. */
  readonly all: readonly string[];
  /** Those that were not taken so far. */
  missed(): string[];
}

export function watchTable<S extends string, E extends string, P extends string, A extends string>(
  table: StateTable<S, E, P, A>,
): TableCoverage {
  const all: string[] = [];
  const taken = new Set<string>();
  for (const [state, row] of Object.entries<StateTable<S, E, P, A>[S]>(table)) {
    for (const [event, cell] of Object.entries<Cell<S, P, A> | undefined>(row)) {
      if (cell === undefined) continue;
      const watched = cell.map((branch, index) => {
        const name = `${state} ${event} #${index}`;
        all.push(name);
        return watchedBranch(branch, () => taken.add(name));
      });
      Object.defineProperty(row, event, { value: watched, enumerable: true });
    }
  }
  return { all, missed: () => all.filter((name) => !taken.has(name)) };
}

/** A branch is taken where its actions are asked for: the interpreter itself only asks for its predicate. */
function watchedBranch<S extends string, P extends string, A extends string>(
  branch: Branch<S, P, A>,
  take: () => void,
): Branch<S, P, A> {
  const watched = { ...branch };
  Object.defineProperty(watched, 'do', {
    enumerable: true,
    get() {
      take();
      return branch.do;
    },
  });
  return watched;
}
