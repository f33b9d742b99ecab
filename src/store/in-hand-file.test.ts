// The file of what is in hand: what a death leaves, and what a clean stop does.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';

import { DumpDirectory } from './dump-directory.ts';
import { InHandFile } from './in-hand-file.ts';

function directoryFor(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-in-hand-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

test('what was in hand at a death is left; what was let go is not', (t) => {
  const directory = directoryFor(t);
  const died = new InHandFile(directory);
  const one = died.begin('delivery', 'copy/12/delivery');
  died.begin('delivery', 'copy/13/delivery');
  died.end(one);
  died.begin('transfer-in', 'apdu/1a2b-300');
  const next = new InHandFile(directory);
  assert.deepEqual(next.left, [
    { stage: 'transfer-in', subject: 'apdu/1a2b-300' },
    { stage: 'delivery', subject: 'copy/13/delivery' },
  ]);
  next.forgetLeft();
  assert.deepEqual(new InHandFile(directory).left, []);
});

test('a clean stop leaves nothing, and neither does a file of anything else', (t) => {
  const directory = directoryFor(t);
  const stopped = new InHandFile(directory);
  stopped.begin('delivery', 'copy/12/delivery');
  stopped.close();
  assert.deepEqual(new InHandFile(directory).left, []);
  writeFileSync(join(directory, 'in-hand'), `${'\0'.repeat(200)}\nDelivery ../x\n`);
  assert.deepEqual(new InHandFile(directory).left, []);
});

test('a directory that is not there stops nobody', () => {
  const nowhere = new InHandFile('/nowhere/at/all');
  nowhere.end(nowhere.begin('delivery', 'copy/1/delivery'));
  nowhere.forgetLeft();
  nowhere.close();
  assert.deepEqual(nowhere.left, []);
});

test('fingerprints tell octets and links apart', () => {
  const file = new InHandFile('/nowhere/at/all');
  const octets = Uint8Array.of(1, 2, 3);
  const all = [
    file.fingerprint(octets, 'b'),
    file.fingerprint(octets, 'c'),
    file.fingerprint(octets.slice(1), 'b'),
  ];
  assert.equal(new Set(all).size, 3);
  assert.equal(file.fingerprint(octets.slice(), 'b'), all[0]);
});

test('dumps are bounded in number; the oldest gives way', async (t) => {
  const directory = directoryFor(t);
  const dumps = new DumpDirectory(directory);
  for (let n = 0; n < 103; n += 1) {
    const path = await dumps.write({ name: `copy-${n}`, text: `died ${n}`, octets: Uint8Array.of(n) });
    assert.equal(path, join(directory, 'dumps', `copy-${n}.txt`));
  }
  assert.equal(readdirSync(join(directory, 'dumps')).length, 200);
  assert.equal(readFileSync(join(directory, 'dumps', 'copy-102.txt'), 'utf8'), 'died 102\n');
  assert.deepEqual([...readFileSync(join(directory, 'dumps', 'copy-102.ber'))], [102]);
  const others = new DumpDirectory(directory, 'dumps-malformed');
  const other = await others.write({ name: 'apdu-1', text: 'x', octets: Uint8Array.of(1) });
  assert.equal(other, join(directory, 'dumps-malformed', 'apdu-1.txt'));
  assert.equal(readdirSync(join(directory, 'dumps')).length, 200);
  const nowhere = new DumpDirectory(join(directory, 'dumps', 'copy-102.txt'));
  assert.equal(await nowhere.write({ name: 'x', text: '', octets: new Uint8Array() }), undefined);
});
