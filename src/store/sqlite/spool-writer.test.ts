// A spool being written when the file system refuses, and errors as refusals of the port.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { isDamage, refusalFor } from './errors.ts';
import { newSpoolName } from './spool-directory.ts';
import { SpoolReader } from './spool-reader.ts';
import { SpoolFileWriter } from './spool-writer.ts';

test('a spool that could not be made refuses everything and throws nothing', async () => {
  const writer = await new SpoolFileWriter('/nonexistent/directory', newSpoolName()).create();
  for (const result of [
    await writer.write(new Uint8Array(1)),
    await writer.sync(),
    await writer.seal(new Uint8Array()),
  ]) {
    assert.equal(result.ok ? 'fine' : result.refusal.kind, 'failed');
  }
  await writer.discard();
});

test('a full disk is told as no space, and stays told', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-spool-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const writer = await new SpoolFileWriter(directory, newSpoolName()).create();
  // Octets that fail like a full disk as soon as they are touched.
  const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  const octets = new Proxy(new Uint8Array(1), {
    get: () => {
      throw full;
    },
  });
  const refused = { ok: false, refusal: { kind: 'no-space', detail: 'no space left on device' } };
  assert.deepEqual(await writer.write(octets), refused);
  assert.deepEqual(await writer.seal(new Uint8Array()), refused);
  await writer.discard();
});

test('steps that are not waited for follow each other', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-spool-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const writer = await new SpoolFileWriter(directory, newSpoolName()).create();
  const pieces = [new Uint8Array(70_000).fill(1), new Uint8Array(5).fill(2)];
  await Promise.all([...pieces.map((piece) => writer.write(piece)), writer.seal(new Uint8Array(3))]);
  assert.equal((await writer.write(new Uint8Array(1))).ok, false);
  const piece = await new SpoolReader(directory).read(writer.name, 69_998, 100);
  assert.deepEqual(piece, { kind: 'octets', octets: Uint8Array.of(1, 1, 2, 2, 2, 2, 2) });
  await writer.discard();
  assert.deepEqual(readdirSync(directory), []);
});

test('errors of SQLite and the file system become refusals; damage is told apart', () => {
  const sqlite = (errcode: number): Error =>
    Object.assign(new Error('x'), { code: 'ERR_SQLITE_ERROR', errcode });
  assert.equal(refusalFor(sqlite(13)).kind, 'no-space');
  assert.equal(refusalFor(sqlite(778)).kind, 'failed');
  assert.deepEqual(
    [isDamage(sqlite(11)), isDamage(sqlite(267)), isDamage(sqlite(26)), isDamage(sqlite(10))],
    [true, true, true, false],
  );
});
