// Compliance of an adapter: what operators may do to a copy (hold, release, re-route, another priority,
// quarantine, delete, return, split, export), while it waits, while it is in transfer, and in the very moment
// in which its transfer ends: exactly one outcome (RT-B3).

import assert from 'node:assert/strict';

import { removalOf } from './archive-removal.ts';
import { auditEntry, emptyCount } from './audit.ts';
import {
  at,
  type ComplianceCase,
  claimed,
  claimFor,
  hop,
  message,
  messageWith,
  noon,
  record,
  recoveryPoint,
  refusedAs,
  secured,
  taken,
} from './compliance-fixtures.ts';
import type { CopySummary, Store, Transition } from './port.ts';

type Operation = (copy: CopySummary) => Transition;

/** What an outsider may want of a copy; those of the second kind end it. */
const changes: Readonly<Record<string, Operation>> = {
  hold: ({ copy }) => ({ place: [{ copy, state: 'held' }] }),
  release: ({ copy }) => ({
    place: [{ copy, state: 'queued', notBefore: null, resetAttempts: true }],
  }),
  reroute: ({ copy }) => ({ place: [{ copy, nextHop: 'link/c' }] }),
  priority: ({ copy }) => ({ place: [{ copy, priority: 'urgent' }] }),
  quarantine: ({ copy }) => ({ place: [{ copy, state: 'quarantined' }] }),
};
const ends: Readonly<Record<string, Operation>> = {
  delete: (copy) => ({ finish: [copy.copy], tracking: [closing(copy, 'deleted')] }),
  return: (copy) => ({
    finish: [copy.copy],
    create: [message({ kind: 'report' })],
    tracking: [closing(copy, 'reported')],
  }),
  export: (copy) => removalOf(copy, 'archive-1', at(9)),
};

