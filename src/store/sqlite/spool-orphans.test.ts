// Spool files that a process left behind and that nothing names: told once, with their size, when they are
// removed. What a message or a recovery point names is nobody's orphan, then or later.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { noon, octetsOf, secured, message, taken } from '../compliance-fixtures.ts';
import { openSqliteStore, type Store, type StoreFinding } from '../index.ts';

async function left(store: Store, how: 'sealed' | 'unsealed'): Promise<string> {
  const spool = await store.openSpool();
  assert.ok((await spool.write(octetsOf('content'))).ok);
  if (how === 'sealed') assert.ok((await spool.seal(octetsOf('head'))).ok);
  else await spool.release();
  return spool.name;
}

test('what belongs to no message is told when it is removed, once', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-store-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const before = await openSqliteStore({ directory });
  const orphans = [await left(before, 'sealed'), await left(before, 'unsealed')].sort();
  const named = await left(before, 'sealed');
  const content = { kind: 'spooled', spool: named, octets_count: 7 } as const;
  const { copy } = await secured(before, message({ content, contentLength: 7 }));
  const kept = await left(before, 'unsealed');
  const point = {
    key: 'k',
    link: 'b',
    direction: 'in',
    savedAt: noon,
    data: octetsOf('d'),
    spool: kept,
  } as const;
  await taken(before, { saveRecovery: [point] });
  await before.close();
  const size = orphans.reduce((sum, name) => sum + statSync(join(directory, 'spool', name)).size, 0);

  for (const expected of [orphans, undefined]) {
    const findings: StoreFinding[] = [];
    const store = await openSqliteStore({ directory, onFinding: (finding) => findings.push(finding) });
    assert.equal((await store.counts()).length, expected === undefined ? 0 : 1);
    assert.deepEqual(
      findings.map(({ kind, spools }) => [kind, [...(spools?.names ?? [])].sort(), spools?.octets]),
      expected === undefined ? [] : [['spool-orphan', expected, size]],
    );
    if (expected !== undefined) {
      assert.deepEqual(readdirSync(join(directory, 'spool')).sort(), [named, kept].sort());
      await taken(store, { finish: [copy], dropRecovery: ['k'] });
      await store.counts();
      assert.equal(findings.length, 1, 'what was named and is over is no orphan');
    }
    await store.close();
  }
});
