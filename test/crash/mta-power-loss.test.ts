// The power of a machine fails on which an MTA transfers messages in. The acknowledgement is what the peer
// saw: the confirmation of the transfer. Each confirmed message is, at every moment after, in the queue or
// delivered, whole. POINTS and SEED repeat a run.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { seededRandom } from '../../src/base/random.ts';
import type { Store } from '../../src/store/index.ts';
import { MtaProcess } from '../support/mta-process.ts';
import { configurationOf, sites, temporaryDirectory, userAt } from '../support/network.ts';
import { quickDirectory } from './crash-points.ts';
import { Disk, survivals } from './disk.ts';
import { Source } from './faulty-world.ts';
import { openedHere } from './opened-store.ts';
import { unseenChanges } from './recording.ts';
import { needsShim, watchedEnvironment } from './shim.ts';
import { LogMarks, type LogRecord, markOf, readLog } from './shim-log.ts';

const POINTS = Number(process.env.POINTS ?? 60);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const messages = 12;
const inlineOctetsMax = 65_536;

interface Confirmed {
  readonly localIdentifier: string;
  readonly sha256: string;
}

/** Contents of all sizes are of one letter: the template makes them so. */
function digestOf(octets: number): string {
  return createHash('sha256').update(new Uint8Array(octets).fill(0x41)).digest('hex');
}

async function recorded(t: Parameters<typeof temporaryDirectory>[0]) {
  const directory = await temporaryDirectory(t);
  const root = join(directory, 'root');
  const log = join(directory, 'log');
  mkdirSync(root);
  const [site, nowhere, source] = await sites('B', 'NOWHERE', 'SOURCE');
  const settings = Object.entries(watchedEnvironment({ root, log })).map((pair) => pair.join('='));
  const links = [{ to: nowhere }, { to: source, spaces: [] }];
  // Its configuration is no part of what is watched: it is written from here.
  const yaml = configurationOf(site, { links }).replaceAll('directory: ./', `directory: ${root}/`);
  const mta = await MtaProcess.prepare(join(directory, 'b'), yaml, ['env', ...settings]);
  t.after(() => mta.stop('SIGKILL').then(() => undefined));
  await mta.start();
  const marks = new LogMarks(log);
  // What goes here is delivered, what goes nowhere stays in the queue.
  const plans = [userAt(site), userAt(nowhere)].flatMap((to) =>
    [1000, 150_000].map((octets) => ({ to, octets })),
  );
  await Promise.all(
    plans.map(async ({ to, octets }) => {
      const from = new Source({ site, to }, octets);
      for (let left = messages; left > 0; left -= 1) {
        const localIdentifier = from.next();
        const sent = await from.send(localIdentifier);
        assert.ok(sent.confirmed, JSON.stringify(sent));
        marks.put({ localIdentifier, sha256: digestOf(octets) } satisfies Confirmed);
      }
      from.close();
    }),
  );
  await mta.stop('SIGKILL');
  marks.close();
  return { root, store: join(root, 'store'), records: readLog(log) };
}

/** Where a message is, with the digest of its content; undefined if it is nowhere whole. */
async function digestsIn(store: Store, delivered: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { message, mtsIdentifier, contentLength } of await store.list({ limit: 100_000 })) {
    const octets = await store.readContent(message, 0, contentLength);
    if (octets !== undefined)
      found.set(localOf(mtsIdentifier), createHash('sha256').update(octets).digest('hex'));
  }
  for (const name of existsSync(delivered) ? readdirSync(delivered) : []) {
    if (!name.endsWith('.json')) continue;
    const { mtsIdentifier } = JSON.parse(readFileSync(join(delivered, name), 'utf8'));
    const content = readFileSync(join(delivered, name.replace(/json$/, 'content')));
    found.set(localOf(mtsIdentifier), createHash('sha256').update(content).digest('hex'));
  }
  return found;
}

function localOf(mtsIdentifier: string): string {
  return mtsIdentifier.slice(mtsIdentifier.indexOf(';') + 1);
}

async function faultsAt(
  disk: Disk,
  confirmed: readonly Confirmed[],
  random: ReturnType<typeof seededRandom>,
) {
  const directory = mkdtempSync(join(quickDirectory(), 'chappe-mta-'));
  const survival = random.pick(survivals);
  try {
    disk.fail(directory, survival, random);
    const { store, findings } = openedHere(join(directory, 'store'), inlineOctetsMax);
    const found = await digestsIn(store, join(directory, 'delivered'));
    await store.close();
    const wrong = confirmed.filter(({ localIdentifier, sha256 }) => found.get(localIdentifier) !== sha256);
    return [
      ...wrong.map(({ localIdentifier }) => `${survival}: ${localIdentifier} is not there`),
      ...findings.map(({ detail }) => detail),
    ];
  } catch (error) {
    return [`${survival}: ${error}`];
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** What was wrong after power failures at these moments. */
async function judged(root: string, records: readonly LogRecord[], points: number): Promise<string[]> {
  const random = seededRandom(SEED);
  const moments = Array.from({ length: points }, () => random.between(0, records.length));
  moments.sort((one, other) => one - other);
  const disk = new Disk(root);
  const confirmed: Confirmed[] = [];
  const faults: string[] = [];
  let taken = 0;
  for (const moment of moments) {
    for (; taken < moment; taken += 1) {
      const record = records[taken];
      if (record.op === 'mark') confirmed.push(markOf<Confirmed>(record));
      else disk.take(record);
    }
    faults.push(...(await faultsAt(disk, confirmed, random)));
  }
  return faults;
}

const options = { ...needsShim(), timeout: 120_000 + POINTS * 200 };

test('what a peer saw confirmed is there after a power failure', options, async (t) => {
  const recording = await recorded(t);
  const { root, records } = recording;
  assert.deepEqual(unseenChanges(recording), [], 'the log tells all');
  assert.deepEqual(await judged(root, records, POINTS), [], `seed ${SEED}`);
  // An MTA that never synced is caught: the judgement is worth something.
  const careless = records.filter(({ op }) => op !== 'sync');
  assert.ok((await judged(root, careless, 20)).length > 0);
  const confirmed = records.filter(({ op }) => op === 'mark').length;
  t.diagnostic(`seed ${SEED}: ${POINTS} power failures, ${records.length} records, ${confirmed} confirmed`);
});
