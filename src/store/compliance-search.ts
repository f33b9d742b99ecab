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
import type { TrackingQuery, TrackingRecord } from './port.ts';

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
    name: 'every condition of a search counts, in any combination; what is passed over, and where it goes on',
    run: async (room) => {
      const store = await room.open();
      const quoted = '/DDA:t="a\\b"/S=Öst/';
      const tracking = Array.from({ length: 40 }, (_, n) =>
        record({
          at: at(Math.floor(n / 8)),
          act: n % 2 === 0 ? 'held' : 'released',
          mtsIdentifier: `/P=X/;${n % 5}`,
          originator: n % 3 === 0 ? quoted : '/S=Ampere/',
          recipients: n % 4 === 0 ? ['/S=Bell/', quoted] : ['/S=Bell/'],
          detail: { n, held: 'Ampere' },
        }),
      );
      await taken(store, { tracking });
      const conditions = {
        mtsIdentifier: ['/P=X/;1', '/P=X/;9'],
        act: ['held'],
        originator: ['ampere', '="A\\B"', 'öST'],
        recipient: ['öst', 'Ampere'],
        since: [at(1)],
        until: [at(4)],
        skip: [3],
      } as const;
      const queries = Object.entries(conditions).reduce<TrackingQuery[]>(
        (some, [name, values_]) =>
          some.flatMap((query) => [query, ...values_.map((value) => ({ ...query, [name]: value }))]),
        [{}],
      );
      for (const query of queries) {
        const wanted = tracking.filter((each) => answers(query, each)).slice(query.skip ?? 0);
        assert.deepEqual(await store.track(query), wanted, JSON.stringify(query));
      }
      const pages: unknown[] = [];
      for (let [since, skip] = [at(0), 0]; ; ) {
        const page = await store.track({ since, skip, limit: 3, act: 'held' });
        if (page.length === 0) break;
        pages.push(...page);
        const last = page[page.length - 1].at;
        skip = page.filter((each) => each.at === last).length + (since === last ? skip : 0);
        since = last;
      }
      assert.deepEqual(
        pages,
        tracking.filter(({ act }) => act === 'held'),
      );
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

/** What the port says of a query, said once more. */
function answers(query: TrackingQuery, found: TrackingRecord): boolean {
  const has = (text: string, part = '') => text.toLowerCase().includes(part.toLowerCase());
  return (
    (query.mtsIdentifier ?? found.mtsIdentifier) === found.mtsIdentifier &&
    (query.act ?? found.act) === found.act &&
    has(found.originator, query.originator) &&
    found.recipients.some((each) => has(each, query.recipient)) &&
    found.at >= (query.since ?? found.at) &&
    found.at < (query.until ?? Number.POSITIVE_INFINITY)
  );
}
