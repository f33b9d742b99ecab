// RT-A6: a message that kills the process, in whatever stage, is set aside at the third death with reason and
// dump, and never taken up by itself again; of what was in hand beside it nothing is set aside and nothing is
// lost. Real processes, which are really killed. Then what an operator does with it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { MessageSink } from '../../bench/sink.ts';
import { type CommandResult, eventually, MtaProcess } from '../support/mta-process.ts';
import { temporaryDirectory } from '../support/network.ts';
import { freePorts } from '../support/ports.ts';
import { backTo, countsAt } from '../support/process-counts.ts';
import { call, messageHere } from './one-mta.ts';

const program = fileURLToPath(new URL('./poison-mta.ts', import.meta.url));
const innocent_count = 14;
const timeout = 120_000;

interface Ended {
  readonly how: number | string;
  readonly events: readonly Readonly<Record<string, string>>[];
}

/** One life of the MTA; `meanwhile` is done once it listens. */
async function live(
  directory: string,
  orders: readonly string[],
  meanwhile?: (end: () => void, said: (event: string) => Promise<unknown>) => Promise<void>,
): Promise<Ended> {
  const options = { cwd: directory, timeout: 30_000, killSignal: 'SIGKILL' } as const;
  const child = spawn(process.execPath, [program, directory, ...orders], options);
  let said = '';
  let complained = '';
  let began = false;
  const working = Promise.withResolvers<void>();
  if (meanwhile === undefined) working.resolve();
  child.stderr.on('data', (chunk: Buffer) => {
    complained += chunk.toString();
  });
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (began || meanwhile === undefined || !said.includes('"listening"')) return;
    began = true;
    const hasSaid = (event: string) =>
      eventually(event, 10_000, () => (said.includes(`"${event}"`) ? true : undefined));
    meanwhile(() => child.kill('SIGKILL'), hasSaid).then(working.resolve, working.reject);
  });
  const how = await new Promise<number | string>((resolve) =>
    child.once('close', (code, signal) => resolve(signal ?? code ?? 0)),
  );
  if (began || meanwhile === undefined) await working.promise;
  assert.ok(how !== 1, complained);
  const lines = said.split('\n').filter((line) => line.startsWith('{'));
  const events = lines.map((line) => JSON.parse(line));
  if (how === 0) {
    const { timers, handles, handlesBefore } = events.find(({ name }) => name === 'idle');
    assert.deepEqual([timers, handles], [0, handlesBefore], 'a life that ends well leaves nothing');
  }
  return { how, events };
}

interface Prepared {
  readonly directory: string;
  readonly port: number;
  readonly adminPort: number;
  readonly yaml: string;
}

/** Peers as they are in `links`. */
async function prepared(t: TestContext, links = ''): Promise<Prepared> {
  const directory = await temporaryDirectory(t);
  const [port, adminPort] = await freePorts(2);
  const yaml = `mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: HERE } }
listen: [ { address: 127.0.0.1, port: ${port} } ]
admin: { address: 127.0.0.1, port: ${adminPort} }
store: { directory: ./store }
links:
${links}  - name: caller
    peer: { mta: MTA-caller, password: caller-secret }
deliver:
  - { name: x, addressSpace: "/P=X/A= /C=GB/", users: any, directory: ./delivered }
  - { name: here, addressSpace: "/P=HERE/A= /C=GB/", users: [ "/S=v/P=HERE/A= /C=GB/" ], directory: ./here }
`;
  await mkdir(join(directory, 'store'), { recursive: true });
  await writeFile(join(directory, 'chappe.yaml'), yaml);
  return { directory, port, adminPort, yaml };
}

async function sinkLink(t: TestContext, name: string, cost: number): Promise<string> {
  const listener = await new MessageSink({ transit: false }).answer({ mta: 'PEER', password: 's' }, 0);
  t.after(() => listener.stop());
  return linkYaml(name, listener.port, cost);
}

function linkYaml(name: string, port: number, cost: number): string {
  return `  - name: ${name}
    peer: { mta: PEER, password: s, address: 127.0.0.1, port: ${port} }
    selectors: { remote: { transport: ${name} } }
    addressSpaces: [ { address: "/P=B/A= /C=GB/", cost: ${cost} } ]
    retry: { openRetries: 0, openInterval: 5s }
`;
}

/** Three deaths, then a life in which it is set aside, then one in which it is left alone. */
async function diesThrice(directory: string, stage: string): Promise<readonly Ended['events'][number][]> {
  const events: Ended['events'][number][] = [];
  for (const orders of [['submit'], ['later=2'], ['later=4']]) {
    const { how, events: said } = await live(directory, [stage, ...orders]);
    assert.equal(how, 'SIGABRT', JSON.stringify(said));
    events.push(...said);
  }
  const fourth = await live(directory, [stage, 'later=6']);
  assert.equal(fourth.how, 0);
  events.push(...fourth.events);
  const [set, ...more] = events.filter(({ name }) => name === 'quarantined');
  assert.deepEqual(more, [], 'no innocent is set aside');
  assert.match(set.detail, new RegExp(`^failed 3 times in ${stage}: the process died$`));
  assert.equal(set.stage, stage);
  assert.match(await readFile(set.dump, 'utf8'), /the process died/);
  assert.ok((await readFile(set.dump.replace(/txt$/, 'ber'))).length > 100);
  const fifth = await live(directory, [stage, 'later=8']);
  assert.equal(fifth.how, 0, 'it is not taken up again');
  assert.ok(fifth.events.every(({ name }) => name !== 'quarantined'));
  return events;
}

