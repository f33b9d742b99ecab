// Compliance of an adapter: what may be taken up, by whom, in which order.

import assert from 'node:assert/strict';

import {
  at,
  type ComplianceCase,
  claimed,
  claimFor,
  farAway,
  hop,
  message,
  messageWith,
  noon,
  octetsOf,
  refusedAs,
  secured,
  taken,
} from './compliance-fixtures.ts';
import { instant } from '../base/time.ts';

export const queueCases: readonly ComplianceCase[] = [
  {
    name: 'named copies are claimed, and no others; what is held or elsewhere is not',
    run: async (room) => {
      const store = await room.open();
      const copies: number[] = [];
      for (let count = 0; count < 4; count += 1) copies.push((await secured(store, message())).copy);
      await taken(store, { place: [{ copy: copies[1], state: 'held' }] });
      const request = { owner: 'me', nextHop: hop, until: farAway, now: noon, limit: 10 };
      const some = await store.claim({ ...request, copies: [copies[2], copies[1], 999_999] });
      assert.deepEqual(
        some.map(({ copy }) => copy),
        [copies[2]],
      );
      assert.deepEqual(await store.claim({ ...request, copies: [copies[2]] }), [], 'it is claimed');
      assert.deepEqual(await store.claim({ ...request, nextHop: 'link/c', copies: [copies[3]] }), []);
      assert.deepEqual(
        (await store.claim(request)).map(({ copy }) => copy),
        [copies[0], copies[3]],
      );
      await store.close();
    },
  },
  {
    name: 'a secured message is claimed whole, once, and gone when its copy is finished',
    run: async (room) => {
      const store = await room.open();
      const draft = message({ contentType: '2.6.1.10.1', arrivedBy: 'link/a', priority: 'urgent' });
      const { id, copy } = await secured(store, draft);
      const request = { owner: 'one', nextHop: hop, until: farAway, now: noon, limit: 10 };
      const [found, ...others] = await store.claim(request);
      assert.deepEqual(others, []);
      const { copies: _, envelope, content, recipients, ...same } = draft;
      assert.deepEqual(
        { ...found, envelope: [...found.envelope] },
        {
          ...same,
          copy,
          message: id,
          recipients: recipients.map((address, number) => ({ number, address })),
          nextHop: hop,
          state: 'queued',
          attempts: 0,
          envelope: [...envelope],
          content: {
            kind: 'inline',
            octets: found.content.kind === 'inline' ? found.content.octets : undefined,
          },
        },
      );
      assert.deepEqual(
        [...(found.content.kind === 'inline' ? found.content.octets : [])],
        [...octetsOf('hello')],
      );
      assert.equal(content.kind, 'inline');
      assert.deepEqual(await store.claim(request), []);
      await taken(store, { finish: [copy], onBehalfOf: 'one' });
      assert.equal(await store.show(copy), undefined);
      assert.deepEqual(await store.list({}), []);
      assert.deepEqual(await store.counts(), []);
      await store.close();
    },
  },
  {
    name: 'claims come by priority, then in the order of arrival, up to the limit',
    run: async (room) => {
      const store = await room.open();
      const copies: number[] = [];
      for (const priority of ['non-urgent', 'normal', 'urgent', 'normal', 'urgent'] as const) {
        copies.push((await secured(store, message({ priority }))).copy);
      }
      const [slow, first, urgent, second, alsoUrgent] = copies;
      assert.deepEqual(await claimed(store, { limit: 1, priorities: ['normal'] }), [first]);
      assert.deepEqual(await claimed(store, { limit: 2 }), [urgent, alsoUrgent]);
      assert.deepEqual(await claimed(store), [second, slow]);
      await store.close();
    },
  },
  {
    name: 'a claim sees its own next hop only',
    run: async (room) => {
      const store = await room.open();
      const copies = [
        { nextHop: 'link/b', recipients: [0] },
        { nextHop: 'deliver/local', recipients: [1] },
      ];
      const { created } = await taken(store, {
        create: [message({ recipients: ['/S=x/', '/S=y/'], copies })],
      });
      assert.deepEqual(await claimed(store), [created[0].copies[0]]);
      const [local] = await store.claim({
        owner: 'l',
        nextHop: 'deliver/local',
        until: farAway,
        now: noon,
        limit: 9,
      });
      assert.deepEqual(local.recipients, [{ number: 1, address: '/S=y/' }]);
      await taken(store, { finish: [local.copy], onBehalfOf: 'l' });
      assert.equal((await store.show(created[0].copies[0]))?.message, created[0].message);
      await store.close();
    },
  },
  {
    name: 'a claim ends with its lease, with unclaim, and by nobody else',
    run: async (room) => {
      const store = await room.open();
      const { copy } = await secured(store, message());
      assert.deepEqual(await claimed(store, { until: at(60) }), [copy]);
      await store.unclaim('two', [copy]);
      assert.deepEqual(await claimed(store, { now: at(59) }), []);
      assert.deepEqual(await claimed(store, { owner: 'two', now: at(60), until: farAway }), [copy]);
      await refusedAs(store, { finish: [copy], onBehalfOf: 'one' }, 'busy');
      await store.unclaim('two', [copy]);
      assert.deepEqual(await claimed(store), [copy]);
      await store.close();
    },
  },
  {
    name: 'a copy may be claimed as it is created',
    run: async (room) => {
      const store = await room.open();
      const { copy } = await secured(store, messageWith({ claim: claimFor('one') }));
      assert.deepEqual(await claimed(store), []);
      await refusedAs(store, { finish: [copy], onBehalfOf: 'two' }, 'busy');
      await taken(store, { finish: [copy], onBehalfOf: 'one' });
      await store.close();
    },
  },
  {
    name: 'a deferred copy is taken up when due, in its place by priority and arrival',
    run: async (room) => {
      const store = await room.open();
      const deferred = await secured(store, messageWith({ notBefore: at(60) }));
      const later = await secured(store, messageWith({ notBefore: at(90) }));
      const ready = await secured(store, message());
      assert.equal(await store.nextDue(hop, noon), at(60));
      assert.deepEqual(await claimed(store, { limit: 0 }), []);
      assert.deepEqual(await claimed(store, { now: at(59), limit: 1 }), [ready.copy]);
      await store.unclaim('one', [ready.copy]);
      assert.deepEqual(await claimed(store, { now: at(60) }), [deferred.copy, ready.copy]);
      assert.equal(await store.nextDue(hop, at(60)), at(90));
      assert.equal(await store.nextDue('link/c', noon), undefined);
      assert.equal((await store.show(later.copy))?.notBefore, at(90));
      await store.close();
    },
  },
  {
    name: 'nextDue passes over what is claimed or held',
    run: async (room) => {
      const store = await room.open();
      await secured(store, messageWith({ notBefore: at(30), claim: claimFor('one') }));
      await secured(store, messageWith({ notBefore: at(40), held: true }));
      await secured(store, messageWith({ notBefore: at(50) }, { priority: 'non-urgent' }));
      assert.equal(await store.nextDue(hop, noon), at(50));
      await store.close();
    },
  },
  {
    name: 'expired copies are found, queued or held, unless they are in transfer or quarantined',
    run: async (room) => {
      const store = await room.open();
      const late = await secured(store, message({ expiresAt: at(20) }));
      const held = await secured(store, messageWith({ held: true }, { expiresAt: at(10) }));
      await secured(store, messageWith({ claim: claimFor('one') }, { expiresAt: at(5) }));
      const sick = await secured(store, message({ expiresAt: at(5) }));
      await taken(store, { place: [{ copy: sick.copy, state: 'quarantined' }] });
      await secured(store, message());
      const over = await store.expired(at(20), 10);
      assert.deepEqual(
        over.map(({ copy }) => copy),
        [held.copy, late.copy],
      );
      assert.deepEqual(await store.expired(at(9), 10), []);
      assert.equal((await store.expired(at(20), 1)).length, 1);
      await store.close();
    },
  },
  {
    name: 'a claim walks past hundreds that are claimed',
    run: async (room) => {
      const store = await room.open();
      const create = Array.from({ length: 300 }, () => message());
      const { created } = await taken(store, { create });
      const copies = created.flatMap((one) => one.copies);
      assert.deepEqual(await claimed(store, { limit: 250 }), copies.slice(0, 250));
      assert.deepEqual(await claimed(store), copies.slice(250));
      await store.close();
    },
  },
  {
    name: 'counts say where how much waits, and since when',
    run: async (room) => {
      const store = await room.open();
      await secured(
        store,
        messageWith({ notBefore: at(60) }, { acceptedAt: instant(noon - 5), contentLength: 10 }),
      );
      await secured(store, message({ contentLength: 20 }));
      const held = await secured(store, messageWith({ held: true }, { priority: 'urgent' }));
      const counts = await store.counts();
      assert.deepEqual(counts, [
        { nextHop: hop, priority: 'urgent', state: 'held', copies: 1, octets: 5, oldestAcceptedAt: noon },
        {
          nextHop: hop,
          priority: 'normal',
          state: 'queued',
          copies: 2,
          octets: 30,
          oldestAcceptedAt: noon - 5,
        },
      ]);
      await taken(store, { place: [{ copy: held.copy, nextHop: 'link/c', state: 'queued' }] });
      assert.deepEqual(
        (await store.counts()).map(({ nextHop, state, copies }) => [nextHop, state, copies]),
        [
          [hop, 'queued', 2],
          ['link/c', 'queued', 1],
        ],
      );
      await store.close();
    },
  },
];
