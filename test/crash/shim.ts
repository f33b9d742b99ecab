// Builds the shim and starts processes under it: `shim.c` says what it does. Without a C compiler there is no
// shim: in CI that is a failure, elsewhere the tests that need it are skipped, aloud.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('./shim.c', import.meta.url));

/** The built library, or why there is none. */
export type Shim = { readonly library: string } | { readonly missing: string };

/** Builds the shim, once for each state of its source. Throws if a compiler is there and refuses it. */
export function builtShim(): Shim {
  const digest = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 16);
  const user = process.getuid?.() ?? 0;
  const library = join(tmpdir(), `chappe-shim-${user}-${digest}.so`);
  if (existsSync(library)) return { library };
  const made = `${library}.${process.pid}`;
  const flags = ['-O2', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC', '-o', made, source];
  const { error, status, stderr } = spawnSync('gcc', flags, { encoding: 'utf8' });
  if (error !== undefined || process.platform !== 'linux') {
    const missing = `no C compiler (gcc) or no Linux: ${error?.message ?? process.platform}`;
    if (process.env.CI !== undefined) throw new Error(`${missing}; .ci/run installs it`);
    return { missing };
  }
  if (status !== 0) throw new Error(`gcc refuses ${source}:\n${stderr}`);
  renameSync(made, library);
  return { library };
}

/** Options of a test that needs the shim: skipped with the reason where there is none. */
export function needsShim(): { readonly skip: string | false } {
  const shim = builtShim();
  return { skip: 'missing' in shim ? shim.missing : false };
}

export interface Watching {
  /** What lies below it is watched. */
  readonly root: string;
  readonly log?: string;
  readonly control?: string;
}

/** The environment of a process that is to be watched. */
export function watchedEnvironment({ root, log, control }: Watching): Record<string, string> {
  const shim = builtShim();
  if ('missing' in shim) throw new Error(shim.missing);
  return {
    LD_PRELOAD: shim.library,
    UV_USE_IO_URING: '0',
    CHAPPE_SHIM_ROOT: root,
    ...(log !== undefined && { CHAPPE_SHIM_LOG: log }),
    ...(control !== undefined && { CHAPPE_SHIM_CONTROL: control }),
  };
}

/** What is to go wrong; the places in the file are those of `struct control`. */
const fields = {
  kinds: 0,
  writeErrno: 4,
  syncErrno: 8,
  writeDelay_us: 12,
  syncDelay_us: 16,
  left: 20,
  hits: 24,
  changes: 28,
  killAt: 32,
  killHalfway: 36,
  killAtSync: 40,
  databaseSyncs: 44,
} as const;
type Field = keyof typeof fields;

export const fileKinds = { database: 1, spool: 2, other: 4 } as const;
export const errnos = { EIO: 5, ENOSPC: 28 } as const;

/** The file by which a running process is told what goes wrong with its disk. */
export class FaultControl {
  readonly path: string;
  readonly #file: number;

  /** Makes the file, with nothing to go wrong, or takes the one that is there. */
  constructor(path: string) {
    this.path = path;
    if (!existsSync(path)) writeFileSync(path, new Uint8Array(64));
    this.#file = openSync(path, 'r+');
  }

  set(values: Partial<Record<Field, number>>): void {
    for (const [field, value] of Object.entries(values)) {
      const octets = Buffer.alloc(4);
      octets.writeInt32LE(value);
      writeSync(this.#file, octets, 0, 4, fields[field as Field]);
    }
  }

  get(field: Field): number {
    const octets = Buffer.alloc(4);
    readSync(this.#file, octets, 0, 4, fields[field]);
    return octets.readInt32LE();
  }

  /** The disk works again. */
  heal(): void {
    this.set({ kinds: 0, writeErrno: 0, syncErrno: 0, writeDelay_us: 0, syncDelay_us: 0, left: 0 });
  }

  close(): void {
    closeSync(this.#file);
  }
}
