// A backup taken while messages come and go: it passes the check, opens, and has every message of one moment
// with its content, whatever ended meanwhile; the store itself is as it was.

import assert from 'node:assert/strict';
import { existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { message, secured, taken } from '../compliance-fixtures.ts';
import type { CopyId, Store, StoreFinding } from '../port.ts';
import { BackupError, backupDirectory } from './backup-directory.ts';
import { makePins, removeLeftPins } from './backup-pins.ts';
import { checkDirectory } from './check/check-directory.ts';
import { openSqliteStore } from './open.ts';

function place(t: TestContext): { directory: string; target: string } {
  const root = mkdtempSync(join(tmpdir(), 'chappe-backup-'));
  t.after(() => rmSync(root, { recursive: true }));
  return { directory: join(root, 'store'), target: join(root, 'backup') };
}

const large_octets = 150_000;

/** A message whose content tells its number, large enough for a spool every second time. */
async function secure(store: Store, number: number): Promise<CopyId> {
  const octets = Buffer.alloc(number % 2 === 0 ? large_octets : 100, number % 251);
  const draft = message({
    mtsIdentifier: `/P=A/A= /C=GB/;${number}`,
    content: { kind: 'inline', octets },
    contentLength: octets.length,
  });
  return (await secured(store, draft)).copy;
}

async function assertWhole(directory: string): Promise<number[]> {
  const damage = [...checkDirectory(directory)].flatMap(({ findings }) =>
    findings.filter(({ weight }) => weight !== 'note'),
  );
  assert.deepEqual(damage, []);
  const findings: StoreFinding[] = [];
  const store = await openSqliteStore({ directory, onFinding: (finding) => findings.push(finding) });
  const numbers: number[] = [];
  for (const { message: id, mtsIdentifier, contentLength } of await store.list({ limit: 100_000 })) {
    const number = Number(mtsIdentifier.split(';')[1]);
    const octets = await store.readContent(id, 0, 2 * large_octets);
    assert.equal(octets?.length, contentLength);
    assert.ok(octets?.every((octet) => octet === number % 251));
    numbers.push(number);
  }
  await store.close();
  const trouble = findings.filter(({ kind }) => kind !== 'spool-orphan');
  assert.deepEqual(trouble, []);
  return numbers;
}

test('taken under load it is one moment, whole', async (t) => {
  const { directory, target } = place(t);
  const store = await openSqliteStore({ directory });
  const queue: CopyId[] = [];
  for (let number = 0; number < 60; number += 1) queue.push(await secure(store, number));
  let isOver = false;
  let made = 60;
  const load = (async () => {
    while (!isOver) {
      queue.push(await secure(store, made));
      made += 1;
      const [oldest] = queue.splice(0, 1);
      await taken(store, { finish: [oldest] });
    }
  })();
  const parts: number[] = [];
  const count = await backupDirectory({ directory, target, progress: (part) => parts.push(part) });
  isOver = true;
  await load;
  assert.deepEqual(count.missing, []);
  assert.ok(made > 61, 'messages came while it was taken');
  assert.ok(parts.length > 0 && parts.every((part) => part >= 0 && part <= 1));
  const numbers = await assertWhole(target);
  const first = numbers[0] ?? 0;
  // One came before the oldest went: of a moment there are 60 or 61, without a gap.
  assert.ok(numbers.length === 60 || numbers.length === 61);
  assert.deepEqual(
    numbers,
    numbers.map((_, index) => first + index),
  );
  await store.close();
  assert.deepEqual(
    readdirSync(directory).filter((name) => name.startsWith('backup-')),
    [],
  );
});

test('of a stopped store it is all, and the store is as it was', async (t) => {
  const { directory, target } = place(t);
  const store = await openSqliteStore({ directory });
  for (let number = 0; number < 5; number += 1) await secure(store, number);
  await store.close();
  await backupDirectory({ directory, target });
  assert.deepEqual(await assertWhole(target), [0, 1, 2, 3, 4]);
  assert.deepEqual(await assertWhole(directory), [0, 1, 2, 3, 4]);
});

test('a spool file that is not there is named, and the rest is copied', async (t) => {
  const { directory, target } = place(t);
  const store = await openSqliteStore({ directory });
  for (let number = 0; number < 3; number += 1) await secure(store, number);
  await store.close();
  const [lost] = readdirSync(join(directory, 'spool'));
  rmSync(join(directory, 'spool', lost ?? ''));
  const count = await backupDirectory({ directory, target });
  assert.deepEqual([count.missing, count.spools], [[lost], 1]);
});

test('a target that holds anything is left as it is; a store that is not there is told', async (t) => {
  const { directory, target } = place(t);
  await (await openSqliteStore({ directory })).close();
  mkdirSync(target);
  writeFileSync(join(target, 'mine'), '');
  await assert.rejects(backupDirectory({ directory, target }), BackupError);
  assert.deepEqual(readdirSync(target), ['mine']);
  const nowhere = backupDirectory({ directory: `${directory}-2`, target: `${target}-2` });
  await assert.rejects(nowhere, /there is no queue.sqlite/);
  assert.ok(!existsSync(`${target}-2`));
});

test('what a killed backup has left goes with the next one, or the next start, which say so', async (t) => {
  const { directory, target } = place(t);
  const store = await openSqliteStore({ directory });
  const copy = await secure(store, 0);
  const [spool] = readdirSync(join(directory, 'spool'));
  const leave = (pid: number): void => {
    const path = join(directory, `backup-${pid}`);
    mkdirSync(path);
    linkSync(join(directory, 'spool', spool), join(path, spool));
  };
  leave(7);
  mkdirSync(join(directory, 'backup-of-mine'));
  const running = makePins(directory, 0);
  assert.deepEqual(removeLeftPins(directory, 0), ['backup-7'], 'one that runs keeps its own');
  running.remove();
  leave(8);
  leave(process.pid);
  const { removed, spools } = await backupDirectory({ directory, target });
  assert.deepEqual([removed.toSorted(), spools], [['backup-8', `backup-${process.pid}`].toSorted(), 1]);
  leave(9);
  await store.close();
  const findings: StoreFinding[] = [];
  const again = await openSqliteStore({ directory, onFinding: (finding) => findings.push(finding) });
  assert.equal((await again.show(copy))?.copy, copy);
  await again.close();
  assert.deepEqual(
    findings.map(({ kind, detail }) => [kind, /left backup-9/.test(detail)]),
    [['left-over', true]],
  );
  const left = readdirSync(directory).filter((name) => name.startsWith('backup-'));
  assert.deepEqual(left, ['backup-of-mine']);
  assert.ok(existsSync(join(directory, 'spool', spool)), 'a pin is a name: the mail stays');
});
