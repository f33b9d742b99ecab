// After a sync that failed: the transition is refused and never comes about, what was asked beside it is
// answered, claims stand, and the store goes on.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import type { CommitResult } from '../../src/store/index.ts';
import { quickDirectory } from './crash-points.ts';
import { openedHere } from './opened-store.ts';
import { FaultControl, needsShim, watchedEnvironment } from './shim.ts';

const program = fileURLToPath(new URL('./failing-store.ts', import.meta.url));

test('a transition whose sync failed is refused and never comes about', needsShim(), async (t) => {
  const directory = mkdtempSync(join(quickDirectory(), 'chappe-failing-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const root = join(directory, 'root');
  mkdirSync(root);
  const control = new FaultControl(join(directory, 'control'));
  const environment = watchedEnvironment({ root, control: control.path });
  const args = ['--disable-warning=ExperimentalWarning', program, join(root, 'store'), control.path];
  const said = JSON.parse(
    execFileSync(process.execPath, args, { env: { ...process.env, ...environment }, encoding: 'utf8' }),
  );
  assert.equal(control.get('hits'), 1);
  control.close();
  const refused = said.refused as CommitResult;
  assert.ok(!refused.ok && refused.refusal.kind === 'failed', JSON.stringify(refused));
  assert.deepEqual([said.before.ok, said.after.ok], [true, true]);
  assert.deepEqual(said.told, ['store-failed']);
  assert.equal(said.listed, 1, 'a question beside it is answered, not passed over');
  assert.equal(said.claimed, 0, 'who held the copy holds it still');
  const kept = [said.before, said.after].flatMap(({ created }) => created[0].copies);
  assert.deepEqual(
    said.last.map(({ copy }: { copy: number }) => copy),
    kept,
  );
  const { store, findings } = openedHere(join(root, 'store'), 1000);
  assert.deepEqual(
    (await store.list({})).map(({ copy }) => copy),
    kept,
  );
  assert.deepEqual(findings, []);
  await store.close();
});
