// A file that is written over with its own octets is what it was, however long; one that is not there is not
// made. That it reaches the disk is held by test/crash.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { seededRandom } from '../../base/random.ts';
import { rewriteInPlace } from './stable-octets.ts';

test('a file written over with itself is what it was', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-octets-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'file');
  for (const length of [0, 1, 1024 * 1024, 2_500_001]) {
    const octets = seededRandom(length).octets(length);
    writeFileSync(file, octets);
    rewriteInPlace(file);
    assert.ok(readFileSync(file).equals(octets), `${length} octets`);
  }
});

test('a file that is not there is not made, and a directory is no file', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-octets-'));
  t.after(() => rmSync(directory, { recursive: true }));
  rewriteInPlace(join(directory, 'none'));
  assert.equal(existsSync(join(directory, 'none')), false);
  assert.throws(() => rewriteInPlace(directory), { code: 'EISDIR' });
});
