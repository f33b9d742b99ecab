// The disk of a running MTA does not sync, or does not write. What was being written is refused and never
// believed, an alert says so; the store opens its database again and goes on, or, if the disk stays broken,
// the MTA stops with exit code 1. Whatever was confirmed arrives, once.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { eventually, type MtaProcess } from '../support/mta-process.ts';
import { arrivedOnce, type FaultyWorld, faultyWorld, Source } from './faulty-world.ts';
import { errnos, fileKinds, needsShim } from './shim.ts';

const options = { ...needsShim(), timeout: 120_000 };
const everything = 7;

interface Running {
  readonly world: FaultyWorld;
  readonly sources: readonly Source[];
  /** Ends the load; how messages were refused meanwhile. */
  readonly stopLoad: () => Promise<string[]>;
}

async function underLoad(t: Parameters<typeof faultyWorld>[0]): Promise<Running> {
  const world = await faultyWorld(t);
  await Promise.all([world.mta.start(), world.beyond.start()]);
  const sources = [new Source(world), new Source(world), new Source(world, 150_000)];
  let goes = true;
  const loads = sources.map((source) => source.sendWhile(() => goes));
  t.after(async () => {
    goes = false;
    for (const source of sources) source.close();
  });
  await confirmedBeyond(sources, 6);
  const stopLoad = async (): Promise<string[]> => {
    goes = false;
    return (await Promise.all(loads)).flat();
  };
  return { world, sources, stopLoad };
}

/** Waits until so many more were confirmed. */
async function confirmedBeyond(sources: readonly Source[], more: number): Promise<void> {
  const count = (): number => sources.reduce((sum, { confirmed }) => sum + confirmed.size, 0);
  const from = count();
  await eventually('messages are confirmed', 30_000, () => (count() >= from + more ? true : undefined));
}

const faults = [
  { name: 'a sync of the database fails', faults: { kinds: fileKinds.database, syncErrno: errnos.EIO } },
  { name: 'a write of the database fails', faults: { kinds: fileKinds.database, writeErrno: errnos.EIO } },
  { name: 'a sync of a spool fails', faults: { kinds: fileKinds.spool, syncErrno: errnos.EIO } },
  { name: 'a write of a spool fails', faults: { kinds: fileKinds.spool, writeErrno: errnos.EIO } },
] as const;

for (const { name, faults: set } of faults) {
  test(`${name}: refused, told, gone on`, options, async (t) => {
    const { world, sources, stopLoad } = await underLoad(t);
    const { mta, disk } = world;
    for (let time = 1; time <= 2; time += 1) {
      disk.set({ ...set, left: 1 });
      await eventually('the failure', 20_000, () => (disk.get('hits') >= time ? true : undefined));
      await confirmedBeyond(sources, 6);
    }
    const refusals = await stopLoad();
    const arrived = await arrivedOnce(world, sources);
    assert.ok(mta.eventsNamed('store-failed').length >= 2, 'the store says so');
    for (const other of ['internal-error', 'quarantined', 'store-ended', 'store-full']) {
      assert.deepEqual(mta.eventsNamed(other), []);
    }
    const detail = mta.eventsNamed('store-failed')[0].detail;
    t.diagnostic(`${arrived} arrived once, ${refusals.length} were refused: ${refusals[0]}; ${detail}`);
  });
}

test('a disk that stays broken stops the MTA, and loses nothing', options, async (t) => {
  const { world, sources, stopLoad } = await underLoad(t);
  const { mta, disk } = world;
  disk.set({ kinds: everything, syncErrno: errnos.EIO, left: -1 });
  const code = await ended(mta);
  assert.equal(code, 1);
  assert.equal(mta.eventsNamed('store-ended').length, 1, mta.lastLines());
  await assert.rejects(mta.start(), /start-failed/);
  disk.heal();
  await mta.start();
  await confirmedBeyond(sources, 6);
  await stopLoad();
  const arrived = await arrivedOnce(world, sources);
  assert.deepEqual(mta.eventsNamed('quarantined'), []);
  t.diagnostic(`${arrived} arrived once; ${mta.eventsNamed('store-ended')[0].detail}`);
});

/** The code that it ends with by itself. */
function ended(mta: MtaProcess): Promise<number | string> {
  return Promise.race([
    mta.exited(),
    new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error(`it goes on\n${mta.lastLines()}`)), 30_000).unref();
    }),
  ]);
}
