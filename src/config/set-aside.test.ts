// Which errors a configuration can do without, and what it is then.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { type Configuration, parseConfiguration, parseConfigurationAroundErrors } from './index.ts';

const frame = 'mta: { name: A, domain: { country: GB } }\n';
const good = `  - name: good
    peer: { mta: MTA-G, address: 192.0.2.1 }
    addressSpaces: [ { address: "/P=G/A= /C=GB/" } ]
`;
const bad = `  - name: bad
    peer: { mta: MTA-B, address: 192.0.2.2 }
    addressSpaces: [ { address: "/P=B/A= /C=GB/", cost: 7 } ]
`;

/** Both links, `more` being further keys of the bad one, behind it. */
function both(more: string, before = ''): string {
  return `${frame}${before}links:\n${bad}${more}${good}`;
}

function around(text: string): Configuration {
  const read = parseConfigurationAroundErrors(text, 'x.yaml');
  assert.ok(read.ok, JSON.stringify(read));
  return read.value.configuration;
}

/** Neither the strict reading nor the other one takes it, and both say the same. */
function refused(text: string): readonly string[] {
  const [strict, other] = [
    parseConfiguration(text, 'x.yaml'),
    parseConfigurationAroundErrors(text, 'x.yaml'),
  ];
  assert.ok(!strict.ok && !other.ok);
  assert.deepEqual(other.error, strict.error);
  return strict.error.map(({ key }) => key);
}

test('without errors it is what it always is', () => {
  assert.deepEqual(around(both('')), parseOf(both('')));
  assert.equal('setAside' in around(both('')), false);
});

function parseOf(text: string): Configuration {
  const read = parseConfiguration(text, 'x.yaml');
  assert.ok(read.ok);
  return read.value;
}

const wrongInALink: readonly (readonly [what: string, more: string, key: string])[] = [
  ['a value out of bounds', '    rts: { window: 0 }\n', 'links[0].rts.window'],
  ['a key that there is not', '    colour: red\n', 'links[0].colour'],
  ['a group of keys that is none', '    retry: soon\n', 'links[0].retry'],
  [
    'a restriction that there is not',
    '    restrictions: { priorities: [ urgnt ] }\n',
    'links[0].restrictions.priorities[0]',
  ],
  ['keys that contradict each other', '    schedule: { style: times }\n', 'links[0].schedule.style'],
  ['TLS that trusts anybody', '    tls: {}\n', 'links[0].tls'],
];
for (const [what, more, key] of wrongInALink) {
  test(`${what} disables its link, and nothing else`, () => {
    const text = both(more);
    assert.ok(!parseConfiguration(text, 'x.yaml').ok, 'it is an error all the same');
    const { links, setAside } = around(text);
    const [first, second] = links;
    assert.deepEqual([first.name, first.enabled, first.faults], ['good', true, undefined]);
    assert.deepEqual([second.name, second.enabled], ['bad', false]);
    assert.deepEqual(
      setAside?.map(({ kind, name }) => [kind, name]),
      [['link', 'bad']],
    );
    assert.deepEqual(second.faults, setAside?.[0].errors);
    assert.deepEqual(
      second.faults?.map((error) => [error.key, error.line]),
      [[key, 6]],
    );
    assert.deepEqual(
      second.addressSpaces.map(({ text: space, cost }) => [space, cost]),
      [['/P=B/A= /C=GB/', 7]],
      'what is for it still is',
    );
    assert.equal(second.peer.address, '192.0.2.2');
  });
}

test('all errors of an entry are told together, in the order of the file', () => {
  const { setAside } = around(both('    rts: { window: 0, checkpoint: 7 }\n    mode: norml\n'));
  assert.deepEqual(
    setAside?.map(({ errors }) => errors.map(({ key }) => key)),
    [['links[0].rts.window', 'links[0].rts.checkpoint', 'links[0].mode']],
  );
});

test('a peer that cannot be read is called by nobody; what else is known of it stays', () => {
  const of = (peer: string) => {
    const text = `${frame}links:\n  - { name: bad, peer: ${peer}, addressSpaces: [] }\n${good}`;
    return around(text).links[1].peer;
  };
  assert.equal(of('{ address: 192.0.2.2 }').mta, '(unreadable)');
  assert.equal(of('{ address: 192.0.2.2 }').address, '192.0.2.2');
  assert.equal(of('{ mta: "é" }').mta, '(unreadable)');
  assert.equal(of('{ mta: M, port: 99999 }').mta, 'M');
  assert.equal(of('7').mta, '(unreadable)');
  assert.equal(of('[ 1 ]').mta, '(unreadable)');
});

