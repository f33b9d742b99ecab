// The check finds each kind of damage and changes no octet in the directory: after a clean stop, after a
// crash (a directory copied from under a running store), and beside a store that runs.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';

import { message, record, secured, taken } from '../../compliance-fixtures.ts';
import { openSqliteStore, type Store } from '../../index.ts';
import { checkDirectory } from './check-directory.ts';
import type { CheckFinding } from './finding.ts';
import { readWal } from './wal.ts';

function place(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-check-test-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

async function filled(directory: string): Promise<{ store: Store; ids: number[] }> {
  const store = await openSqliteStore({ directory, inlineOctetsMax: 1000 });
  const ids: number[] = [];
  for (let n = 0; n < 20; n += 1) ids.push((await secured(store, message())).id);
  const octets = new Uint8Array(100_000).fill(7);
  const large = { content: { kind: 'inline', octets }, contentLength: octets.length } as const;
  ids.push((await secured(store, message(large))).id);
  await taken(store, { tracking: [record()] });
  return { store, ids };
}

async function stopped(directory: string): Promise<number[]> {
  const { store, ids } = await filled(directory);
  await store.close();
  return ids;
}

/** Every finding, and that no file came, went or changed. Nobody but SQLite may open the lock's file. */
function check(directory: string): { findings: CheckFinding[]; damage: CheckFinding[]; messages: number } {
  const before = fingerprint(directory);
  const slices = [...checkDirectory(directory)];
  assert.deepEqual(fingerprint(directory), before, 'the check wrote nothing');
  const findings = slices.flatMap((slice) => slice.findings);
  const damage = findings.filter(({ weight }) => weight === 'damage');
  const last = slices[slices.length - 1];
  assert.equal(last.stage, 'done');
  assert.equal(last.count.damage, damage.length);
  return { findings, damage, messages: last.count.messages };
}

function fingerprint(directory: string): Record<string, string> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true });
  const entries = files
    .filter((file) => file.isFile() && file.name !== 'lock.sqlite' && !file.name.endsWith('-shm'))
    .map((file) => join(file.parentPath, file.name))
    .map((path) => [path, createHash('sha256').update(readFileSync(path)).digest('hex')]);
  const shm = join(directory, 'queue.sqlite-shm');
  return { ...Object.fromEntries(entries), shm: String(existsSync(shm)) };
}

function change(directory: string, sql: string): void {
  const database = new DatabaseSync(join(directory, 'queue.sqlite'));
  database.exec(sql);
  database.close();
}

function flip(path: string, at: number): void {
  const octets = readFileSync(path);
  octets[at] ^= 0x10;
  writeFileSync(path, octets);
}

test('a store that was stopped, one that crashed and one that runs are found whole', async (t) => {
  const directory = place(t);
  const { store } = await filled(directory);
  const crashed = place(t);
  const live = check(directory);
  assert.deepEqual([live.damage, live.messages], [[], 21]);
  cpSync(directory, crashed, { recursive: true, filter: (path) => !path.endsWith('lock.sqlite') });
  const after = check(crashed);
  assert.deepEqual([after.damage, after.messages], [[], 21]);
  await store.close();
  const still = check(directory);
  assert.deepEqual([still.findings, still.messages], [[], 21]);
  assert.equal(readdirSync(directory).includes('queue.sqlite-wal'), false);
});

const rows = [
  ['the envelope of a message', `UPDATE message SET envelope = X'00' WHERE id = ID`, 'damaged-message'],
  ['the recipients of a copy', `UPDATE copy SET recipients = '[1]' WHERE id = ID + 1`, 'damaged-copy'],
  ['a message that is gone', 'DELETE FROM message WHERE id = ID', 'copy-without-message'],
  ['a copy that is gone', 'DELETE FROM copy WHERE id = ID + 1', 'message-without-copy'],
  ['a tracking record', `UPDATE tracking SET record = '{}'`, 'damaged-record'],
  ['the counter', 'UPDATE counter SET next = 3', 'identifier'],
  ['the tally', 'UPDATE tally SET copies = copies + 1', 'tally'],
  [
    'a number beyond all numbers',
    'UPDATE copy SET attempts = 9223372036854775807 WHERE id = ID + 1',
    'damaged-copy',
  ],
] as const;

