// Whether entries that are in force in the place of others fit the rest of a new file: what must hold between
// entries holds, and no mail is left without the entry that it had. What is said is about the file as the
// operator sees it. Invariant: where nothing is said, the whole is as sound as one without errors.

import { entriesOf, type EntriesInForce } from './entries-in-force.ts';
import { claimsOf, type EntryList, entryKinds, entryLists } from './entry-lists.ts';
import type { ConfigurationError } from './error.ts';
import { byEntry, type Combined, type Part } from './keep-previous.ts';
import { checkRelations } from './relations.ts';
import type { Flaw } from './set-aside.ts';
import type { KeyPath } from './source.ts';
import { listAt } from './written.ts';

type ErrorAt = (path: KeyPath, message: string) => ConfigurationError;

/** What is wrong with the whole; `errorAt` finds the line in the file. */
export function misfitsOf(combined: Combined, errorAt: ErrorAt): readonly ConfigurationError[] {
  const errors: ConfigurationError[] = [];
  checkRelations(combined.value, (path, message) => {
    const list = entryLists.find((each) => each === path[0]);
    const part = list === undefined ? undefined : combined.parts[list][Number(path[1])];
    // A disabled link was found to be at odds with others already: it takes part in nothing.
    if (part?.errors !== undefined) return;
    const said = message.replace(/\b(links|groups|deliver|redirections|lists)\[(\d+)\]/g, (_, of, index) =>
      nameOf(of as EntryList, combined.parts[of as EntryList][Number(index)]),
    );
    errors.push(
      errorAt(placeOf(path, part), `nothing of this file is taken over: ${introduced(part, said)}`),
    );
  });
  return errors;
}

function introduced(part: Part | undefined, said: string): string {
  return part?.previous === true
    ? `this entry has errors, and as it was before it does not fit the others: ${said}`
    : `with the entries of before in the place of those with errors, this does not fit: ${said}`;
}

/** In the file. */
function placeOf(path: KeyPath, part: Part | undefined): KeyPath {
  if (part === undefined) return path;
  if (part.index === undefined) return path.slice(0, 1);
  return part.previous ? [path[0], part.index] : [path[0], part.index, ...path.slice(2)];
}

function nameOf(list: EntryList, part: Part | undefined): string {
  const place =
    part?.index === undefined ? `${entryKinds[list]} ${part?.name ?? ''}` : `${list}[${part.index}]`;
  return part?.previous === true ? `${place} (as it was before)` : place;
}

/**
 * The entries with errors that may have been meant to take over mail from others: `before` some entry had it,
 * in `combined` none has, and it would be returned.
 */
export function lostClaims(
  given: { readonly value: unknown; readonly flaws: readonly Flaw[] },
  { before, combined }: { readonly before: EntriesInForce; readonly combined: Combined },
  errorAt: ErrorAt,
): readonly ConfigurationError[] {
  const lost = claimsOfAll(before);
  for (const key of claimsOfAll(entriesOf(combined.value)).keys()) lost.delete(key);
  if (lost.size === 0) return [];
  const wrong = byEntry(given.flaws);
  return entryLists.flatMap((list) =>
    [...(wrong?.[list] ?? [])].flatMap(([index, flaws]) => {
      const { known, all } = claimsOf(list, listAt(given.value, list)[index]);
      const whole = all && !flaws.some(({ unknownKey }) => unknownKey);
      const its = [...lost].filter(([key]) => !whole || known.has(key)).map(([, shown]) => shown);
      if (its.length === 0 || inForce(combined, list, index)) return [];
      const more = its.length > 1 ? ` and ${its.length - 1} more` : '';
      const message =
        `nothing of this file is taken over: this entry has errors, and ${its[0]}${more} was served before ` +
        'and may have been meant to be its now; mail for it would be returned';
      return [errorAt([list, index], message)];
    }),
  );
}

/** Whether the entry serves what it says: it is disabled, or a group of fewer members. */
function inForce(combined: Combined, list: EntryList, index: number): boolean {
  return combined.parts[list].some((part) => part.index === index && !part.previous);
}

function claimsOfAll(entries: EntriesInForce): Map<string, string> {
  const claims = new Map<string, string>();
  for (const list of entryLists) {
    for (const { value } of entries[list]) {
      for (const [key, shown] of claimsOf(list, value).known) claims.set(key, shown);
    }
  }
  return claims;
}
