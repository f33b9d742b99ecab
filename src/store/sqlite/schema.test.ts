// The schema and its versions: every version ever written is brought up with all that it holds, from files
// made by the SQL of that version; newer ones and damaged ones are refused by name and left as they are.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { at, claimed, message, octetsOf, record, secured } from '../compliance-fixtures.ts';
import { auditDirectory, checkDirectory, openSqliteStore, type StoreFinding } from '../index.ts';
import { versionChecksum } from './checksums.ts';
import { openDatabase, schemaVersion } from './schema.ts';

const vectors = fileURLToPath(new URL('../../../test/vectors/store/', import.meta.url));

function directoryFor(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-schema-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function exec(directory: string, sql: string): void {
  const database = new DatabaseSync(join(directory, 'queue.sqlite'));
  database.exec(sql);
  database.close();
}

const released = readdirSync(vectors).map((name) => Number(/^schema-(\d+)\.sql$/.exec(name)?.[1]));

test('every version before this one is kept as SQL text', () => {
  const versions = Array.from({ length: schemaVersion - 1 }, (_, index) => index + 1);
  assert.deepEqual(
    released.toSorted((a, b) => a - b),
    versions,
  );
});

for (const version of released) {
  test(`a store of schema version ${version} is brought up with all that it holds`, async (t) => {
    const directory = directoryFor(t);
    exec(directory, readFileSync(join(vectors, `schema-${version}.sql`), 'utf8'));
    for (const opening of ['the first time', 'once more']) {
      const findings: StoreFinding[] = [];
      const store = await openSqliteStore({ directory, onFinding: (finding) => findings.push(finding) });
      const copies = await store.list({});
      assert.deepEqual(
        copies.map(({ copy, nextHop, state, attempts }) => [copy, nextHop, state, attempts]),
        [
          [2, 'link/b', 'queued', 1],
          [4, 'link/b', 'queued', 0],
          [6, 'link/b', 'queued', 0],
          [7, 'link/c', 'held', 0],
        ],
        opening,
      );
      for (const { copy } of copies) assert.ok(await store.show(copy), `copy ${copy} is sound`);
      assert.deepEqual(
        (await store.counts()).map(({ nextHop, copies: count, octets }) => [nextHop, count, octets]),
        [
          ['link/b', 1, 5],
          ['link/b', 2, 10],
          ['link/c', 1, 5],
        ],
      );
      assert.deepEqual(await store.track({}), [record(), record({ act: 'transferred-out', at: at(2) })]);
      const [point] = await store.recoveryPoints('b');
      assert.deepEqual([point.key, Buffer.from(point.data)], ['in b 1', Buffer.from(octetsOf('point'))]);
      const strikes = version < 2 ? [] : ['send 7'];
      assert.deepEqual(
        (await store.strikes()).map(({ key }) => key),
        strikes,
      );
      assert.deepEqual(findings, []);
      await store.close();
    }
    const found = [...checkDirectory(directory)].flatMap((slice) => slice.findings);
    assert.deepEqual(found, [], 'it passes the check');
    const audited = [...auditDirectory(directory)].flatMap(({ contradictions }) => contradictions);
    // From version 3 on every message has its acts; the four copies of that vector were put in without any.
    assert.equal(audited.length, version < 3 ? 0 : 4, 'and the audit, of what came since acts are numbered');
    const store = await openSqliteStore({ directory });
    const { copy, id } = await secured(store, message());
    assert.ok(id > 65_536 && copy > id, 'no identifier is given again');
    assert.deepEqual(await claimed(store), [2, 6, copy]);
    await store.close();
  });
}

test('a newer schema is refused by name and left as it is', async (t) => {
  const directory = directoryFor(t);
  await (await openSqliteStore({ directory })).close();
  const newer = { version: 99, since: 0, schema_crc: 1 };
  exec(directory, `INSERT INTO schema_version VALUES (99, 0, 1, ${versionChecksum(newer)})`);
  const before = readFileSync(join(directory, 'queue.sqlite'));
  await assert.rejects(openSqliteStore({ directory }), { problem: 'newer-schema', message: /schema 99/ });
  assert.ok(before.equals(readFileSync(join(directory, 'queue.sqlite'))));
});

const damages = {
  'its schema version is damaged': 'UPDATE schema_version SET version = 99',
  'its schema version is missing': 'DELETE FROM schema_version',
  'its schema is damaged': 'CREATE TABLE foreign_to_us (x)',
  'the counter of identifiers is damaged': 'UPDATE counter SET next = 7',
};
for (const [detail, sql] of Object.entries(damages)) {
  test(`refused as damaged: ${detail}`, async (t) => {
    const directory = directoryFor(t);
    await (await openSqliteStore({ directory })).close();
    exec(directory, sql);
    await assert.rejects(openSqliteStore({ directory }), { problem: 'damaged', message: new RegExp(detail) });
  });
}

test('a damaged tally is counted anew and told', async (t) => {
  const directory = directoryFor(t);
  const before = await openSqliteStore({ directory });
  await secured(before, message());
  const counts = await before.counts();
  await before.close();
  exec(directory, 'UPDATE tally SET copies = 77');
  const findings: StoreFinding[] = [];
  const after = await openSqliteStore({ directory, onFinding: (finding) => findings.push(finding) });
  assert.deepEqual(await after.counts(), counts);
  assert.deepEqual(
    findings.map(({ kind }) => kind),
    ['damaged-record'],
  );
  await after.close();
});

test('every table of a new database has its checksum', (t) => {
  const directory = directoryFor(t);
  const database = openDatabase(join(directory, 'queue.sqlite'), 0);
  const names = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all();
  for (const { name } of names) {
    const columns = database.prepare(`SELECT name FROM pragma_table_info(?)`).all(name);
    assert.ok(
      columns.some((column) => column.name === 'crc'),
      String(name),
    );
  }
  database.close();
});
