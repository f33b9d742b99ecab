// Compliance of an adapter: transitions are whole or nothing, and what they change stays over a restart.

import assert from 'node:assert/strict';

import {
  at,
  type ComplianceCase,
  claimed,
  claimFor,
  hop,
  message,
  messageWith,
  noon,
  octetsOf,
  record,
  recoveryPoint,
  refusedAs,
  secured,
  taken,
} from './compliance-fixtures.ts';

export const changeCases: readonly ComplianceCase[] = [
  {
    name: 'a held copy waits for its release',
    run: async (room) => {
      const store = await room.open();
      const { copy } = await secured(store, messageWith({ held: true }));
      assert.deepEqual(await claimed(store), []);
      await taken(store, { place: [{ copy, state: 'queued' }] });
      assert.deepEqual(await claimed(store), [copy]);
      await taken(store, { place: [{ copy, state: 'held' }], onBehalfOf: 'one' });
      assert.equal((await store.show(copy))?.state, 'held');
      await store.close();
    },
  },
  {
    name: 'a copy may be set aside from the start: nobody claims it, and it does not expire',
    run: async (room) => {
      const store = await room.open();
      const { copy } = await secured(store, messageWith({ quarantined: true }, { expiresAt: at(1) }));
      assert.deepEqual(await claimed(store), []);
      assert.deepEqual(await store.expired(at(2), 10), []);
      await store.close();
      const again = await room.open();
      assert.equal((await again.show(copy))?.state, 'quarantined');
      await taken(again, { place: [{ copy, state: 'queued' }] });
      assert.deepEqual(await claimed(again), [copy]);
      await again.close();
    },
  },
  {
    name: 'placement changes next hop, priority, deferral and attempts',
    run: async (room) => {
      const store = await room.open();
      const { copy } = await secured(store, messageWith({ notBefore: at(60) }));
      const attempts = [{ copy, at: at(1), error: 'refused', counts: true, notBefore: at(61) }];
      await taken(store, { attempts });
      await taken(store, { place: [{ copy, nextHop: 'link/c', priority: 'urgent' }] });
      const moved = await store.show(copy);
      assert.deepEqual(
        [moved?.nextHop, moved?.priority, moved?.notBefore, moved?.attempts],
        ['link/c', 'urgent', at(61), 1],
      );
      await taken(store, { place: [{ copy, notBefore: null, resetAttempts: true }] });
      const reset = await store.show(copy);
      assert.deepEqual([reset?.notBefore, reset?.attempts, reset?.lastError], [undefined, 0, 'refused']);
      assert.deepEqual(await claimed(store, { nextHop: 'link/c', priorities: ['urgent'] }), [copy]);
      await store.close();
    },
  },
  {
    name: 'an attempt is noted, counted if it counts, and ends the claim of who made it',
    run: async (room) => {
      const store = await room.open();
      const { copy } = await secured(store, messageWith({ claim: claimFor('one') }));
      const attempt = { copy, at: at(5), error: 'association lost', counts: false };
      await taken(store, { attempts: [attempt], onBehalfOf: 'one' });
      const noted = await store.show(copy);
      assert.deepEqual(
        [noted?.attempts, noted?.lastAttemptAt, noted?.lastError],
        [0, at(5), 'association lost'],
      );
      assert.deepEqual(await claimed(store), [copy]);
      await taken(store, { attempts: [{ ...attempt, counts: true, notBefore: at(65) }], onBehalfOf: 'one' });
      assert.deepEqual(await claimed(store), []);
      assert.deepEqual(await claimed(store, { now: at(65) }), [copy]);
      await store.close();
    },
  },
  {
    name: 'what is in transfer refuses everyone else as busy, and nothing of the transition happens',
    run: async (room) => {
      const store = await room.open();
      const { copy } = await secured(store, messageWith({ claim: claimFor('one') }));
      const create = [message()];
      const tracking = [record()];
      await refusedAs(store, { finish: [copy], create, tracking }, 'busy');
      await refusedAs(store, { place: [{ copy, state: 'held' }], create, onBehalfOf: 'two' }, 'busy');
      await refusedAs(store, { split: [{ copy, into: [] }], create }, 'busy');
      assert.equal((await store.list({})).length, 1);
      assert.deepEqual(await store.track({}), []);
      await store.close();
    },
  },
  {
    name: 'a transition on a copy that is gone is refused whole',
    run: async (room) => {
      const store = await room.open();
      const { copy } = await secured(store, message());
      await taken(store, { finish: [copy] });
      const create = [message()];
      await refusedAs(store, { finish: [copy], create }, 'no-such-copy');
      await refusedAs(store, { place: [{ copy }], create }, 'no-such-copy');
      await refusedAs(
        store,
        { attempts: [{ copy, at: noon, error: '', counts: true }], create },
        'no-such-copy',
      );
      assert.deepEqual(await store.list({}), []);
      await store.close();
    },
  },
  {
    name: 'transitions that are made together keep their order, and a refused one does not spoil the others',
    run: async (room) => {
      const store = await room.open();
      const { copy } = await secured(store, message());
      const results = await Promise.all([
        store.commit({ create: [message()] }),
        store.commit({ finish: [copy] }),
        store.commit({ finish: [copy], create: [message()] }),
        store.commit({ create: [message()] }),
      ]);
      assert.deepEqual(
        results.map(({ ok }) => ok),
        [true, true, false, true],
      );
      const ids = results.flatMap((result) => (result.ok ? result.created.map((one) => one.message) : []));
      assert.ok(ids[0] < ids[1]);
      assert.equal((await store.list({})).length, 2);
      await store.close();
    },
  },
  {
    name: 'strikes are counted by key, dropped, whole with their transition, and kept over a restart',
    run: async (room) => {
      const before = await room.open();
      const { copy } = await secured(before, message());
      const strike = (key: string, count: number) => ({ key, count, at: noon, detail: `"${key}" — died` });
      await taken(before, { strikes: [strike('b', 1), strike('a', 1)], dropStrikes: ['unknown'] });
      await taken(before, {
        strikes: [strike('b', 2), strike('c', 1)],
        place: [{ copy, state: 'quarantined' }],
      });
      await taken(before, { dropStrikes: ['a'] });
      await refusedAs(before, { finish: [99_999], dropStrikes: ['b'] }, 'no-such-copy');
      await before.close();
      const after = await room.open();
      assert.deepEqual(await after.strikes(), [strike('b', 2), strike('c', 1)]);
      assert.deepEqual(await claimed(after), []);
      await after.close();
    },
  },
  {
    name: 'a message without copies leaves only its tracking',
    run: async (room) => {
      const store = await room.open();
      const { created } = await taken(store, { create: [message({ copies: [] })], tracking: [record()] });
      assert.deepEqual(created[0].copies, []);
      assert.equal(await store.readContent(created[0].message, 0, 10), undefined);
      assert.equal((await store.track({})).length, 1);
      await store.close();
    },
  },
  {
    name: 'a restart keeps everything that was committed, and no claims',
    run: async (room) => {
      const before = await room.open();
      const { copy, id } = await secured(before, messageWith({ claim: claimFor('one') }));
      const held = await secured(before, messageWith({ held: true }, { priority: 'non-urgent' }));
      const due = await secured(before, messageWith({ notBefore: at(60) }));
      const gone = await secured(before, message());
      await taken(before, { finish: [gone.copy], tracking: [record()], saveRecovery: [recoveryPoint()] });
      await taken(before, { attempts: [{ copy, at: at(1), error: 'lost', counts: true }] });
      const list = await before.list({});
      await before.close();
      const after = await room.open();
      assert.deepEqual(await after.list({}), list);
      assert.deepEqual(await claimed(after, { owner: 'two' }), [copy]);
      assert.deepEqual([...((await after.readContent(id, 0, 99)) ?? [])], [...octetsOf('hello')]);
      assert.equal((await after.show(held.copy))?.state, 'held');
      assert.equal(await after.nextDue(hop, noon), at(60));
      assert.deepEqual(await after.track({}), [record()]);
      assert.equal((await after.recoveryPoints('b')).length, 1);
      assert.equal((await after.counts()).length, 2);
      await taken(after, { finish: [copy, held.copy, due.copy], onBehalfOf: 'two' });
      await after.close();
    },
  },
  {
    name: 'identifiers never repeat, after deletion and over restarts',
    run: async (room) => {
      const seen: number[] = [];
      for (let round = 0; round < 3; round += 1) {
        const store = await room.open();
        for (let turn = 0; turn < 3; turn += 1) {
          const { id, copy } = await secured(store, message());
          seen.push(id, copy);
          await taken(store, { finish: [copy] });
        }
        await store.close();
      }
      assert.deepEqual(
        seen,
        [...new Set(seen)].sort((a, b) => a - b),
      );
    },
  },
  {
    name: 'recovery points are saved, replaced, found by link and dropped',
    run: async (room) => {
      const store = await room.open();
      await taken(store, {
        saveRecovery: [recoveryPoint({ key: 'k1' }), recoveryPoint({ key: 'k2', link: 'c' })],
      });
      const newer = recoveryPoint({ key: 'k1', savedAt: at(9), data: octetsOf('newer') });
      await taken(store, { saveRecovery: [newer] });
      const [found, ...others] = await store.recoveryPoints('b');
      assert.deepEqual(others, []);
      assert.deepEqual({ ...found, data: [...found.data] }, { ...newer, data: [...newer.data] });
      await taken(store, { dropRecovery: ['k1', 'never was'] });
      assert.deepEqual(await store.recoveryPoints('b'), []);
      assert.equal((await store.recoveryPoints('c')).length, 1);
      await store.close();
    },
  },
];
