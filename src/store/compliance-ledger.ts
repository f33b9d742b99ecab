// Compliance of an adapter: what the ledger knows of each message, for the audit, and what is pruned of it.

import assert from 'node:assert/strict';

import { at, type ComplianceCase, message, noon, record, secured, taken } from './compliance-fixtures.ts';

export const ledgerCases: readonly ComplianceCase[] = [
  {
    name: 'a record names the message that its transition creates, or one that is never stored',
    run: async (room) => {
      const store = await room.open();
      const draft = message();
      const tracking = [
        record({ created: 1 }),
        record({ created: 0, at: at(1) }),
        record({ created: -3, at: at(2) }),
        record({ created: -3, at: at(3), act: 'reported' }),
        record({ created: -4, at: at(4) }),
        record({ at: at(5) }),
      ];
      const { created } = await taken(store, { create: [draft, message()], tracking });
      const found = await store.track({});
      const [second, first, ended, again, other, none] = found.map(({ message: number }) => number);
      assert.deepEqual([first, second], [created[0].message, created[1].message]);
      assert.ok(ended !== undefined && again === ended && other !== undefined && other !== ended);
      assert.ok(ended > (second ?? 0));
      assert.equal(none, undefined);
      assert.ok(found.every((each) => !('created' in each)));
      const later = await secured(store, message());
      assert.ok(later.id > other, 'a number is given once');
      await store.close();
    },
  },
  {
    name: 'entries tell the acts and the copies of each message, in slices and after a restart',
    run: async (room) => {
      const before = await room.open();
      const recipients = ['/S=x/', '/S=y/', '/S=z/'];
      const copies = [
        { nextHop: 'link/b', recipients: [0, 2] },
        { nextHop: 'link/c', recipients: [1], held: true },
      ];
      const tracking = [record({ created: 0, recipients })];
      const { created } = await taken(before, { create: [message({ recipients, copies })], tracking });
      const id = created[0].message;
      const alone = await secured(before, message({ recipients: ['/S=x/'] }));
      await before.close();
      const store = await room.open();
      const sent = record({ message: id, act: 'transferred-out', at: at(9), recipients: ['/S=x/', '/S=z/'] });
      await taken(store, { finish: [created[0].copies[0]], tracking: [sent] });
      const [entry] = await store.entries(0, 1);
      assert.deepEqual(entry, {
        message: id,
        records: [{ ...record({ recipients }), message: id }, sent],
        copies: [{ copy: created[0].copies[1], nextHop: 'link/c', state: 'held', recipients: ['/S=y/'] }],
      });
      const [rest, ...none] = await store.entries(id, 10);
      assert.deepEqual([rest.message, rest.copies[0].recipients, rest.records], [alone.id, ['/S=x/'], []]);
      assert.deepEqual([none, await store.entries(alone.id, 10)], [[], []]);
      await store.close();
    },
  },
  {
    name: 'tracking is searched by act',
    run: async (room) => {
      const store = await room.open();
      await taken(store, { tracking: [record(), record({ act: 'held', at: at(1) })] });
      assert.deepEqual(await store.track({ act: 'held' }), [record({ act: 'held', at: at(1) })]);
      await store.close();
    },
  },
  {
    name: 'pruning removes what ended before, whole, and nothing of what is in the queue or ended since',
    run: async (room) => {
      const store = await room.open();
      const drafts = [message(), message(), message()];
      const tracking = drafts.map((_, created) => record({ created, at: at(created) }));
      const { created } = await taken(store, { create: drafts, tracking });
      const [gone, recent, queued] = created;
      await taken(store, {
        finish: [gone.copies[0], recent.copies[0]],
        tracking: [
          record({ message: gone.message, act: 'delivered', at: at(50) }),
          record({ message: recent.message, act: 'delivered', at: at(150) }),
          record({ message: queued.message, act: 'held', at: at(60) }),
          record({ at: noon, act: 'discarded' }),
          record({ at: at(100), act: 'discarded' }),
        ],
      });
      assert.equal(await store.prune(at(100)), 3);
      const left = (await store.track({})).map(({ message: number, at: when }) => [number, when]);
      assert.deepEqual(left, [
        [recent.message, at(1)],
        [queued.message, at(2)],
        [queued.message, at(60)],
        [undefined, at(100)],
        [recent.message, at(150)],
      ]);
      assert.equal(await store.prune(at(100)), 0);
      await store.close();
    },
  },
];
