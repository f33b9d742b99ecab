// RT-V1: the figures of the queue are asked of the store when somebody looks, so they cannot drift: under any
// operations, over restarts and a kill, the sum of the queues' lengths is what is stored, recipient by
// recipient. The old MTA kept counters beside its queue, which showed messages that were not there.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { seededRandom } from '../../src/base/random.ts';
import { memoryDisk, openMemoryStore, openSqliteStore, type Store } from '../../src/store/index.ts';
import { message } from '../../src/store/compliance-fixtures.ts';
import { eventually, MtaProcess } from '../support/mta-process.ts';
import { configurationOf, sites, temporaryDirectory, userAt } from '../support/network.ts';
import { metricsPage, parseMetrics, sumOf } from '../support/process-counts.ts';

const seed = Number(process.env.SEED ?? 1961);
const hops = ['link/a', 'link/b', 'deliver/x'] as const;
const priorities = ['urgent', 'normal', 'non-urgent'] as const;

/** Copies, octets and recipients by next hop, priority and state, as a look at every copy finds them. */
async function looked(store: Store) {
  const found = new Map<string, { copies: number; octets: number; oldest: number }>();
  let recipients = 0;
  for (const { nextHop, priority, state, contentLength, acceptedAt, copy } of await store.list({
    limit: 5000,
  })) {
    const key = `${nextHop} ${priority} ${state}`;
    const sum = found.get(key) ?? { copies: 0, octets: 0, oldest: Number.POSITIVE_INFINITY };
    const oldest = Math.min(sum.oldest, acceptedAt);
    found.set(key, { copies: sum.copies + 1, octets: sum.octets + contentLength, oldest });
    recipients += (await store.show(copy))?.recipients.length ?? 0;
  }
  return { found, recipients };
}

async function counted(store: Store) {
  const counts = (await store.counts()).filter(({ copies }) => copies > 0);
  return new Map(
    counts.map(({ nextHop, priority, state, copies, octets, oldestAcceptedAt: oldest }) => [
      `${nextHop} ${priority} ${state}`,
      { copies, octets, oldest },
    ]),
  );
}

/** Operations of every kind, some refused; every few of them all is counted. */
async function operate(open: () => Promise<Store>, operations: number): Promise<void> {
  const random = seededRandom(seed);
  let store = await open();
  /** Recipients that wait, by copy. */
  const waiting = new Map<number, number>();
  for (let step = 0; step < operations; step += 1) {
    const known = [...waiting.keys()];
    const copy = known.length === 0 ? undefined : random.pick(known);
    const nextHop = random.pick(hops);
    const act =
      copy === undefined ? 'create' : random.pick(['create', 'finish', 'place', 'split', 'claim'] as const);
    if (act === 'create' || copy === undefined) {
      const recipients = Array.from({ length: random.between(2, 5) }, (_, index) => `/S=u${index}/C=GB/`);
      const parts = [recipients.slice(0, 1), recipients.slice(1)].map((_, part) => ({
        nextHop: random.pick(hops),
        recipients: part === 0 ? [0] : recipients.slice(1).map((__, index) => index + 1),
      }));
      const draft = message({ recipients, copies: parts, priority: random.pick(priorities) });
      const result = await store.commit({ create: [draft] });
      assert.ok(result.ok);
      for (const [part, id] of result.created[0].copies.entries())
        waiting.set(id, parts[part].recipients.length);
    } else if (act === 'finish') {
      const result = await store.commit({ finish: [copy], onBehalfOf: 'me' });
      if (result.ok) waiting.delete(copy);
    } else if (act === 'place') {
      const state = random.pick(['queued', 'held', 'quarantined'] as const);
      await store.commit({
        place: [{ copy, state, nextHop, priority: random.pick(priorities) }],
        onBehalfOf: 'me',
      });
    } else if (act === 'split') {
      const numbers = (await store.show(copy))?.recipients.map(({ number }) => number) ?? [];
      if (numbers.length < 2) continue;
      const groups = [numbers.slice(0, 1), numbers.slice(1)];
      const into = groups.map((recipients) => ({ nextHop, recipients, held: random.chance(0.3) }));
      const result = await store.commit({ split: [{ copy, into }], onBehalfOf: 'me' });
      if (!result.ok) continue;
      waiting.delete(copy);
      for (const [part, id] of result.splitInto[0].entries()) waiting.set(id, groups[part].length);
    } else {
      const { acceptedAt: now } = message();
      await store.claim({ owner: random.pick(['me', 'other']), nextHop, until: now, now, limit: 2 });
    }
    if (step % 40 !== 39) continue;
    if (random.chance(0.3)) {
      await store.close();
      store = await open();
    }
    const { found, recipients } = await looked(store);
    assert.deepEqual(new Map([...(await counted(store))].sort()), new Map([...found].sort()), `step ${step}`);
    assert.equal(
      recipients,
      [...waiting.values()].reduce((sum, count) => sum + count, 0),
      `step ${step}`,
    );
  }
  await store.close();
}

it('RT-V1: in memory, after any operations, the counts are what a look at every copy finds', async () => {
  const disk = memoryDisk();
  await operate(async () => openMemoryStore({ disk, inlineOctetsMax: 4096 }), 1200);
});

it('RT-V1: the same of SQLite, over restarts', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-counts-'));
  t.after(() => rmSync(directory, { recursive: true }));
  await operate(
    () =>
      openSqliteStore({
        directory,
        inlineOctetsMax: 4096,
        onFinding: (finding) => assert.fail(JSON.stringify(finding)),
      }),
    400,
  );
});

it('RT-V1: the page of a real MTA sums to what its store holds, through commands and a kill', async (t) => {
  const directory = await temporaryDirectory(t);
  const [site, far, other] = await sites('HERE', 'FAR', 'OTHER');
  const mta = await MtaProcess.prepare(
    join(directory, 'here'),
    configurationOf(site, { links: [{ to: far }, { to: other }] }),
  );
  await mta.start();
  t.after(async () => {
    await mta.stop('SIGKILL');
  });
  const to = [far, other].flatMap((each) => ['--to', userAt(each, 'a'), '--to', userAt(each, 'b')]);
  const sent = await mta.command('send', '--from', userAt(site), ...to, '--text', 'x', '--count', '30');
  assert.equal(sent.code, 0, sent.stderr);
  const agree = async (copies: number): Promise<void> => {
    const page = parseMetrics(await metricsPage(mta, site.adminPort));
    const list = JSON.parse((await mta.command('queue', 'list', '--json')).stdout);
    const audit = JSON.parse((await mta.command('store', 'audit', '--json')).stdout);
    assert.equal(sumOf(page, 'chappe_queue_copies'), copies);
    const listed = list.flatMap((each: { readonly copies: readonly unknown[] }) => each.copies);
    assert.equal(listed.length, copies);
    assert.equal(audit.queued, 2 * copies, JSON.stringify(audit));
  };
  await agree(60);
  const [{ copies: each }] = JSON.parse((await mta.command('queue', 'list', '--json')).stdout);
  const [first, second] = each;
  assert.equal((await mta.command('queue', 'hold', String(first.copy))).code, 0);
  assert.equal((await mta.command('queue', 'delete', String(second.copy))).code, 0);
  await agree(59);
  await mta.stop('SIGKILL');
  await mta.start();
  await eventually('the queue of before', 20_000, async () => {
    const page = parseMetrics(await metricsPage(mta, site.adminPort));
    return sumOf(page, 'chappe_queue_copies') === 59 ? true : undefined;
  });
  await agree(59);
});
