// Whole configuration files, good and broken: every error at once, each with its place.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import fc from 'fast-check';

import {
  type Configuration,
  defaultConfiguration,
  formatConfigurationError,
  loadConfiguration,
  parseConfiguration,
  starterConfiguration,
} from './index.ts';

const contract = `mta:
  name: MTA-A
  domain: { country: GB, admd: " ", prmd: SITE-A }
listen: [ { address: 127.0.0.1, port: 10102 } ]
admin:  { address: 127.0.0.1, port: 10480 }
store:  { directory: ./data/a }
links:
  - name: site-b
    peer: { mta: MTA-B, password: b-secret, address: 127.0.0.1, port: 10103 }
    credentials: { mta: MTA-A, password: a-secret }
    mode: normal
    selectors: { local: { transport: X400 }, remote: { transport: "hex:3539" } }
    addressSpaces: [ { address: "/P=SITE-B/A= /C=GB/", cost: 10 } ]
    sameDomain: false
    enabled: true
    retry: { openInterval: 600s, openRetries: 144, transferInterval: 120s, transferRetries: 2 }
    rts: { checkpoint: 30KiB, window: 5, recoveryTimeout: 60s, dialogue: any }
    associations: { max: 10, threshold: 50, lifetime: 300s, disconnect: 120s }
deliver:
  - addressSpace: "/P=SITE-A/A= /C=GB/"
    users: any
    directory: ./data/a/delivered
`;

function good(text: string): Configuration {
  const read = parseConfiguration(text, 'chappe.yaml');
  if (!read.ok) assert.fail(read.error.map(formatConfigurationError).join('\n'));
  return read.value;
}

function complaints(text: string): readonly string[] {
  const read = parseConfiguration(text, 'x.yaml');
  return read.ok ? [] : read.error.map(formatConfigurationError);
}

/** The contract's file with the line of `key` replaced. */
function with_(line: RegExp, replacement: string): string {
  const changed = contract.replace(line, replacement);
  assert.notEqual(changed, contract);
  return changed;
}

test('a whole file is read: durations in milliseconds, sizes in octets, selectors as octets', () => {
  const read = good(contract);
  const [link] = read.links;
  assert.equal(link.retry.openInterval, 600_000);
  assert.equal(link.rts.checkpoint, 30 * 1024);
  assert.deepEqual(link.selectors.local, { transport: new Uint8Array([0x58, 0x34, 0x30, 0x30]) });
  assert.deepEqual(link.selectors.remote, { transport: new Uint8Array([0x35, 0x39]) });
  assert.equal(link.addressSpaces[0].space.text, '/P=SITE-B/A= /C=GB/');
  assert.equal(link.addressSpaces[0].cost, 10);
  assert.equal(read.deliver[0].name, '/P=SITE-A/A= /C=GB/');
  assert.ok(Object.isFrozen(link) && Object.isFrozen(link.retry) && Object.isFrozen(read.links));
});

test('any key left out has its default: those of the old MTA', () => {
  const read = good(`mta: { name: A, domain: { country: GB } }
store: { directory: d }
links: [ { name: b, peer: { mta: B } } ]
`);
  const [link] = read.links;
  assert.deepEqual(
    { ...link.retry },
    {
      openInterval: 600_000,
      backoff: 'fixed',
      openIntervalFirst: 10_000,
      openRetries: 144,
      transferInterval: 120_000,
      transferRetries: 2,
    },
  );
  assert.deepEqual(
    { ...link.associations },
    { max: 10, threshold: 50, lifetime: 300_000, disconnect: 120_000 },
  );
  assert.equal(link.rts.checkpoint, 30 * 1024);
  assert.equal(link.rts.window, 5);
  assert.equal(link.rts.recoveryTimeout, 60_000);
  assert.equal(link.rts.dialogue, 'any');
  assert.equal(link.mode, 'normal');
  assert.equal(link.enabled, true);
  assert.equal(link.credentials.mta, 'A');
  assert.equal(link.peer.address, undefined);
  assert.deepEqual({ ...read.mta.expiry }, { urgent: 2 * 864e5, normal: 7 * 864e5, nonUrgent: 10 * 864e5 });
  assert.deepEqual(
    [...read.listen].map((each) => each.port),
    [10102],
  );
});

