// What is remembered of a broken transfer leaves the store with it, whatever the disk refused in between:
// rows that nobody knows of any more would stay for ever.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '../../test/sim/virtual-clock.ts';
import { memoryDisk, openMemoryStore, type Store } from '../store/index.ts';
import type { IntakePoint } from './apdu-intake.ts';
import { KeptActivity } from './kept-activity.ts';
import { Ledger } from './ledger.ts';

const state = { prefixOctets: 0 } as IntakePoint['state'];
const front: IntakePoint = { state, prefix: Uint8Array.of(1, 2, 3) };
const checkpoint = (serialNumber: number) => ({ serialNumber, resumption: '' });

function setUp() {
  const clock = new VirtualClock();
  const disk = memoryDisk();
  const store = openMemoryStore({ disk, now: () => clock.now() });
  const refusing = { next: 0 };
  const answers: { late?: Promise<void> } = {};
  const unwilling: Store = {
    ...store,
    commit: async (transition) => {
      const { late } = answers;
      delete answers.late;
      if (refusing.next === 0) {
        const result = await store.commit(transition);
        await late;
        return result;
      }
      refusing.next -= 1;
      return { ok: false, refusal: { kind: 'no-space', detail: 'full' } };
    },
  };
  const ledger = new Ledger({
    ...{ store: unwilling, clock: clock.of({}), owner: 'test', directory: '/nowhere' },
    emit: () => {},
  });
  const kept = new KeptActivity({
    point: {
      ...{ key: 'in/1', link: 'to-b', host: 'b', parts: [], checkpoints: [] },
      ...{ names: [{ connection: 'c', activity: 'a' }], savedAt: clock.now() },
    },
    ...{ clock: clock.of({}), window: 3, carried: true, dropped: () => {} },
    commit: (transition) => ledger.commit(transition, 'outsider'),
    drop: (dropRecovery) => ledger.commitSurely({ dropRecovery }, 'outsider'),
  });
  const pass = async (): Promise<void> => {
    await clock.runWhile(() => true, (clock.now() + 600_000) as ReturnType<typeof clock.now>);
  };
  return { disk, kept, refusing, answers, pass };
}

test('rows that the disk refuses to take away are taken away later', async () => {
  const { disk, kept, refusing, pass } = setUp();
  await kept.save(checkpoint(1), front);
  assert.equal(disk.recovery.size, 2);
  refusing.next = 3;
  void kept.forget();
  await pass();
  assert.equal(disk.recovery.size, 0);
});

test('a point that is being written as its activity is forgotten does not stay', async () => {
  const { disk, kept, pass } = setUp();
  const saved = kept.save(checkpoint(1), front);
  void kept.forget();
  await saved;
  await pass();
  assert.equal(disk.recovery.size, 0);
});

test('a point that is written, and answered after the refusal of the next, does not stay', async () => {
  const { disk, kept, refusing, answers, pass } = setUp();
  const gate = Promise.withResolvers<void>();
  answers.late = gate.promise;
  const first = kept.save(checkpoint(1), front);
  refusing.next = 1;
  assert.match((await kept.save(checkpoint(2), front)) ?? '', /full/);
  const forgotten = kept.forget();
  await pass();
  gate.resolve();
  await Promise.all([first, forgotten]);
  await pass();
  assert.equal(disk.recovery.size, 0);
});

test('parts that a resumption made needless go, though the point after it was refused', async () => {
  const { disk, kept, refusing, pass } = setUp();
  await kept.save(checkpoint(1), front);
  kept.resumedAt(1);
  refusing.next = 1;
  assert.match((await kept.save(checkpoint(2), front)) ?? '', /full/);
  void kept.forget();
  await pass();
  assert.equal(disk.recovery.size, 0);
});

test('what is secured whole leaves one row, and none of its parts', async () => {
  const { disk, kept, refusing } = setUp();
  await kept.save(checkpoint(1), front);
  kept.resumedAt(1);
  refusing.next = 1;
  await kept.save(checkpoint(2), front);
  const { saveRecovery = [], dropRecovery = [] } = kept.securing();
  assert.deepEqual(
    saveRecovery.map(({ key }) => key),
    ['in/1'],
  );
  for (const key of disk.recovery.keys()) assert.ok(key === 'in/1' || dropRecovery.includes(key), key);
});