for (const [what, sql, kind] of rows) {
  test(`damage to ${what} is found, by the name of its message where it has one`, async (t) => {
    const directory = place(t);
    const ids = await stopped(directory);
    change(directory, sql.replaceAll('ID', String(ids[7])));
    const { damage } = check(directory);
    assert.ok(
      damage.some((finding) => finding.kind === kind),
      JSON.stringify(damage),
    );
    const others = damage.filter(
      ({ message: id }) => id !== undefined && id !== ids[7] && kind !== 'identifier',
    );
    assert.deepEqual(others, []);
  });
}

test('what lies in quarantine is known; a spool is judged block by block', async (t) => {
  const directory = place(t);
  const ids = await stopped(directory);
  const large = ids[20];
  const [name] = readdirSync(join(directory, 'spool'));
  flip(join(directory, 'spool', name), 64 + 70_000);
  const [finding, ...rest] = check(directory).damage;
  assert.deepEqual([finding.kind, finding.message, rest], ['damaged-spool', large, []]);
  assert.match(finding.detail, /from octet 65536 on/);
  const store = await openSqliteStore({ directory });
  assert.equal(await store.readContent(large, 70_000, 10), undefined);
  await store.close();
  const known = check(directory);
  assert.deepEqual([known.damage, known.findings.map(({ weight }) => weight)], [[], ['known']]);
  rmSync(join(directory, 'spool', name));
  assert.deepEqual(
    check(directory).findings.map(({ kind }) => kind),
    ['missing-spool'],
  );
});

test('damage to the structure is found: an index, a page, a header, a database cut to nothing', async (t) => {
  const source = place(t);
  await stopped(source);
  const size = readFileSync(join(source, 'queue.sqlite')).length;
  const damages: ((path: string) => void)[] = [
    (path) => flip(path, 0),
    (path) => flip(path, 18),
    (path) => flip(path, 120),
    (path) => writeFileSync(path, readFileSync(path).subarray(0, size - 4096)),
    (path) => writeFileSync(path, ''),
    (path) => rmSync(path),
  ];
  for (const damage of damages) {
    const directory = place(t);
    cpSync(source, directory, { recursive: true });
    damage(join(directory, 'queue.sqlite'));
    assert.notDeepEqual(check(directory).damage, [], damage.toString());
  }
});

test('SQLite gives up on the structure: what can be read is judged all the same, row by row', async (t) => {
  const source = place(t);
  const ids = await stopped(source);
  const database = new DatabaseSync(join(source, 'queue.sqlite'), { readOnly: true });
  const roots = database.prepare('SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 0').all();
  database.close();
  // Of these SQLite needs each to open the file, or the check to begin with.
  const needed = ['schema_version', 'sqlite_autoindex_tally_1'];
  for (const { name, rootpage } of roots.filter((root) => !needed.includes(String(root.name)))) {
    const directory = place(t);
    cpSync(source, directory, { recursive: true });
    const path = join(directory, 'queue.sqlite');
    writeFileSync(
      path,
      readFileSync(path).fill(0xa5, 4096 * (Number(rootpage) - 1), 4096 * Number(rootpage)),
    );
    const { damage, messages } = check(directory);
    assert.ok(
      damage.some(({ kind }) => kind === 'structure'),
      String(name),
    );
    assert.equal(messages, name === 'message' ? 0 : 21, `${name}: ${JSON.stringify(damage[0])}`);
    if (name !== 'message') continue;
    const told = damage.filter(({ kind }) => kind === 'copy-without-message').map(({ message: id }) => id);
    assert.deepEqual(told, ids, 'what hangs on it is named');
  }
});

test('a bad frame with good transactions behind it is damage; a log cut off is not', async (t) => {
  const directory = place(t);
  const { store } = await filled(directory);
  const crashed = place(t);
  cpSync(directory, crashed, { recursive: true, filter: (path) => !path.endsWith('lock.sqlite') });
  await store.close();
  const wal = join(crashed, 'queue.sqlite-wal');
  const whole = readFileSync(wal);
  assert.equal(readWal(wal).verdict, 'whole');
  writeFileSync(wal, whole.subarray(0, whole.length - 1000));
  assert.deepEqual(check(crashed).damage, []);
  for (const at of [40, 44, 50, 3000, 32 + 4120 + 100]) {
    writeFileSync(wal, whole);
    flip(wal, at);
    const [finding] = check(crashed).damage;
    assert.equal(finding?.kind, 'log', `octet ${at}`);
  }
  writeFileSync(wal, whole);
  flip(wal, 17);
  assert.equal(check(crashed).damage[0]?.kind, 'log');
});