test('every error is listed at once, with its line and column, in the order of the file', () => {
  const broken = `mta:
  nam: MTA-A
  domain: { country: GBR, admd: " ", prmd: 123 }
listen: [ { address: 127.0.0.1, port: 10480 } ]
admin:  { address: 127.0.0.1, port: 10480 }
links:
  - name: site-b
    peer: { mta: MTA-B, password: 12345, adress: 127.0.0.1, port: 99999 }
    selectors: { local: { transport: 0591 } }
    retry: { openInterval: 600, openRetrys: 3 }
    rts: { checkpoint: 30 }
    addressSpaces: [ { address: "P=SITE-B;XX=3" } ]
  - name: site-b
    peer: { mta: MTA-B }
  - name: site-c
    peer: { mta: MTA-B }
    mode: normall
deliver:
  - addressSpace: "/P=SITE-A/A= /C=GB/"
    users: [ "/S=x/P=SITE-B/A= /C=GB/", 5 ]
    directory: ./x
`;
  const found = complaints(broken);
  const wanted = [
    /^x\.yaml:2:3: mta\.name: this key is required/,
    /^x\.yaml:2:3: mta\.nam: there is no such key; did you mean name\?/,
    /^x\.yaml:3:\d+: mta\.domain\.country: only two letters or three digits/,
    /^x\.yaml:3:\d+: mta\.domain\.prmd: 123 .*"123"/,
    /^x\.yaml:5:\d+: admin\.port: port 10480 .* listen\[0\]/,
    /^x\.yaml:8:\d+: links\[0\]\.peer\.password: .*put it in quotes, "12345"/,
    /^x\.yaml:8:\d+: links\[0\]\.peer\.adress: .*did you mean address\?/,
    /^x\.yaml:8:\d+: links\[0\]\.peer\.port: 99999 is not from 1 to 65535/,
    /^x\.yaml:9:\d+: links\[0\]\.selectors\.local\.transport: .*put it in quotes, "0591"/,
    /^x\.yaml:10:\d+: links\[0\]\.retry\.openInterval: 600 is no duration/,
    /^x\.yaml:10:\d+: links\[0\]\.retry\.openRetrys: .*did you mean openRetries\?/,
    /^x\.yaml:11:\d+: links\[0\]\.rts\.checkpoint: .*30KiB/,
    /^x\.yaml:12:\d+: links\[0\]\.addressSpaces\[0\]\.address: .*"XX" is no label/,
    /^x\.yaml:13:\d+: links\[1\]\.name: "site-b" is already the name of links\[0\]/,
    /^x\.yaml:14:\d+: links\[1\]\.peer\.mta: links\[0\] has the same peer/,
    /^x\.yaml:17:\d+: links\[2\]\.mode: "normall" is not one of normal, x410-1988, x410-1984/,
    /^x\.yaml:20:\d+: deliver\[0\]\.users\[0\]: .*not inside/,
    /^x\.yaml:20:\d+: deliver\[0\]\.users\[1\]: .*put it in quotes/,
  ];
  for (const pattern of wanted) {
    assert.ok(
      found.some((line) => pattern.test(line)),
      `${pattern} in\n${found.join('\n')}`,
    );
  }
  const lines = found.map((line) => Number(line.split(':')[1]));
  assert.deepEqual(
    lines,
    [...lines].sort((a, b) => a - b),
  );
});

test('two links may share a peer where mode or selectors tell them apart', () => {
  const second = (keys: string) =>
    contract.replace('deliver:', `  - { name: two, peer: { mta: MTA-B }${keys} }\ndeliver:`);
  assert.deepEqual(complaints(second('')), []);
  assert.deepEqual(complaints(second(', mode: x410-1988')), []);
  assert.match(
    complaints(
      second(', selectors: { local: { transport: "hex:58343030" }, remote: { transport: "59" } }'),
    ).join(),
    /could not be told apart/,
  );
});

test('contents become P2 for MTAs of 1984 alone', () => {
  const asked = (mode: string) => with_(/mode: normal\n/, `mode: ${mode}\n    contentDowngrade: p2\n`);
  assert.match(complaints(asked('normal')).join(), /links\[0\]\.contentDowngrade: .*set mode: x410-1984/);
  assert.doesNotMatch(complaints(asked('x410-1984')).join(), /contentDowngrade/);
});

