// Damage that a start does not look for: interior pages and indexes. Whatever is asked, nothing is served
// that the rows do not say, nothing is lost and nothing set aside by the hundred: the store ends, says how
// it is mended, and is not opened again before it is.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';

import { instant } from '../../base/time.ts';
import { farAway, hop, message, messageWith, noon } from '../compliance-fixtures.ts';
import { openSqliteStore, type QueuedCopy, repairStore, type Store, type StoreFinding } from '../index.ts';

const page_octets = 4096;
const later = instant(noon + 60_000);

interface Damaged {
  readonly directory: string;
  readonly findings: StoreFinding[];
  open(): Promise<Store>;
  claim(store: Store, nextHop?: string): Promise<readonly QueuedCopy[]>;
}

/** A store with so many messages, after its files were damaged. */
async function damaged(
  t: TestContext,
  special: readonly ReturnType<typeof message>[],
  damage: (octets: Buffer, root: (name: string) => number) => void,
  before: (store: Store) => Promise<void> = async () => undefined,
): Promise<Damaged> {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-structure-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const store = await openSqliteStore({ directory, now: () => noon });
  assert.ok((await store.commit({ create: special })).ok);
  await before(store);
  await store.close();
  const file = join(directory, 'queue.sqlite');
  const database = new DatabaseSync(file, { readOnly: true });
  const find = database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?');
  const root = (name: string): number => (Number(find.get(name)?.rootpage) - 1) * page_octets;
  const octets = readFileSync(file);
  damage(octets, root);
  database.close();
  writeFileSync(file, octets);
  const findings: StoreFinding[] = [];
  const onFinding = (finding: StoreFinding): void => void findings.push(finding);
  return {
    directory,
    findings,
    open: () => openSqliteStore({ directory, onFinding, now: () => noon }),
    claim: (of, nextHop = hop) =>
      of.claim({ owner: 'x', nextHop, until: farAway, now: later, limit: 10_000 }),
  };
}

/** It has ended with the remedy, refuses everything, is not opened again, and is whole after the repair. */
async function endedAndMended(store: Store, { directory, findings, open, claim }: Damaged, count: number) {
  const ended = findings.filter(({ kind }) => kind === 'store-ended');
  assert.equal(ended.length, 1, JSON.stringify(findings));
  assert.match(ended[0].detail, /the database is damaged \(.+\); .*chappe store check --repair/);
  const refused = await store.commit({ create: [message()] });
  assert.ok(!refused.ok && refused.refusal.kind === 'ended');
  assert.match(refused.refusal.detail, /damaged/);
  await store.close();
  const remedy = /found damaged while an MTA ran on it, .*; to mend it: chappe store check --repair/;
  await assert.rejects(open(), { problem: 'damaged', message: remedy });
  const last = [...repairStore(directory, noon)].at(-1);
  assert.ok(last?.kind === 'report' && last.report.outcome === 'repaired', JSON.stringify(last));
  assert.deepEqual([last.report.lost, last.report.quarantined], [[], []]);
  const mended = await open();
  assert.equal((await claim(mended)).length, count, 'all are served');
  await mended.close();
}

function many(count: number) {
  return Array.from({ length: count }, () => message());
}

for (const table of ['copy', 'message']) {
  test(`RT-J3: an inner page of ${table} that is damaged: ended, and nothing set aside`, async (t) => {
    const bad = await damaged(t, many(300), (octets, root) => {
      assert.equal(octets[root(table)], 5, 'it is an inner page');
      octets.fill(0, root(table), root(table) + page_octets);
    });
    const store = await bad.open();
    assert.deepEqual(await bad.claim(store), []);
    await endedAndMended(store, bad, 300);
  });
}

/** The index says of each of two copies that it is the other; their number is as it was. */
function swapLinks(octets: Buffer, root: (name: string) => number): void {
  const page = root('copy_in_order');
  // Behind the next hop comes the number of the copy: the others are in the types of the entry.
  const [one, other] = ['link/b', 'link/c'].map((text) => octets.indexOf(text, page, 'latin1') + text.length);
  assert.deepEqual([octets[one], octets[other]], [2, 4]);
  [octets[one], octets[other]] = [4, 2];
}
const ofTwoLinks = () => ['link/b', 'link/c'].map((nextHop) => messageWith({ nextHop }));

test('an index that leads to a copy of another link: it is not served there', async (t) => {
  const bad = await damaged(t, ofTwoLinks(), swapLinks);
  const store = await bad.open();
  assert.deepEqual(await bad.claim(store, 'link/c'), []);
  await endedAndMended(store, bad, 1);
});

