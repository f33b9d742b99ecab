// A configuration in pieces, for the way from one thread to another: a frame without its long lists, and the
// entries of those lists a few at a time. What is received in one message is decoded in one step of the event
// loop, and 100,000 address spaces in one would hold it up for a quarter of a second. Pure.

import type { Configuration } from './configuration.ts';
import { freeze } from './complete.ts';

/** Entries of one long list; `entries` go behind those that came before. */
export interface ConfigurationPiece {
  readonly list: 'links' | 'groups' | 'deliver' | 'redirections' | 'lists';
  readonly index: number;
  readonly entries: readonly unknown[];
}

/** Entries of one piece at most. */
const entries_max = 200;

interface LongList {
  readonly list: ConfigurationPiece['list'];
  readonly index: number;
  readonly entries: readonly unknown[];
}

/** The configuration with its long lists empty, and what they hold. */
export function takeApart(configuration: Configuration): {
  readonly frame: Configuration;
  readonly pieces: readonly ConfigurationPiece[];
} {
  const pieces = longListsOf(configuration).flatMap(({ list, index, entries }) =>
    Array.from({ length: Math.ceil(entries.length / entries_max) }, (_, n) => {
      return { list, index, entries: entries.slice(n * entries_max, (n + 1) * entries_max) };
    }),
  );
  const { links, groups, deliver, lists } = configuration;
  const frame: Configuration = {
    ...configuration,
    links: links.map((link) => ({ ...link, addressSpaces: [] })),
    groups: groups.map((group) => ({ ...group, addressSpaces: [] })),
    deliver: deliver.map((each) => ({ ...each, users: each.users === 'any' ? 'any' : [] })),
    redirections: [],
    lists: lists.map((list) => ({ ...list, members: [] })),
  };
  return { frame, pieces };
}

/** Puts a configuration together again: pieces in their order, then `whole`. Takes over the frame. */
export class ConfigurationInPieces {
  readonly #frame: Configuration;

  constructor(frame: Configuration) {
    this.#frame = frame;
  }

  add(piece: ConfigurationPiece): void {
    const target = longListsOf(this.#frame).find(
      ({ list, index }) => list === piece.list && index === piece.index,
    );
    // The frame came from another thread, so nobody else holds its lists.
    (target?.entries as unknown[] | undefined)?.push(...piece.entries.map(freeze));
  }

  /** Frozen, as every configuration. */
  whole(): Configuration {
    return freeze(this.#frame);
  }
}

function longListsOf({ links, groups, deliver, redirections, lists }: Configuration): readonly LongList[] {
  const spaces =
    (list: 'links' | 'groups') => (each: { readonly addressSpaces: readonly unknown[] }, index: number) => ({
      list,
      index,
      entries: each.addressSpaces,
    });
  const users = deliver.flatMap(({ users: entries }, index) =>
    entries === 'any' ? [] : [{ list: 'deliver', index, entries } as const],
  );
  const members = lists.map(({ members: entries }, index) => ({ list: 'lists', index, entries }) as const);
  const redirected = { list: 'redirections', index: 0, entries: redirections } as const;
  return [...links.map(spaces('links')), ...groups.map(spaces('groups')), ...users, redirected, ...members];
}
