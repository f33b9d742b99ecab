// chappe store export and import: without an MTA on a store's directory, and by the HTTP API of one. What is
// printed, how it exits, which files there are.

import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { fakeOperations } from '../admin/fake-operations.test.ts';
import { EventCounters, startAdminServer } from '../admin/index.ts';
import { err } from '../base/result.ts';
import { instant } from '../base/time.ts';
import { loadConfiguration } from '../config/index.ts';
import { type NewMessage, openSqliteStore, type Store } from '../store/index.ts';
import { announceAddress } from './local-mta.ts';
import { runCli } from './run.ts';

const place = mkdtempSync(join(tmpdir(), 'chappe-archive-'));
after(() => rmSync(place, { recursive: true }));

async function run(...argv: string[]) {
  let [out, errors] = ['', ''];
  const code = await runCli(
    argv,
    { version: '1.2.3', startMta: async () => err('not here') },
    {
      interactive: false,
      columns: 110,
      out: async (text) => {
        out += text;
      },
      err: async (text) => {
        errors += text;
      },
    },
  );
  return { code, out, err: errors };
}

function site(name: string): { file: string; directory: string } {
  const file = join(place, `${name}.yaml`);
  const directory = join(place, name);
  writeFileSync(
    file,
    `mta: { name: MTA-${name}, domain: { country: GB, prmd: M } }
admin: { port: 0 }
store: { directory: ${directory} }
links: [ { name: l, peer: { mta: X }, addressSpaces: [ { address: "/P=X/A= /C=GB/" } ] } ]
`,
  );
  return { file, directory };
}

function messageTo(number: number, link = 'l'): NewMessage {
  return {
    kind: 'message',
    mtsIdentifier: `/P=M/A= /C=GB/;${number}`,
    priority: 'normal',
    originator: '/S=a/P=M/A= /C=GB/',
    recipients: [`/S=b${number}/P=X/A= /C=GB/`],
    contentLength: 100_000,
    acceptedAt: instant(1_700_000_000_000 + number),
    expiresAt: instant(1_900_000_000_000),
    envelope: Buffer.from(`envelope ${number}`),
    content: { kind: 'inline', octets: Buffer.alloc(100_000, number) },
    copies: [{ nextHop: `link/${link}`, recipients: [0] }],
  };
}

async function filled(directory: string, count: number): Promise<void> {
  const store = await openSqliteStore({ directory });
  const create = Array.from({ length: count }, (_, number) => messageTo(number, number === 0 ? 'k' : 'l'));
  assert.ok((await store.commit({ create })).ok);
  await store.close();
}

async function identifiers(directory: string): Promise<string[]> {
  const store: Store = await openSqliteStore({ directory });
  const found = (await store.list({})).map(({ mtsIdentifier, state }) => `${mtsIdentifier} ${state}`);
  await store.close();
  return found;
}

test('without an MTA a queue moves from one directory to another, once', async () => {
  const [a, b] = [site('A'), site('B')];
  mkdirSync(a.directory);
  await filled(a.directory, 3);
  const archive = join(place, 'queue.chappe');
  const exported = await run('store', 'export', archive, '--remove', '--config', a.file, '--json');
  assert.deepEqual([exported.code, exported.err], [0, '']);
  const { messages, removed, notRemoved } = JSON.parse(exported.out);
  assert.deepEqual([messages, removed, notRemoved], [3, 3, []]);
  assert.deepEqual(await identifiers(a.directory), []);
  const dry = await run('store', 'import', archive, '--dry-run', '--config', b.file);
  assert.equal(dry.code, 0);
  assert.match(dry.out, /would be taken\s+3 messages \(3 copies\)/);
  const taken = await run('store', 'import', archive, '--hold', '--config', b.file);
  assert.match(taken.out, /from\s+MTA-A\ntaken\s+3 messages/);
  const waiting = [0, 1, 2].map((number) => `/P=M/A= /C=GB/;${number} held`);
  assert.deepEqual(await identifiers(b.directory), waiting);
  const again = JSON.parse((await run('store', 'import', archive, '--config', b.file, '--json')).out);
  assert.deepEqual([again.messages, again.duplicates, again.complete], [0, 3, true]);
  assert.deepEqual(await identifiers(b.directory), waiting);
  const audited = await run('store', 'audit', '--config', b.file);
  assert.equal(audited.code, 0);
});

