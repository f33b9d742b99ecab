// Messages move between real MTAs as archives: from one that runs into one that runs, and between stores
// whose MTAs are stopped, by any selection; with a large content, streamed; and whoever is killed in the
// middle of it, the command or the MTA, the same command again makes it whole. Nothing twice, nothing lost:
// the books of all three balance. CONTENT_OCTETS: 64 MiB by default, 2,147,483,647 in the nightly run.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';

import { seededRandom } from '../../src/base/random.ts';
import { auditDirectory, type CopySummary, openSqliteStore } from '../../src/store/index.ts';
import { AdminClient } from '../support/admin-client.ts';
import { chappe, ENTRY, eventually, MtaProcess } from '../support/mta-process.ts';
import { configurationOf, type Site, sites, temporaryDirectory, userAt } from '../support/network.ts';

const CONTENT_OCTETS = Number(process.env.CONTENT_OCTETS ?? 64 * 1024 * 1024);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
/** What the MTA that takes an archive may have resident more than when it began, in octets. */
const GROWTH_OCTETS_MAX = 128 * 1024 * 1024;
/** What a command may have resident, a store that it opens itself included, in MiB. */
const COMMAND_MIB_MAX = 400;
const limit_ms = 120_000 + CONTENT_OCTETS / 500;
const piece_octets = 1024 * 1024;

interface Told {
  readonly messages: number;
  readonly duplicates?: number;
  readonly complete?: boolean;
  readonly removed?: number;
}

it(`archives between MTAs, ${CONTENT_OCTETS} octets in one message (seed ${SEED})`, {
  timeout: limit_ms,
}, async (t) => {
  const world = await prepared(t);
  const { a, b, c, client, siteB, siteC, archive } = world;
  await a.start();
  const small = [...(await send(client, siteB, 3)), ...(await send(client, siteC, 2))];
  const large = await sendLarge(a, siteB);
  const everything = [...small, large.id].toSorted();

  const some = await told(
    a,
    'store',
    'export',
    join(world.directory, 'some'),
    '--link',
    'c',
    '--to',
    's=USER',
  );
  assert.equal(some.messages, 2, 'a selection, of an MTA that runs; copies that stay');

  // The command is killed while it takes them out: what it held goes on, and nothing was removed.
  await killedAt(a, ['store', 'export', archive, '--remove'], () => sizeOf(`${archive}.partial`));
  await eventually('nothing is held any more', 30_000, async () => {
    const held = await client.get<{ copies: unknown[] }>('/queue?state=held');
    return held?.copies.length === 0 ? true : undefined;
  });
  assert.ok(!existsSync(archive), 'it has its name only when it is whole');
  const out = await told(a, 'store', 'export', archive, '--remove');
  assert.deepEqual([out.messages, out.removed], [6, 6]);

  // Into another that runs: that MTA is killed in the middle of the large one.
  await b.start();
  const idle = memoryOf(b);
  const importing = started(b, ['store', 'import', archive, '--hold']);
  await eventually('it is in the middle', limit_ms, () =>
    spooled(b) > CONTENT_OCTETS / 4 ? true : undefined,
  );
  await b.stop('SIGKILL');
  assert.notEqual((await importing.ended).code, 0, 'the command says that it was broken off');
  await b.start();
  const taken = await told(b, 'store', 'import', archive, '--hold');
  assert.deepEqual([taken.complete, taken.messages + (taken.duplicates ?? 0)], [true, 6]);
  const again = await told(b, 'store', 'import', archive);
  assert.deepEqual([again.complete, again.messages, again.duplicates], [true, 0, 6]);
  const peak = memoryOf(b);
  await b.stop();
  assert.deepEqual(await holds(b, large), everything);

  // From a stopped one into one that never ran, killed in the middle; and twice.
  const second = join(world.directory, 'second.chappe');
  const moved = await told(b, 'store', 'export', second, '--remove');
  assert.deepEqual([moved.messages, moved.removed], [6, 6]);
  await killedAt(c, ['store', 'import', second], () => spooled(c));
  const last = await told(c, 'store', 'import', second);
  assert.deepEqual([last.complete, last.messages + (last.duplicates ?? 0)], [true, 6]);
  assert.equal((await told(c, 'store', 'import', second)).messages, 0);
  assert.deepEqual(await holds(c, large), everything);

  await a.stop();
  assert.deepEqual([await holds(a), await holds(b)], [[], []]);
  for (const mta of [a, b, c]) {
    const slices = auditDirectory(join(mta.directory, 'store'));
    assert.deepEqual(
      [...slices].flatMap(({ contradictions }) => contradictions),
      [],
    );
  }
  const grown = Math.round((peak - idle) / 2 ** 20);
  t.diagnostic(
    `seed ${SEED}: resident of the MTA that took it grew by ${grown} MiB, commands ${world.peaks}`,
  );
  assert.ok(peak - idle < GROWTH_OCTETS_MAX, 'the MTA holds the content in memory');
  assert.ok(Math.max(...world.peaks) < COMMAND_MIB_MAX, 'a command holds the content in memory');
});

