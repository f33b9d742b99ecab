// After a sync that failed: the transition is refused and never comes about, what was asked beside it is
// answered, claims stand, and the store goes on. After syncs that fail for good the store has ended, and what
// it refused last may be there at the next start: then whole, because a peer that sends it again is told that
// it was taken.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import type { CommitResult } from '../../src/store/index.ts';
import { quickDirectory } from './crash-points.ts';
import { openedHere } from './opened-store.ts';
import { FaultControl, needsShim, watchedEnvironment } from './shim.ts';

type Taken = CommitResult & { readonly ok: true };

interface SaidByFailing {
  readonly before: Taken;
  readonly refused: CommitResult;
  readonly after?: Taken;
  readonly told: readonly string[];
  readonly listed: number;
  readonly claimed: number;
  readonly last: readonly { readonly copy: number }[];
}
interface SaidByEnding {
  readonly refused: readonly CommitResult[];
  readonly told: readonly string[];
}

/** Runs a program on a store of its own, under the shim; what it said. */
function runOn<T>(t: TestContext, name: string, ...more: readonly string[]) {
  const directory = mkdtempSync(join(quickDirectory(), 'chappe-failing-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const root = join(directory, 'root');
  mkdirSync(root);
  const control = new FaultControl(join(directory, 'control'));
  const environment = watchedEnvironment({ root, control: control.path });
  const program = fileURLToPath(new URL(name, import.meta.url));
  const args = ['--disable-warning=ExperimentalWarning', program, join(root, 'store'), control.path, ...more];
  const env = { ...process.env, ...environment };
  const said: T = JSON.parse(execFileSync(process.execPath, args, { env, encoding: 'utf8' }));
  const hits = control.get('hits');
  control.close();
  return { directory: join(root, 'store'), said, hits };
}

test('a transition whose sync failed is refused and never comes about', needsShim(), async (t) => {
  const { directory, said, hits } = runOn<SaidByFailing>(t, './failing-store.ts');
  assert.equal(hits, 1);
  const { refused } = said;
  assert.ok(!refused.ok && refused.refusal.kind === 'failed', JSON.stringify(refused));
  assert.deepEqual([said.before.ok, said.after?.ok], [true, true]);
  assert.deepEqual(said.told, ['store-failed']);
  assert.equal(said.listed, 1, 'a question beside it is answered, not passed over');
  assert.equal(said.claimed, 0, 'who held the copy holds it still');
  const kept = [said.before, said.after].flatMap((each) => each?.created[0].copies ?? []);
  assert.deepEqual(
    said.last.map(({ copy }) => copy),
    kept,
  );
  const { store, findings } = openedHere(directory, 1000);
  assert.deepEqual(
    (await store.list({})).map(({ copy }) => copy),
    kept,
  );
  assert.deepEqual(findings, []);
  await store.close();
});

test(
  'it does not come about either where a backup keeps the log from being removed',
  needsShim(),
  async (t) => {
    const { directory, said, hits } = runOn<SaidByFailing>(t, './failing-store.ts', 'held');
    assert.equal(hits, 1);
    assert.deepEqual(said.told, ['store-failed']);
    assert.equal(said.refused.ok, false);
    const { store } = openedHere(directory, 1000);
    assert.deepEqual(
      (await store.list({})).map(({ copy }) => copy),
      said.before.created[0].copies,
    );
    await store.close();
  },
);

test('what is refused because the disk failed for good is not there, or whole', needsShim(), async (t) => {
  const { directory, said } = runOn<SaidByEnding>(t, './ending-store.ts');
  for (const result of said.refused)
    assert.ok(!result.ok && result.refusal.kind === 'ended', JSON.stringify(result));
  assert.deepEqual(said.told, ['store-ended']);
  const { store, findings } = openedHere(directory, 1000);
  const copies = await store.list({});
  assert.equal(copies.length, 2, 'the disk has what the sync did not own up to');
  for (const { message } of copies) {
    const content = await store.readContent(message, 0, 6000);
    assert.deepEqual(content && new Uint8Array(content), new Uint8Array(5000).fill(7), `of ${message}`);
  }
  assert.deepEqual(findings, []);
  await store.close();
});
