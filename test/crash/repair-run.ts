// A process that repairs a damaged store below a watched directory: `node repair-run.ts STORE [FROM LOG]`.
// With FROM it first copies that to STORE, synced, and marks it in the log; what comes after is the repair
// alone.

import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { instant } from '../../src/base/time.ts';
import { repairStore } from '../../src/store/index.ts';
import { LogMarks } from './shim-log.ts';

export interface RepairMark {
  readonly mark: 'copied';
}

const [to, from, log] = process.argv.slice(2);
if (from !== undefined) {
  copy(from, to);
  sync(dirname(to));
  new LogMarks(log).put({ mark: 'copied' } satisfies RepairMark);
}
const last = [...repairStore(to, instant(Date.UTC(2026, 0, 15, 12)))].at(-1);
if (last?.kind !== 'report' || last.report.outcome !== 'repaired')
  throw new Error(`not repaired: ${JSON.stringify(last)}`);

/** Through calls that the shim sees, unlike those by which a file is copied at once. */
function copy(source: string, target: string): void {
  mkdirSync(target);
  for (const entry of readdirSync(source, { withFileTypes: true })) {
    const [here, there] = [join(source, entry.name), join(target, entry.name)];
    if (entry.isDirectory()) copy(here, there);
    else write(there, readFileSync(here));
  }
  sync(target);
}

function write(path: string, octets: Uint8Array): void {
  const file = openSync(path, 'w', 0o600);
  for (let done = 0; done < octets.length; ) done += writeSync(file, octets, done);
  fsyncSync(file);
  closeSync(file);
}

function sync(directory: string): void {
  const opened = openSync(directory, 'r');
  fsyncSync(opened);
  closeSync(opened);
}
