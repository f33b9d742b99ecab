// Pruning keeps out of the way: while 200,000 records are removed commits keep flowing, and neither they nor
// the event loop wait for it; one slice ends in its time, and a message with more records than a slice
// removes goes whole in the end.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { test, type TestContext } from 'node:test';

import { at, farAway, message, noon, record, taken } from '../compliance-fixtures.ts';
import { openSqliteStore } from '../index.ts';
import { readEntries } from './entries.ts';
import { prune } from './pruning.ts';
import { openDatabase } from './schema.ts';
import { prepareStatements } from './statements.ts';

function directoryFor(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-prune-'));
  t.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

function quantile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * part)];
}

test('commits keep flowing while 200,000 records are pruned', { timeout: 120_000 }, async (t) => {
  const store = await openSqliteStore({ directory: directoryFor(t) });
  t.after(() => store.close());
  for (let many = 0; many < 20; many += 1) {
    const tracking = Array.from({ length: 10_000 }, (_, n) =>
      record({ created: -1 - Math.floor(n / 2), at: at(many) }),
    );
    await taken(store, { tracking });
  }
  const commit = async (): Promise<number> => {
    const began = performance.now();
    await taken(store, { create: [message()], tracking: [record({ created: 0, at: farAway })] });
    return performance.now() - began;
  };
  const quiet: number[] = [];
  for (let count = 0; count < 100; count += 1) quiet.push(await commit());
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  let isOver = false;
  const pruned = store.prune(at(3600)).finally(() => {
    isOver = true;
  });
  const busy: number[] = [];
  while (!isOver) busy.push(await commit());
  loop.disable();
  assert.equal(await pruned, 200_000);
  assert.equal((await store.track({ until: at(3600) })).length, 0);
  const [median, p99] = [quantile(busy, 0.5), quantile(busy, 0.99)];
  const delay = loop.percentile(99) / 1e6;
  t.diagnostic(
    `${busy.length} commits meanwhile: median ${median.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms; without: ` +
      `median ${quantile(quiet, 0.5).toFixed(2)} ms, p99 ${quantile(quiet, 0.99).toFixed(2)} ms; ` +
      `event loop p99 ${delay.toFixed(2)} ms`,
  );
  assert.ok(busy.length > 200, `${busy.length} commits`);
  // One slice and its sync may come before a commit, not more; a shared machine gets room.
  assert.ok(median < quantile(quiet, 0.5) * 3 + 5, `median ${median} ms`);
  assert.ok(p99 < quantile(quiet, 0.99) + 100, `p99 ${p99} ms`);
  assert.ok(delay < 50, `event loop ${delay} ms`);
});

test('a slice ends in its time; what it leaves of a message is no contradiction, and goes next', (t) => {
  const database = openDatabase(join(directoryFor(t), 'queue.sqlite'), noon);
  t.after(() => database.close());
  const sql = prepareStatements(database);
  for (let n = 0; n < 1000; n += 1) {
    const act = record({ act: n === 0 ? 'submitted' : 'held', at: at(n) });
    sql.insertTracking.run(act.at, act.mtsIdentifier, 5, JSON.stringify(act), 0);
  }
  let now = 0;
  const clock = (): number => {
    now += 2;
    return now;
  };
  const left = (): number => Number(database.prepare('SELECT count(*) AS n FROM tracking').get()?.n);
  let place = { at: -1, id: -1 };
  const seen: number[] = [];
  for (;;) {
    const { next } = prune(sql, { before: at(5000), place }, clock);
    seen.push(left());
    assert.deepEqual(readEntries(sql, { after: 0, limit: 10 })[0]?.records ?? [], []);
    if (next === undefined) break;
    place = next;
  }
  assert.ok(seen.length > 2 && seen[0] > 0, `in slices: ${seen}`);
  assert.equal(seen.at(-1), 0);
});
