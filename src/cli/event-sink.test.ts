// The sink in a process of its own, because it writes on the standard error of its process: whole lines, in
// order; a reader that goes away or never reads does not disturb.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';

const sink = new URL('./event-sink.ts', import.meta.url).href;

/** A process that emits `count` events and two that cannot be written, says `done` and ends. */
function emitter(count: number, stderr: 'pipe' | number = 'pipe'): ChildProcess {
  const code = `
    const { stderrSink } = await import(${JSON.stringify(sink)});
    const observe = (name) => { if (name === 'stopping') throw new Error('observer'); };
    const sink = stderrSink({ now: () => 0 }, observe);
    const detail = 'x'.repeat(500);
    for (let i = 0; i < ${count}; i += 1) sink.emit('connect-failed', { link: 'l' + i, detail });
    sink.emit('stopping', {});
    sink.emit('connect-failed', { link: 'last', detail: 10n });
    process.stdout.write('done');
    process.exit(await sink.close() ? 0 : 3);
  `;
  return spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', stderr] });
}

function stream(of: Readable | null): Readable {
  assert.ok(of !== null);
  return of;
}

function linksIn(lines: string): readonly string[] {
  const parsed = lines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(parsed.at(-1).eventsDropped, 2, 'what could not be written is counted');
  return parsed.filter((line) => line.event === 9215).map((line) => line.link);
}

const expected = Array.from({ length: 2000 }, (_, index) => `l${index}`);

test('a pipe gets each event as one line of JSON, in order', async () => {
  assert.deepEqual(linksIn(await text(stream(emitter(2000).stderr))), expected);
});

test('a file gets every line, in order', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-sink-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'events.jsonl');
  const [code] = await once(emitter(2000, openSync(file, 'a')), 'exit');
  assert.equal(code, 0);
  assert.deepEqual(linksIn(readFileSync(file, 'utf8')), expected);
});

test('a full disk costs the lines that it does not take, and not the end', async () => {
  const child = emitter(2000, openSync('/dev/full', 'w'));
  const [out, [code]] = await Promise.all([text(stream(child.stdout)), once(child, 'exit')]);
  assert.equal(out, 'done');
  assert.equal(code, 0);
});

test('a reader that went away harms nothing', async () => {
  const child = emitter(5000);
  stream(child.stderr).destroy();
  const [out, [code]] = await Promise.all([text(stream(child.stdout)), once(child, 'exit')]);
  assert.equal(out, 'done');
  assert.equal(code, 0);
});

test('a reader that never reads holds up nothing, nor the end', async () => {
  const child = emitter(50_000);
  stream(child.stderr).pause();
  const [[out], [code]] = await Promise.all([once(stream(child.stdout), 'data'), once(child, 'exit')]);
  assert.equal(String(out), 'done');
  assert.equal(code, 3);
});
