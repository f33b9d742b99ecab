// RT-J4: what is only running is never on disk. A copy that is being transferred lies in the database as
// one that waits: no lock, no turn, no word that it is in progress. So nothing has to be undone after a
// crash, and the next process takes it up at once.

import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';

import { claimed, farAway, hop, message, messageWith, secured } from '../../src/store/compliance-fixtures.ts';
import { openSqliteStore } from '../../src/store/index.ts';
import { mtaOnFaultyDisk } from '../crash/faulty-disk-mta.ts';
import { fileKinds, needsShim } from '../crash/shim.ts';
import { eventually } from '../support/mta-process.ts';
import { configurationOf, siteProcess, sites, temporaryDirectory, userAt } from '../support/network.ts';

/** How long the peer takes for a sync, in microseconds: long enough to look at what waits for it. */
const peerSync_us = 4_000_000;

type Dump = Readonly<Record<string, readonly unknown[]>>;

test('RT-J4: a claim changes nothing on disk, whoever holds it', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-claims-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const store = await openSqliteStore({ directory });
  await secured(store, message());
  await secured(store, messageWith({ claim: { owner: 'one', until: farAway } }));
  const before = dumpOf(t, directory);
  assert.equal((await claimed(store, { owner: 'two' })).length, 1);
  assert.deepEqual(dumpOf(t, directory), before);
  assert.equal(before.copy.length, 2);
  assert.doesNotMatch(JSON.stringify(before), /"(one|two)"/);
  await store.close();
  const after = await openSqliteStore({ directory });
  assert.equal((await claimed(after, { owner: 'three', nextHop: hop })).length, 2);
  await after.close();
});

test('RT-J4: in transfer a copy lies there as one that waits', {
  ...needsShim(),
  timeout: 90_000,
}, async (t) => {
  const directory = await temporaryDirectory(t);
  const [siteA, siteB] = await sites('A', 'B');
  const extra = '    retry: { openInterval: 1s, transferInterval: 1s }\n';
  const a = await siteProcess(directory, siteA, { links: [{ to: siteB, extra }] });
  const { mta: b, disk } = await mtaOnFaultyDisk(
    join(directory, 'b'),
    configurationOf(siteB, { links: [{ to: siteA }] }),
  );
  t.after(async () => {
    await Promise.all([a.stop('SIGKILL'), b.stop('SIGKILL')]);
    disk.close();
  });
  await b.start();
  await a.start();
  disk.set({ kinds: fileKinds.database, syncDelay_us: peerSync_us });
  const store = join(a.directory, 'store');
  const sent = await a.command('send', '--from', userAt(siteA), '--to', userAt(siteB), '--text', 'hello');
  assert.equal(sent.code, 0, sent.stderr);
  await eventually('the peer has it in hand', 20_000, () => (disk.get('hits') > 0 ? true : undefined));
  const { copy, tracking } = dumpOf(t, store);
  const [row] = copy as readonly Record<string, unknown>[];
  const { state, waiting, attempts, not_before, last_attempt_at, last_error } = row;
  const asQueued = { state: 0, waiting: 0, attempts: 0, not_before: null };
  assert.deepEqual(
    { state, waiting, attempts, not_before, last_attempt_at, last_error },
    { ...asQueued, last_attempt_at: null, last_error: null },
  );
  assert.equal(copy.length, 1);
  assert.equal(tracking.length, 1, 'it was submitted; that it is being transferred is no act');
  await a.stop('SIGKILL');
  disk.heal();
  await a.start();
  await eventually('the transfer after the restart', 20_000, () => a.eventsNamed('transfer-out')[0]);
  const delivered = await eventually('the delivery', 20_000, async () => {
    const found = await b.delivered();
    return found.length > 0 ? found : undefined;
  });
  assert.equal(new Set(delivered.map(({ mtsIdentifier }) => mtsIdentifier)).size, 1);
});

/** Every row of every table, as a copy of the files shows them. */
function dumpOf(t: TestContext, directory: string): Dump {
  const copy = mkdtempSync(join(tmpdir(), 'chappe-dump-'));
  t.after(() => rmSync(copy, { recursive: true, force: true }));
  for (const name of ['queue.sqlite', 'queue.sqlite-wal']) {
    if (existsSync(join(directory, name))) copyFileSync(join(directory, name), join(copy, name));
  }
  const database = new DatabaseSync(join(copy, 'queue.sqlite'));
  const names = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all();
  const dump = Object.fromEntries(
    names.map(({ name }) => [String(name), database.prepare(`SELECT * FROM "${name}"`).all()]),
  );
  database.close();
  return dump;
}
