// A reload of a file in which entries have errors: each works on as it was before, new ones are left out, the
// others are taken over (RT-H2); and what would not fit together, or return mail, is not taken over at all.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { type Configuration, type EntriesInForce, parseConfigurationAroundErrors } from './index.ts';

const head = 'mta: { name: A, domain: { country: GB } }\n';

interface Lists {
  readonly links?: readonly string[];
  readonly groups?: readonly string[];
  readonly deliver?: readonly string[];
  readonly redirections?: readonly string[];
  readonly lists?: readonly string[];
}

function yaml(lists: Lists): string {
  const written = Object.entries(lists).map(
    ([list, entries]: [string, readonly string[]]) =>
      `${list}:\n${entries.map((entry) => `  - { ${entry} }\n`).join('')}`,
  );
  return `${head}${written.join('')}`;
}

/** What is in force after `lists` was read without errors. */
function before(lists: Lists): EntriesInForce {
  const read = parseConfigurationAroundErrors(yaml(lists), 'x.yaml');
  assert.ok(read.ok && read.value.configuration.setAside === undefined, JSON.stringify(read));
  return read.value.entries;
}

function taken(now: Lists, then: Lists) {
  return takenAfter(now, before(then));
}

function takenAfter(now: Lists, entries: EntriesInForce) {
  const read = parseConfigurationAroundErrors(yaml(now), 'x.yaml', entries);
  assert.ok(read.ok, JSON.stringify(read));
  return read.value;
}

/** Key, line and message of each error. */
function refused(now: Lists | string, then: Lists): readonly string[] {
  const text = typeof now === 'string' ? now : yaml(now);
  const read = parseConfigurationAroundErrors(text, 'x.yaml', before(then));
  assert.ok(!read.ok, 'it is not taken over');
  return read.error.map(({ key, line, message }) => `${key} ${line} ${message}`);
}

function told({ setAside = [] }: Configuration): readonly unknown[] {
  return setAside.map(({ kind, name, meanwhile, errors }) => [kind, name, meanwhile, errors[0].line]);
}

const link = (name: string, space: string, more = ''): string =>
  `name: ${name}, peer: { mta: MTA-${name} }, addressSpaces: [ { address: "${space}" } ]${more}`;
const staff = (name: string, more = 'members: [ "/S=x/C=GB/" ]'): string =>
  `name: ${name}, address: "/S=${name}/C=GB/", ${more}`;
const redirect = (from: string, to: string): string => `from: "/S=${from}/C=GB/", to: "${to}"`;
const serve = (site: string, more: string): string => `addressSpace: "/P=${site}/C=GB/", ${more}`;

interface Case {
  readonly list: keyof Lists;
  readonly also?: Lists;
  readonly former: readonly [good: string, changed: string];
  /** The first is changed, the second has an error: on line 4, or 7 where links stand before. */
  readonly now: readonly [good: string, changed: string];
  /** A new entry with an error. */
  readonly fresh: string;
  readonly told: readonly [kind: string, changed: string, fresh: string];
}

const members: Lists = { links: [link('a', '/P=A/C=GB/'), link('b', '/P=B/C=GB/')] };
const group = (name: string, more: string): string =>
  `name: ${name}, links: [ a, b ], addressSpaces: [ { address: "/P=${name}/C=FR/" ${more} } ]`;
const cases: readonly Case[] = [
  {
    list: 'links',
    former: [link('a', '/P=A/C=GB/'), link('b', '/P=B/C=GB/')],
    now: [link('a', '/P=A/C=GB/', ', mode: x410-1984'), link('b', 'nonsense')],
    fresh: link('c', 'nonsense'),
    told: ['link', 'b', 'c'],
  },
  {
    list: 'groups',
    also: members,
    former: [group('g', ''), group('h', '')],
    now: [group('g', ', cost: 7'), group('h', ', cost: 5000')],
    fresh: group('i', ', cost: 5000'),
    told: ['group', 'h', 'i'],
  },
  {
    list: 'deliver',
    former: [serve('A', 'users: any'), serve('B', 'users: any')],
    now: [serve('A', 'users: [ "/S=x/P=A/C=GB/" ]'), serve('B', 'users: [ 7 ]')],
    fresh: serve('C', 'users: some'),
    told: ['deliver space', '/P=B/C=GB/', '/P=C/C=GB/'],
  },
  {
    list: 'redirections',
    former: [redirect('a', '/S=x/C=GB/'), redirect('b', '/S=x/C=GB/')],
    now: [redirect('a', '/S=y/C=GB/'), redirect('b', 'nonsense')],
    fresh: redirect('c', 'nonsense'),
    told: ['redirection', '/S=b/C=GB/', '/S=c/C=GB/'],
  },
  {
    list: 'lists',
    former: [staff('a'), staff('b')],
    now: [staff('a', 'members: [ "/S=y/C=GB/" ]'), staff('b', 'members: [ nobody ]')],
    fresh: staff('c', 'members: 7'),
    told: ['list', 'b', 'c'],
  },
];

