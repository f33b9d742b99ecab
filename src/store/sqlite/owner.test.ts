// What root makes in the directory of the MTA's own user (a repair or an import by sudo) belongs to that
// user: else the next start could not open it. Becoming somebody else is only for root to try.

import assert from 'node:assert/strict';
import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { message, noon, secured, taken } from '../compliance-fixtures.ts';
import { openSqliteStore, repairStore } from '../index.ts';

const nobody = 65_534;
const isRoot = process.geteuid?.() === 0;

test('what root makes in the directory of another user belongs to that user', {
  skip: isRoot ? false : 'needs root, to work in the directory of somebody else',
}, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-owner-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  chownSync(directory, nobody, nobody);
  const others = (): string[] => {
    const paths = readdirSync(directory, { recursive: true }).map((name) => join(directory, String(name)));
    return paths.filter((path) => statSync(path).uid !== nobody || statSync(path).gid !== nobody);
  };
  const store = await openSqliteStore({ directory, inlineOctetsMax: 100 });
  const octets = new Uint8Array(5000);
  await secured(store, message({ content: { kind: 'inline', octets }, contentLength: octets.length }));
  const spool = await store.openSpool();
  await spool.write(octets);
  await spool.seal(new Uint8Array());
  const content = { kind: 'spooled', spool: spool.name, octets_count: octets.length } as const;
  await taken(store, { create: [message({ content, contentLength: octets.length })] });
  assert.deepEqual(others(), [], 'while it is open');
  await store.close();
  assert.deepEqual(others(), [], 'afterwards');
  const file = join(directory, 'queue.sqlite');
  const damaged = readFileSync(file);
  damaged[3] ^= 0x10;
  writeFileSync(file, damaged);
  const last = [...repairStore(directory, noon)].at(-1);
  assert.ok(last?.kind === 'report' && last.report.outcome === 'repaired', JSON.stringify(last));
  assert.deepEqual(others(), [], 'after a repair');
});
