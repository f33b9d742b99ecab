// The state-table interpreter. A table is a literal: state × event → branches, each with an optional
// predicate, actions by name, and the next state. An absent cell is meaningful: the machine that owns the
// table says what it means for a PDU, a primitive or a timer (design law 2). The interpreter has no
// opinion.

/** One alternative of a cell. The first whose predicate holds (or that has none) is taken. */
export interface Branch<State extends string, Predicate extends string, Action extends string> {
  readonly when?: Predicate;
  readonly do?: readonly Action[];
  /** The state after the actions; the same state if left out. */
  readonly next?: State;
}

export type Cell<State extends string, Predicate extends string, Action extends string> = readonly Branch<
  State,
  Predicate,
  Action
>[];

export type StateTable<
  State extends string,
  Event extends string,
  Predicate extends string,
  Action extends string,
> = {
  readonly [S in State]: { readonly [E in Event]?: Cell<State, Predicate, Action> };
};

/** The branch that `event` takes in `state`, or undefined where the cell is absent or no predicate holds. */
export function chooseBranch<S extends string, E extends string, P extends string, A extends string>(
  table: StateTable<S, E, P, A>,
  at: { readonly state: S; readonly event: E },
  holds: (predicate: P) => boolean,
): Branch<S, P, A> | undefined {
  const cell = table[at.state][at.event];
  if (cell === undefined) return undefined;
  for (const branch of cell) {
    if (branch.when === undefined || holds(branch.when)) return branch;
  }
  return undefined;
}

/** Every present cell, for tests that count and drive them. */
export function cellsOf<S extends string, E extends string, P extends string, A extends string>(
  table: StateTable<S, E, P, A>,
): readonly { readonly state: S; readonly event: E; readonly cell: Cell<S, P, A> }[] {
  const cells: { state: S; event: E; cell: Cell<S, P, A> }[] = [];
  for (const state of Object.keys(table) as S[]) {
    const row = table[state];
    for (const event of Object.keys(row) as E[]) {
      const cell = row[event];
      if (cell !== undefined) cells.push({ state, event, cell });
    }
  }
  return cells;
}