test('an archive that exists is not replaced; one that is cut off is said so and exits 1', async () => {
  const [a, b] = [site('C'), site('D')];
  await filled(a.directory, 2);
  const archive = join(place, 'cut.chappe');
  assert.equal((await run('store', 'export', archive, '--link', 'l', '--config', a.file)).code, 0);
  const whole = readFileSync(archive);
  const refused = await run('store', 'export', archive, '--config', a.file, '--json');
  assert.deepEqual([refused.code, JSON.parse(refused.err).error], [1, 'exists']);
  assert.deepEqual(readFileSync(archive), whole);
  assert.ok(!existsSync(`${archive}.partial`));
  writeFileSync(archive, whole.subarray(0, whole.length - 40));
  const cut = await run('store', 'import', archive, '--config', b.file);
  assert.equal(cut.code, 1);
  assert.match(cut.out, /NOT WHOLE/);
  assert.match(cut.out, /taken\s+1 messages/);
  const none = await run('store', 'import', a.file, '--config', b.file);
  assert.equal(none.code, 1);
  assert.match(none.out, /no archive of messages/);
});

test('an export from a directory without a store is no empty archive, and makes nothing', async () => {
  const nowhere = site('NOWHERE');
  const archive = join(place, 'nothing.chappe');
  for (const prepare of [() => undefined, () => mkdirSync(nowhere.directory)]) {
    prepare();
    const { code, out, err: told } = await run('store', 'export', archive, '--config', nowhere.file);
    assert.deepEqual([code, out], [1, '']);
    assert.ok(told.includes(`${nowhere.directory} cannot be opened (inaccessible): there is no store in it`));
    assert.ok(!existsSync(archive) && !existsSync(`${archive}.partial`));
  }
  assert.deepEqual(readdirSync(nowhere.directory), []);
});

test('a backup is a store that opens, and does not replace anything', async () => {
  const a = site('F');
  await filled(a.directory, 2);
  const target = join(place, 'backup');
  const made = await run('store', 'backup', target, '--config', a.file, '--json');
  assert.deepEqual([made.code, JSON.parse(made.out).spools], [0, 2]);
  assert.deepEqual(await identifiers(target), await identifiers(a.directory));
  const again = await run('store', 'backup', target, '--config', a.file);
  assert.equal(again.code, 1);
  assert.match(again.err, /is not empty/);
});

test('with an MTA its API gives and takes the archive', async () => {
  const running = site('E');
  const operations = fakeOperations();
  const loaded = loadConfiguration(running.file);
  assert.ok(loaded.ok);
  mkdirSync(running.directory, { recursive: true });
  const server = await startAdminServer({
    address: '127.0.0.1',
    port: 0,
    openMetrics: false,
    tokenFile: loaded.value.admin.tokenFile,
    version: '1',
    operations,
    counters: new EventCounters(),
    emit: () => undefined,
    now: () => instant(0),
  });
  assert.ok(server.ok);
  const forget = announceAddress(loaded.value, server.value);
  try {
    await operations.store.commit({ create: [messageTo(1), messageTo(2)] });
    const archive = join(place, 'running.chappe');
    const wanted = ['--to', 'S=B2', '--remove', '--config', running.file, '--json'];
    const { out, code } = await run('store', 'export', archive, ...wanted);
    assert.deepEqual([code, JSON.parse(out).removed], [0, 1]);
    assert.deepEqual((await operations.store.list({})).length, 1);
    const taken = await run('store', 'import', archive, '--config', running.file, '--json');
    assert.deepEqual([taken.code, JSON.parse(taken.out).messages], [0, 1]);
    assert.deepEqual((await operations.store.list({})).length, 2);
  } finally {
    forget();
    await server.value.close();
  }
});
