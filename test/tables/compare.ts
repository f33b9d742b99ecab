// Compares a state table of the program with its transcription, cell by cell. The two were written apart and
// name things differently; `names-*.ts` says what means what. A cell is equal when it has the same
// alternatives: predicate, what is said and noted, next state. What remains is a difference to be judged.

import { cellsOf, type StateTable } from '../../src/stack/kernel/table.ts';
import type { TranscribedRow } from './transcription.ts';

export type AnyTable = StateTable<string, string, string, string>;

/** How the program names what the transcription names. */
export interface TableNames {
  readonly table: string;
  readonly code: AnyTable;
  /** State of the program → state of the transcription; several may mean one. */
  readonly states: Readonly<Record<string, string>>;
  /** States of the program whose rows have nothing to be compared with, and why. */
  readonly ownStates: Readonly<Record<string, string>>;
  /** Event, or 'STATE EVENT' → event of the transcription; null: ours alone. */
  readonly events: Readonly<Record<string, string | null>>;
  /** Predicate, 'EVENT PREDICATE' or 'STATE EVENT PREDICATE' → predicate; 'else' names the absent one.
   * Undefined: predicates are in words, and are not compared. */
  readonly predicates: Readonly<Record<string, string>> | undefined;
  /** Action, 'EVENT ACTION' or 'STATE EVENT ACTION' → actions of the transcription; none: bookkeeping. */
  readonly actions: Readonly<Record<string, readonly string[]>>;
  /** The actions that a field of the transcription means. */
  actionsOf(field: string): readonly string[];
  /** The event to which a PDU without a cell falls back, and the events that are PDUs. */
  readonly invalid?: { readonly event: string; readonly pdus: readonly string[] };
}

export interface Difference {
  readonly kind: 'different' | 'only in the program' | 'only in the transcription';
  readonly state: string;
  readonly event: string;
  readonly program: readonly string[];
  readonly transcription: readonly string[];
}

export interface Comparison {
  readonly equal: readonly string[];
  readonly differences: readonly Difference[];
  /** Cells of the program that have no counterpart by design: own states and events. */
  readonly ours: number;
  /** Rows of the transcription whose predicate can never hold with us. */
  readonly never: number;
}

type Cells = Map<string, Set<string>>;

export function compare(names: TableNames, rows: readonly TranscribedRow[]): Comparison {
  const reachable = rows.filter(({ reach }) => !reach.startsWith('never:'));
  const transcribed: Cells = new Map();
  for (const row of reachable) {
    for (const next of row.next.split(' or ')) {
      const said = [...new Set(names.actionsOf(row.actions))].toSorted().join(' ');
      const when = names.predicates === undefined ? '' : row.predicate;
      add(transcribed, `${row.state} ${row.event}`, outcome(when, said, next));
    }
  }
  const { program, ours } = programCells(names);
  fillFromInvalid(names, { program, transcribed });
  const keys = [...new Set([...program.keys(), ...transcribed.keys()])].toSorted();
  const differences = keys.flatMap((key) => differenceAt(key, program.get(key), transcribed.get(key)));
  const different = new Set(differences.map(({ state, event }) => `${state} ${event}`));
  return {
    equal: keys.filter((key) => !different.has(key)),
    differences,
    ours,
    never: rows.length - reachable.length,
  };
}

function differenceAt(key: string, program?: Set<string>, transcribed?: Set<string>): Difference[] {
  const ours = [...(program ?? [])].toSorted();
  const theirs = [...(transcribed ?? [])].toSorted();
  if (program !== undefined && transcribed !== undefined && ours.join('\n') === theirs.join('\n')) return [];
  const [state = '', event = ''] = [key.slice(0, key.indexOf(' ')), key.slice(key.indexOf(' ') + 1)];
  let kind: Difference['kind'] = 'different';
  if (program === undefined) kind = 'only in the transcription';
  else if (transcribed === undefined) kind = 'only in the program';
  return [{ kind, state, event, program: ours, transcription: theirs }];
}

/** The cells of the program by the names of the transcription, several states that mean one put together. */
function programCells(names: TableNames): { program: Cells; ours: number } {
  const program: Cells = new Map();
  let ours = 0;
  for (const { state, event } of cellsOf(names.code)) {
    const key = keyOf(names, state, event);
    if (key === undefined) ours += 1;
    else for (const said of outcomesOf(names, state, event)) add(program, key, said);
  }
  return { program, ours };
}

/** A PDU without a cell does what `invalid` does: where the transcription has a cell, they may agree. */
function fillFromInvalid(names: TableNames, { program, transcribed }: Record<string, Cells>): void {
  const { invalid } = names;
  if (invalid === undefined || program === undefined || transcribed === undefined) return;
  for (const state of Object.keys(names.code)) {
    if (names.code[state]?.[invalid.event] === undefined) continue;
    for (const pdu of invalid.pdus) {
      const key = keyOf(names, state, pdu);
      if (key === undefined || program.has(key) || !transcribed.has(key)) continue;
      for (const said of outcomesOf(names, state, invalid.event)) add(program, key, said);
    }
  }
}

function keyOf(names: TableNames, state: string, event: string): string | undefined {
  if (Object.hasOwn(names.ownStates, state)) return undefined;
  const named = look(names.events, [`${state} ${event}`, event]);
  if (named === undefined) throw new Error(`${names.table}: event ${event} has no name in names-*.ts`);
  return named === null ? undefined : `${stateNamed(names, state)} ${named}`;
}

function outcomesOf(names: TableNames, state: string, event: string): readonly string[] {
  return (names.code[state]?.[event] ?? []).map((branch) => {
    const predicate = branch.when ?? 'else';
    const where = (word: string): string[] => [`${state} ${event} ${word}`, `${event} ${word}`, word];
    const when = names.predicates === undefined ? '' : look(names.predicates, where(predicate));
    const said = (branch.do ?? []).flatMap((action) => {
      const means = look(names.actions, where(action));
      if (means === undefined) throw new Error(`${names.table}: action ${action} has no name in names-*.ts`);
      return means;
    });
    if (when === undefined && branch.when !== undefined) {
      throw new Error(`${names.table}: predicate ${branch.when} has no name in names-*.ts`);
    }
    const next = stateNamed(names, branch.next ?? state);
    return outcome(when ?? '', [...new Set(said)].toSorted().join(' '), next);
  });
}

function stateNamed(names: TableNames, state: string): string {
  const named = names.states[state];
  if (named === undefined) throw new Error(`${names.table}: state ${state} has no name in names-*.ts`);
  return named;
}

function look<V>(record: Readonly<Record<string, V>>, keys: readonly string[]): V | undefined {
  const key = keys.find((candidate) => Object.hasOwn(record, candidate));
  return key === undefined ? undefined : record[key];
}

function outcome(when: string, said: string, next: string): string {
  return `[${when}] ${said === '' ? 'nothing' : said} → ${next}`;
}

function add(cells: Cells, key: string, said: string): void {
  const cell = cells.get(key) ?? new Set();
  cell.add(said);
  cells.set(key, cell);
}
