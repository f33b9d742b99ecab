// From the start of the process to `ready`, and the memory of the process, with 0, 100,000 and 1,000,000
// messages queued for a link whose peer does not answer: ready in under 5 s, and under 1 KB of memory for
// each message (the design's targets). Exits with 1 if either is missed.
//
//   node bench/queued.ts [--counts 0,100000,1000000] [--times 3] [--directory DIR] [--json]
//
// The queue is filled through the store itself. Memory is the resident set ten seconds after `ready`, when
// the link has taken its window of the queue into memory; a message's share is what it has more than the
// empty one. The database is in the page cache: what a reboot costs more is the disk's to say.

import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { freePorts } from '../test/support/ports.ts';
import { startChappe } from './chappe.ts';
import { fillStore } from './filled-store.ts';
import { median } from './statistics.ts';

const READY_MS_MAX = 5000;
const OCTETS_PER_MESSAGE_MAX = 1024;
const SETTLE_MS = 10_000;

const { values } = parseArgs({
  options: {
    counts: { type: 'string', default: '0,100000,1000000' },
    times: { type: 'string', default: '3' },
    directory: { type: 'string', default: process.cwd() },
    json: { type: 'boolean', default: false },
  },
});

/** Resident octets of a process, from the kernel. */
function residentOctets(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}

interface Figures {
  readonly queued: number;
  readonly databaseMiB: number;
  readonly ready_ms: number;
  readonly residentMiB: number;
  readonly octetsPerMessage: number;
}

async function measure(directory: string): Promise<{ ready_ms: number; resident: number }> {
  const [port, adminPort, deadPort] = await freePorts(3);
  const dead = { name: 'dead', mta: 'MTA-DEAD', password: 'secret', port: deadPort };
  const mta = await startChappe(
    { port, adminPort },
    [{ ...dead, space: '/P=SITE-0/A= /C=GB/' }],
    '',
    directory,
  );
  try {
    await sleep(SETTLE_MS);
    const resident = residentOctets(mta.process.pid ?? 0);
    return { ready_ms: mta.ready_ms, resident };
  } finally {
    const gone = new Promise((resolve) => mta.process.once('exit', resolve));
    mta.process.kill('SIGKILL');
    await gone;
  }
}

const figures: Figures[] = [];
let emptyResident: number | undefined;
for (const queued of values.counts.split(',').map(Number)) {
  const directory = mkdtempSync(join(values.directory, '.bench-queued-'));
  try {
    await fillStore(join(directory, 'store'), queued);
    const databaseMiB = Math.round(statSync(join(directory, 'store', 'queue.sqlite')).size / 2 ** 20);
    const runs: { ready_ms: number; resident: number }[] = [];
    for (let time = 0; time < Number(values.times); time += 1) runs.push(await measure(directory));
    const resident = median(runs.map((run) => run.resident));
    emptyResident ??= resident;
    figures.push({
      queued,
      databaseMiB,
      ready_ms: Math.round(median(runs.map((run) => run.ready_ms))),
      residentMiB: Math.round(resident / 2 ** 20),
      octetsPerMessage: queued === 0 ? 0 : Math.round((resident - emptyResident) / queued),
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
const holds = figures.every(
  ({ ready_ms, octetsPerMessage }) => ready_ms < READY_MS_MAX && octetsPerMessage < OCTETS_PER_MESSAGE_MAX,
);
if (values.json) console.log(JSON.stringify({ bench: 'queued', holds, figures }, undefined, 2));
else console.table(figures);
process.exitCode = holds ? 0 : 1;
