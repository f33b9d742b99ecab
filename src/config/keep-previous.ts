// What is in force in the place of entries with errors. At a start: what they are without them, or nothing
// starts. At a reload: a link or another entry works on by its entry of before; one that was not there before
// is left out. One that is not known again may be any of those that the file has no more, so these stay then.
// Works on the values as written. Not here: whether all of it fits together (misfits.ts).

import type { SetAsideEntry } from './configuration.ts';
import { byList, type EntriesInForce, type EntryInForce } from './entries-in-force.ts';
import { type EntryList, entryKinds, entryLists, identityOf, labelOf } from './entry-lists.ts';
import { errorsInOrder } from './error.ts';
import { type Flaw, withoutFlaws } from './set-aside.ts';
import { listAt } from './written.ts';

/** An entry that is in force, and where it comes from. */
export interface Part extends EntryInForce {
  /** Of the file's entry that it is, or stands for; undefined: the file has none. */
  readonly index: number | undefined;
  readonly name: string;
  /** Whether it is the entry of before. */
  readonly previous: boolean;
}

/** A configuration without the errors of its entries. */
export interface Combined {
  /** As it could have been written. */
  readonly value: unknown;
  /** The entries of its lists, in their order. */
  readonly parts: Readonly<Record<EntryList, readonly Part[]>>;
  readonly setAside: readonly SetAsideEntry[];
}

type FlawsOfEntries = Readonly<Record<EntryList, ReadonlyMap<number, readonly Flaw[]>>>;

/**
 * `value` without its flaws; undefined if it cannot be without them. `before` is what is in force; undefined
 * at a start.
 */
export function aroundFlaws(
  value: unknown,
  flaws: readonly Flaw[],
  before: EntriesInForce | undefined,
): Combined | undefined {
  const wrong = byEntry(flaws);
  if (wrong === undefined) return undefined;
  const parts: Record<EntryList, readonly Part[]> = { ...byList(() => []) };
  const setAside: SetAsideEntry[] = [];
  for (const list of entryLists) {
    const written = listAt(value, list);
    const joined = new Joining(list, written, wrong[list]).with(before?.[list]);
    if (joined === undefined) return undefined;
    // The disabled ones come last, as they do where callers are told apart.
    const working = joined.parts.filter(({ errors }) => errors === undefined);
    const disabled = joined.parts.filter(({ errors }) => errors !== undefined);
    parts[list] = [...working, ...disabled];
    setAside.push(...joined.setAside);
  }
  const lists = entryLists.filter((list) => parts[list].length + listAt(value, list).length > 0);
  const kept = lists.map((list) => [list, parts[list].map((part) => part.value)] as const);
  return { parts, setAside, value: { ...(value as object), ...Object.fromEntries(kept) } };
}

/** The flaws of each entry, of each list; undefined if one lies in none. */
export function byEntry(flaws: readonly Flaw[]): FlawsOfEntries | undefined {
  const entries = byList(() => new Map<number, Flaw[]>());
  for (const flaw of flaws) {
    const [first, index] = flaw.path;
    const list = entryLists.find((each) => each === first);
    if (list === undefined || typeof index !== 'number') return undefined;
    const found = entries[list].get(index);
    if (found === undefined) entries[list].set(index, [flaw]);
    else found.push(flaw);
  }
  return entries;
}

interface Joined {
  readonly parts: readonly Part[];
  readonly setAside: readonly SetAsideEntry[];
}

/** One list of the file, joined with what it was before. */
class Joining {
  readonly #list: EntryList;
  readonly #written: readonly unknown[];
  readonly #wrong: ReadonlyMap<number, readonly Flaw[]>;

  constructor(list: EntryList, written: readonly unknown[], wrong: ReadonlyMap<number, readonly Flaw[]>) {
    this.#list = list;
    this.#written = written;
    this.#wrong = wrong;
  }

  with(before: readonly EntryInForce[] | undefined): Joined | undefined {
    if (this.#wrong.size === 0) return { parts: this.#written.map(this.#asWritten), setAside: [] };
    const identities = this.#written.map((entry) => identityOf(this.#list, entry));
    const named = Map.groupBy(identities, (identity) => identity);
    const former = new Map(before?.map((entry) => [identityOf(this.#list, entry.value), entry]));
    const staying = [...former].filter(([identity]) => !named.has(identity)).map(([, entry]) => entry);
    const names = staying.map(this.#nameOf);
    const parts: Part[] = [];
    const setAside: SetAsideEntry[] = [];
    for (const [index, entry] of this.#written.entries()) {
      const flaws = this.#wrong.get(index);
      if (flaws === undefined) {
        parts.push(this.#asWritten(entry, index));
        continue;
      }
      const identity = identities[index];
      // Two of one name: it cannot be told which of them is the one of before.
      if (identity !== undefined && (named.get(identity)?.length ?? 0) > 1) return undefined;
      const old = identity === undefined ? undefined : former.get(identity);
      const { part, told } = this.#instead(index, flaws, old);
      if (told.refusesStart && before === undefined) return undefined;
      if (part !== undefined) parts.push(part);
      setAside.push(part === undefined ? { ...told, staying: names } : told);
    }
    if (setAside.some(({ meanwhile }) => meanwhile === 'left-out')) {
      parts.push(...staying.map((entry) => this.#ofBefore(entry, undefined)));
      setAside.push(...staying.flatMap((entry) => this.#stillDisabled(entry)));
    }
    return { parts, setAside };
  }

  /** What is in force for the entry of the file; no part: it is left out. */
  #instead(index: number, flaws: readonly Flaw[], old: EntryInForce | undefined) {
    const list = this.#list;
    const entry = this.#written[index];
    const without = withoutFlaws(list, entry, flaws);
    const errors = errorsInOrder(flaws.map(({ error }) => error));
    const name = labelOf(list, entry, index);
    const told = { kind: entryKinds[list], name, errors, refusesStart: without === undefined };
    const as = (meanwhile: SetAsideEntry['meanwhile'], part?: Part) => ({
      part,
      told: { ...told, meanwhile },
    });
    if (without !== undefined && list === 'groups') {
      return as('fewer-members', { value: without, index, name, previous: false });
    }
    if (old !== undefined && old.errors === undefined) return as('as-before', this.#ofBefore(old, index));
    if (without !== undefined)
      return as('disabled', { value: without, index, name, previous: false, errors });
    // Its address spaces cannot be read now: those of before are where mail waits for it.
    if (old !== undefined) return as('disabled', { ...this.#ofBefore(old, index), errors });
    return as('left-out');
  }

  #stillDisabled(entry: EntryInForce): readonly SetAsideEntry[] {
    const { errors } = entry;
    const told = { kind: entryKinds[this.#list], name: this.#nameOf(entry), meanwhile: 'disabled' } as const;
    return errors === undefined ? [] : [{ ...told, errors, refusesStart: false }];
  }

  readonly #asWritten = (value: unknown, index: number): Part => {
    return { value, index, name: labelOf(this.#list, value, index), previous: false };
  };

  #ofBefore(entry: EntryInForce, index: number | undefined): Part {
    return { ...entry, index, name: this.#nameOf(entry), previous: true };
  }

  readonly #nameOf = ({ value }: EntryInForce): string => labelOf(this.#list, value, 0);
}