test('an index whose order goes back: it is not walked for ever', async (t) => {
  const bad = await damaged(t, many(150), (octets, root) => {
    const page = root('copy_in_order');
    assert.equal(octets[page], 10, 'it is one leaf');
    const count = octets.readUInt16BE(page + 3);
    const places = octets.subarray(page + 8, page + 8 + 2 * count);
    // The places of its entries, the first thirty behind the others.
    const turned = Buffer.concat([places.subarray(2 * 30), places.subarray(0, 2 * 30)]);
    turned.copy(octets, page + 8);
  });
  const store = await bad.open();
  await bad.claim(store);
  assert.deepEqual(await bad.claim(store), []);
  await endedAndMended(store, bad, 150);
});

test('an index that hides a copy from its link: the start is refused', async (t) => {
  const bad = await damaged(t, [message(), message()], (octets, root) => {
    const at = octets.indexOf(hop, root('copy_in_order'), 'latin1');
    octets[at + hop.length - 1] = 'c'.charCodeAt(0);
  });
  const remedy = /index of copies for link\/b has 1, not 2; to mend it: chappe store check --repair/;
  await assert.rejects(bad.open(), { problem: 'damaged', message: remedy });
});

test('an index of expiry that is wrong: nothing expires before its time', async (t) => {
  const expiresAt = farAway;
  const bad = await damaged(t, [message({ expiresAt })], (octets, root) => {
    const wanted = Buffer.alloc(6);
    wanted.writeUIntBE(expiresAt, 0, 6);
    const at = octets.indexOf(wanted, root('copy_by_expiry'));
    octets[at] ^= 0x02;
    octets[at + 1] = 0;
  });
  const store = await bad.open();
  assert.deepEqual(await store.expired(later, 100), []);
  await endedAndMended(store, bad, 1);
});

test('an index of what is due that is wrong: nothing is taken up before its time', async (t) => {
  const bad = await damaged(t, [messageWith({ notBefore: farAway })], (octets, root) => {
    const wanted = Buffer.alloc(6);
    wanted.writeUIntBE(farAway, 0, 6);
    const at = octets.indexOf(wanted, root('copy_by_due'));
    octets[at] = 0;
  });
  const store = await bad.open();
  assert.deepEqual(await bad.claim(store), []);
  await endedAndMended(store, bad, 0);
});

test('an index that lacks a copy: its end is not half recorded', async (t) => {
  const bad = await damaged(t, ofTwoLinks(), swapLinks);
  const store = await bad.open();
  const { copy } = (await store.list({}))[0];
  const done = await store.commit({ finish: [copy] });
  assert.ok(!done.ok, 'SQLite finds no entry to remove');
  await endedAndMended(store, bad, 1);
});

test('a leaf of the copies that cannot be read: a list is refused and told, a claim ends it', async (t) => {
  const bad = await damaged(t, many(300), (octets, root) => {
    const inner = root('copy');
    // The second child of the inner page.
    const cell = octets.readUInt16BE(inner + 12 + 2);
    const leaf = (octets.readUInt32BE(inner + cell) - 1) * page_octets;
    octets.fill(0, leaf, leaf + page_octets);
  });
  const store = await bad.open();
  assert.deepEqual(await store.list({ limit: 1000 }), []);
  assert.deepEqual(
    bad.findings.map(({ kind, detail }) => `${kind}: ${detail.split(':')[0]}`),
    ['read-failed: list'],
  );
  assert.ok((await store.commit({ create: [message()] })).ok, 'a question alone ends nothing');
  assert.deepEqual(await bad.claim(store), []);
  assert.match(bad.findings.at(-1)?.detail ?? '', /the database is damaged .*store check --repair/);
  await store.close();
});

for (const way of ['made with it', 'split off'] as const) {
  test(`an index that hides a copy, ${way}: its message does not go with another`, async (t) => {
    const hops = [hop, 'link/c'];
    const copies = hops.map((nextHop) => ({ nextHop, recipients: [0] }));
    const special = way === 'split off' ? message() : message({ copies });
    const hide = async (store: Store): Promise<void> => {
      const [{ copy }] = await store.list({});
      if (way === 'split off') await store.commit({ split: [{ copy, into: copies }] });
    };
    const bad = await damaged(t, [special], hideCopy, hide);
    const store = await bad.open();
    const [{ copy }] = await bad.claim(store);
    const done = await store.commit({ finish: [copy], onBehalfOf: 'x' });
    assert.ok(!done.ok, 'the end of the one would be the end of the other');
    assert.match(bad.findings.at(-1)?.detail ?? '', /does not name a copy of message 1/);
    await store.close();
  });
}

