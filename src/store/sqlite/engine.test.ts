// The engine without a thread: what it does when SQLite refuses in the middle of a batch, and what its queries cost.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';

import { farAway, hop, message, noon } from '../compliance-fixtures.ts';
import type { CommitResult, StoreRefusal, Transition } from '../port.ts';
import { Engine } from './engine.ts';
import { commitMark, takeRequests } from './request.ts';
import { openDatabase } from './schema.ts';
import { SpoolDirectory } from './spool-directory.ts';
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
  const engine = new Engine({ database, spools: new SpoolDirectory(spool), inlineOctetsMax: 1_000_000 });
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
    putTransition(tape, transition);
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

test('a refusal of SQLite takes back claims and spilled files of the transition, and gives no identifier twice', (t) => {
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

test('claims, dues, expiries and searches by identifier go by an index, never through the whole queue', (t) => {
  const { database } = rigFor(t);
  const plans: readonly [string, RegExp][] = [
    [
      `SELECT id FROM copy WHERE next_hop = 'x' AND state = 0 AND rank = 1 AND waiting = 0 AND id > 5 ORDER BY id LIMIT 9`,
      /COVERING INDEX copy_in_order \(next_hop=\? AND state=\? AND rank=\? AND waiting=\? AND rowid>\?\)/,
    ],
    [
      `SELECT id FROM copy WHERE next_hop = 'x' AND rank = 1 AND state = 0 AND waiting = 1 AND not_before <= 5 ORDER BY not_before LIMIT 9`,
      /INDEX copy_by_due \(next_hop=\? AND rank=\? AND not_before<\?\)/,
    ],
    [
      `SELECT id FROM copy WHERE state < 2 AND expires_at <= 5 ORDER BY expires_at, id LIMIT 9`,
      /INDEX copy_by_expiry/,
    ],
    [`SELECT id FROM message WHERE mts_identifier = 'x'`, /INDEX message_by_identifier/],
    [
      `SELECT * FROM tracking WHERE (at, id) > (1, 2) AND at < 9 ORDER BY at, id LIMIT 9`,
      /INDEX tracking_by_time/,
    ],
    [
      `SELECT * FROM tracking WHERE mts_identifier = 'x' AND (at, id) > (1, 2) ORDER BY at, id LIMIT 9`,
      /INDEX tracking_by_identifier/,
    ],
    [`SELECT 1 FROM message WHERE spool = 'x' LIMIT 1`, /INDEX message_by_spool/],
  ];
  for (const [sql, expected] of plans) {
    const plan = database
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => String(detail));
    assert.match(plan.join('; '), expected);
    assert.doesNotMatch(plan.join('; '), /SCAN/);
    assert.doesNotMatch(plan.join('; '), sql.includes("mts_identifier = 'x' AND") ? /SCAN/ : /TEMP B-TREE/);
  }
});