test('a wrong cost, and a space that is there twice, leave the spaces known', () => {
  const spaces = (list: string) =>
    around(`${frame}links:\n  - { name: bad, peer: { mta: M }, addressSpaces: [ ${list} ] }\n`).links[0];
  const one = '{ address: "/P=B/A= /C=GB/", cost: 5000 }';
  const two = '{ address: "/P=C/A= /C=GB/", cost: 3 }';
  assert.deepEqual(
    spaces(`${one}, ${two}, ${two}`).addressSpaces.map(({ text, cost }) => [text, cost]),
    [
      ['/P=B/A= /C=GB/', 1],
      ['/P=C/A= /C=GB/', 3],
    ],
  );
});

test('where mail goes cannot be guessed: such errors are not done without', () => {
  const link = (keys: string) => refused(`${frame}links:\n${good}  - { ${keys} }\n`);
  assert.deepEqual(link('name: b, peer: { mta: M }, addressSpaces: [ { address: nonsense } ]'), [
    'links[1].addressSpaces[0].address',
  ]);
  assert.deepEqual(link('name: b, peer: { mta: M }, addressSpaces: [ { adress: "/C=GB/" } ]').length, 2);
  assert.deepEqual(link('name: b, peer: { mta: M }, addressSpaces: all'), ['links[1].addressSpaces']);
  assert.deepEqual(link('name: b, peer: { mta: M }, adressSpaces: [ { address: "/C=GB/" } ]'), [
    'links[1].adressSpaces',
  ]);
  assert.deepEqual(link('name: b, peer: { mta: M, addressSpaces: [ { address: "/C=GB/" } ] }'), [
    'links[1].peer.addressSpaces',
  ]);
  assert.deepEqual(link('name: "b c", peer: { mta: M }, mode: x'), ['links[1].name', 'links[1].mode']);
  assert.deepEqual(link('peer: { mta: M }'), ['links[1].name']);
  assert.deepEqual(link('name: good, peer: { mta: M }'), ['links[1].name'], 'two of one name');
});

test('errors elsewhere are not done without, and are listed with those of links', () => {
  const more = '    rts: { window: 0 }\n';
  assert.deepEqual(refused(both(more, 'store: { directry: x }\n')), [
    'store.directry',
    'links[0].rts.window',
  ]);
  assert.deepEqual(refused(`${both(more)}deliver: [ { directory: x } ]\n`), [
    'links[0].rts.window',
    'deliver[0].addressSpace',
  ]);
  assert.deepEqual(refused(`${frame}links: 7\n`), ['links']);
  assert.deepEqual(refused(`${frame}links: [ 7 ]\n`), ['links[0]']);
  assert.equal(refused(`${both(more)}    name: again\n`).length, 2, 'a key given twice');
  assert.equal(refused(`${both(more)}: : :\n\t[`).length > 0, true, 'no YAML');
});

test('of two links that callers could not tell apart the second is disabled', () => {
  const twin = '  - name: twin\n    peer: { mta: MTA-G }\n';
  const { links } = around(`${frame}links:\n${good}${twin}`);
  assert.deepEqual(
    links.map(({ name, enabled }) => [name, enabled]),
    [
      ['good', true],
      ['twin', false],
    ],
  );
});

test('a group does without a member that there is not, as long as one is left', () => {
  const group = (members: string) =>
    `groups: [ { name: g, links: ${members}, addressSpaces: [ { address: "/C=FR/" } ] } ]\n`;
  const { groups, setAside, links } = around(both('', group('[ good, gone, bad, bad ]')));
  assert.deepEqual(groups[0].links, ['good', 'bad']);
  assert.deepEqual(
    groups[0].addressSpaces.map(({ text }) => text),
    ['/C=FR/'],
  );
  assert.deepEqual(
    setAside?.map(({ kind, name, errors }) => [kind, name, errors.length]),
    [['group', 'g', 2]],
  );
  assert.ok(links.every(({ enabled }) => enabled));
  assert.deepEqual(refused(both('', group('[ gone ]'))), ['groups[0].links[0]']);
  assert.deepEqual(
    refused(both('', 'groups: [ { name: g, links: [ good, gone ], colour: red } ]\n')).length,
    2,
  );
});
