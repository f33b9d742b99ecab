// RT-J2: more than 40,000 and more than 1,000,000 entries in a queue, and identifiers that wrap. A real MTA
// with so many real messages, whose numbers cross 2^31 (2^32 in the long run): it starts in seconds; lists,
// shows, holds, releases and returns by number and by identifier; drains; and its books balance. How
// identifiers end is in src/store/compliance-identifiers.ts. ENTRIES: 41,000 by default, 1,000,000 in the
// nightly run.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { it, type TestContext } from 'node:test';

import {
  auditDirectory,
  type NewMessage,
  openSqliteStore,
  type QueuedCopy,
  type TrackingRecord,
} from '../../src/store/index.ts';
import { counterChecksum } from '../../src/store/sqlite/checksums.ts';
import { AdminClient } from '../support/admin-client.ts';
import { eventually, type MtaProcess } from '../support/mta-process.ts';
import { siteProcess, sites, temporaryDirectory } from '../support/network.ts';

const ENTRIES = Number(process.env.ENTRIES ?? 41_000);
/** Two numbers a message: half of them lie before the border, half behind it. */
const BORDER = ENTRIES > 500_000 ? 2 ** 32 : 2 ** 31;
const START_MS_MAX = 5000;
/** On a machine that does much else, a start may take so many times as long as one with an empty queue. */
const START_TIMES_MAX = 10;
/** Messages of one transition while the queue is filled. */
const FILL = 1000;
/** Messages that must have arrived before the peer goes away again. */
const DRAINED = 300;
const limit_ms = 120_000 + ENTRIES;

interface Listed {
  readonly copies: readonly { readonly copy: number; readonly mtsIdentifier: string }[];
  readonly after: number | null;
}

it(`RT-J2: ${ENTRIES} entries, numbered across ${BORDER}`, { timeout: limit_ms }, async (t) => {
  const { a, b, siteA } = await prepared(t);
  const client = new AdminClient(a, siteA);
  const empty_ms = await a.start();
  const template = await oneMessage(a, client);
  setCounter(a, BORDER - ENTRIES);
  const filledIn_ms = await timed(() => fill(a, template));

  const ready_ms = await a.start();
  const total = ENTRIES + 1;
  assert.equal(await queuedAt(client), total);
  const first = await client.get<Listed>('/queue?limit=3');
  const { copy: last } = await farthest(client, first?.copies[0].copy ?? 0);
  assert.ok(last > BORDER, `${last} lies behind the border`);
  const across = await client.get<Listed>(`/queue?limit=2&after=${BORDER - 2}`);
  const [under, above] = across?.copies ?? [];
  assert.ok(under.copy < above.copy && above.copy < BORDER + 4, JSON.stringify(across));

  const shown = await a.command('queue', 'show', String(last), '--json');
  const [{ mtsIdentifier }] = JSON.parse(shown.stdout);
  assert.equal(mtsIdentifier, identifierOf(template, ENTRIES - 1));
  const command = async (kind: string, search: object): Promise<void> => {
    const answer = await client.post<{ outcomes: { done: boolean }[] }>('/queue/commands', {
      command: kind,
      ...search,
    });
    assert.deepEqual(
      answer?.outcomes.map(({ done }) => done),
      [true],
      kind,
    );
  };
  const stateOf = async (copy: number) => (await client.get<{ state: string }>(`/queue/${copy}`))?.state;
  await command('hold', { search: { id: above.mtsIdentifier } });
  await command('hold', { copies: [last] });
  assert.deepEqual([await stateOf(above.copy), await stateOf(last)], ['held', 'held']);
  await command('release', { search: { id: above.mtsIdentifier } });
  assert.equal(await stateOf(above.copy), 'queued');
  await command('return', { copies: [under.copy] });
  await eventually('the report on what was returned', 30_000, async () =>
    (await a.delivered()).find(({ subjectMtsIdentifier }) => subjectMtsIdentifier === under.mtsIdentifier),
  );

  await b.start();
  const arrived = await eventually('a part of it arrives', 60_000, async () => {
    const found = await b.delivered();
    return found.length >= DRAINED ? found : undefined;
  });
  await b.stop('SIGKILL');
  assert.ok(!arrived.some((each) => [mtsIdentifier, under.mtsIdentifier].includes(each.mtsIdentifier)));
  await a.stop('SIGKILL');
  const slices = [...auditDirectory(join(a.directory, 'store'))];
  assert.deepEqual(slices.flatMap(({ contradictions }) => contradictions).slice(0, 5), []);
  const { queued } = slices[slices.length - 1].count;
  assert.ok(queued >= total - ENTRIES && queued <= total - 1 - DRAINED, `${queued} are left`);
  const times = `ready in ${Math.round(ready_ms)} ms, empty in ${Math.round(empty_ms)} ms`;
  t.diagnostic(`filled in ${filledIn_ms} ms, ${times}, last copy ${last}, ${queued} left`);
  assert.ok(ready_ms < Math.max(START_MS_MAX, START_TIMES_MAX * empty_ms), times);
});