for (const { list, also, former: was, now, fresh, told: named } of cases) {
  const [kind, changed, added] = named;
  const line = also === undefined ? 4 : 7;
  const former: Lists = { ...also, [list]: was };

  test(`RT-H2: ${list}: an entry with errors is as it was before, the others as the file has them`, () => {
    const { configuration } = taken({ ...also, [list]: now }, former);
    const good = taken({ ...also, [list]: [now[0], was[1]] }, former).configuration;
    assert.deepEqual(configuration[list], good[list]);
    assert.deepEqual(told(configuration), [[kind, changed, 'as-before', line]]);
    assert.equal(configuration.setAside?.[0].refusesStart, true);
    assert.ok(Object.isFrozen(configuration));
  });

  test(`${list}: one with errors that was not there before is left out`, () => {
    const { configuration } = taken({ ...also, [list]: [now[0], was[1], fresh] }, former);
    const good = taken({ ...also, [list]: [now[0], was[1]] }, former).configuration;
    assert.deepEqual(configuration[list], good[list]);
    assert.deepEqual(told(configuration), [[kind, added, 'left-out', line + 1]]);
    assert.deepEqual(configuration.setAside?.[0].staying, []);
  });

  test(`${list}: where one is not known again, all that the file has no more stay`, () => {
    const { configuration } = taken({ ...also, [list]: [fresh, now[0]] }, former);
    const good = taken({ ...also, [list]: [now[0], was[1]] }, former).configuration;
    assert.deepEqual(configuration[list], good[list]);
    assert.deepEqual(told(configuration), [[kind, added, 'left-out', line - 1]]);
    assert.deepEqual(configuration.setAside?.[0].staying, [changed]);
  });

  test(`${list}: what was kept once is kept as long as it takes, and then is as the file has it`, () => {
    const once = taken({ ...also, [list]: now }, former);
    const twice = takenAfter({ ...also, [list]: now }, once.entries);
    assert.deepEqual(twice, once);
    const mended = takenAfter({ ...also, [list]: [now[0], was[1]] }, twice.entries);
    assert.equal(mended.configuration.setAside, undefined);
    assert.deepEqual(mended.configuration[list], once.configuration[list]);
  });

  test(`${list}: an error elsewhere, or a list that is none, and nothing of the file counts`, () => {
    const text = yaml({ ...also, [list]: now });
    const errors = refused(text.replace('name: A,', 'name: A, colour: red,'), former);
    assert.equal(errors.length, 2, 'all errors at once');
    assert.match(errors[0], /^mta\.colour 1 /);
    assert.ok(errors[1].startsWith(`${list}[1]`), errors[1]);
    assert.equal(refused(`${also === undefined ? head : yaml(also)}${list}: 7\n`, former).length, 1);
    assert.ok(refused(`${text}  - { : ]\n`, former).length > 0, 'no YAML');
    assert.ok(refused({ ...also, [list]: [...now, was[1]] }, former).length > 0, 'two of one name');
  });
}

test('a link that has a readable name and spaces and is new is disabled: its mail waits', () => {
  const then = { links: [link('a', '/P=A/C=GB/')] };
  const fresh = link('b', '/P=B/C=GB/', ', mode: x');
  const { configuration } = taken({ links: [fresh, ...then.links] }, then);
  assert.deepEqual(
    configuration.links.map(({ name, enabled, faults }) => [name, enabled, faults?.length]),
    [
      ['a', true, undefined],
      ['b', false, 1],
    ],
  );
  assert.deepEqual(told(configuration), [['link', 'b', 'disabled', 3]]);
});

test('a disabled link whose spaces cannot be read any more stays disabled, and its mail waits', () => {
  const start = parseConfigurationAroundErrors(
    yaml({ links: [link('a', '/P=A/C=GB/', ', mode: x')] }),
    'x.yaml',
  );
  assert.ok(start.ok);
  const { configuration, entries } = takenAfter({ links: [link('a', 'nonsense')] }, start.value.entries);
  const [{ enabled, faults, addressSpaces }] = configuration.links;
  assert.deepEqual([enabled, addressSpaces[0].text], [false, '/P=A/C=GB/']);
  assert.equal(faults?.[0].key, 'links[0].addressSpaces[0].address', 'what is wrong now is said');
  const gone = takenAfter({ links: [link('b', 'nonsense')] }, entries);
  assert.deepEqual(told(gone.configuration), [
    ['link', 'b', 'left-out', 3],
    ['link', 'a', 'disabled', 3],
  ]);
  assert.equal(gone.configuration.links[0].faults?.length, 1);
});

test('a link with errors works on, though a start would disable it; that is said', () => {
  const then = { links: [link('a', '/P=A/C=GB/')] };
  const { configuration } = taken({ links: [link('a', '/P=B/C=GB/', ', mode: x')] }, then);
  assert.deepEqual(told(configuration), [['link', 'a', 'as-before', 3]]);
  assert.equal(configuration.setAside?.[0].refusesStart, false);
  assert.equal(configuration.links[0].addressSpaces[0].text, '/P=A/C=GB/');
  assert.equal(configuration.links[0].faults, undefined);
});

