// Records what a store does to its directory over several lives of a process: one that stops in order, one
// that is killed in the middle of a write, and one that stops in order again.

import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Random } from '../../src/base/random.ts';
import { Disk } from './disk.ts';
import { FaultControl, watchedEnvironment } from './shim.ts';
import { type LogRecord, readLog } from './shim-log.ts';

/** The process that is recorded. */
export const loadFile = fileURLToPath(new URL('./load.ts', import.meta.url));

export interface Recording {
  /** What was watched. */
  readonly root: string;
  /** The store, below it. */
  readonly store: string;
  readonly records: readonly LogRecord[];
}

export interface RecordingPlan {
  /** An empty directory for the files of the recording. */
  readonly directory: string;
  readonly seed: number;
  readonly random: Random;
  /** How many transitions each life of the process makes. */
  readonly transitions: number;
}

/** Runs the load over three lives and returns what was logged. */
export async function recordedLoad({
  directory,
  seed,
  random,
  transitions,
}: RecordingPlan): Promise<Recording> {
  const root = join(directory, 'root');
  mkdirSync(root);
  // Several directories that are not there yet: their names have to be durable, too.
  const store = join(root, 'var', 'lib', 'store');
  const log = join(directory, 'log');
  const control = new FaultControl(join(directory, 'control'));
  const environment = watchedEnvironment({ root, log, control: control.path });
  for (const life of [0, 1, 2]) {
    const isKilled = life === 1;
    // Every other time right before a sync: then what was written is only in memory, and the next life
    // finds it.
    const atSync = isKilled && seed % 2 === 1;
    control.set({ changes: 0, databaseSyncs: 0, killHalfway: random.between(0, 1) });
    control.set({ killAt: isKilled && !atSync ? random.between(10, 8 * transitions) : 0 });
    control.set({ killAtSync: atSync ? random.between(5, transitions) : 0 });
    const amount = [String(seed * 10 + life), String(transitions), ...(isKilled ? ['stay'] : [])];
    const ended = await run([loadFile, store, log, ...amount], environment);
    if (ended !== (isKilled ? 'SIGKILL' : 0)) throw new Error(`life ${life} of the load ended with ${ended}`);
  }
  control.close();
  return { root, store, records: readLog(log) };
}

/** The exit code or the signal. */
export function run(args: readonly string[], environment: Record<string, string>): Promise<number | string> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...environment },
  });
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code ?? 0)));
}

/** Files that are not on the real disk as the log says: whatever got past the shim. */
export function unseenChanges({ root, records }: Recording): string[] {
  const disk = new Disk(root);
  for (const record of records) disk.take(record);
  const unseen: string[] = [];
  for (const [name, octets] of disk.files()) {
    if (name.endsWith('-shm')) continue;
    if (!readFileSync(join(root, name)).equals(octets)) unseen.push(name);
  }
  return unseen;
}
