// The log of SQLite with a bit flipped in the head of a frame: what it says of the round and of the page.

import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { readWal } from './wal.ts';

const header_octets = 32;
const frame_octets = 24 + 4096;

let directory: string;
let whole: Uint8Array;
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'chappe-wal-'));
  const path = join(directory, 'log.sqlite');
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE one (x); CREATE TABLE two (x)');
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  for (const table of ['one', 'two', 'one', 'two']) {
    database.exec(`INSERT INTO ${table} VALUES (zeroblob(100))`);
  }
  copyFileSync(`${path}-wal`, join(directory, 'wal'));
  database.close();
  whole = new Uint8Array(readFileSync(join(directory, 'wal')));
});
after(() => rmSync(directory, { recursive: true }));

function flipped(at: number, mask: number) {
  const octets = whole.slice();
  octets[at] ^= mask;
  const path = join(directory, 'flipped');
  writeFileSync(path, octets);
  return readWal(path);
}

test('a frame whose page number lost a bit is told, and known for the page that it is', () => {
  const { frames, verdict } = readWal(join(directory, 'wal'));
  assert.equal(verdict, 'whole');
  assert.ok(frames.length >= 4);
  for (const [index, { page }] of frames.entries()) {
    for (let bit = 0; bit < 32; bit += 1) {
      const at = header_octets + index * frame_octets + (bit >> 3);
      const found = flipped(at, 1 << (bit & 7));
      const isLast = index === frames.length - 1;
      if (!isLast) assert.equal(found.frames[index].meant, page, `frame ${index}, bit ${bit}`);
      assert.equal(found.frames[index].isGood, false);
      assert.equal(found.verdict, isLast ? 'torn' : 'damaged');
    }
  }
});

test('a frame behind one whose checksum lost a bit keeps its page', () => {
  const { frames } = readWal(join(directory, 'wal'));
  for (const [index, { page }] of frames.slice(1).entries()) {
    for (let bit = 0; bit < 64; bit += 1) {
      const at = header_octets + index * frame_octets + 16 + (bit >> 3);
      const found = flipped(at, 1 << (bit & 7));
      assert.deepEqual([found.frames[index].page, found.frames[index + 1].page], [frames[index].page, page]);
      assert.deepEqual([found.frames[index].meant, found.frames[index + 1].meant], [undefined, undefined]);
      assert.ok(found.frames[index + 1].isGood, 'what was synced after it proves it');
      assert.equal(found.verdict, 'damaged');
    }
  }
});

test('the salt of the last frame lost a bit: it is no frame of an older round, and is told', () => {
  const last = readWal(join(directory, 'wal')).frames.length - 1;
  for (let bit = 0; bit < 64; bit += 1) {
    const at = header_octets + last * frame_octets + 8 + (bit >> 3);
    const { verdict, frames } = flipped(at, 1 << (bit & 7));
    assert.deepEqual([verdict, frames.length], ['torn', last + 1], `bit ${bit}`);
  }
});

test('frames of an older round are passed over', () => {
  const last = readWal(join(directory, 'wal')).frames.length - 1;
  const octets = whole.slice();
  const at = header_octets + last * frame_octets + 8;
  octets[at + 3] -= 1;
  octets.set([1, 2, 3, 4], at + 4);
  writeFileSync(join(directory, 'older'), octets);
  const { verdict, frames } = readWal(join(directory, 'older'));
  assert.deepEqual([verdict, frames.length], ['whole', last]);
});
