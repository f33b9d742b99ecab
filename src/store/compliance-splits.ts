// Compliance of an adapter: a copy that is split into several, or goes on for some of its recipients.

import assert from 'node:assert/strict';

import {
  at,
  type ComplianceCase,
  claimed,
  claimFor,
  hop,
  message,
  noon,
  secured,
  taken,
} from './compliance-fixtures.ts';

export const splitCases: readonly ComplianceCase[] = [
  {
    name: 'a split replaces one copy by several; the message lives until the last is finished',
    run: async (room) => {
      const store = await room.open();
      const recipients = ['/S=x/', '/S=y/', '/S=z/'];
      const { id, copy } = await secured(store, message({ recipients, priority: 'urgent' }));
      const into = [
        { nextHop: hop, recipients: [0, 2], claim: claimFor('one') },
        { nextHop: 'link/c', recipients: [1], notBefore: at(10) },
      ];
      const { splitInto } = await taken(store, { split: [{ copy, into }] });
      const [[stays, moves]] = splitInto;
      assert.equal(await store.show(copy), undefined);
      const list = await store.list({});
      assert.deepEqual(
        list.map((part) => [part.copy, part.message, part.nextHop, part.priority, part.notBefore]),
        [
          [stays, id, hop, 'urgent', undefined],
          [moves, id, 'link/c', 'urgent', at(10)],
        ],
      );
      assert.deepEqual(
        list[0].recipients.map(({ number }) => number),
        [0, 2],
      );
      assert.deepEqual(await claimed(store), []);
      await taken(store, { finish: [stays], onBehalfOf: 'one' });
      assert.equal((await store.readContent(id, 0, 9))?.length, 5);
      await taken(store, { finish: [moves] });
      assert.equal(await store.readContent(id, 0, 9), undefined);
      await store.close();
    },
  },
  {
    name: 'a part of a split that keeps the attempts goes on with them; the others begin anew',
    run: async (room) => {
      const before = await room.open();
      const recipients = ['/S=x/', '/S=y/', '/S=z/'];
      const draft = message({ recipients, copies: [{ nextHop: hop, recipients: [0, 1, 2] }] });
      const { copy } = await secured(before, draft);
      await taken(before, { attempts: [{ copy, at: at(1), error: 'full', counts: true }] });
      assert.deepEqual(await claimed(before), [copy]);
      const attempts = [{ copy, at: at(2), error: 'full still', counts: true, notBefore: at(62) }];
      const into = [
        { nextHop: hop, recipients: [1], notBefore: at(62), keepsAttempts: true },
        { nextHop: 'link/c', recipients: [2] },
      ];
      const { splitInto } = await taken(before, { attempts, split: [{ copy, into }], onBehalfOf: 'one' });
      const [[goesOn, anew]] = splitInto;
      const counts = await before.counts();
      assert.deepEqual(
        counts.map(({ nextHop, copies }) => [nextHop, copies]),
        [
          [hop, 1],
          ['link/c', 1],
        ],
      );
      await before.close();
      const store = await room.open();
      const list = await store.list({});
      assert.deepEqual(
        list.map((each) => [each.copy, each.attempts, each.lastAttemptAt, each.lastError, each.notBefore]),
        [
          [goesOn, 2, at(2), 'full still', at(62)],
          [anew, 0, undefined, undefined, undefined],
        ],
      );
      assert.deepEqual(await claimed(store), []);
      assert.equal(await store.nextDue(hop, noon), at(62));
      assert.deepEqual(await claimed(store, { now: at(62) }), [goesOn]);
      await store.close();
    },
  },
];
