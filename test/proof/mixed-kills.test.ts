// Nothing lost, whatever the middle MTA was doing when it was killed: transfer in, transfer out, delivery,
// reports, holds and releases, deferred mail, content in spool files. After each SIGKILL the audit of its
// books must be clean: before it starts again, and once it has. A message may cross twice only where a kill
// fell between a peer's confirmation and the record of it (X.228: the recovery window); each one is held
// against the kills. So is each copy that was in hand at three kills, and is set aside for that: released, it
// comes. One kill in eight falls into a start. 6 kills by default; KILLS=1000 for the long run, which tells
// how it gets on. SEED repeats a run's moments.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';

import { seededRandom } from '../../src/base/random.ts';
import { type Instant, instant } from '../../src/base/time.ts';
import { auditDirectory, type Contradiction } from '../../src/store/index.ts';
import { MixedLoad } from '../support/mixed-load.ts';
import { type EventLine, MtaProcess } from '../support/mta-process.ts';
import { configurationOf, domainOf, sites, temporaryDirectory, userAt } from '../support/network.ts';

const KILLS = Number(process.env.KILLS ?? 6);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
/** How long before a kill a confirmation may have come whose record was not yet on disk, in milliseconds. */
const WINDOW_MS = 5000;
/** How far back the audit after each kill looks; the last one looks at everything. */
const AUDITED_MS = 120_000;
/** How long nothing may come while something is missing, in milliseconds. */
const STUCK_MS = 120_000;
/** Kills between two lines that say how it gets on. */
const TOLD_KILLS = 50;
const quick = '    retry: { openInterval: 1s, transferInterval: 1s }\n';

it('RT-J1: the books of a killed MTA balance each time', { timeout: KILLS * 10_000 + 300_000 }, async (t) => {
  const random = seededRandom(SEED);
  const directory = await temporaryDirectory(t);
  const chain = await prepared(directory);
  const { a, b, c } = chain;
  t.after(() => Promise.all([a.stop('SIGKILL'), b.stop('SIGKILL'), c.stop('SIGKILL')]));
  await Promise.all([a.start(), b.start(), c.start()]);
  const load = new MixedLoad(chain, seededRandom(SEED + 1));
  const loading = load.run(60);
  const killedAt: number[] = [];
  const unsound: Contradiction[] = [];
  t.after(() => load.stop());
  while (killedAt.length < KILLS && unsound.length === 0) {
    await pause(random.between(20, 1200));
    await b.stop('SIGKILL');
    killedAt.push(Date.now());
    const since = instant(Date.now() - AUDITED_MS);
    unsound.push(...audited(b, since));
    if (random.chance(0.125)) killedAt.push(await killedInItsStart(b, random.between(50, 1000)));
    await b.start();
    unsound.push(...audited(b, since));
    if (killedAt.length % TOLD_KILLS < 2) tell(`${killedAt.length} kills, ${await load.progress()}`);
  }
  load.stop();
  await loading;
  assert.deepEqual(unsound, [], `after kill ${killedAt.length} (seed ${SEED})`);
  assert.ok(load.counts.submitted >= KILLS && load.expected.length > 0, JSON.stringify(load.counts));

  for (const mta of [a, b, c])
    assert.deepEqual(audited(mta), [], `all books, while it drains (seed ${SEED})`);
  await everythingArrives(load);
  for (const mta of [a, b, c]) assert.deepEqual(audited(mta), [], `all books (seed ${SEED})`);
  const byCommand = await b.command('store', 'audit');
  assert.equal(byCommand.code, 0, byCommand.stdout);

  const aside = b.eventsNamed('quarantined');
  for (const { detail } of aside) assert.match(String(detail), /the process died/, 'nothing but a kill');
  const twice = [...repeats(a.events), ...repeats(c.events)];
  const explains = (kill: number, { first, second }: Repeat): boolean =>
    Math.abs(kill - first) <= WINDOW_MS && kill <= second;
  const unexplained = twice.filter((repeat) => !killedAt.some((kill) => explains(kill, repeat)));
  assert.deepEqual(unexplained, [], 'a message crosses twice only where a kill explains it');
  const [kills, counts] = [killedAt.length, JSON.stringify(load.counts)];
  t.diagnostic(`seed ${SEED}: ${kills} kills, ${counts}, ${load.expected.length} outcomes due, 0 lost`);
  t.diagnostic(`audit clean ${kills * 2} times; ${byCommand.stdout.trim()}`);
  t.diagnostic(`${twice.length} crossed twice, each within ${WINDOW_MS} ms of a kill`);
  t.diagnostic(`${aside.length} set aside after three kills, released, and come`);
});

