// A database with a log in which one bit of a frame is flipped: the frame lies over the page that it was, be
// it the number that lost the bit or the data, although the checksum of the log can say the same of both.

import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { readWal, type WalFrame } from '../check/wal.ts';
import { PageImage, page_octets } from './page-image.ts';

let directory: string;
let whole: Uint8Array;
let frames: readonly WalFrame[];
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'chappe-page-image-'));
  const path = join(directory, 'made.sqlite');
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE one (x); CREATE TABLE two (x)');
  for (const table of ['one', 'two']) database.exec(`INSERT INTO ${table} VALUES (randomblob(2000))`);
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  for (const table of ['one', 'two', 'one', 'two']) {
    database.exec(`INSERT INTO ${table} VALUES (randomblob(100))`);
  }
  for (const suffix of ['', '-wal']) copyFileSync(`${path}${suffix}`, join(directory, `q${suffix}`));
  database.close();
  whole = new Uint8Array(readFileSync(join(directory, 'q-wal')));
  frames = readWal(join(directory, 'q-wal')).frames;
});
after(() => rmSync(directory, { recursive: true }));

/** The page of a frame, read when bits of an octet are flipped; whether the checksum knew another page. */
function readFlipped(index: number, at: number, mask: number) {
  const octets = whole.slice();
  octets[at] ^= mask;
  const log = join(directory, 'flipped-wal');
  writeFileSync(log, octets);
  const image = new PageImage(join(directory, 'q'), log);
  const { offset, page } = frames[index];
  const read = image.read(page).octets;
  const others = frames.filter((other) => other.page !== page).map((other) => image.read(other.page).octets);
  image.close();
  assert.deepEqual(Buffer.from(read), Buffer.from(octets.subarray(offset, offset + page_octets)));
  return { others, hasMeant: readWal(log).frames[index].meant !== undefined };
}

/** The last of its page, and not the last of the log: what follows proves its number. */
const wanted = 2;

test('a flipped number: the page is the one that it was', () => {
  for (let bit = 0; bit < 32; bit += 1) {
    const at = frames[wanted].offset - 24 + (bit >> 3);
    assert.ok(readFlipped(wanted, at, 1 << (bit & 7)).hasMeant);
  }
});

test('flipped data that the checksum takes for a flipped number: the page is the one that it says', () => {
  const sound = readFlipped(wanted, frames[wanted].offset, 0).others;
  let alike = 0;
  for (let at = frames[wanted].offset + 3; at < frames[wanted].offset + page_octets; at += 4) {
    for (const mask of [0x02, 0x80]) {
      const { others, hasMeant } = readFlipped(wanted, at, mask);
      if (!hasMeant) continue;
      alike += 1;
      assert.deepEqual(others, sound, 'it lies over no other page');
    }
  }
  assert.ok(alike > 10, `${alike} such bits`);
});
