// The sink in a process of its own, because it writes on the standard error of its process: whole lines, in
// order; a reader that goes away or never reads does not disturb.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';

import { eventually } from '../../test/support/mta-process.ts';

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
  const { name, lines: dropped } = parsed.at(-1);
  assert.deepEqual([name, dropped], ['events-dropped', 2], 'what could not be written is counted');
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

/** Emits 60,000 events, says `done`, and one more for each line of standard input; then it ends. */
const waiting = `
  const { stderrSink } = await import(${JSON.stringify(sink)});
  const sink = stderrSink({ now: () => 0 }, () => {});
  const detail = 'x'.repeat(500);
  for (let i = 0; i < 60_000; i += 1) sink.emit('connect-failed', { link: 'l' + i, detail });
  setTimeout(() => process.stdout.write('done'), 100);
  process.stdin.on('data', () => sink.emit('connect-failed', { link: 'after' }));
  process.stdin.on('end', async () => process.exit(await sink.close() ? 0 : 3));
`;
const run = ['--input-type=module', '-e', waiting] as const;

test('a reader that reads again is told at once how many lines it missed', async () => {
  const child = spawn(process.execPath, run, { stdio: ['pipe', 'pipe', 'pipe'] });
  const said = stream(child.stderr);
  await once(stream(child.stdout), 'data');
  const read = text(said);
  child.stdin?.end('go on\n');
  const lines = (await read)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const taken = lines.filter(({ name }) => name === 'connect-failed').length;
  const dropped = lines.findLast(({ name }) => name === 'events-dropped')?.lines;
  assert.ok(dropped > 0);
  assert.equal(taken + dropped, 60_001);
});

test('a disk that has room again has how many lines it missed', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-sink-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'events.jsonl');
  // The log may have a thousand blocks of half a kilobyte, or of one.
  const limited = ['-c', 'ulimit -f 1000; exec "$0" "$@"', process.execPath, ...run];
  const child = spawn('sh', limited, { stdio: ['pipe', 'pipe', openSync(file, 'a')] });
  t.after(() => child.kill('SIGKILL'));
  await once(stream(child.stdout), 'data');
  const named = (name: string) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line) => (line.startsWith('{') && line.endsWith('}') ? [JSON.parse(line)] : []))
      .filter((line) => line.name === name);
  // On a slow machine it still writes what came before, and fills the new room too: then there is more.
  const told = await eventually('the count', 60_000, () => {
    const found = named('events-dropped')[0];
    if (found !== undefined || statSync(file).size % (1000 * 512) !== 0) return found;
    truncateSync(file);
    child.stdin?.write('go on\n');
  });
  assert.ok(told.lines > 50_000);
  assert.equal(named('connect-failed').at(-1).link, 'after');
  child.stdin?.end();
  const [code] = await once(child, 'exit');
  assert.equal(code, 0);
});
