// Transitions that name what is damaged: a copy's row, a spool file. Refused for good, the copy set aside by
// the store itself; and refused for the time being where nobody can tell yet.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';

import { claimed, message, noon, octetsOf, refusedAs, secured, taken } from '../compliance-fixtures.ts';
import { openSqliteStore, type StoreFinding } from '../index.ts';

/** A place for a store, and what it finds. */
function room(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-damaged-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const findings: StoreFinding[] = [];
  const onFinding = (finding: StoreFinding): void => void findings.push(finding);
  return { directory, findings, open: () => openSqliteStore({ directory, onFinding, now: () => noon }) };
}

const changes = {
  'an attempt': (copy: number) => ({ attempts: [{ copy, at: noon, error: 'x', counts: true }] }),
  'a placement': (copy: number) => ({ place: [{ copy, state: 'held' as const }] }),
  'a split': (copy: number) => ({ split: [{ copy, into: message().copies }] }),
};

for (const [what, change] of Object.entries(changes)) {
  test(`${what} of a copy whose row is damaged is refused for good; that copy is set aside`, async (t) => {
    const { directory, findings, open } = room(t);
    const before = await open();
    const hurt = await secured(before, message());
    const sound = await secured(before, message());
    await before.close();
    const database = new DatabaseSync(join(directory, 'queue.sqlite'));
    database.prepare('UPDATE copy SET octets = octets + 1 WHERE id = ?').run(hurt.copy);
    database.close();
    const store = await open();
    for (let again = 0; again < 2; again += 1) await refusedAs(store, change(hurt.copy), 'damaged');
    const states = (await store.list({})).map(({ copy, state }) => [copy, state]);
    assert.deepEqual(states, [
      [hurt.copy, 'quarantined'],
      [sound.copy, 'queued'],
    ]);
    assert.deepEqual(
      findings.map(({ kind, copies }) => [kind, copies]),
      [['damaged-message', [hurt.copy]]],
      'told once',
    );
    assert.deepEqual(await claimed(store), [sound.copy]);
    await taken(store, { finish: [sound.copy], onBehalfOf: 'one' });
    await taken(store, { finish: [hurt.copy] });
    await store.close();
  });
}

test('a number that never was written is a damaged row', async (t) => {
  const { directory, findings, open } = room(t);
  const before = await open();
  const { copy } = await secured(before, message());
  await before.close();
  const database = new DatabaseSync(join(directory, 'queue.sqlite'));
  database.exec('UPDATE copy SET last_attempt_at = 9223372036854775807');
  database.close();
  const store = await open();
  await refusedAs(store, { finish: [copy] }, 'damaged');
  assert.deepEqual(
    findings.map(({ copies }) => copies),
    [[copy]],
  );
  assert.deepEqual(await claimed(store), []);
  await store.close();
});

test('a spool that cannot be looked at now may be there later: refused for the time being', async (t) => {
  const { directory, open } = room(t);
  const store = await open();
  const spool = await store.openSpool();
  await spool.write(octetsOf('hello'));
  await spool.seal(octetsOf('header'));
  const content = { kind: 'spooled', spool: spool.name, octets_count: 5 } as const;
  const file = join(directory, 'spool', spool.name);
  rmSync(file);
  await refusedAs(store, { create: [message({ content })] }, 'damaged');
  symlinkSync(spool.name, file);
  await refusedAs(store, { create: [message({ content })] }, 'failed');
  rmSync(file);
  await store.close();
});