const named = (events: readonly Ended['events'][number][], name: string) =>
  events.filter((event) => event.name === name);

async function delivered(directory: string): Promise<number> {
  return (await readdir(join(directory, 'delivered'))).filter((name) => name.endsWith('.json')).length;
}

test('RT-A6: a message that kills the process in delivery, among fourteen in hand', {
  timeout,
}, async (t) => {
  const given = await prepared(t);
  await diesThrice(given.directory, 'delivery');
  assert.equal(await delivered(given.directory), innocent_count);
  await operatorsWays(t, given);
});

test('RT-A6: while the report on its delivery is made', { timeout }, async (t) => {
  const { directory } = await prepared(t);
  await diesThrice(directory, 'report');
  assert.equal(await delivered(directory), innocent_count + 1, 'it had been delivered itself');
});

test('RT-A6: while it is encoded for a peer', { timeout }, async (t) => {
  const { directory } = await prepared(t, await sinkLink(t, 'b', 1));
  const events = await diesThrice(directory, 'transfer-out');
  const sent = new Set(named(events, 'transfer-out').map(({ mtsIdentifier }) => mtsIdentifier));
  assert.equal(sent.size, innocent_count);
});

test('RT-A6: while another way for it is looked for', { timeout }, async (t) => {
  const [closed] = await freePorts(1);
  const links = linkYaml('b', closed, 1) + (await sinkLink(t, 'c', 9));
  const { directory } = await prepared(t, links);
  const events = await diesThrice(directory, 'routing');
  const sent = new Set(named(events, 'transfer-out').map(({ mtsIdentifier }) => mtsIdentifier));
  assert.equal(sent.size, innocent_count);
});

test('RT-A6: while it is taken in, small or large, nothing of it being secured', { timeout }, async (t) => {
  const { directory, port } = await prepared(t);
  // Nobody here is called u: a report is to be made, and that kills.
  for (const octets of [100, 300_000]) {
    const poison = messageHere(`poison-${octets}`, octets);
    for (const _ of [1, 2, 3]) {
      const life = await live(directory, ['transfer-in', 'stay'], async () => {
        const caller = await call(port, 'caller');
        assert.equal(await caller.transfer(poison), undefined, 'the association goes with the process');
      });
      assert.equal(life.how, 'SIGABRT', JSON.stringify(life.events));
    }
    const fourth = await live(directory, ['transfer-in', 'stay'], async (end, said) => {
      const caller = await call(port, 'caller');
      for (const _ of [1, 2]) {
        const answer = await caller.transfer(poison);
        assert.ok(
          answer?.kind === 'RTTRcnf-' && !answer.transient,
          `${JSON.stringify(answer)} ${caller.closed}`,
        );
      }
      const innocent = await caller.transfer(messageHere(`innocent-${octets}`, octets, 'v'));
      assert.equal(innocent?.kind, 'RTTRcnf+', 'the association stands, and takes others');
      await said('quarantined');
      caller.destroy();
      end();
    });
    const [set, ...more] = named(fourth.events, 'quarantined');
    assert.equal(more.length, 0, 'told once');
    assert.match(set.detail, /failed 3 times in transfer-in, refused for good: the process died/);
    assert.ok((await readFile(set.dump.replace(/txt$/, 'ber'))).length > 0);
  }
});

/** `chappe queue` on what was set aside, with the real program, in which it kills nobody. */
async function operatorsWays(t: TestContext, { directory, adminPort, yaml }: Prepared): Promise<void> {
  const mta = await MtaProcess.prepare(directory, yaml);
  await mta.start();
  const counts = async () => [await countsAt(mta, adminPort)];
  const before = await counts();
  t.after(async () => {
    await mta.stop('SIGKILL');
  });
  const well = async (...args: string[]): Promise<CommandResult> => {
    const result = await mta.command('queue', ...args);
    assert.equal(result.code, 0, result.stderr);
    return result;
  };
  const [message, ...others] = JSON.parse((await well('list', '--state', 'quarantined', '--json')).stdout);
  assert.deepEqual([others.length, message.copies.length], [0, 1]);
  const [{ copy }] = message.copies;
  const { stdout: shown } = await well('show', message.mtsIdentifier);
  assert.match(shown, /state +quarantined/);
  assert.match(shown, /failed 3 times in delivery: the process died; dump: .*copy-\d+\.txt/);
  const file = join(directory, 'exported.ber');
  await well('export', String(copy), '--output', file);
  assert.ok((await readFile(file)).length > 100);
  await well('release', String(copy));
  await eventually('released, it is delivered', 10_000, async () =>
    (await delivered(directory)) === innocent_count + 1 ? true : undefined,
  );
  await backTo(before, counts, { limit_ms: 15_000, keys: ['files', 'sockets', 'timers', 'associations'] });
  await mta.stop();
  await mta.start();
  assert.deepEqual(JSON.parse((await well('list', '--json')).stdout), []);
}
