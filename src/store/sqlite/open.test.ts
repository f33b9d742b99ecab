// The SQLite adapter as a whole: who may open a directory, what damage does, and that nothing acknowledged
// is lost.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { claimed, hop, message, noon, secured, taken } from '../compliance-fixtures.ts';
import { openSqliteStore, type Store, type StoreFinding } from '../index.ts';

const childFile = fileURLToPath(new URL('./commit-storm.ts', import.meta.url));
const noWarning = '--disable-warning=ExperimentalWarning';

function directoryFor(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-store-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Starts a process that commits without end; yields what it says, line by line. */
function storm(directory: string) {
  const child = spawn(process.execPath, [noWarning, childFile, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return { child, lines: createInterface({ input: child.stdout }) };
}

test('a second store on the same directory is refused, in any process, until the first closes', async (t) => {
  const directory = directoryFor(t);
  const first = await openSqliteStore({ directory });
  const expected = {
    name: 'StoreOpenError',
    problem: 'in-use',
    message: new RegExp(`process ${process.pid} since`),
  };
  await assert.rejects(openSqliteStore({ directory }), expected);
  assert.throws(
    () => execFileSync(process.execPath, [noWarning, childFile, directory], { stdio: 'pipe' }),
    /in-use/,
  );
  await taken(first, { create: [message()] });
  await first.close();
  await (await openSqliteStore({ directory })).close();
});

test('after close everything is refused and nothing rejects', async (t) => {
  const store = await openSqliteStore({ directory: directoryFor(t) });
  const last = store.commit({ create: [message()] });
  await Promise.all([store.close(), store.close()]);
  assert.equal((await last).ok, true);
  assert.deepEqual(await store.commit({}), {
    ok: false,
    refusal: { kind: 'ended', detail: 'the store is closed' },
  });
  assert.deepEqual([await store.list({}), await store.counts(), await claimed(store)], [[], [], []]);
});

test('a file that is no database and a directory that cannot be made are refused', async (t) => {
  const directory = directoryFor(t);
  writeFileSync(join(directory, 'queue.sqlite'), 'this is not a database, however long it may be'.repeat(50));
  await assert.rejects(openSqliteStore({ directory }), { problem: 'damaged' });
  const file = join(directory, 'file');
  writeFileSync(file, '');
  await assert.rejects(openSqliteStore({ directory: join(file, 'below') }), { problem: 'inaccessible' });
});

test('a damaged message is quarantined and told once; the others flow', async (t) => {
  const directory = directoryFor(t);
  const before = await openSqliteStore({ directory });
  const [one, two, three] = [
    await secured(before, message()),
    await secured(before, message()),
    await secured(before, message()),
  ];
  await before.close();
  change(directory, `UPDATE message SET envelope = X'00' WHERE id = ${two.id}`);
  const { store, findings } = await openWatched(directory);
  assert.deepEqual(await claimed(store), [one.copy, three.copy]);
  assert.deepEqual(await claimed(store, { owner: 'two' }), []);
  assert.deepEqual(
    findings.map(({ kind, copies }) => [kind, copies]),
    [['damaged-message', [two.copy]]],
  );
  const [sick] = await store.list({ state: 'quarantined' });
  assert.equal(sick.copy, two.copy);
  assert.match(sick.lastError ?? '', /row of message \d+ is damaged/, 'what was found is its last error');
  assert.equal((await store.track({ mtsIdentifier: sick.mtsIdentifier }))[0].act, 'quarantined');
  assert.equal(await store.readContent(two.id, 0, 10), undefined);
  assert.deepEqual(
    (await store.counts()).map(({ state, copies }) => [state, copies]),
    [
      ['queued', 2],
      ['quarantined', 1],
    ],
  );
  await taken(store, { finish: [two.copy] });
  await store.close();
});

test('damaged copies are quarantined, damaged tracking is passed over', async (t) => {
  const directory = directoryFor(t);
  const before = await openSqliteStore({ directory });
  const copies = [];
  for (let n = 0; n < 4; n += 1) copies.push(await secured(before, message()));
  await taken(before, {
    tracking: [
      {
        at: noon,
        act: 'held',
        mtsIdentifier: 'x',
        kind: 'message',
        originator: '',
        recipients: [],
        detail: {},
      },
    ],
  });
  await before.close();
  change(directory, `UPDATE copy SET recipients = '[1]' WHERE id = ${copies[0].copy}`);
  change(directory, `UPDATE message SET envelope = 'text' WHERE id = ${copies[1].id}`);
  change(directory, `UPDATE copy SET attempts = 9223372036854775807 WHERE id = ${copies[2].copy}`);
  change(directory, `UPDATE tracking SET record = '{}'`);
  const { store, findings } = await openWatched(directory);
  assert.deepEqual(await claimed(store), [copies[3].copy]);
  assert.deepEqual(await store.track({ mtsIdentifier: 'x' }), []);
  assert.deepEqual(
    findings.map(({ kind }) => kind),
    ['damaged-message', 'damaged-message', 'damaged-message', 'damaged-record'],
  );
  for (const { lastError } of await store.list({ state: 'quarantined' })) {
    assert.match(lastError ?? '', /is damaged|is missing|cannot be read/);
  }
  await store.close();
});

test('a damaged or missing spool quarantines its message', async (t) => {
  const directory = directoryFor(t);
  const { store, findings } = await openWatched(directory, 1000);
  const content = { kind: 'inline', octets: new Uint8Array(200_000).fill(5) } as const;
  const one = await secured(store, message({ content, contentLength: 200_000 }));
  const [first] = readdirSync(join(directory, 'spool'));
  flip(join(directory, 'spool', first), 64 + 70_000);
  assert.equal((await store.readContent(one.id, 0, 60_000))?.length, 60_000);
  assert.equal(await store.readContent(one.id, 60_000, 60_000), undefined);
  assert.equal((await store.show(one.copy))?.state, 'quarantined');
  const two = await secured(store, message({ content, contentLength: 200_000 }));
  const second = readdirSync(join(directory, 'spool')).find((name) => name !== first) ?? '';
  rmSync(join(directory, 'spool', second));
  assert.equal(await store.readContent(two.id, 0, 10), undefined);
  assert.deepEqual(
    findings.map(({ kind, copies }) => [kind, copies]),
    [
      ['damaged-spool', [one.copy]],
      ['damaged-spool', [two.copy]],
    ],
  );
  await store.close();
});

test('files in the spool directory that are not ours stay', async (t) => {
  const directory = directoryFor(t);
  await (await openSqliteStore({ directory })).close();
  writeFileSync(join(directory, 'spool', 'notes.txt'), 'mine');
  await (await openSqliteStore({ directory })).close();
  assert.deepEqual(readdirSync(join(directory, 'spool')), ['notes.txt']);
});

test('the file of a spilled message says what it is without its row', async (t) => {
  const directory = directoryFor(t);
  const { store } = await openWatched(directory, 100);
  const draft = message({ content: { kind: 'inline', octets: new Uint8Array(500) }, contentLength: 500 });
  await secured(store, draft);
  const [name] = readdirSync(join(directory, 'spool'));
  const file = readFileSync(join(directory, 'spool', name));
  assert.equal(statSync(join(directory, 'spool', name)).mode & 0o077, 0);
  const header = file.subarray(64 + 500 + 4);
  assert.equal(JSON.parse(header.toString().split('\n')[0]).mtsIdentifier, draft.mtsIdentifier);
  assert.deepEqual(
    header.subarray(-draft.envelope.length).toString(),
    Buffer.from(draft.envelope).toString(),
  );
  await store.close();
});

test('kill -9 in a storm of commits loses nothing that was acknowledged', async (t) => {
  const directory = directoryFor(t);
  let acknowledged = 0;
  const queued = new Set<number>();
  const finished = new Set<number>();
  for (let round = 0; round < 5; round += 1) {
    const { child, lines } = storm(directory);
    const enough = acknowledged + 300 + 170 * round;
    for await (const line of lines) {
      const [word, copy] = line.split(' ');
      if (word === 'finishing') queued.delete(Number(copy));
      if (word === 'finished') finished.add(Number(copy));
      if (word === 'secured') {
        assert.ok(!queued.has(Number(copy)) && !finished.has(Number(copy)), 'identifiers never repeat');
        queued.add(Number(copy));
        acknowledged += 1;
      }
      if (acknowledged >= enough) child.kill('SIGKILL');
    }
    const { store, findings } = await openWatched(directory);
    const found = new Set((await store.list({ limit: 1_000_000 })).map(({ copy }) => copy));
    for (const copy of queued) assert.ok(found.has(copy), `round ${round}: copy ${copy} is still queued`);
    for (const copy of finished) assert.ok(!found.has(copy), `round ${round}: copy ${copy} stays finished`);
    const counts = await store.counts();
    assert.equal(
      counts.reduce((sum, { copies }) => sum + copies, 0),
      found.size,
    );
    const traced = new Set((await store.track({ limit: 1_000_000 })).map(({ detail }) => detail.finished));
    for (const copy of finished) assert.ok(traced.has(copy), 'a copy and its tracking go together');
    const again = await store.claim({ owner: 'x', nextHop: hop, until: noon, now: noon, limit: 1_000_000 });
    assert.equal(again.length, found.size, 'every row is sound, and nothing is claimed');
    assert.deepEqual(findings, []);
    await store.close();
  }
  t.diagnostic(`${acknowledged} secured, ${finished.size} finished, 5 kills`);
});

/** Behind the store's back, as a fault of the disk would. */
function change(directory: string, sql: string): void {
  const database = new DatabaseSync(join(directory, 'queue.sqlite'));
  database.exec(sql);
  database.close();
}

function flip(file: string, offset: number): void {
  const octets = readFileSync(file);
  octets[offset] ^= 0x10;
  writeFileSync(file, octets);
}

async function openWatched(
  directory: string,
  inlineOctetsMax?: number,
): Promise<{ store: Store; findings: StoreFinding[] }> {
  const findings: StoreFinding[] = [];
  const onFinding = (finding: StoreFinding): void => {
    findings.push(finding);
  };
  const store = await openSqliteStore({
    directory,
    onFinding,
    ...(inlineOctetsMax === undefined ? {} : { inlineOctetsMax }),
  });
  return { store, findings };
}
