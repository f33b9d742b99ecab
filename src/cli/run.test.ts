// The command line with a fake MTA behind a real HTTP API: what each command prints, in both forms, and how
// it exits. No process is started; the entry and a real MTA are proven by the proofs of whole processes.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { type FakeMta, fakeMta } from '../../test/support/fake-mta.ts';
import { type FakeOperations, fakeCopy } from '../admin/fake-operations.test.ts';
import { err } from '../base/result.ts';
import { instant } from '../base/time.ts';
import { runCli } from './run.ts';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(...argv: string[]): Promise<Ran> {
  const pieces: Uint8Array[] = [];
  let errors = '';
  const code = await runCli(
    argv,
    { version: '1.2.3', startMta: async () => err('not here') },
    {
      interactive: false,
      columns: 110,
      out: async (text) => {
        pieces.push(Buffer.from(text));
      },
      err: async (text) => {
        errors += text;
      },
    },
  );
  return { code, out: Buffer.concat(pieces).toString(), err: errors };
}

const leaves = [
  'start',
  'init',
  'config check',
  'demo',
  'send',
  ...['list', 'show', 'hold', 'release', 'reroute', 'priority', 'delete', 'return', 'export'].map(
    (name) => `queue ${name}`,
  ),
  ...[
    'list',
    'show',
    'enable',
    'disable',
    'connect',
    'disconnect',
    'delay',
    'clear-delay',
    'limit',
    'unlimit',
  ].map((name) => `links ${name}`),
  'store audit',
  'store export',
  'store import',
  'store backup',
  'track',
  'route explain',
  'decode',
  'codes',
  'events list',
  'events show',
];