/** One MTA on three machines, with links to nowhere. `peaks`: resident octets of the commands, in MiB. */
async function prepared(t: TestContext) {
  const directory = await temporaryDirectory(t);
  const [siteB, siteC, ...machines] = await sites('B', 'C', 'a', 'b', 'c');
  const made = machines.map((machine) =>
    MtaProcess.prepare(
      join(directory, machine.name),
      configurationOf({ ...machine, name: 'A' }, { links: [{ to: siteB }, { to: siteC }] }),
    ),
  );
  const [a, b, c] = await Promise.all(made);
  t.after(() => Promise.all([a, b, c].map((mta) => mta.stop('SIGKILL'))));
  const client = new AdminClient(a, machines[0]);
  return { directory, a, b, c, client, siteB, siteC, archive: join(directory, 'queue.chappe'), peaks };
}

const peaks: number[] = [];
/** Says on standard error how much the command had resident at most, in KiB. */
const tell = 'process.on("exit",()=>process.stderr.write("peak="+process.resourceUsage().maxRSS))';
const telling = ['env', `NODE_OPTIONS=--import=data:text/javascript,${encodeURIComponent(tell)}`];

/** What a command says with --json. It must end well. */
async function told(mta: MtaProcess, ...command: string[]): Promise<Told> {
  const args = [...command, '--json', '--config', mta.configPath];
  const { code, stdout, stderr } = await chappe(args, { cwd: mta.directory, within: telling });
  assert.equal(code, 0, stdout + stderr);
  peaks.push(Math.round(Number(/peak=(\d+)/.exec(stderr)?.[1]) / 1024));
  return JSON.parse(stdout);
}

function started(mta: MtaProcess, command: readonly string[]) {
  const args = [ENTRY, ...command, '--config', mta.configPath];
  let process_: ReturnType<typeof execFile> | undefined;
  const ended = new Promise<{ code: number | string }>((resolve) => {
    process_ = execFile(process.execPath, args, { cwd: mta.directory }, (error) =>
      resolve({ code: error === null ? 0 : (error.signal ?? error.code ?? 1) }),
    );
  });
  return { ended, kill: () => process_?.kill('SIGKILL') };
}

/** Kills the command when a quarter of the large content has gone where `octets` looks. */
async function killedAt(mta: MtaProcess, command: readonly string[], octets: () => number): Promise<void> {
  const running = started(mta, command);
  await eventually(`${command.slice(0, 2).join(' ')} is in the middle`, limit_ms, () =>
    octets() > CONTENT_OCTETS / 4 ? true : undefined,
  );
  running.kill();
  assert.equal((await running.ended).code, 'SIGKILL', 'it was killed before it had ended');
}

function sizeOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0;
}

function spooled(mta: MtaProcess): number {
  const folder = join(mta.directory, 'store', 'spool');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.reduce((sum, name) => sum + sizeOf(join(folder, name)), 0);
}

function memoryOf(mta: MtaProcess): number {
  const status = readFileSync(`/proc/${mta.pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

async function send(client: AdminClient, to: Site, count: number): Promise<string[]> {
  const body = { from: '/S=from/P=A/A= /C=GB/', to: [userAt(to)], text: 'small', count };
  const sent = await client.post<{ mtsIdentifier: string }[]>('/messages', body);
  assert.ok(sent !== undefined);
  return sent.map(({ mtsIdentifier }) => mtsIdentifier);
}

interface Large {
  readonly id: string;
  readonly sha256: string;
}

async function sendLarge(a: MtaProcess, to: Site): Promise<Large> {
  const file = join(a.directory, 'content');
  const block = seededRandom(SEED).octets(piece_octets);
  const hash = createHash('sha256');
  const handle = await open(file, 'w');
  for (let left = CONTENT_OCTETS; left > 0; left -= block.length) {
    const piece = block.subarray(0, Math.min(left, block.length));
    hash.update(piece);
    await handle.writeFile(piece);
  }
  await handle.close();
  const who = ['--from', '/S=from/P=A/A= /C=GB/', '--to', userAt(to)];
  const { stdout, code, stderr } = await a.command('send', ...who, '--content', file);
  assert.equal(code, 0, stderr);
  return { id: stdout.trim(), sha256: hash.digest('hex') };
}

/** The identifiers in the queue of a stopped MTA; the content of the large one is read. */
async function holds(mta: MtaProcess, large?: Large): Promise<string[]> {
  const store = await openSqliteStore({ directory: join(mta.directory, 'store') });
  try {
    const copies: readonly CopySummary[] = await store.list({});
    const found = copies.find(({ mtsIdentifier }) => mtsIdentifier === large?.id);
    if (found !== undefined) {
      const hash = createHash('sha256');
      for (let offset = 0; ; ) {
        const piece = await store.readContent(found.message, offset, piece_octets);
        if (piece === undefined || piece.length === 0) break;
        hash.update(piece);
        offset += piece.length;
      }
      assert.equal(hash.digest('hex'), large?.sha256);
    }
    return copies.map(({ mtsIdentifier }) => mtsIdentifier).toSorted();
  } finally {
    await store.close();
  }
}
