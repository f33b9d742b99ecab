// Compliance of an adapter: messages leave one store as an archive and come into another, once each, with
// everything that they waited with.

import assert from 'node:assert/strict';

import { concat, equalOctets } from '../base/octets.ts';
import { seededRandom } from '../base/random.ts';
import { type ExportOrder, exportArchive } from './archive-export.ts';
import { importArchive, type ImportOrder, type ImportSummary } from './archive-import.ts';
import { removalOf } from './archive-removal.ts';
import { ArchiveWitness } from './archive-witness.ts';
import { auditEntry, emptyCount } from './audit.ts';
import {
  at,
  type ComplianceCase,
  type ComplianceRoom,
  claimed,
  hop,
  message,
  noon,
  record,
  secured,
  taken,
} from './compliance-fixtures.ts';
import type { NewMessage, Store } from './port.ts';

const bell = '/S=Bell/P=SITE-B/A= /C=GB/';
const gray = '/S=Gray/P=SITE-C/A= /C=GB/';

export const archiveCases: readonly ComplianceCase[] = [
  {
    name: 'an archive carries messages as they waited, large content too; taken twice it makes none twice',
    run: async (room) => {
      const store = await room.open();
      const large = seededRandom(9).octets(3 * room.inlineOctetsMax + 17);
      const drafts = [twoHops(), largeMessage(large), message({ kind: 'probe', content: { kind: 'none' } })];
      const { created } = await taken(store, { create: drafts, tracking: drafts.map(submittedOf) });
      const before = await store.list({});
      const archive = await exported(store);
      const copies = created.flatMap((each) => each.copies);
      await taken(store, {
        finish: copies,
        tracking: created.map(({ message: m }, i) => gone(drafts[i], m)),
      });
      assert.deepEqual(await store.list({}), []);
      const first = await imported(store, archive);
      assert.deepEqual([first.messages, first.copies, first.complete, first.problems], [3, 4, true, []]);
      const after = await store.list({});
      assert.deepEqual(after.map(told), before.map(told));
      const spooled = after.find(({ contentLength }) => contentLength === large.length);
      assert.ok(equalOctets(await contentOf(store, spooled?.message ?? 0), large));
      const second = await imported(store, archive);
      assert.deepEqual([second.messages, second.duplicates, second.complete], [0, 3, true]);
      assert.equal((await store.list({})).length, after.length);
      const count = emptyCount();
      for (const entry of await store.entries(0, 100)) assert.deepEqual(auditEntry(entry, count), []);
      assert.deepEqual([count.messages, count.queued], [6, 4]);
      await store.close();
    },
  },
  {
    name: 'what still waits, or has had its outcome here, is not taken again; its other recipients are',
    run: async (room) => {
      const store = await room.open();
      const draft = twoHops();
      const { created } = await taken(store, { create: [draft], tracking: [submittedOf(draft, 0)] });
      const archive = await exported(store);
      const waiting = await imported(store, archive);
      assert.deepEqual([waiting.messages, waiting.duplicates], [0, 1]);
      const [{ message: number, copies }] = created;
      const out = record({ ...headOf(draft), act: 'transferred-out', recipients: [bell], message: number });
      await taken(store, { finish: [copies[0]], tracking: [out] });
      const left = { ...out, act: 'exported', recipients: [gray] } as const;
      await taken(store, { finish: [copies[1]], tracking: [left] });
      const back = await imported(store, archive);
      assert.deepEqual([back.messages, back.copies, back.duplicates], [1, 1, 1]);
      const [copy] = await store.list({});
      assert.deepEqual(copy?.recipients, [{ number: 1, address: gray }]);
      await store.close();
    },
  },
  {
    name: 'a dry run takes nothing and leaves nothing; held means held; history comes when it was asked for',
    run: async (room) => {
      let store = await room.open();
      const octets = seededRandom(8).octets(room.inlineOctetsMax + 1);
      const draft = largeMessage(octets);
      const { id, copy } = await secured(store, draft);
      await taken(store, { tracking: [{ ...submittedOf(draft, 0), created: undefined, message: id }] });
      const archive = await exported(store, { tracking: true });
      await taken(store, { finish: [copy], tracking: [gone(draft, id)] });
      store = await restarted(room, store);
      const dry = await imported(store, archive, { dryRun: true });
      assert.deepEqual([dry.messages, (await store.list({})).length, room.spools()], [1, 0, []]);
      await imported(store, archive, { hold: true });
      assert.deepEqual(
        (await store.list({})).map(({ state }) => state),
        ['held'],
      );
      const acts = await store.track({ mtsIdentifier: draft.mtsIdentifier });
      const history = acts.filter(({ detail, message: number }) => number === undefined && detail.archive);
      assert.deepEqual(
        history.map(({ act }) => act),
        ['submitted'],
      );
      await store.close();
    },
  },
  {
    name: 'of a cut or damaged archive what is whole is taken, and the rest is told and leaves nothing',
    run: async (room) => {
      let store = await room.open();
      const octets = seededRandom(7).octets(2 * room.inlineOctetsMax);
      const drafts = [message(), largeMessage(octets), message()];
      const { created } = await taken(store, { create: drafts });
      const archive = await exported(store);
      await taken(store, { finish: created.flatMap((each) => each.copies) });
      store = await restarted(room, store);
      const middle = archive.length >> 1;
      const damaged = archive.slice();
      damaged[middle] ^= 0x40;
      const flipped = await imported(store, damaged);
      assert.deepEqual([flipped.messages, flipped.damaged, flipped.complete], [2, 1, false]);
      assert.ok(flipped.problems.some((each) => each.includes(drafts[1].mtsIdentifier)));
      assert.deepEqual(room.spools(), []);
      const cut = await imported(store, archive.subarray(0, middle));
      assert.deepEqual([cut.messages, cut.duplicates, cut.complete], [0, 1, false]);
      assert.ok(cut.problems.some((each) => each.includes('cut off')));
      const whole = await imported(store, archive);
      assert.deepEqual([whole.messages, whole.duplicates, whole.complete], [1, 2, true]);
      await store.close();
    },
  },
  {
    name: 'what is in transfer is not in the archive, and counted; nor is it removed for one',
    run: async (room) => {
      const store = await room.open();
      const drafts = [message(), message(), message()];
      const { created } = await taken(store, { create: drafts, tracking: drafts.map(submittedOf) });
      const [sent, left, waits] = created.map(({ copies }) => copies[0]);
      const prepare = async ({ copy }: { readonly copy: number }) => copy !== sent;
      const witness = new ArchiveWitness();
      witness.see(await exported(store, { prepare }));
      const { totals, copies } = witness;
      assert.deepEqual([totals?.messages, totals?.busy], [2, 1]);
      assert.deepEqual(
        copies.map(({ copy }) => copy),
        [left, waits],
      );
      await taken(store, { place: [{ copy: waits, priority: 'urgent' }] });
      assert.deepEqual(await claimed(store, { copies: [waits] }), [waits]);
      for (const copy of await store.list({})) {
        if (copies.some((each) => each.copy === copy.copy)) {
          const removal = removalOf(copy, witness.archive ?? '', at(9));
          const result = await store.commit(removal);
          assert.equal(result.ok ? 'gone' : result.refusal.kind, copy.copy === left ? 'gone' : 'busy');
        }
      }
      assert.deepEqual(
        (await store.list({})).map(({ copy }) => copy),
        [sent, waits],
      );
      for (const entry of await store.entries(0, 100)) assert.deepEqual(auditEntry(entry, emptyCount()), []);
      await store.close();
    },
  },
  {
    name: 'an archive holds what was selected',
    run: async (room) => {
      const store = await room.open();
      const late = message({ acceptedAt: at(100), recipients: [gray] });
      await taken(store, { create: [message(), late, message({ acceptedAt: at(200) })] });
      const archive = await exported(store, { selection: { since: at(50), until: at(150), nextHop: hop } });
      const dry = await imported(store, archive, { dryRun: true });
      assert.deepEqual([dry.messages, dry.duplicates, dry.complete], [0, 1, true]);
      const other = await exported(store, { selection: { recipient: 'gray' } });
      assert.deepEqual((await imported(store, other, { dryRun: true })).duplicates, 1);
      await store.close();
    },
  },
];