test('what texts become is among what is taken, on links and where mail is delivered', () => {
  const asked = (conversion: string) =>
    with_(/mode: normal\n/, `mode: normal\n    conversion: ${conversion}\n`);
  assert.deepEqual(complaints(asked('{ accepts: [ia5, t61], text: t61 }')), []);
  assert.deepEqual(complaints(asked('{ accepts: [ia5] }')), []);
  assert.deepEqual(complaints(asked('{ others: false }')), []);
  const foreign = complaints(asked('{ accepts: [ia5], text: t61 }')).join();
  assert.match(foreign, /links\[0\]\.conversion\.text: .*add t61 to `accepts`/);
  assert.match(complaints(asked('{ text: ia5 }')).join(), /conversion\.text: .*`accepts` is empty/);
});

test('X.410 mode has no presentation selector', () => {
  const text = with_(
    /mode: normal\n {4}selectors: .*/,
    'mode: x410-1984\n    selectors: { local: { presentation: p } }',
  );
  assert.match(
    complaints(text).join(),
    /:12:\d+: links\[0\]\.selectors\.local\.presentation: mode x410-1984 has no/,
  );
});

test('a duration or size is told from a number without its unit, and its bounds are kept', () => {
  for (const [written, ok] of [
    ['500ms', true],
    ['2m', true],
    ['1h', true],
    ['600', false],
    ['600 seconds', false],
    ['-1s', false],
    ['2d', false],
  ] as const) {
    assert.equal(
      complaints(with_(/openInterval: 600s/, `openInterval: ${written}`)).length === 0,
      ok,
      written,
    );
  }
  assert.equal(good(with_(/checkpoint: 30KiB/, 'checkpoint: 0')).links[0].rts.checkpoint, 0);
  assert.equal(good(with_(/checkpoint: 30KiB/, 'checkpoint: 1MiB')).links[0].rts.checkpoint, 1024 * 1024);
});

test('broken YAML, duplicate keys and nothing at all are errors with a place', () => {
  assert.match(complaints('a: [').join(), /^x\.yaml:1:\d+:/);
  assert.match(complaints(`${contract}mta: {}\n`).join('\n'), /^x\.yaml:\d+:\d+: this key is given twice/m);
  assert.match(complaints('').join(), /^x\.yaml: mta: this key is required/);
  assert.match(complaints('- a').join(), /a group of keys \(mta, /);
});

test('a file is found by its path, and its relative paths start at its directory', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-config-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'chappe.yaml');
  const absent = loadConfiguration(file);
  assert.ok(!absent.ok && /there is no such file/.test(formatConfigurationError(absent.error[0])));
  writeFileSync(file, contract);
  const read = loadConfiguration(file);
  assert.ok(read.ok);
  assert.equal(read.value.store.directory, join(directory, 'data/a'));
  assert.equal(read.value.admin.tokenFile, join(directory, 'data/a/admin.token'));
  assert.equal(read.value.deliver[0].directory, join(directory, 'data/a/delivered'));
  assert.equal(read.value.file, file);
});

test('the built-in configuration and the starter file have no error', () => {
  assert.equal(defaultConfiguration().listen[0].port, 10102);
  assert.equal(good(starterConfiguration()).links[0].enabled, false);
});

test('no text whatever makes it throw', () => {
  const texts = fc.oneof(
    fc.string(),
    fc.json(),
    fc.nat(contract.length).map((at) => contract.slice(0, at)),
    fc
      .tuple(fc.nat(contract.length), fc.string({ maxLength: 4 }))
      .map(([at, junk]) => contract.slice(0, at) + junk + contract.slice(at + 1)),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const read = parseConfiguration(text, 'x');
      assert.ok(read.ok || read.error.length > 0);
    }),
    { numRuns: 300 },
  );
});

test('aliases cannot blow a small file up', () => {
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]'];
  for (let index = 0; index < 12; index += 1) {
    const [now, before] = [String.fromCharCode(98 + index), String.fromCharCode(97 + index)];
    bomb.push(`${now}: &${now} [${Array.from({ length: 9 }, () => `*${before}`).join(',')}]`);
  }
  const read = parseConfiguration(bomb.join('\n'), 'x');
  assert.ok(!read.ok);
});

test('groups without end, and keys that are groups, cost no more than an error', () => {
  for (const text of [
    '{'.repeat(200),
    '['.repeat(5000),
    '? {a: 1}\n: 2\n',
    '{{a: 1}: 2}',
    '- '.repeat(3000),
  ]) {
    const parsed = parseConfiguration(text, 'deep.yaml');
    assert.ok(!parsed.ok && parsed.error.length > 0, text.slice(0, 20));
  }
  const parsed = parseConfiguration('mta: { {a: 1}: 2 }', 'key.yaml');
  assert.ok(!parsed.ok && parsed.error.some(({ message }) => /single word/.test(message)));
});
