// Nothing lost: the middle MTA of three is killed with SIGKILL again and again while messages pass through
// it. Every message that A accepted is delivered at C at least once. A message may cross twice only where the
// kill fell between a peer's confirmation and our record of it (X.228: the recovery window); duplicates are
// counted and explained. 20 kills by default; KILLS=200 for the long run. SEED repeats a run's moments.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { seededRandom } from '../../src/base/random.ts';
import { eventually, type MtaProcess } from '../support/mta-process.ts';
import { chain, temporaryDirectory, userAt } from '../support/network.ts';

const KILLS = Number(process.env.KILLS ?? 20);
const KILLS_MIN = Math.min(KILLS, 20);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
/** How long the kills may go on, in milliseconds; at least KILLS_MIN must fit. */
const KILL_TIME_MS = KILLS <= 20 ? 45_000 : 20 * 60_000;
const BATCH = 25;

it('every message survives the death of the middle MTA', { timeout: KILL_TIME_MS + 120_000 }, async (t) => {
  const random = seededRandom(SEED);
  const directory = await temporaryDirectory(t);
  const { a, b, c, sites } = await chain(directory);
  await Promise.all([a.start(), b.start(), c.start()]);
  t.after(async () => {
    await Promise.all([a.stop('SIGKILL'), b.stop('SIGKILL'), c.stop('SIGKILL')]);
  });

  const submitted = new Set<string>();
  let loading = true;
  const load = (async () => {
    while (loading) {
      const result = await a.command(
        'send',
        '--json',
        '--from',
        userAt(sites.a),
        '--to',
        userAt(sites.c),
        '--text',
        'x'.repeat(500),
        '--count',
        String(BATCH),
      );
      assert.equal(result.code, 0, result.stderr);
      for (const { mtsIdentifier } of JSON.parse(result.stdout)) submitted.add(mtsIdentifier);
    }
  })();

  const endsAt = performance.now() + KILL_TIME_MS;
  let kills = 0;
  while (kills < KILLS && performance.now() < endsAt) {
    await pause(random.between(50, 900));
    await b.stop('SIGKILL');
    await b.start();
    kills += 1;
  }
  loading = false;
  await load;
  assert.ok(kills >= KILLS_MIN, `only ${kills} kills fitted, ${KILLS_MIN} are the floor (seed ${SEED})`);
  assert.ok(submitted.size >= 100, `only ${submitted.size} messages were under way`);

  const missing = (arrived: ReadonlySet<string>): string[] => [...submitted].filter((id) => !arrived.has(id));
  const arrived = await eventually(`all ${submitted.size} messages at C (seed ${SEED})`, 60_000, async () => {
    const now = await identifiersAt(c);
    return missing(now).length === 0 ? now : undefined;
  }).catch(async (error: unknown) => {
    const lost = missing(await identifiersAt(c));
    throw new Error(
      `${lost.length} of ${submitted.size} missing after ${kills} kills: ${lost.slice(0, 5)}; ${error}`,
    );
  });

  // Each transfer into C is an event; one message transferred twice is a duplicate.
  const transfers = c.eventsNamed('transfer-in').map((event) => String(event.mtsIdentifier));
  const duplicates = transfers.length - new Set(transfers).size;
  assert.ok(
    duplicates <= kills * 10,
    `${duplicates} duplicates for ${kills} kills: more than the associations at risk`,
  );
  assert.ok(arrived.size >= submitted.size);
  t.diagnostic(
    `seed ${SEED}: ${kills} kills, ${submitted.size} messages, 0 lost, ${duplicates} crossed twice ` +
      '(killed between the confirmation of C and the record of it at B)',
  );
});

async function identifiersAt(mta: MtaProcess): Promise<Set<string>> {
  return new Set((await mta.delivered()).map((file) => file.mtsIdentifier));
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
