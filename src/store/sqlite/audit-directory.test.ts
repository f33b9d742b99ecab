// The audit of a directory finds what was planted in it, by the file alone, while an MTA holds it and after;
// and says what keeps it from reading.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';

import type { Instant } from '../../base/time.ts';
import { auditDirectory } from './audit-directory.ts';
import { counterChecksum } from './checksums.ts';
import { entryTexts } from './entries.ts';
import { at, message, noon, record, taken } from '../compliance-fixtures.ts';
import { openSqliteStore, type Store } from '../index.ts';
import { openDatabase } from './schema.ts';
import { statementTexts } from './statements.ts';

function directoryFor(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-audit-'));
  t.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

function change(directory: string, sql: string): void {
  const database = new DatabaseSync(join(directory, 'queue.sqlite'));
  database.exec(sql);
  database.close();
}

/** Accepts so many messages to one recipient, from `noon` on, one each second. */
async function accept(store: Store, count: number): Promise<readonly number[]> {
  const create = Array.from({ length: count }, () => message());
  const tracking = create.map(({ mtsIdentifier, recipients }, created) =>
    record({ mtsIdentifier, recipients, created, at: at(created) }),
  );
  return (await taken(store, { create, tracking })).created.flatMap(({ copies }) => copies);
}

function audited(directory: string, since?: Instant) {
  const slices = [...auditDirectory(directory, since)];
  const kinds = slices.flatMap(({ contradictions }) => contradictions.map(({ kind }) => kind));
  return { kinds, count: slices.at(-1)?.count, slices: slices.length };
}

test('a sound ledger passes, while it is held and after', async (t) => {
  const directory = directoryFor(t);
  const store = await openSqliteStore({ directory });
  const copies = await accept(store, 500);
  const finish = copies.slice(0, 300);
  const tracking = finish.map((copy) => record({ message: copy - 1, act: 'delivered', at: at(600) }));
  await taken(store, { finish, tracking });
  const expected = { messages: 500, recipients: 500, ended: 300, queued: 200, contradictions: 0 };
  const { kinds, count, slices } = audited(directory);
  assert.deepEqual([kinds, count, slices], [[], expected, 4], 'in slices');
  await store.close();
  assert.deepEqual(audited(directory).count, expected);
  const late = { ...expected, messages: 150, recipients: 150, ended: 0, queued: 150 };
  assert.deepEqual(audited(directory, at(350)).count, late);
});

test('planted contradictions are found, one by one', async (t) => {
  const directory = directoryFor(t);
  const store = await openSqliteStore({ directory });
  const [lost, twice, both, blurred] = await accept(store, 5);
  const ended = (copy: number) => record({ message: copy - 1, act: 'transferred-out', at: at(9) });
  await taken(store, { finish: [lost] });
  await taken(store, { finish: [twice], tracking: [ended(twice), ended(twice)] });
  await taken(store, { tracking: [ended(both)] });
  await taken(store, { create: [message()] });
  await store.close();
  change(
    directory,
    `UPDATE tracking SET record = replace(record, 'Bell', 'Bull') WHERE message = ${blurred - 1}`,
  );
  const { kinds, count } = audited(directory);
  assert.deepEqual(kinds, ['missing', 'double', 'double', 'unreadable', 'never-accepted']);
  assert.equal(count?.contradictions, 5);
});

test('what was accepted before acts were numbered is left out', async (t) => {
  const directory = directoryFor(t);
  const store = await openSqliteStore({ directory });
  const [, last] = await accept(store, 2);
  await taken(store, { finish: [last] });
  await store.close();
  assert.deepEqual(audited(directory).kinds, ['missing']);
  change(
    directory,
    `UPDATE tracking_bound SET bound = ${last + 1}, crc = ${counterChecksum('tracked_from', last + 1)}
    WHERE name = 'tracked_from'`,
  );
  assert.deepEqual(audited(directory).kinds, []);
});

test('what cannot be read is said', (t) => {
  const directory = directoryFor(t);
  assert.throws(() => audited(directory), { problem: 'inaccessible' });
  writeFileSync(join(directory, 'queue.sqlite'), 'no database, however long it may be'.repeat(50));
  assert.throws(() => audited(directory), { problem: 'damaged' });
});

test('no search of tracking and no step of the audit or of pruning walks a whole table', (t) => {
  const database = openDatabase(join(directoryFor(t), 'queue.sqlite'), noon);
  t.after(() => database.close());
  const { trackingByTime, trackingByIdentifier, oldestTracking, actsSince, pruneMessage } = statementTexts;
  const searches = { trackingByTime, trackingByIdentifier, oldestTracking, actsSince, pruneMessage };
  for (const [name, text] of Object.entries({ ...searches, ...entryTexts })) {
    const steps = database
      .prepare(`EXPLAIN QUERY PLAN ${text}`)
      .all()
      .map(({ detail }) => String(detail));
    for (const step of steps) assert.doesNotMatch(step, /^SCAN|TEMP B-TREE/, `${name}: ${step}`);
  }
});
