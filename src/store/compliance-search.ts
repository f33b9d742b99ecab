// Compliance of an adapter: searches of the queue and of tracking.

import assert from 'node:assert/strict';

import {
  at,
  type ComplianceCase,
  message,
  messageWith,
  record,
  secured,
  taken,
} from './compliance-fixtures.ts';

export const searchCases: readonly ComplianceCase[] = [
  {
    name: 'tracking is searched by identifier, addresses and time',
    run: async (room) => {
      const store = await room.open();
      const first = record({ contentLength: 7, priority: 'urgent' });
      const second = record({ at: at(10), act: 'transferred-out', mtsIdentifier: '/P=X/;2' });
      const third = record({ at: at(5), originator: '/S=Volta/', recipients: ['/S=Galvani/', '/S=Ohm/'] });
      await taken(store, { tracking: [first, second, third] });
      assert.deepEqual(await store.track({}), [first, third, second]);
      assert.deepEqual(await store.track({ mtsIdentifier: '/P=X/;2' }), [second]);
      assert.deepEqual(await store.track({ originator: 'VOLTA' }), [third]);
      assert.deepEqual(await store.track({ recipient: 's=ohm' }), [third]);
      assert.deepEqual(await store.track({ since: at(5), until: at(10) }), [third]);
      assert.deepEqual(await store.track({ mtsIdentifier: '/P=X/;2', until: at(10) }), []);
      assert.deepEqual(await store.track({ limit: 2 }), [first, third]);
      await store.close();
    },
  },
  {
    name: 'long searches find everything in order',
    run: async (room) => {
      const store = await room.open();
      const create = Array.from({ length: 1300 }, (_, n) =>
        message({ originator: n % 100 === 0 ? '/S=Rare/' : '/S=Common/' }),
      );
      const tracking = create.map((_, n) => record({ at: at(n % 7), detail: { n } }));
      const { created } = await taken(store, { create, tracking });
      const rare = await store.list({ originator: 'rare' });
      assert.deepEqual(
        rare.map(({ copy }) => copy),
        created.filter((_, n) => n % 100 === 0).map(({ copies }) => copies[0]),
      );
      const page = await store.list({ limit: 600, afterCopy: created[99].copies[0] });
      assert.deepEqual([page.length, page[0].copy], [600, created[100].copies[0]]);
      const found = await store.track({ limit: 2000 });
      assert.deepEqual(
        found,
        [...tracking].sort((a, b) => a.at - b.at),
      );
      await store.close();
    },
  },
  {
    name: 'lists are searched by hop, state, identifier and addresses',
    run: async (room) => {
      const store = await room.open();
      const one = await secured(store, message({ mtsIdentifier: 'M1', originator: '/S=Volta/' }));
      const two = await secured(
        store,
        messageWith({ held: true, nextHop: 'link/c' }, { mtsIdentifier: 'M2' }),
      );
      const find = async (query: Parameters<typeof store.list>[0]) =>
        (await store.list(query)).map(({ copy }) => copy);
      assert.deepEqual(await find({ mtsIdentifier: 'M1' }), [one.copy]);
      assert.deepEqual(await find({ mtsIdentifier: 'M1', state: 'held' }), []);
      assert.deepEqual(await find({ state: 'held' }), [two.copy]);
      assert.deepEqual(await find({ nextHop: 'link/c' }), [two.copy]);
      assert.deepEqual(await find({ originator: 'volta' }), [one.copy]);
      assert.deepEqual(await find({ recipient: 'bell', limit: 1 }), [one.copy]);
      assert.deepEqual(await find({ recipient: 'nobody' }), []);
      await store.close();
    },
  },
];
