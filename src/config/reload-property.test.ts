// Any reload, of any two files: what is in force afterwards could have been written as it is, has every entry
// of the new file that is right, and for each that is wrong the one of before. Files are drawn, not chosen.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';

import { type Configuration, parseConfiguration, parseConfigurationAroundErrors } from './index.ts';

const mta = { name: 'A', domain: { country: 'GB' } };
const lists = ['links', 'deliver', 'redirections', 'lists'] as const;
type List = (typeof lists)[number];

/** One entry: which it is, what it says, and what is wrong with it. */
interface Drawn {
  readonly name: string;
  readonly place: number;
  readonly flaw: 'key' | 'value' | 'place' | 'name' | undefined;
}
type File = Readonly<Record<List, readonly Drawn[]>>;

const places = 6;
const entry = (flaws: fc.Arbitrary<Drawn['flaw']>): fc.Arbitrary<Drawn> =>
  fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), place: fc.nat(places - 1), flaw: flaws });
const fileOf = (flaws: fc.Arbitrary<Drawn['flaw']>): fc.Arbitrary<File> => {
  const same = (a: Drawn, b: Drawn): boolean => a.name === b.name || a.place === b.place;
  const some = fc.uniqueArray(entry(flaws), { maxLength: 4, comparator: same });
  return fc.record({ links: some, deliver: some, redirections: some, lists: some });
};
const right = fileOf(fc.constant(undefined));
const wrong = fileOf(
  fc.oneof(
    { weight: 5, arbitrary: fc.constant(undefined) },
    { weight: 2, arbitrary: fc.constantFrom('key', 'value', 'place', 'name') },
  ),
);

function written(list: List, { name, place, flaw }: Drawn): object {
  const more = flaw === 'key' ? { colour: 'red' } : {};
  const bad = flaw === 'value';
  const space = flaw === 'place' ? 'nonsense' : `/P=P${place}/C=GB/`;
  const named = { ...more, name: flaw === 'name' ? 7 : name };
  const who = `/S=${flaw === 'name' ? name.repeat(99) : name}/C=GB/`;
  switch (list) {
    case 'links': {
      const spaces = [{ address: space }];
      return { ...named, peer: { mta: `M-${name}` }, mode: bad ? 'x' : 'normal', addressSpaces: spaces };
    }
    case 'deliver':
      return { ...named, addressSpace: space, users: bad ? 'some' : 'any' };
    case 'redirections':
      return { ...more, from: who, to: flaw === 'place' || bad ? 'nonsense' : `/S=to${place}/C=GB/` };
    case 'lists':
      return {
        ...named,
        address: flaw === 'place' ? 'nonsense' : `/S=list${place}/C=GB/`,
        members: bad ? 'all' : [`/S=m/C=GB/`],
      };
  }
}

/** JSON is YAML. */
function textOf(file: File, taken: (drawn: Drawn) => boolean = () => true): string {
  const kept = lists.map((list) => [list, file[list].filter(taken).map((each) => written(list, each))]);
  return JSON.stringify({ mta, ...Object.fromEntries(kept) });
}

const labelled: Readonly<Record<List, (each: never) => string>> = {
  links: ({ name }: { name: string }) => name,
  deliver: ({ name }: { name: string }) => name,
  redirections: ({ from }: { from: { text: string } }) => from.text,
  lists: ({ name }: { name: string }) => name,
};
function entriesIn(configuration: Configuration, list: List): ReadonlyMap<string, unknown> {
  return new Map(configuration[list].map((each) => [labelled[list](each as never), each]));
}

function spacesOf({ links, deliver }: Configuration): ReadonlySet<string> {
  const ofLinks = links.flatMap(({ addressSpaces }) => addressSpaces.map(({ text }) => text));
  return new Set([...ofLinks, ...deliver.map(({ addressSpace }) => addressSpace.text)]);
}

test('RT-H2: after any reload what is right is in force, and in the place of what is wrong what was', () => {
  const seen = { taken: 0, refused: 0 };
  fc.assert(
    fc.property(right, wrong, (then, now) => {
      const before = parseConfigurationAroundErrors(textOf(then), 'then');
      fc.pre(before.ok);
      const read = parseConfigurationAroundErrors(textOf(now), 'now', before.value.entries);
      if (!read.ok) {
        seen.refused += 1;
        assert.ok(read.error.length > 0);
        return;
      }
      seen.taken += 1;
      const { configuration, entries } = read.value;
      const rest = parseConfiguration(
        textOf(now, ({ flaw }) => flaw === undefined),
        'rest',
      );
      assert.ok(rest.ok);
      for (const list of lists) {
        const inForce = entriesIn(configuration, list);
        assert.equal(inForce.size, configuration[list].length, 'nothing is there twice');
        const old = entriesIn(before.value.configuration, list);
        const good = entriesIn(rest.value, list);
        for (const [name, each] of good) assert.deepEqual(inForce.get(name), each);
        const flawed = now[list].filter(({ flaw }) => flaw !== undefined);
        for (const { name } of flawed.filter(({ flaw }) => flaw !== 'name')) {
          const label = list === 'redirections' ? `/S=${name}/C=GB/` : name;
          if (old.has(label)) assert.deepEqual(inForce.get(label), old.get(label));
        }
        for (const [name, each] of inForce) {
          const disabled = (each as { faults?: unknown }).faults !== undefined;
          if (!disabled && !good.has(name)) assert.deepEqual(each, old.get(name), `${name} was not there`);
        }
        assert.deepEqual(
          (configuration.setAside ?? []).length > 0,
          lists.some((l) => now[l].some(({ flaw }) => flaw !== undefined)),
        );
      }
      // What was served, and is written, or may be written where nobody can read it, is served.
      const served = spacesOf(configuration);
      const guess = [...now.links, ...now.deliver].some(({ flaw }) => flaw === 'place');
      const said = [...now.links, ...now.deliver].filter(({ flaw }) => flaw !== 'place');
      const wanted = new Set(said.map(({ place }) => `/P=P${place}/C=GB/`));
      for (const space of spacesOf(before.value.configuration)) {
        assert.ok(served.has(space) || !(guess || wanted.has(space)), `${space} is lost`);
      }
      const values = lists.map((list) => [list, entries[list].map(({ value }) => value)]);
      const again = parseConfiguration(JSON.stringify({ mta, ...Object.fromEntries(values) }), 'again');
      assert.ok(again.ok, 'it could have been written');
    }),
    { numRuns: 500 },
  );
  assert.ok(seen.taken > 100 && seen.refused > 10, JSON.stringify(seen));
});
