// RT-B3: an operator deletes, holds, returns, reroutes, redirects or changes the priority of the very
// message that is being sent. The answer is busy, and nothing is changed; or the command came first, and
// the message was never sent. Either way each recipient has exactly one outcome. Real processes; the
// receiving one is stopped in the middle of a transfer, and then a flood of commands races a flood of
// transfers.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';

import { seededRandom } from '../../src/base/random.ts';
import { AdminClient } from '../support/admin-client.ts';
import { eventually, MtaProcess } from '../support/mta-process.ts';
import { configurationOf, type Site, sites, temporaryDirectory, userAt } from '../support/network.ts';

interface Outcome {
  readonly copy: number;
  readonly done: boolean;
  readonly detail?: string;
}
interface Listed {
  readonly copies: readonly { readonly copy: number; readonly mtsIdentifier: string }[];
}

const quick = '    retry: { openInterval: 1s, transferInterval: 1s }\n';

async function pair(t: TestContext) {
  const directory = await temporaryDirectory(t);
  const [siteA, siteB] = await sites('A', 'B');
  const prepare = (site: Site, to: Site) =>
    MtaProcess.prepare(join(directory, site.name), configurationOf(site, { links: [{ to, extra: quick }] }));
  const [a, b] = [await prepare(siteA, siteB), await prepare(siteB, siteA)];
  t.after(() => Promise.all([a.stop('SIGKILL'), b.stop('SIGKILL')]));
  await Promise.all([a.start(), b.start()]);
  const client = new AdminClient(a, siteA);
  const send = async (count: number): Promise<readonly string[]> => {
    const body = { from: userAt(siteA), to: [userAt(siteB)], text: 'x'.repeat(2000), count };
    const sent = await client.post<{ mtsIdentifier: string }[]>('/messages', body);
    assert.ok(sent !== undefined);
    return sent.map(({ mtsIdentifier }) => mtsIdentifier);
  };
  const arrived = async (): Promise<Set<string>> =>
    new Set((await b.delivered()).map(({ mtsIdentifier }) => mtsIdentifier));
  return { a, b, client, send, arrived, elsewhere: userAt(siteB, 'elsewhere') };
}

async function booksBalance(...mtas: readonly MtaProcess[]): Promise<void> {
  for (const mta of mtas) {
    const { code, stdout } = await mta.command('store', 'audit');
    assert.equal(code, 0, stdout);
  }
}

it('RT-B3: what is being sent is busy for every command, and is sent once', {
  timeout: 120_000,
}, async (t) => {
  const { a, b, client, send, arrived, elsewhere } = await pair(t);
  const [first] = await send(1);
  await eventually('the association is open', 20_000, async () => (await arrived()).has(first) || undefined);
  b.signal('SIGSTOP');
  const [second] = await send(1);
  const { copy } = await eventually('it is in transfer', 20_000, async () => {
    const listed = await client.get<Listed>('/queue');
    return listed?.copies.find(({ mtsIdentifier }) => mtsIdentifier === second);
  });
  const commands = ['hold', 'release', 'reroute', 'delete', 'return'].map((command) => ({ command }));
  const orders = [
    ...commands,
    { command: 'priority', priority: 'urgent' },
    { command: 'reroute', link: 'b' },
    { command: 'redirect', to: elsewhere, sameRecipient: true },
  ];
  for (const order of orders) {
    const body = { ...order, copies: [copy] };
    const answer = await client.post<{ outcomes: Outcome[] }>('/queue/commands', body);
    const [outcome] = answer?.outcomes ?? [];
    assert.equal(outcome?.done, false, order.command);
    // Where there is no other way nobody needs to ask whether it is busy.
    assert.match(outcome.detail ?? '', /^busy: link\/b is sending|no other route/, order.command);
  }
  const told = await a.command('queue', 'priority', '--set', 'urgent', String(copy));
  assert.deepEqual([told.code, /not done: busy: link\/b/.test(told.stdout)], [1, true], told.stdout);
  b.signal('SIGCONT');
  await eventually('it arrives', 30_000, async () => (await arrived()).has(second) || undefined);
  await eventually('the queue is empty', 20_000, async () =>
    (await client.get<Listed>('/queue'))?.copies.length === 0 ? true : undefined,
  );
  const track = await a.command('track', '--id', second, '--json');
  const acts = JSON.parse(track.stdout).map(({ act }: { act: string }) => act);
  assert.deepEqual(acts, ['submitted', 'transferred-out']);
  await booksBalance(a, b);
});

it('RT-B3: commands that race transfers have one outcome each', { timeout: 120_000 }, async (t) => {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
  const random = seededRandom(seed);
  const { a, b, client, send, arrived } = await pair(t);
  const sent: string[] = [];
  const identifiers = new Map<number, string>();
  const deleted: string[] = [];
  const counts = { done: 0, busy: 0, gone: 0 };
  for (let round = 0; round < 12; round += 1) {
    const sending = send(60).then((ids) => sent.push(...ids));
    for (let asked = 0; asked < 12; asked += 1) {
      const listed = await client.get<Listed>('/queue?limit=200');
      for (const { copy, mtsIdentifier } of listed?.copies ?? []) identifiers.set(copy, mtsIdentifier);
      const some = (listed?.copies ?? []).filter(() => random.chance(0.3)).map(({ copy }) => copy);
      if (some.length === 0) continue;
      const command = random.pick(['delete', 'hold', 'release', 'priority'] as const);
      const body = { command, copies: some, ...(command === 'priority' && { priority: 'urgent' }) };
      const answer = await client.post<{ outcomes: Outcome[] }>('/queue/commands', body);
      for (const { copy, done, detail } of answer?.outcomes ?? []) {
        counts[done ? 'done' : detail?.startsWith('busy') === true ? 'busy' : 'gone'] += 1;
        if (done && command === 'delete') deleted.push(identifiers.get(copy) ?? '');
      }
    }
    await sending;
  }
  await client.post('/queue/commands', { command: 'release', search: { state: 'held' } });
  const due = sent.filter((id) => !deleted.includes(id));
  const found = await eventually(`all but what was deleted arrive (seed ${seed})`, 60_000, async () => {
    const now = await arrived();
    return due.every((id) => now.has(id)) ? now : undefined;
  });
  assert.deepEqual(
    deleted.filter((id) => found.has(id)),
    [],
    'what was deleted was not sent',
  );
  assert.equal(found.size, due.length);
  const transfers = b.eventsNamed('transfer-in').length;
  assert.equal(transfers, due.length, 'and what was sent, once');
  await booksBalance(a, b);
  t.diagnostic(`seed ${seed}: ${sent.length} messages, ${deleted.length} deleted, ${JSON.stringify(counts)}`);
});