/** However long it takes, as long as something comes. */
async function everythingArrives(load: MixedLoad): Promise<void> {
  let [left, movedAt] = [Number.POSITIVE_INFINITY, performance.now()];
  for (;;) {
    await load.releaseAll();
    const missing = await load.missing();
    if (missing.length === 0) return;
    if (missing.length < left) [left, movedAt] = [missing.length, performance.now()];
    if (performance.now() - movedAt >= STUCK_MS) {
      const told = `${left} of ${load.expected.length} missing, and nothing more comes (seed ${SEED})`;
      assert.fail(`${told}: ${JSON.stringify(await load.whereabouts(missing.slice(0, 5)))}`);
    }
    await pause(500);
  }
}

/** Kills an MTA that has not said yet that it is ready; resolves to when. */
async function killedInItsStart(mta: MtaProcess, after_ms: number): Promise<number> {
  const started = mta.start().catch(() => undefined);
  await pause(after_ms);
  await mta.stop('SIGKILL');
  await started;
  return Date.now();
}

function tell(text: string): void {
  process.stderr.write(`${new Date().toISOString()} seed ${SEED}: ${text}\n`);
}

async function prepared(directory: string) {
  const [siteA, siteB, siteC] = await sites('A', 'B', 'C');
  const viaB = (far: typeof siteA) => [
    { address: domainOf(siteB), cost: 10 },
    { address: domainOf(far), cost: 10 },
  ];
  const prepare = (name: string, configuration: string) =>
    MtaProcess.prepare(join(directory, name), configuration);
  const a = await prepare(
    'a',
    configurationOf(siteA, { links: [{ to: siteB, spaces: viaB(siteC), extra: quick }] }),
  );
  const b = await prepare(
    'b',
    configurationOf(siteB, {
      links: [
        { to: siteA, extra: quick },
        { to: siteC, extra: quick },
      ],
      users: [userAt(siteB, 'bell')],
    }),
  );
  const c = await prepare(
    'c',
    configurationOf(siteC, { links: [{ to: siteB, spaces: viaB(siteA), extra: quick }] }),
  );
  return { a, b, c, sites: { a: siteA, b: siteB, c: siteC } };
}

function audited(mta: MtaProcess, since?: Instant): Contradiction[] {
  const slices = auditDirectory(join(mta.directory, 'store'), since);
  return [...slices].flatMap(({ contradictions }) => contradictions);
}

interface Repeat {
  readonly id: string;
  readonly first: number;
  readonly second: number;
}

/** Every arrival of something that had arrived before, with the times of both. */
function repeats(events: readonly EventLine[]): Repeat[] {
  const last = new Map<string, number>();
  const found: Repeat[] = [];
  for (const { name, mtsIdentifier, kept, time } of events) {
    // What comes again and is not kept is told as such; what is taken, as a transfer.
    if (name !== 'transfer-in' && !(name === 'duplicate-received' && kept === false)) continue;
    const id = String(mtsIdentifier);
    const first = last.get(id);
    if (first !== undefined) found.push({ id, first, second: Date.parse(time) });
    last.set(id, Date.parse(time));
  }
  return found;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