/** The last entry of the index of copies by message names another message. */
function hideCopy(octets: Buffer, root: (name: string) => number): void {
  const page = root('copy_by_message');
  const [cell] = Array.from({ length: octets.readUInt16BE(page + 3) }, (_, index) =>
    octets.readUInt16BE(page + 8 + 2 * index),
  ).slice(-1);
  // Its length, that of its header, two types, then the message.
  assert.equal(octets[page + cell + 2], 9, 'the message has number 1');
  octets[page + cell + 2] = 8;
}

test('a message whose row is not to be found is not set aside: the database is damaged', async (t) => {
  const bad = await damaged(t, [message(), message()], () => undefined);
  const database = new DatabaseSync(join(bad.directory, 'queue.sqlite'));
  database.exec('DELETE FROM message WHERE id = 1');
  database.close();
  const store = await bad.open();
  assert.deepEqual(await bad.claim(store), []);
  assert.match(bad.findings[0].detail, /message 1 of copy 2 is not to be found/);
  assert.equal(bad.findings[0].kind, 'store-ended');
  await store.close();
});

test('an index that does not name a spool file: the file stays, and the start is refused', async (t) => {
  const large = message({ content: { kind: 'inline', octets: new Uint8Array(100_000) } });
  const bad = await damaged(t, [large], (octets, root) => {
    const at = octets.indexOf('spool-', root('message_by_spool'), 'latin1');
    octets[at] ^= 0x01;
  });
  const [name] = readdirSync(join(bad.directory, 'spool'));
  await assert.rejects(bad.open(), { problem: 'damaged', message: /index of spool files .* --repair/ });
  assert.deepEqual(readdirSync(join(bad.directory, 'spool')), [name]);
  const last = [...repairStore(bad.directory, noon)].at(-1);
  assert.ok(last?.kind === 'report' && last.report.outcome === 'repaired');
  const mended = await bad.open();
  const [{ message: number }] = await bad.claim(mended);
  assert.equal((await mended.readContent(number, 0, 200_000))?.length, 100_000);
  await mended.close();
});

test('an index that hides one of a list from its spool: it does not go with the others', async (t) => {
  const octets = new Uint8Array(100_000).fill(3);
  const list = '/P=SITE-A/A= /C=GB/;to-a-list';
  const bad = await damaged(t, [message()], hideSpool, async (store) => {
    const spool = await store.openSpool();
    await spool.write(octets);
    await spool.seal(new Uint8Array());
    const content = { kind: 'spooled', spool: spool.name, octets_count: octets.length } as const;
    const shared = { mtsIdentifier: list, content, contentLength: octets.length };
    assert.ok((await store.commit({ create: [message(shared), message(shared)] })).ok);
  });
  const [name] = readdirSync(join(bad.directory, 'spool'));
  const store = await bad.open();
  const [first] = await store.list({ mtsIdentifier: list });
  const done = await store.commit({ finish: [first.copy] });
  assert.ok(!done.ok, 'by the index it was the last that named the file');
  assert.match(bad.findings.at(-1)?.detail ?? '', /index of spool files does not name that of message/);
  await store.close();
  assert.deepEqual(readdirSync(join(bad.directory, 'spool')), [name]);
});

/** The last entry of the index of spool files has another name. */
function hideSpool(octets: Buffer, root: (name: string) => number): void {
  const page = root('message_by_spool');
  // Its cells are written from the end of the page: the later message lies first.
  const at = octets.indexOf('spool-', page, 'latin1');
  assert.ok(at > page && octets.indexOf('spool-', at + 1, 'latin1') < page + page_octets);
  octets[at] ^= 0x01;
}

test('a row with nothing where a number should be: listed in quarantine, and nothing fails', async (t) => {
  const bad = await damaged(t, [message(), message()], (octets, root) => {
    // The types in the row: of the next hop a text of 6 octets, of state, rank and waiting 0, 1 and 0.
    const types = Buffer.from([25, 8, 9, 8, 0]);
    const at = octets.indexOf(types, root('copy'));
    assert.ok(at > 0 && at < root('copy') + page_octets);
    octets[at + 2] = 0;
  });
  const store = await bad.open();
  const states = (await store.list({})).map(({ state }) => state);
  assert.deepEqual(states.sort(), ['quarantined', 'queued']);
  assert.equal((await bad.claim(store)).length, 1, 'the other is served');
  await store.close();
});