test('an entry without a name that can be read may be any that the file has no more', () => {
  const then = { lists: [staff('a'), staff('b'), staff('c')] };
  const { configuration } = taken({ lists: [staff('a'), staff('d').replace('name: d', 'name: 7')] }, then);
  assert.deepEqual(
    configuration.lists.map(({ name }) => name),
    ['a', 'b', 'c'],
  );
  assert.deepEqual(configuration.setAside?.[0].staying, ['b', 'c']);
  assert.equal(configuration.setAside?.[0].name, 'lists[1]');
});

const combinations: readonly [what: string, now: Lists, then: Lists, error: RegExp][] = [
  [
    'a group as it was, with a link that is gone',
    {
      links: [link('a', '/P=A/C=GB/')],
      groups: ['name: g, links: [ a ], addressSpaces: [ { address: nonsense } ]'],
    },
    { ...members, groups: [group('g', '')] },
    /^groups\[0\] 5 .*as it was before it does not fit the others: there is no link "b"; known are a$/,
  ],
  [
    'two lists of one address',
    { lists: [staff('a', 'members: [ x ]').replace('/S=a', '/S=z'), staff('b').replace('/S=b', '/S=a')] },
    { lists: [staff('a'), staff('b')] },
    /^lists\[1\]\.address 4 .*does not fit: this is the address of lists\[0\] \(as it was before\) already$/,
  ],
  [
    'callers that could not be told apart',
    { links: [link('a', '/P=A/C=GB/', ', mode: x'), link('b', '/P=B/C=GB/').replace('MTA-b', 'MTA-a')] },
    members,
    /^links\[1\]\.peer\.mta 4 .*does not fit: links\[0\] \(as it was before\) has the same peer "MTA-a"/,
  ],
];
for (const [what, now, then, error] of combinations) {
  test(`${what}: nothing is taken over`, () => {
    const errors = refused(now, then);
    assert.ok(
      errors.some((each) => error.test(each)),
      errors.join('\n'),
    );
    assert.ok(errors.length > 1, 'what is wrong in the file is told too');
    assert.ok(errors.some((each) => each.includes('nothing of this file is taken over')));
  });
}

const moves: readonly [what: string, now: Lists, then: Lists, error: RegExp][] = [
  [
    'a space that moved from a good link to one that is kept as it was',
    { links: [link('a', '/P=C/C=GB/'), link('b', '/P=A/C=GB/', ', mode: x')] },
    members,
    /^links\[1\] 4 .*\/P=A\/C=GB\/ was served before and may have been meant to be its now/,
  ],
  [
    'a space that is gone, and one that cannot be read',
    { links: [link('a', '/P=C/C=GB/'), link('b', 'nonsense')] },
    members,
    /^links\[1\] 4 .*\/P=A\/C=GB\/ was served before/,
  ],
  [
    'a user that moved to a new deliver space with an error',
    {
      deliver: [
        serve('A', 'users: [ "/S=x/P=A/C=GB/" ]'),
        'addressSpace: "/O=O/P=A/C=GB/", users: [ "/S=y/O=O/P=A/C=GB/" ], colour: red',
      ],
    },
    { deliver: [serve('A', 'users: [ "/S=x/P=A/C=GB/", "/S=y/O=O/P=A/C=GB/" ]')] },
    /^deliver\[1\] 4 .*\/S=y\/O=O\/P=A\/C=GB\/ was served before/,
  ],
  [
    'a key that is none may have been the spaces',
    {
      links: [link('a', '/P=C/C=GB/'), link('b', '/P=A/C=GB/').replace('addressSpaces', 'adressSpaces')],
    },
    members,
    /^links\[1\] 4 .*\/P=A\/C=GB\/ was served before/,
  ],
];
for (const [what, now, then, error] of moves) {
  test(`${what}: mail would be returned, so nothing is taken over`, () => {
    const errors = refused(now, then);
    assert.ok(
      errors.some((each) => error.test(each)),
      errors.join('\n'),
    );
  });
}

test('a space that goes away beside an entry that never had it is gone', () => {
  const { configuration } = taken(
    { links: [link('a', '/P=C/C=GB/'), link('b', '/P=B/C=GB/', ', mode: x')] },
    members,
  );
  const spaces = configuration.links.flatMap(({ addressSpaces }) => addressSpaces.map(({ text }) => text));
  assert.deepEqual(spaces, ['/P=C/C=GB/', '/P=B/C=GB/']);
});

test('a group goes on with the members that there are, as at a start', () => {
  const now = { links: [link('a', '/P=A/C=GB/')], groups: [group('g', ', cost: 9')] };
  const { configuration } = taken(now, { ...members, groups: [group('g', '')] });
  assert.deepEqual(
    [configuration.groups[0].links, configuration.groups[0].addressSpaces[0].cost],
    [['a'], 9],
  );
  assert.deepEqual(told(configuration), [['group', 'g', 'fewer-members', 5]]);
});

test('a file with more errors than are listed is not read further', () => {
  const wrong = Array.from({ length: 1001 }, (_, n) => redirect(`u${n}`, 'nonsense'));
  assert.equal(
    refused({ redirections: wrong }, { redirections: [redirect('a', '/S=b/C=GB/')] }).length,
    1000,
  );
});
