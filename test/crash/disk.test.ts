// The disk that loses its power: what was synced is there, what was not may be, sector by sector, and no
// octet ever is what nobody wrote.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';

import { seededRandom } from '../../src/base/random.ts';
import { Disk, type Survival } from './disk.ts';
import type { LogRecord } from './shim-log.ts';

const O_CREAT = 0o100;

function record(op: LogRecord['op'], special: Partial<LogRecord> = {}): LogRecord {
  return { op, fd: 0, number: 0, path: '', data: new Uint8Array(), ...special };
}

function written(fd: number, at: number, octets: number[] | Uint8Array): LogRecord {
  return record('write', { fd, number: at, data: Uint8Array.from(octets) });
}

/** How the directory stands after a power failure. */
function left(t: TestContext, disk: Disk, { survival, seed }: { survival: Survival; seed: number }): string {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-disk-'));
  t.after(() => rmSync(directory, { recursive: true }));
  disk.fail(directory, survival, seededRandom(seed));
  return directory;
}

/** A file with one synced sector of ones, and twos, threes and fours over it and behind it, unsynced. */
function half(): Disk {
  const disk = new Disk('/r');
  const steps = [
    record('open', { fd: 5, path: '/r' }),
    record('open', { fd: 7, number: O_CREAT, path: '/r/file' }),
    written(7, 0, new Uint8Array(512).fill(1)),
    record('sync', { fd: 7 }),
    record('sync', { fd: 5 }),
    written(7, 0, new Uint8Array(1024).fill(2)),
    written(7, 512, new Uint8Array(512).fill(3)),
    written(7, 256, new Uint8Array(256).fill(4)),
  ];
  for (const step of steps) disk.take(step);
  return disk;
}

test('what was synced is there, and what was not need not be', (t) => {
  const nothing = readFileSync(join(left(t, half(), { survival: 'nothing', seed: 1 }), 'file'));
  assert.deepEqual([...nothing], Array(512).fill(1));
  const everything = readFileSync(join(left(t, half(), { survival: 'everything', seed: 1 }), 'file'));
  assert.deepEqual([...everything], [...Array(256).fill(2), ...Array(256).fill(4), ...Array(512).fill(3)]);
});

test('every sector stands as some moment left it, independently of the others', (t) => {
  const first = new Set<string>();
  const both = new Set<string>();
  for (let seed = 1; seed <= 150; seed += 1) {
    const octets = readFileSync(join(left(t, half(), { survival: 'any part', seed }), 'file'));
    first.add(`${octets[0]}${octets[256]}`);
    both.add(`${octets[0]}${octets[256]}${octets[512]}`);
  }
  // The four was written into what the two had made: never over the one.
  assert.deepEqual([...first].sort(), ['11', '22', '24']);
  assert.ok(both.has('113') && both.has('240') && both.has('222'), [...both].join(' '));
});

test('a name lives only when its directory was synced, and a later one may without an earlier', (t) => {
  const disk = new Disk('/r');
  const make = (fd: number, name: string): LogRecord =>
    record('open', { fd, number: O_CREAT, path: `/r/${name}` });
  for (const step of [record('open', { fd: 5, path: '/r' }), make(7, 'a'), record('sync', { fd: 7 })]) {
    disk.take(step);
  }
  assert.deepEqual(readdirSync(left(t, disk, { survival: 'nothing', seed: 1 })), []);
  disk.take(record('sync', { fd: 5 }));
  for (const step of [make(8, 'b'), make(9, 'c'), record('unlink', { path: '/r/a' })]) disk.take(step);
  assert.deepEqual(readdirSync(left(t, disk, { survival: 'nothing', seed: 1 })), ['a']);
  const seen = new Set<string>();
  for (let seed = 1; seed <= 100; seed += 1) {
    seen.add(readdirSync(left(t, disk, { survival: 'any part', seed })).join(''));
  }
  assert.deepEqual([...seen].sort(), ['', 'a', 'ab', 'abc', 'ac', 'b', 'bc', 'c']);
});

test('a move within a directory is one act', (t) => {
  const disk = new Disk('/r');
  for (const step of [
    record('open', { fd: 5, path: '/r' }),
    record('open', { fd: 7, number: O_CREAT, path: '/r/x.part' }),
    record('sync', { fd: 5 }),
    record('rename', { path: '/r/x.part\n/r/x' }),
  ]) {
    disk.take(step);
  }
  const seen = new Set<string>();
  for (let seed = 1; seed <= 40; seed += 1) {
    seen.add(readdirSync(left(t, disk, { survival: 'any part', seed })).join(' '));
  }
  assert.deepEqual([...seen].sort(), ['x', 'x.part']);
});

test('a file that was cut off may be as long as it was', (t) => {
  const disk = half();
  disk.take(record('truncate', { fd: 7, number: 100 }));
  const lengths = new Set<number>();
  for (let seed = 1; seed <= 60; seed += 1) {
    lengths.add(readFileSync(join(left(t, disk, { survival: 'any part', seed }), 'file')).length);
  }
  assert.deepEqual(
    [...lengths].sort((one, other) => one - other),
    [100, 512, 1024],
  );
});

test('what stands in a directory that has no name is gone with it', (t) => {
  const disk = new Disk('/r');
  for (const step of [
    record('mkdir', { path: '/r/below' }),
    record('open', { fd: 6, path: '/r/below' }),
    record('open', { fd: 7, number: O_CREAT, path: '/r/below/file' }),
    record('sync', { fd: 6 }),
  ]) {
    disk.take(step);
  }
  assert.deepEqual(readdirSync(left(t, disk, { survival: 'nothing', seed: 1 })), []);
  const whole = left(t, disk, { survival: 'everything', seed: 1 });
  assert.deepEqual(readdirSync(join(whole, 'below')), ['file']);
});