export const operatorCases: readonly ComplianceCase[] = [
  {
    name: 'whatever is asked of what is in transfer is busy, changes nothing, and may be asked again',
    run: async (room) => {
      const store = await room.open();
      for (const [name, operation] of Object.entries({ ...changes, ...ends })) {
        const copy = await accepted(store, claimFor('link'));
        const [before, counts] = [await store.list({}), await store.counts()];
        await refusedAs(store, operation(copy), 'busy');
        await refusedAs(store, { ...operation(copy), onBehalfOf: 'another' }, 'busy');
        assert.deepEqual([await store.list({}), await store.counts()], [before, counts], name);
        assert.equal((await store.track({ mtsIdentifier: copy.mtsIdentifier })).length, 1);
        await store.unclaim('link', [copy.copy]);
        await taken(store, operation(copy));
      }
      assert.deepEqual(await contradictions(store), []);
      await store.close();
    },
  },
  {
    name: 'an end by command and the end of a transfer at one time: exactly one of them is the outcome',
    run: async (room) => {
      const store = await room.open();
      for (const operation of Object.values(ends)) {
        for (const isFirst of [true, false]) {
          const copy = await accepted(store);
          // The lease of the transfer has run out, so that nothing but the order decides.
          assert.deepEqual(await claimed(store, { copies: [copy.copy], until: at(1) }), [copy.copy]);
          const sent = { finish: [copy.copy], tracking: [closing(copy, 'transferred-out')] };
          const both = [operation(copy), { ...sent, onBehalfOf: 'one' }];
          const inOrder = isFirst ? both : both.toReversed();
          const results = await Promise.all(inOrder.map((each) => store.commit(each)));
          assert.deepEqual(
            results.map((result) => (result.ok ? 'taken' : result.refusal.kind)),
            ['taken', 'no-such-copy'],
          );
          const acts = (await store.track({ mtsIdentifier: copy.mtsIdentifier })).map(({ act }) => act);
          assert.equal(acts.length, 2, `one acceptance and one outcome: ${acts}`);
          assert.equal(acts.includes('transferred-out'), !isFirst);
        }
      }
      assert.deepEqual(await contradictions(store), []);
      await store.close();
    },
  },
  {
    name: 'a release puts a copy back in its place: before what arrived later',
    run: async (room) => {
      const store = await room.open();
      const first = await secured(store, messageWith({ held: true, notBefore: at(500) }));
      const second = await secured(store, message());
      assert.equal(await store.nextDue(hop, noon), undefined);
      const place = { state: 'queued', notBefore: null, resetAttempts: true } as const;
      await taken(store, { place: [{ copy: first.copy, ...place }] });
      assert.deepEqual(await claimed(store), [first.copy, second.copy]);
      await store.close();
    },
  },
  {
    name: 're-routing takes a copy from one hop to another as it is: held or quarantined, and stays so',
    run: async (room) => {
      const before = await room.open();
      const copies: number[] = [];
      for (const special of [{}, { held: true }, { quarantined: true }]) {
        copies.push((await secured(before, messageWith(special))).copy);
      }
      await taken(before, { place: copies.map((copy) => ({ copy, nextHop: 'deliver/x' })) });
      await before.close();
      const store = await room.open();
      const moved = await store.list({ nextHop: 'deliver/x' });
      assert.deepEqual(
        moved.map(({ state }) => state),
        ['queued', 'held', 'quarantined'],
      );
      assert.deepEqual([await store.list({ nextHop: hop }), await claimed(store)], [[], []]);
      assert.deepEqual(await claimed(store, { nextHop: 'deliver/x' }), [copies[0]]);
      assert.deepEqual(
        (await store.counts()).map(({ nextHop, copies: many }) => [nextHop, many]),
        [
          ['deliver/x', 1],
          ['deliver/x', 1],
          ['deliver/x', 1],
        ],
      );
      await store.close();
    },
  },
  {
    name: 'another priority is another place in the queue, and stays over a restart; the envelope stays',
    run: async (room) => {
      const before = await room.open();
      const early = await secured(before, message());
      const late = await secured(before, message());
      const slow = await secured(before, messageWith({ held: true }));
      await taken(before, { place: [{ copy: late.copy, priority: 'urgent' }] });
      await taken(before, { place: [{ copy: slow.copy, priority: 'non-urgent' }] });
      const { envelope } = (await before.show(late.copy)) ?? {};
      await before.close();
      const store = await room.open();
      const shown = await store.show(late.copy);
      assert.deepEqual([shown?.priority, shown?.envelope], ['urgent', envelope]);
      assert.deepEqual(await claimed(store), [late.copy, early.copy]);
      assert.deepEqual(
        (await store.counts()).map(({ priority, state }) => `${priority} ${state}`),
        ['urgent queued', 'normal queued', 'non-urgent held'],
      );
      await store.close();
    },
  },
  {
    name: 'what is quarantined waits, whatever becomes due or expires, until it is released',
    run: async (room) => {
      const before = await room.open();
      const { copy } = await secured(before, messageWith({ notBefore: at(60) }, { expiresAt: at(120) }));
      const attempts = [{ copy, at: at(5), error: 'died thrice', counts: true, notBefore: at(60) }];
      await taken(before, { attempts, place: [{ copy, state: 'quarantined' }] });
      await before.close();
      const store = await room.open();
      assert.deepEqual(await claimed(store, { now: at(90) }), []);
      assert.deepEqual([await store.nextDue(hop, noon), await store.expired(at(500), 9)], [undefined, []]);
      const [shown, ...others] = await store.list({ state: 'quarantined' });
      assert.deepEqual([shown.copy, shown.lastError, shown.attempts, others], [copy, 'died thrice', 1, []]);
      assert.deepEqual(
        (await store.counts()).map(({ state, copies }) => [state, copies]),
        [['quarantined', 1]],
      );
      await taken(store, { place: [{ copy, state: 'queued', notBefore: null, resetAttempts: true }] });
      assert.deepEqual(await claimed(store), [copy]);
      await store.close();
    },
  },
  {
    name: 'recovery points change with their transition or not at all',
    run: async (room) => {
      const store = await room.open();
      const { copy } = await secured(store, messageWith({ claim: claimFor('link') }));
      const point = recoveryPoint({ direction: 'out', data: new Uint8Array([1]) });
      await taken(store, { saveRecovery: [point] });
      const later = { ...point, savedAt: at(9), data: new Uint8Array([2]) };
      await refusedAs(store, { finish: [copy], dropRecovery: ['k'], saveRecovery: [later] }, 'busy');
      assert.deepEqual(
        (await store.recoveryPoints('b')).map(({ savedAt, data }) => [savedAt, ...data]),
        [[noon, 1]],
      );
      await taken(store, { finish: [copy], dropRecovery: ['k'], onBehalfOf: 'link' });
      assert.deepEqual(await store.recoveryPoints('b'), []);
      await store.close();
    },
  },
];

/** One message in the queue with the record of its acceptance; claimed by someone, or free. */
async function accepted(store: Store, claim?: ReturnType<typeof claimFor>): Promise<CopySummary> {
  const draft = messageWith(claim === undefined ? {} : { claim });
  const { mtsIdentifier, originator, recipients } = draft;
  const opening = record({ created: 0, mtsIdentifier, originator, recipients });
  const { created } = await taken(store, { create: [draft], tracking: [opening] });
  const copy = await store.show(created[0].copies[0]);
  assert.ok(copy !== undefined);
  return copy;
}

function closing(copy: CopySummary, act: 'deleted' | 'reported' | 'transferred-out') {
  const { message: number, mtsIdentifier, originator, recipients } = copy;
  const names = recipients.map(({ address }) => address);
  return record({ at: at(9), act, message: number, mtsIdentifier, originator, recipients: names });
}

/** What does not balance; reports that these cases make up have no acceptance, and are none of it. */
async function contradictions(store: Store): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await store.entries(0, 100)) {
    if (entry.records.length === 0) continue;
    for (const each of auditEntry(entry, emptyCount())) found.push(JSON.stringify(each));
  }
  return found;
}
