// What `chappe store check`, `--repair`, `audit` and `backup` cost on stores of 10,000, 100,000 and
// 1,000,000 messages: time, processor, the most that was resident, and how often each said how far it was.
// Exits with 1 if a message costs more than thrice as much in the largest store as in the smallest but one,
// or memory grows with the store.
//
//   node bench/check.ts [--counts 10000,100000,1000000] [--directory DIR] [--json]
//
// The damage that is repaired is one page of messages in the middle of the file, written over. The database
// is in the page cache; on a cold one the disk's speed comes on top.

import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { entry } from './chappe.ts';
import { fillStore } from './filled-store.ts';

const PAGE_OCTETS = 4096;
/** Seconds of a processor a message, against those in the smaller store. */
const GROWTH_TIMES_MAX = 3;
const RESIDENT_MIB_MAX = 600;
/** Says on standard error what the command needed: KiB resident at most, microseconds of a processor. */
const tell = `process.on("exit",()=>{const u=process.resourceUsage();
process.stderr.write("peak="+u.maxRSS+" cpu="+(u.userCPUTime+u.systemCPUTime)+"\\n")})`;

const { values } = parseArgs({
  options: {
    counts: { type: 'string', default: '10000,100000,1000000' },
    directory: { type: 'string', default: process.cwd() },
    json: { type: 'boolean', default: false },
  },
});

interface Run {
  readonly seconds: number;
  /** Of a processor: what others do on the machine does not count. */
  readonly cpuSeconds: number;
  readonly residentMiB: number;
  /** Lines on standard error that say how far it is. */
  readonly signs: number;
  readonly code: number;
}

/** Runs a command of `chappe` to its end. */
function run(config: string, ...command: string[]): Promise<Run> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [entry, ...command, '--json', '--config', config], {
    env: { ...process.env, NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(tell)}` },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  return new Promise((resolve) => {
    child.once('close', (code) =>
      resolve({
        seconds: Math.round((performance.now() - startedAt) / 100) / 10,
        cpuSeconds: Math.round(Number(/cpu=(\d+)/.exec(said)?.[1]) / 1e5) / 10,
        residentMiB: Math.round(Number(/peak=(\d+)/.exec(said)?.[1]) / 1024),
        signs: said.split('\n').filter((line) => line.includes('%')).length,
        code: code ?? -1,
      }),
    );
  });
}

/** Writes over one page in the middle of the database. */
function damage(database: string): void {
  const pages = statSync(database).size / PAGE_OCTETS;
  const file = openSync(database, 'r+');
  writeSync(file, Buffer.alloc(PAGE_OCTETS, 0xa5), 0, PAGE_OCTETS, Math.floor(pages / 2) * PAGE_OCTETS);
  closeSync(file);
}

interface Row extends Run {
  readonly messages: number;
  readonly databaseMiB: number;
  readonly command: string;
}

async function measure(messages: number): Promise<Row[]> {
  const directory = mkdtempSync(join(values.directory, '.bench-check-'));
  try {
    const config = join(directory, 'chappe.yaml');
    writeFileSync(
      config,
      `mta: { name: MTA-X, domain: { country: GB, prmd: X } }\nstore: { directory: ./store }\n`,
    );
    await fillStore(join(directory, 'store'), messages);
    const database = join(directory, 'store', 'queue.sqlite');
    const databaseMiB = Math.round(statSync(database).size / 2 ** 20);
    const rows: Row[] = [];
    const take = async (name: string, expected: number, ...command: string[]): Promise<void> => {
      const result = await run(config, ...command);
      if (result.code !== expected) throw new Error(`${name} ended with ${result.code}, not ${expected}`);
      rows.push({ messages, databaseMiB, command: name, ...result });
    };
    await take('check', 0, 'store', 'check');
    await take('audit', 0, 'store', 'audit');
    await take('backup', 0, 'store', 'backup', join(directory, 'backup'));
    rmSync(join(directory, 'backup'), { recursive: true });
    damage(database);
    await take('check, damaged', 1, 'store', 'check');
    await take('repair', 0, 'store', 'check', '--repair');
    await take('check, repaired', 0, 'store', 'check');
    return rows;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const rows: Row[] = [];
for (const count of values.counts.split(',').map(Number)) rows.push(...(await measure(count)));
const [largest, smaller] = [...new Set(rows.map(({ messages }) => messages))].toSorted((a, b) => b - a);
const costOf = (command: string, messages: number): number =>
  (rows.find((row) => row.command === command && row.messages === messages)?.cpuSeconds ?? 0) / messages;
const holds = rows
  .filter(({ messages }) => messages === largest)
  .every(
    ({ command, residentMiB }) =>
      residentMiB < RESIDENT_MIB_MAX &&
      (smaller === undefined || costOf(command, largest) <= GROWTH_TIMES_MAX * costOf(command, smaller)),
  );
if (values.json) console.log(JSON.stringify({ bench: 'check', holds, rows }, undefined, 2));
else console.table(rows);
process.exitCode = holds ? 0 : 1;
