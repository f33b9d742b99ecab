// The engine without a thread: what it does when SQLite refuses in the middle of a batch, and what its
// queries cost.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';

import { atOnce } from '../../base/steps.ts';
import { farAway, hop, message, noon } from '../compliance-fixtures.ts';
import type { CommitResult, StoreRefusal, Transition } from '../port.ts';
import { Engine } from './engine.ts';
import { commitMark, takeRequests } from './request.ts';
import { openDatabase } from './schema.ts';
import { SpoolDirectory } from './spool-directory.ts';
import { statementTexts } from './statements.ts';
import { TapeReader, TapeWriter } from './tape.ts';
import { putTransition, takeCommitted } from './transition-codec.ts';

interface Rig {
  readonly database: DatabaseSync;
  readonly engine: Engine;
  readonly spool: string;
}

function rigFor(t: TestContext): Rig {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-engine-'));
  const database = openDatabase(join(directory, 'queue.sqlite'), 0);
  const spool = join(directory, 'spool');
  const engine = new Engine({
    database,
    spools: new SpoolDirectory(spool),
    inlineOctetsMax: 1_000_000,
    openedAt: 0,
  });
  t.after(() => {
    database.close();
    rmSync(directory, { recursive: true });
  });
  return { database, engine, spool };
}

function serve(engine: Engine, transitions: readonly Transition[]): CommitResult[] {
  const tape = new TapeWriter();
  for (const transition of transitions) {
    tape.put(commitMark);
    atOnce(putTransition(tape, transition));
  }
  const answers = new TapeReader(engine.serve(takeRequests(new TapeReader(tape.cut())), noon).cut());
  return transitions.map(() =>
    answers.number() === 1
      ? takeCommitted(answers)
      : { ok: false, refusal: JSON.parse(answers.text()) as StoreRefusal },
  );
}

function large(octets_count: number) {
  return message({ content: { kind: 'inline', octets: new Uint8Array(octets_count) } });
}

test('when the disk is full only what needs space is refused, and mail keeps draining', (t) => {
  const { database, engine } = rigFor(t);
  const [first] = serve(engine, [{ create: [large(400_000), message()] }]);
  assert.ok(first.ok);
  const pages = Number(database.prepare('PRAGMA page_count').get()?.page_count);
  database.exec(`PRAGMA max_page_count = ${pages + 4}`);
  const [copyOne, copyTwo] = first.created.flatMap(({ copies }) => copies);
  const results = serve(engine, [
    { finish: [copyTwo] },
    { create: [large(900_000)] },
    { finish: [copyOne] },
    { create: [large(300_000)] },
  ]);
  assert.deepEqual(
    results.map((result) => (result.ok ? 'taken' : result.refusal.kind)),
    ['taken', 'no-space', 'taken', 'taken'],
  );
  const tally = database.prepare('SELECT sum(copies) AS copies FROM tally').get();
  assert.equal(tally?.copies, 1);
});

test('a refusal of SQLite takes back claims and spilled files, and no identifier is given twice', (t) => {
  const { database, engine, spool } = rigFor(t);
  const [first] = serve(engine, [{ create: [message()] }]);
  assert.ok(first.ok);
  const pages = Number(database.prepare('PRAGMA page_count').get()?.page_count);
  database.exec(`PRAGMA max_page_count = ${pages}`);
  const [copy] = first.created[0].copies;
  const claim = { owner: 'one', until: farAway };
  const copies = [{ nextHop: hop, recipients: [0], claim }];
  const envelope = new Uint8Array(100_000);
  const content = { kind: 'inline', octets: new Uint8Array(1_000_001) } as const;
  const [refused] = serve(engine, [{ create: [message({ copies, envelope, content })], finish: [copy] }]);
  assert.equal(refused.ok ? 'taken' : refused.refusal.kind, 'no-space');
  assert.deepEqual(readdirSync(spool), []);
  database.exec('PRAGMA max_page_count = 1000000');
  const [last] = serve(engine, [{ create: [message()], finish: [copy] }]);
  assert.ok(last.ok && last.created[0].message > copy);
});

test('no statement of the daily work walks through a table or sorts', (t) => {
  const { database } = rigFor(t);
  const isQuery = /^(SELECT|DELETE|UPDATE)/;
  // A handful of rows: the tally has one for each hop, priority and state; strikes are few, and are read at
  // the start alone. Few points wait for one link. Copies are counted when the tally is damaged.
  // Points are walked through for a spool that no index names, which a crash may leave.
  // Of copies that expire together 200 are looked at.
  const rarely = ['recoveryNamesSpoolSurely', 'hasCopyOfExpiry'];
  const mayWalk = ['readTally', 'clearTally', 'countCopies', 'readStrikes', ...rarely];
  const maySort = ['expiredCopies', 'recoveryByLink', 'trackingByIdentifier'];
  let asked = 0;
  for (const [name, text] of Object.entries(statementTexts)) {
    if (!isQuery.test(text)) continue;
    const plan = planOf(database, text);
    if (!mayWalk.includes(name)) assert.doesNotMatch(plan, /SCAN/, `${name}: ${plan}`);
    if (!maySort.includes(name)) assert.doesNotMatch(plan, /TEMP B-TREE/, `${name}: ${plan}`);
    asked += 1;
  }
  assert.ok(asked > 20, `${asked} statements were judged`);
  assert.match(
    planOf(database, statementTexts.readyCopies),
    /COVERING INDEX copy_in_order .*waiting=\? AND rowid>\?/,
  );
});

function planOf(database: DatabaseSync, text: string): string {
  const places = text.match(/\?/g)?.map(() => 1) ?? [];
  const steps = database.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...places);
  return steps.map(({ detail }) => String(detail)).join('; ');
}
