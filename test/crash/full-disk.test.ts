// The disk of a running MTA is full: what is new is refused on the wire with a temporary reason, what is
// there goes on, an event says so once, and when there is space all resumes without a restart. This is the
// last line: the disk itself says no.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { eventually } from '../support/mta-process.ts';
import { arrivedOnce, faultyWorld, Source } from './faulty-world.ts';
import { errnos, needsShim } from './shim.ts';

const everything = 7;
const options = { ...needsShim(), timeout: 120_000 };

test('a full disk refuses what is new, lets go what is there, and is got over', options, async (t) => {
  const world = await faultyWorld(t);
  const { mta, disk, beyond } = world;
  await Promise.all([mta.start(), beyond.start()]);
  // Small contents lie in rows, large ones in files.
  const sources = [new Source(world), new Source(world, 150_000)];
  t.after(async () => {
    for (const source of sources) source.close();
  });
  // Enough for the database's log to have been brought in: a full disk takes what is written over.
  await Promise.all(sources.map((source) => source.sendAll(150)));
  await arrivedOnce(world, sources);
  await beyond.stop();
  await Promise.all(sources.map((source) => source.sendAll(15)));
  const queued = confirmedBy(sources);

  disk.set({ kinds: everything, writeErrno: errnos.ENOSPC, left: -1 });
  for (const source of sources) {
    const how = await refused(source);
    assert.match(how, /RTTRcnf-.*"transient":true/, 'refused, for now, on an association that goes on');
  }
  await beyond.start();
  await eventually('what was there has gone', 30_000, async () =>
    (await beyond.delivered()).length >= queued ? true : undefined,
  );
  assert.equal(mta.eventsNamed('store-full').length, 1);
  assert.deepEqual(mta.eventsNamed('store-space-back'), []);

  disk.heal();
  await Promise.all(sources.map((source) => source.sendAll(15)));
  await eventually('the event that there is space', 20_000, () => mta.eventsNamed('store-space-back')[0]);
  const arrived = await arrivedOnce(world, sources);
  for (const name of ['store-failed', 'internal-error', 'quarantined']) {
    assert.deepEqual(mta.eventsNamed(name), []);
  }
  t.diagnostic(`${arrived} arrived once, ${disk.get('hits')} writes were refused`);
});

function confirmedBy(sources: readonly Source[]): number {
  return sources.reduce((sum, { confirmed }) => sum + confirmed.size, 0);
}

/** Sends until one is refused; how. */
async function refused(source: Source): Promise<string> {
  for (let count = 0; count < 3000; count += 1) {
    const sent = await source.send();
    if (!sent.confirmed) return sent.how;
  }
  throw new Error('3000 messages were taken by a full disk');
}
