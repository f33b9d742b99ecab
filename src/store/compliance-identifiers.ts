// Compliance of an adapter: identifiers are exact numbers as far as they go, and end with a refusal, never
// with a repetition (RT-J2).

import assert from 'node:assert/strict';

import {
  at,
  type ComplianceCase,
  claimed,
  message,
  noon,
  record,
  refusedAs,
  secured,
  taken,
} from './compliance-fixtures.ts';
import { identifier_max } from './identifier-range.ts';
import type { Store } from './port.ts';

const beginnings = [2 ** 31 - 3, 2 ** 32 - 3, 2 ** 53 - 1_000_000];

export const identifierCases: readonly ComplianceCase[] = [
  {
    name: 'RT-J2: identifiers beyond 2^31, 2^32 and near 2^53 are given once, and every operation knows them',
    run: async (room) => {
      await (await room.open()).close();
      const seen: number[] = [];
      for (const first of beginnings) {
        room.beginIdentifiersAt(first);
        const store = await room.open();
        assert.ok((await secured(store, message())).id >= first);
        for (let turn = 0; turn < 2; turn += 1) seen.push(...(await severalAt(store)));
        await worksOn(store, seen.slice(-4));
        await store.close();
      }
      assert.ok(seen.every(Number.isSafeInteger), String(seen));
      assert.deepEqual(
        seen,
        [...new Set(seen)].sort((a, b) => a - b),
      );
      const again = await room.open();
      assert.ok(
        (await secured(again, message())).id > seen[seen.length - 1],
        'a restart goes on behind them',
      );
      await again.close();
    },
  },
  {
    name: 'RT-J2: behind the last identifier what is new is refused and says why, and what is queued goes on',
    run: async (room) => {
      await (await room.open()).close();
      room.beginIdentifiersAt(identifier_max - 3);
      const store = await room.open();
      const first = await secured(store, message());
      const last = await secured(store, message());
      assert.deepEqual([first.id, last.copy], [identifier_max - 3, identifier_max]);
      const strikes = [{ key: 'k', count: 1, at: noon, detail: '' }];
      const refused = await store.commit({ create: [message()], finish: [first.copy], strikes });
      assert.equal(refused.ok, false);
      const { refusal } = refused as { refusal: { kind: string; detail?: string } };
      assert.equal(refusal.kind, 'failed');
      assert.match(refusal.detail ?? '', /used up.*store export/);
      assert.deepEqual(await store.strikes(), [], 'whole, as every refusal');
      await refusedAs(store, { tracking: [record({ created: -1 })] }, 'failed');
      const into = [{ nextHop: 'link/c', recipients: [0] }];
      await refusedAs(store, { split: [{ copy: first.copy, into }] }, 'failed');
      const results = await Promise.all([
        store.commit({ create: [message()] }),
        store.commit({ finish: [first.copy], tracking: [record({ message: first.id })] }),
      ]);
      assert.deepEqual(
        results.map(({ ok }) => ok),
        [false, true],
      );
      await store.close();
      const again = await room.open();
      await refusedAs(again, { create: [message()] }, 'failed');
      assert.deepEqual(await claimed(again), [last.copy]);
      await taken(again, { finish: [last.copy], onBehalfOf: 'one' });
      assert.deepEqual(await again.list({}), []);
      await again.close();
    },
  },
];

/** A message with a copy that is split in two, and one that is never stored: the numbers in their order. */
async function severalAt(store: Store): Promise<number[]> {
  const recipients = ['/S=x/', '/S=y/'];
  const tracking = [record({ created: 0, recipients }), record({ created: -1, at: at(1) })];
  const { created } = await taken(store, { create: [message({ recipients })], tracking });
  const [{ message: id, copies }] = created;
  const into = [0, 1].map((number) => ({ nextHop: 'link/c', recipients: [number] }));
  const { splitInto } = await taken(store, { split: [{ copy: copies[0], into }] });
  return [id, copies[0], ...splitInto[0]];
}

/** Asks and changes by these numbers: a message, and the two copies that are left of it. */
async function worksOn(store: Store, [id, , one, other]: readonly number[]): Promise<void> {
  assert.equal((await store.show(one))?.message, id);
  assert.equal((await store.readContent(id, 0, 9))?.length, 5);
  assert.deepEqual(
    (await store.list({ afterCopy: one })).map(({ copy }) => copy),
    [other],
  );
  assert.deepEqual(await claimed(store, { nextHop: 'link/c', copies: [one] }), [one]);
  await refusedAs(store, { finish: [one] }, 'busy');
  await taken(store, { place: [{ copy: other, state: 'held' }], finish: [one], onBehalfOf: 'one' });
  const [entry, ...none] = await store.entries(id - 1, 1);
  assert.deepEqual([entry.message, entry.copies[0].copy, none], [id, other, []]);
  assert.equal(entry.records[0].message, id);
}
