// Compliance of an adapter: content with the message and in spools, read in pieces, and the life of a spool.

import assert from 'node:assert/strict';

import { concat, equalOctets } from '../base/octets.ts';
import { seededRandom } from '../base/random.ts';
import {
  type ComplianceCase,
  claimed,
  message,
  noon,
  octetsOf,
  record,
  recoveryPoint,
  refusedAs,
  secured,
  taken,
} from './compliance-fixtures.ts';
import type { MessageId, NewMessage, Store } from './port.ts';

export const contentCases: readonly ComplianceCase[] = [
  {
    name: 'content is read in pieces of any size, and empty at its end',
    run: async (room) => {
      const store = await room.open();
      const octets = seededRandom(1).octets(1000);
      const { id } = await secured(store, message({ content: { kind: 'inline', octets } }));
      for (const size of [1, 7, 999, 1000, 1001])
        assert.ok(equalOctets(await readAll(store, id, size), octets));
      assert.deepEqual((await store.readContent(id, 1000, 10))?.length, 0);
      assert.deepEqual((await store.readContent(id, 5000, 10))?.length, 0);
      const none = await secured(store, message({ content: { kind: 'none' }, contentLength: 0 }));
      assert.deepEqual((await store.readContent(none.id, 0, 10))?.length, 0);
      assert.equal(await store.readContent(999_999, 0, 10), undefined);
      await store.close();
    },
  },
  {
    name: 'the octets of a transition may be reused when it is committed',
    run: async (room) => {
      const store = await room.open();
      const octets = octetsOf('as it was');
      const { id, copy } = await secured(
        store,
        message({ envelope: octets, content: { kind: 'inline', octets } }),
      );
      octets.fill(0);
      assert.ok(equalOctets(await readAll(store, id, 100), octetsOf('as it was')));
      assert.ok(equalOctets((await store.show(copy))?.envelope ?? octets, octetsOf('as it was')));
      await store.close();
    },
  },
  {
    name: 'content too large to lie with the message is spilled and reads the same',
    run: async (room) => {
      const store = await room.open();
      const octets = seededRandom(2).octets(room.inlineOctetsMax + 1);
      const { id, copy } = await secured(store, message({ content: { kind: 'inline', octets } }));
      const content = (await store.show(copy))?.content;
      assert.deepEqual([content?.kind, room.spools().length], ['spooled', 1]);
      assert.ok(equalOctets(await readAll(store, id, 20_000), octets));
      await taken(store, { finish: [copy] });
      await store.close();
      assert.deepEqual(room.spools(), []);
    },
  },
  {
    name: 'a spool is written in pieces, sealed, named, read across a restart, and removed with its message',
    run: async (room) => {
      const before = await room.open();
      const octets = seededRandom(3).octets(200_000);
      const spool = await before.openSpool();
      for (let from = 0; from < octets.length; from += 30_720) {
        assert.deepEqual(await spool.write(octets.subarray(from, from + 30_720)), { ok: true });
        assert.deepEqual(await spool.sync(), { ok: true });
      }
      const draft = spooled(spool.name, octets.length);
      await refusedAs(before, { create: [draft] }, 'damaged');
      assert.equal(await before.readSpool('spool-of-nobody', 0, 10), undefined);
      assert.deepEqual(await spool.seal(octetsOf('header')), { ok: true });
      const early = await before.readSpool(spool.name, 199_990, 100);
      assert.ok(early !== undefined && equalOctets(early, octets.subarray(199_990)));
      const { id } = await secured(before, draft);
      await before.close();
      const after = await room.open();
      for (const size of [1000, 65_536, 70_000, 300_000]) {
        assert.ok(equalOctets(await readAll(after, id, size), octets));
      }
      const [copy] = await claimed(after, { now: noon });
      assert.deepEqual((await after.show(copy))?.content, draft.content);
      await taken(after, { finish: [copy], onBehalfOf: 'one' });
      await after.close();
      assert.deepEqual(room.spools(), []);
    },
  },
  {
    name: 'a spool that nothing names is discarded, or gone after a restart',
    run: async (room) => {
      const store = await room.open();
      const discarded = await store.openSpool();
      await discarded.write(octetsOf('x'));
      await discarded.discard();
      await refusedAs(store, { create: [spooled(discarded.name, 1)] }, 'damaged');
      const orphan = await store.openSpool();
      await orphan.write(octetsOf('x'));
      await orphan.seal(octetsOf(''));
      assert.deepEqual(room.spools(), [orphan.name]);
      await store.close();
      await (await room.open()).close();
      assert.deepEqual(room.spools(), []);
    },
  },
  {
    name: 'two messages may name one spool; it goes with the last',
    run: async (room) => {
      const store = await room.open();
      const name = await sealedSpool(store, octetsOf('shared'));
      const draft = spooled(name, 6);
      const first = await secured(store, draft);
      const second = await secured(store, draft);
      await taken(store, { finish: [first.copy] });
      assert.ok(equalOctets(await readAll(store, second.id, 10), octetsOf('shared')));
      await taken(store, { finish: [second.copy] });
      await refusedAs(store, { create: [spooled(name, 6)] }, 'damaged');
      await store.close();
      assert.deepEqual(room.spools(), []);
    },
  },
  {
    name: 'two messages of one transition may name one spool, which is not copied',
    run: async (room) => {
      const store = await room.open();
      const name = await sealedSpool(store, octetsOf('shared'));
      const draft = spooled(name, 6);
      const result = await store.commit({ create: [draft, draft] });
      assert.ok(result.ok);
      assert.deepEqual(room.spools(), [name]);
      const [first, second] = result.created;
      // The last of a spool's messages may be created by the transition that ends another one.
      const third = await store.commit({
        create: [draft],
        finish: [...first.copies, ...second.copies],
      });
      assert.ok(third.ok);
      assert.ok(equalOctets(await readAll(store, third.created[0].message, 10), octetsOf('shared')));
      await taken(store, { finish: [...third.created[0].copies] });
      await store.close();
      assert.deepEqual(room.spools(), []);
    },
  },
  {
    name: 'messages that name one spool have one identifier; another one is refused whole',
    run: async (room) => {
      const store = await room.open();
      const name = await sealedSpool(store, octetsOf('shared'));
      await refusedAs(store, { create: [spooled(name, 6), spooled(name, 6)] }, 'damaged');
      await secured(store, spooled(name, 6));
      await refusedAs(store, { create: [spooled(name, 6)] }, 'damaged');
      assert.equal((await store.list({})).length, 1);
      await store.close();
    },
  },
  {
    name: 'a spool that was lost: what would name it is refused as damaged, whole; its copy can be set aside',
    run: async (room) => {
      const store = await room.open();
      const name = await sealedSpool(store, octetsOf('shared'));
      const { mtsIdentifier } = message();
      const draft = { ...spooled(name, 6), mtsIdentifier };
      const { copy } = await secured(store, draft);
      const sound = await secured(store, message());
      await refusedAs(store, { create: [{ ...spooled(name, 7), mtsIdentifier }] }, 'damaged');
      room.loseSpool(name);
      const tracking = [record({ created: 0 })];
      for (const change of [{ finish: [copy] }, { split: [{ copy, into: draft.copies }] }]) {
        await refusedAs(store, { ...change, create: [draft], tracking }, 'damaged');
      }
      assert.deepEqual(await store.track({}), [], 'whole, as every refusal');
      await taken(store, { place: [{ copy, state: 'quarantined' }], finish: [sound.copy] });
      const left = (await store.list({})).map(({ copy: id, state }) => [id, state]);
      assert.deepEqual(left, [[copy, 'quarantined']]);
      await taken(store, { finish: [copy] });
      await store.close();
    },
  },
  {
    name: 'a recovery point keeps its spool over a restart until it is dropped',
    run: async (room) => {
      const before = await room.open();
      const spool = await before.openSpool();
      await spool.write(octetsOf('half of it'));
      await spool.sync();
      await spool.release();
      const point = recoveryPoint({ spool: spool.name });
      await taken(before, { saveRecovery: [point] });
      await before.close();
      const after = await room.open();
      assert.deepEqual(room.spools(), [spool.name]);
      assert.equal((await after.recoveryPoints('b'))[0].spool, spool.name);
      await taken(after, { dropRecovery: ['k'] });
      await after.close();
      assert.deepEqual(room.spools(), []);
    },
  },
  {
    name: 'a spool that was released goes on after a restart at its point; what is beyond it is cut off',
    run: async (room) => {
      const octets = seededRandom(3).octets(200_000);
      const before = await room.open();
      const spool = await before.openSpool();
      await spool.write(octets.subarray(0, 150_000));
      await spool.sync();
      await spool.write(octetsOf('beyond the point'));
      await spool.release();
      assert.equal((await spool.write(octets)).ok, false, 'it is closed');
      await taken(before, { saveRecovery: [recoveryPoint({ spool: spool.name })] });
      await before.close();
      const after = await room.open();
      assert.equal(await after.reopenSpool(spool.name, 150_017), undefined, 'it has not so many octets');
      const again = await after.reopenSpool(spool.name, 150_000);
      assert.ok(again !== undefined);
      assert.equal(again.name, spool.name);
      assert.deepEqual(await again.write(octets.subarray(150_000)), { ok: true });
      assert.deepEqual(await again.seal(octetsOf('header')), { ok: true });
      const create = [spooled(spool.name, octets.length)];
      const result = await taken(after, { create, dropRecovery: ['k'] });
      assert.ok(equalOctets(await readAll(after, result.created[0].message, 65_000), octets));
      assert.equal(await after.reopenSpool(spool.name, 10), undefined, 'it is sealed');
      assert.equal(await after.reopenSpool('../queue.sqlite', 0), undefined, 'it is no spool');
      await after.close();
    },
  },
  {
    name: 'a spool goes on from the beginning, and from a point in a block',
    run: async (room) => {
      const store = await room.open();
      for (const length of [0, 1, 65_536, 65_537]) {
        const octets = seededRandom(4).octets(70_000);
        const spool = await store.openSpool();
        await spool.write(octets);
        await spool.release();
        const again = await store.reopenSpool(spool.name, length);
        assert.ok(again !== undefined);
        await again.write(octets.subarray(length));
        await again.seal(octetsOf('header'));
        const { id } = await secured(store, spooled(spool.name, octets.length));
        assert.ok(equalOctets(await readAll(store, id, 70_000), octets));
      }
      await store.close();
    },
  },
];

function spooled(spool: string, octets_count: number): NewMessage {
  return message({ content: { kind: 'spooled', spool, octets_count }, contentLength: octets_count });
}

async function sealedSpool(store: Store, octets: Uint8Array): Promise<string> {
  const spool = await store.openSpool();
  await spool.write(octets);
  await spool.seal(octetsOf('header'));
  return spool.name;
}

async function readAll(store: Store, id: MessageId, octets_max: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [new Uint8Array()];
  for (let offset = 0; ; ) {
    const piece = await store.readContent(id, offset, octets_max);
    assert.ok(piece !== undefined, 'the content is there');
    assert.ok(piece.length <= octets_max, 'a piece is no longer than asked for');
    if (piece.length === 0) return concat(pieces);
    pieces.push(piece);
    offset += piece.length;
  }
}