let serial = 0;

/** Opened again: what was to be removed is gone then. */
async function restarted(room: ComplianceRoom, store: Store): Promise<Store> {
  await store.close();
  return room.open();
}

async function exported(store: Store, special: Partial<ExportOrder> = {}): Promise<Uint8Array> {
  serial += 1;
  const common = { archive: `archive-${serial}`, source: 'MTA-A', madeAt: noon, selection: {} };
  const pieces: Uint8Array[] = [];
  for await (const piece of exportArchive(store, { ...common, tracking: false, ...special })) {
    pieces.push(piece);
  }
  return concat(pieces);
}

async function imported(
  store: Store,
  archive: Uint8Array,
  special: Partial<ImportOrder> = {},
): Promise<ImportSummary> {
  const pieces = async function* () {
    for (let from = 0; from < archive.length; from += 5000) yield archive.subarray(from, from + 5000);
  };
  const order = { inlineOctetsMax: 1000, hold: false, dryRun: false, now: () => at(1000), ...special };
  return importArchive(store, pieces(), order);
}

function twoHops(): NewMessage {
  return message({
    recipients: [bell, gray],
    arrivedBy: 'link/x',
    contentType: '2.6.1.10.1',
    copies: [
      { nextHop: hop, recipients: [0], notBefore: at(60) },
      { nextHop: 'link/c', recipients: [1], quarantined: true },
    ],
  });
}

function largeMessage(octets: Uint8Array): NewMessage {
  return message({ content: { kind: 'inline', octets }, contentLength: octets.length, priority: 'urgent' });
}

function headOf({ mtsIdentifier, kind, originator, acceptedAt: accepted }: NewMessage) {
  return { mtsIdentifier, kind, originator, at: accepted };
}

function submittedOf(draft: NewMessage, created: number) {
  return record({ ...headOf(draft), act: 'submitted', recipients: draft.recipients, created });
}

function gone(draft: NewMessage, number: number) {
  return record({ ...headOf(draft), act: 'exported', recipients: draft.recipients, message: number });
}

/** What a copy waits with, its numbers aside. */
function told(copy: object): object {
  return { ...copy, copy: 0, message: 0 };
}

async function contentOf(store: Store, number: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (let offset = 0; ; ) {
    const piece = await store.readContent(number, offset, 10_000);
    if (piece === undefined || piece.length === 0) return concat(pieces);
    offset += piece.length;
    pieces.push(piece);
  }
}
