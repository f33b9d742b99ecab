// RT-A6: what kills the process three times is set aside with reason and dump, and not taken up again.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./poison-mta.ts', import.meta.url));

test('RT-A6 a message that kills the process is set aside at the third death; others are delivered', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-poison-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [program, directory, ...args], {
      cwd: directory,
      encoding: 'utf8',
      timeout: 30_000,
    });
  const said: string[] = [];
  for (const args of [['submit'], [], []]) {
    const died = run(...args);
    assert.equal(died.signal, 'SIGABRT', died.stderr);
    said.push(died.stdout);
  }
  const fourth = run();
  assert.equal(fourth.status, 0, fourth.stderr);
  said.push(fourth.stdout);
  const events = said.flatMap((text) => text.split('\n').filter((line) => line.startsWith('{')));
  const named = (name: string) =>
    events.map((line) => JSON.parse(line)).filter((event) => event.name === name);
  const [set, ...more] = named('quarantined');
  assert.equal(more.length, 0);
  assert.match(set.detail, /failed 3 times in delivery: the process died/);
  assert.ok(existsSync(set.dump) && existsSync(set.dump.replace(/txt$/, 'ber')));
  const recipients = new Set(named('delivered').map(({ recipient }) => recipient));
  assert.equal(recipients.size, 2);
  const fifth = run();
  assert.equal(fifth.status, 0, fifth.stderr);
  assert.doesNotMatch(fifth.stdout, /quarantined/);
});