describe('help and usage', () => {
  for (const leaf of leaves) {
    it(`chappe ${leaf} --help has examples, --json and --config, and exits 0`, async () => {
      const { code, out } = await run(...leaf.split(' '), '--help');
      assert.equal(code, 0);
      assert.match(out, new RegExp(`Examples:\\n {2}chappe ${leaf}`));
      assert.match(out, /--json/);
      assert.match(out, /--config <file>/);
    });
  }

  for (const name of ['config', 'queue', 'links', 'store', 'route', 'events']) {
    it(`chappe ${name} --help has examples of its commands`, async () => {
      const { code, out } = await run(name, '--help');
      assert.equal(code, 0);
      assert.match(out, new RegExp(`Examples:\\n {2}chappe ${name} [a-z]+`));
    });
  }

  const wrong = [
    [],
    ['nonsense'],
    ['queue'],
    ['queue', 'nonsense'],
    ['--nonsense'],
    ['send'],
    ['send', '--from', '/C=GB/S=a/'],
    ['decode'],
    ['events', 'show'],
    ['queue', 'list', '--state', 'lost'],
    ['queue', 'list', '--limit', '0'],
    ['queue', 'hold'],
    ['queue', 'hold', '1', '--all'],
    ['queue', 'export', '1', '--json'],
    ['track', '--since', 'yesterday'],
    ['track', '--act', 'vanished'],
    ['queue', 'priority', '17'],
    ['queue', 'defer', '17'],
    ['route', 'explain', 'nobody'],
    ['decode', 'x', '--port', '0'],
  ];
  for (const argv of wrong) {
    it(`chappe ${argv.join(' ')} is wrong usage`, async () => {
      const { code, out, err: said } = await run(...argv);
      assert.equal(code, 2);
      assert.equal(out, '');
      assert.notEqual(said, '');
    });
  }

  it('says so as JSON, and nothing else, where --json is given', async () => {
    for (const argv of [['bogus'], ['queue'], ['queue', 'bogus'], ['send'], ['queue', 'hold'], ['--bogus']]) {
      const { code, out, err: said } = await run(...argv, '--json');
      assert.deepEqual([code, out], [2, ''], argv.join(' '));
      const { error, message } = JSON.parse(said);
      assert.equal(error, 'usage', argv.join(' '));
      assert.match(message, /^[^(]{10}/, argv.join(' '));
    }
  });

  it('prints the version', async () => {
    assert.deepEqual(await run('--version'), { code: 0, out: '1.2.3\n', err: '' });
  });
});

describe('commands without an MTA', () => {
  const place = mkdtempSync(join(tmpdir(), 'chappe-cli-'));
  after(() => rmSync(place, { recursive: true }));

  it('init writes a file that config check finds no error in, and does not replace one', async () => {
    const file = join(place, 'new', 'chappe.yaml');
    assert.equal((await run('init', join(place, 'new'))).code, 0);
    const checked = await run('config', 'check', '--config', file, '--json');
    assert.deepEqual(JSON.parse(checked.out), { file, valid: true, errors: [] });
    const again = await run('init', join(place, 'new'), '--json');
    assert.equal(again.code, 1);
    assert.equal(JSON.parse(again.err).error, 'conflict');
    assert.equal((await run('init', join(place, 'new'), '--force')).code, 0);
  });

  it('config check lists every error with its line on standard output', async () => {
    const file = join(place, 'broken.yaml');
    writeFileSync(file, 'mta:\n  nam: x\nstore: { directory: 5 }\n');
    const { code, out } = await run('config', 'check', '--config', file);
    assert.equal(code, 1);
    assert.match(out, new RegExp(`${file}:2:3: mta.nam: there is no such key; did you mean name\\?`));
    assert.match(out, /broken.yaml:3:\d+: store.directory: /);
    assert.match(out, /an MTA does not start on this, nor would a reload take it over\n4 errors\n$/);
    const { errors } = JSON.parse((await run('config', 'check', '--config', file, '--json')).out);
    assert.equal(errors.length, 4);
    assert.deepEqual(Object.keys(errors[0]), ['file', 'line', 'column', 'key', 'message']);
  });

  it('events are listed and shown', async () => {
    const { out } = await run('events', 'list', '--json');
    const events: { event: number; name: string }[] = JSON.parse(out);
    assert.ok(events.some(({ event, name }) => event === 9215 && name === 'connect-failed'));
    assert.equal(JSON.parse((await run('events', 'show', '51', '--json')).out).name, 'inbound-unknown-peer');
    assert.match((await run('events', 'show', 'no-route')).out, /^event\s+142\n/);
    assert.equal((await run('events', 'show', '12345')).code, 1);
  });

  it('without a running MTA a command says where none answers, and fails', async () => {
    const file = join(place, 'stopped.yaml');
    writeFileSync(
      file,
      `mta: { name: M, domain: { country: GB, prmd: M } }
admin: { port: 1 }
store: { directory: s }
links: [ { name: l, peer: { mta: X }, addressSpaces: [ { address: "/P=X/A= /C=GB/" } ] } ]
`,
    );
    const listed = await run('queue', 'list', '--config', file);
    assert.equal(listed.code, 1);
    assert.match(listed.err, /no MTA answers at http:\/\/127\.0\.0\.1:1 \(from .*stopped\.yaml\)/);
    const explained = await run('route', 'explain', '/S=a/P=X/A= /C=GB/', '--config', file, '--json');
    assert.equal(explained.code, 0);
    const { source, nextHop } = JSON.parse(explained.out);
    assert.deepEqual({ source, nextHop }, { source: 'configuration', nextHop: 'link/l' });
  });
});

describe('commands to a running MTA', () => {
  const place = mkdtempSync(join(tmpdir(), 'chappe-cli-'));
  const file = join(place, 'chappe.yaml');
  let operations: FakeOperations;
  let fake: FakeMta;
  const mta = (...argv: string[]) => run(...argv, '--config', file);

  before(async () => {
    fake = await fakeMta(file);
    operations = fake.operations;
    operations.copies.push(fakeCopy(1, 100), fakeCopy(2, 100), fakeCopy(3, 101));
  });
  after(() => fake.end());

  const from = ['--from', '/S=a/P=M/A= /C=GB/'];
  const to = ['--to', '/S=b/P=M/A= /C=GB/'];

  it('send prints each MTS identifier, one a line or as an array of objects', async () => {
    const text = await mta('send', ...from, ...to, '--text', 'x', '--count', '2', '--request-report');
    assert.deepEqual(text, { code: 0, out: '/P=A/A= /C=GB/;0\n/P=A/A= /C=GB/;1\n', err: '' });
    const json = await mta('send', ...from, ...to, ...to, '--text', 'x', '--no-report', '--json');
    assert.deepEqual(JSON.parse(json.out), [{ mtsIdentifier: '/P=A/A= /C=GB/;0' }]);
    const [first, second] = operations.submitted;
    assert.equal(first.request.report, 'report');
    assert.equal(second.request.report, 'no-report');
    assert.equal(second.request.to.length, 2);
  });

  it('send takes every option of the contract', async () => {
    const content = join(place, 'content');
    writeFileSync(content, Buffer.from([0x30, 0x0a, 0x00, 0xff]));
    const options = [
      '--content-type',
      '2.6.1.10.0',
      '--priority',
      'urgent',
      '--deferred',
      '2031-01-01T00:00:00Z',
    ];
    await mta('send', ...from, ...to, '--content', content, ...options, '--latest', '2031-02-01T00:00:00Z');
    const { request } = operations.submitted.at(-1) ?? assert.fail();
    assert.deepEqual(Buffer.from(request.content ?? []), readFileSync(content));
    assert.equal(request.contentType, '2.6.1.10.0');
    assert.equal(request.priority, 'urgent');
    assert.equal(request.report, 'non-delivery-report');
    assert.equal(request.deferred, Date.UTC(2031, 0, 1));
    assert.equal(request.latest, Date.UTC(2031, 1, 1));
    await mta('send', ...from, ...to, '--probe', '--content-length', '5000');
    assert.equal(operations.submitted.at(-1)?.request.contentLength, 5000);
    assert.equal(operations.submitted.at(-1)?.request.probe, true);
    const conversion = ['--implicit-conversion-prohibited', '--conversion-with-loss-prohibited'];
    const asked = ['--explicit-conversion', 'teletex-to-ia5-text'];
    await mta('send', ...from, ...to, '--text', 'x', ...conversion, ...asked);
    const { request: converted } = operations.submitted.at(-1) ?? assert.fail();
    const { implicitConversionProhibited: first, conversionWithLossProhibited: second } = converted;
    assert.deepEqual([first, second, converted.explicitConversion], [true, true, 'teletex-to-ia5-text']);
  });

  it('send refuses what cannot be meant', async () => {
    for (const options of [
      [],
      ['--text', 'x', '--content', 'y'],
      ['--text', 'x', '--probe'],
      ['--content', 'x', '--subject', 'y'],
      ['--text', 'x', '--content-length', '5'],
      ['--text', 'x', '--priority', 'high'],
      ['--text', 'x', '--count', '0'],
      ['--text', 'x', '--deferred', 'tomorrow'],
      ['--text', 'x', '--request-report', '--no-report'],
      ['--probe', '--content-type', 'p22'],
      ['--text', 'x', '--to', 'nobody'],
      ['--text', 'x', '--explicit-conversion', 'ia5-to-morse'],
    ]) {
      assert.equal((await mta('send', ...from, ...to, ...options)).code, 2, options.join(' '));
    }
    assert.equal((await mta('send', ...from, ...to, '--content', '/nowhere/at/all')).code, 1);
  });

  it('queue list --json is an array of messages with their copies', async () => {
    const messages = JSON.parse((await mta('queue', 'list', '--json')).out);
    assert.deepEqual(
      messages.map((message: { mtsIdentifier: string; copies: unknown[] }) => [
        message.mtsIdentifier,
        message.copies.length,
      ]),
      [
        ['/P=A/A= /C=GB/;100', 2],
        ['/P=A/A= /C=GB/;101', 1],
      ],
    );
    assert.equal((await mta('queue', 'list', '--link', 'odd')).out.trimEnd().split('\n').length, 3);
    assert.match((await mta('queue', 'show', '3')).out, /\/P=A\/A= \/C=GB\/;101/);
    assert.equal((await mta('queue', 'show', '99')).code, 1);
    // RT-K4: retries and expiry are separate clocks, both to be seen of each message.
    const shown = (await mta('queue', 'show', '1')).out;
    assert.match(shown, /expires\s+1970-01-01T00:00:02/);
    assert.match(shown, /attempts\s+0 \(alternates after 2\)/);
    assert.match(shown, /link\s+retrying, 7 of 144 calls failed, called again at 1970-01-01T00:00:05/);
    const [json] = JSON.parse((await mta('queue', 'show', '1', '--json')).out);
    assert.equal(json.copies[0].link.openRetries, 144);
  });

  it('queue commands name copies, messages, or all that a search finds', async () => {
    assert.equal((await mta('queue', 'hold', '/P=A/A= /C=GB/;100')).out, 'copy 1: done\ncopy 2: done\n');
    await mta('queue', 'reroute', '--link', 'odd', '--via', 'even');
    assert.deepEqual(operations.commands.at(-1), {
      copies: [1, 3],
      command: { kind: 'reroute', link: 'even' },
    });
    await mta('queue', 'return', '--all');
    assert.deepEqual(operations.commands.at(-1), { copies: [1, 2, 3], command: { kind: 'return' } });
    assert.equal((await mta('queue', 'delete', '--link', 'none')).code, 1);
  });

  it('queue export writes the octets of one copy', async () => {
    assert.equal((await mta('queue', 'export', '1')).out, '\x01\x02\x03');
    const target = join(place, 'out.ber');
    const exported = await mta('queue', 'export', '1', '--output', target, '--json');
    assert.equal(JSON.parse(exported.out).copy, 1);
    assert.deepEqual([...readFileSync(target)], [1, 2, 3]);
    assert.match((await mta('queue', 'export', '/P=A/A= /C=GB/;100')).err, /2 copies/);
  });

  it('links and tracking', async () => {
    assert.equal(JSON.parse((await mta('links', 'list', '--json')).out)[0].name, 'odd');
    assert.match((await mta('links', 'show', 'odd')).out, /last error\s+refused/);
    const shown = (await mta('links', 'show', 'odd')).out;
    assert.match(shown, /schedule\s+times: it is not called until 1970-01-01T00:00:06/);
    assert.match(shown, /waits\s+for the hours of its schedule/);
    assert.equal((await mta('links', 'connect', 'odd')).code, 0);
    assert.equal((await mta('links', 'disable', 'odd', '--inbound')).code, 0);
    assert.equal((await mta('links', 'disable', 'odd', '--inbound', '--outbound')).code, 2);
    assert.equal((await mta('links', 'delay', 'odd')).code, 2);
    assert.equal((await mta('links', 'delay', 'odd', '--for', '5 parsecs')).code, 1);
    const until = '2031-01-31T18:00:00Z';
    await mta('links', 'limit', 'odd', '--priorities', 'urgent', 'normal', '--until', until);
    assert.deepEqual(operations.linkCommands, [
      { kind: 'connect' },
      { kind: 'disable', direction: 'in' },
      {
        kind: 'limit',
        limit: { priorities: ['urgent', 'normal'], from: undefined, until: Date.parse(until) },
      },
    ]);
    assert.equal((await mta('links', 'show', 'none')).code, 1);
    assert.equal((await mta('track', '--json')).out, '[]\n');
    await tracked();
    assert.equal((await run('--config', file, 'links', 'list')).code, 0);
  });

  /** What `track` prints page by page is one answer, and where it ends it says how to go on. */
  async function tracked(): Promise<void> {
    const tracking = Array.from({ length: 12 }, (_, n) => ({
      at: instant(1_700_000_000_000 + 1000 * Math.floor(n / 5)),
      act: 'held' as const,
      mtsIdentifier: `/P=A/;${n}`,
      kind: 'message' as const,
      originator: '/S=a/',
      recipients: ['/S=b/'],
      detail: { n },
    }));
    await operations.store.commit({ tracking });
    const numbers = (out: string) => JSON.parse(out).map(({ detail }: { detail: { n: number } }) => detail.n);
    const all = await mta('track', '--json');
    assert.deepEqual([numbers(all.out), all.err], [tracking.map((_, n) => n), '']);
    const some = await mta('track', '--limit', '7', '--json');
    assert.deepEqual(numbers(some.out), [0, 1, 2, 3, 4, 5, 6]);
    const [, since, skip] =
      /first 7 records; there are more: .*--since (\S+) --skip (\d+)/.exec(some.err) ?? [];
    const rest = await mta('track', '--since', since ?? '', '--skip', skip ?? '', '--limit', '5', '--json');
    assert.deepEqual([numbers(rest.out), rest.err], [[7, 8, 9, 10, 11], '']);
    const text = await mta('track', '--limit', '2');
    assert.match(text.out, /^\/P=A\/;0\n {2}message, from \/S=a\/\n[\s\S]*\n\n\/P=A\/;1\n/);
    assert.match((await mta('track', '--id', 'none')).out, /nothing is known of such a message/);
  }

  it('a wrong token is said to be one', async () => {
    writeFileSync(join(place, 's', 'admin.token'), `${'0'.repeat(64)}\n`);
    const { code, err: said } = await mta('links', 'list');
    assert.equal(code, 1);
    assert.match(said, /does not take the token of .*admin\.token/);
  });
});