async function prepared(t: TestContext) {
  const directory = await temporaryDirectory(t);
  const [siteA, siteB] = await sites('A', 'B');
  const quick = '    retry: { openInterval: 1s, transferInterval: 1s }\n';
  const a = await siteProcess(directory, siteA, { links: [{ to: siteB, extra: quick }] });
  const b = await siteProcess(directory, siteB, { links: [{ to: siteA, extra: quick }] });
  t.after(() => Promise.all([a.stop('SIGKILL'), b.stop('SIGKILL')]));
  return { a, b, siteA, siteB };
}

interface Template {
  readonly copy: QueuedCopy;
  readonly record: TrackingRecord;
  readonly local: string;
}

/** A message that the MTA itself has put into its queue, and that stays there; the MTA is stopped. */
async function oneMessage(a: MtaProcess, client: AdminClient): Promise<Template> {
  const body = { from: '/S=from/P=A/A= /C=GB/', to: ['/S=to/P=B/A= /C=GB/'], text: 'one of many' };
  assert.ok((await client.post('/messages', body)) !== undefined);
  const listed = await client.get<Listed>('/queue');
  await a.stop();
  const store = await openSqliteStore({ directory: join(a.directory, 'store') });
  const copy = await store.show(listed?.copies[0].copy ?? 0);
  assert.ok(copy !== undefined);
  const [record] = await store.track({ mtsIdentifier: copy.mtsIdentifier });
  await store.close();
  return { copy, record, local: copy.mtsIdentifier.slice(copy.mtsIdentifier.indexOf(';') + 1) };
}

/** The same message so many times more, each with an identifier of its own, also in its envelope. */
async function fill(a: MtaProcess, template: Template): Promise<void> {
  const store = await openSqliteStore({ directory: join(a.directory, 'store') });
  for (let first = 0; first < ENTRIES; first += FILL) {
    const serials = Array.from({ length: Math.min(FILL, ENTRIES - first) }, (_, n) => first + n);
    const create = serials.map((serial) => messageOf(template, serial));
    const tracking = create.map(({ mtsIdentifier }, created) => {
      const { message: _, ...record } = template.record;
      return { ...record, mtsIdentifier, created };
    });
    const result = await store.commit({ create, tracking });
    assert.ok(result.ok, JSON.stringify(result));
  }
  await store.close();
}

function identifierOf({ copy, local }: Template, serial: number): string {
  return copy.mtsIdentifier.replace(local, localOf(local, serial));
}

/** As long as the one that it takes the place of. */
function localOf(local: string, serial: number): string {
  return `j2-${serial}`.padEnd(local.length, 'x');
}

function messageOf(template: Template, serial: number): NewMessage {
  const { copy, local } = template;
  const { kind, priority, originator, contentType, contentLength, acceptedAt, expiresAt, content } = copy;
  const envelope = Buffer.from(copy.envelope);
  const at = envelope.indexOf(local, 0, 'latin1');
  assert.ok(at > 0 && envelope.indexOf(local, at + 1, 'latin1') < 0, 'the envelope has it once');
  envelope.write(localOf(local, serial), at, 'latin1');
  return {
    ...{ kind, priority, originator, contentLength, acceptedAt, expiresAt, content, envelope },
    ...(contentType !== undefined && { contentType }),
    mtsIdentifier: identifierOf(template, serial),
    recipients: copy.recipients.map(({ address }) => address),
    copies: [{ nextHop: copy.nextHop, recipients: [0] }],
  };
}

function setCounter(a: MtaProcess, next: number): void {
  const database = new DatabaseSync(join(a.directory, 'store', 'queue.sqlite'));
  const update = `UPDATE counter SET next = ?, crc = ? WHERE name = 'id'`;
  database.prepare(update).run(next, counterChecksum('id', next));
  database.close();
}

async function queuedAt(client: AdminClient): Promise<number | undefined> {
  const links = await client.get<{ queued: number }[]>('/links');
  return links?.[0].queued;
}

/** The copy with the highest number, found by halving what lies behind. */
async function farthest(client: AdminClient, from: number): Promise<Listed['copies'][number]> {
  let [known, beyond] = [from, Number.MAX_SAFE_INTEGER - 1];
  let found: Listed['copies'][number] | undefined;
  while (beyond - known > 1) {
    const middle = Math.floor((known + beyond) / 2);
    const page = await client.get<Listed>(`/queue?limit=1&after=${middle}`);
    const [copy] = page?.copies ?? [];
    if (copy === undefined) beyond = middle;
    else [found, known] = [copy, copy.copy];
  }
  assert.ok(found !== undefined);
  return found;
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return Math.round(performance.now() - startedAt);
}
