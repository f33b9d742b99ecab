// The disk of a running MTA is slow: what comes in is slowed and not dropped, the MTA answers questions all
// the while, and no association ends for it.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { arrivedOnce, faultyWorld, Source } from './faulty-world.ts';
import { needsShim } from './shim.ts';

const sync_ms = 400;
const write_ms = 5;
const load_ms = 8000;
const answer_ms_max = 250;
const options = { ...needsShim(), timeout: 120_000 };

test('a slow disk slows what comes in and nothing else', options, async (t) => {
  const world = await faultyWorld(t);
  const { mta, disk, beyond } = world;
  await Promise.all([mta.start(), beyond.start()]);
  const sources = [1000, 1000, 1000, 150_000, 600_000].map((octets) => new Source(world, octets));
  t.after(async () => {
    for (const source of sources) source.close();
  });
  disk.set({ kinds: 7, syncDelay_us: 1000 * sync_ms, writeDelay_us: 1000 * write_ms });
  const until = performance.now() + load_ms;
  const loads = sources.map((source) => source.sendWhile(() => performance.now() < until));
  const answers: number[] = [];
  while (performance.now() < until) {
    answers.push(await answerTime(world.site.adminPort));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const refusals = (await Promise.all(loads)).flat();
  assert.deepEqual(refusals, [], 'nothing is refused, no association is lost');
  for (const { confirmed } of sources) assert.ok(confirmed.size >= 1, `${confirmed.size} in ${load_ms} ms`);
  answers.sort((one, other) => one - other);
  const median = answers[Math.floor(answers.length / 2)];
  assert.ok(median < answer_ms_max, `the MTA takes ${median} ms for an answer while a sync takes ${sync_ms}`);
  const arrived = await arrivedOnce(world, sources);
  for (const name of ['store-failed', 'internal-error', 'association-timeout', 'association-lost']) {
    assert.deepEqual(mta.eventsNamed(name), []);
  }
  t.diagnostic(
    `${arrived} arrived once; ${disk.get('hits')} slow calls; answers in ${Math.round(median)} ms, ` +
      `at most ${Math.round(answers[answers.length - 1])} ms`,
  );
});

/** How long the MTA takes to turn away who has no token, in milliseconds: its loop answers that alone. */
async function answerTime(adminPort: number): Promise<number> {
  const began = performance.now();
  const answer = await fetch(`http://127.0.0.1:${adminPort}/metrics`, { headers: { connection: 'close' } });
  assert.equal(answer.status, 401);
  await answer.text();
  return performance.now() - began;
}
