// A distribution list and a redirection by real processes: `chappe send` to a list with members in a file at
// two MTAs, one of them unknown, its owner told; a kill in the middle of a large expansion; and the books of
// both balance.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';

import { eventually, type MtaProcess } from '../support/mta-process.ts';
import { siteProcess, type Site, sites, temporaryDirectory, userAt } from '../support/network.ts';

interface Network {
  readonly a: MtaProcess;
  readonly b: MtaProcess;
  readonly siteA: Site;
  readonly siteB: Site;
}

async function network(
  t: TestContext,
  members: (siteA: Site, siteB: Site) => readonly string[],
): Promise<Network> {
  const directory = await temporaryDirectory(t);
  const [siteA, siteB] = await sites('A', 'B');
  const file = join(directory, 'crew.txt');
  await writeFile(file, `# the crew\n${members(siteA, siteB).join('\n')}\n`);
  const [address, owner] = [userAt(siteA, 'crew'), userAt(siteA, 'boss')];
  const crew = `{ name: crew, address: "${address}", file: "${file}", owner: "${owner}", reports: owner }`;
  const moved = `{ from: "${userAt(siteA, 'moved')}", to: "${userAt(siteB, 'bell')}" }`;
  const a = await siteProcess(directory, siteA, {
    links: [{ to: siteB }],
    extra: `lists:\n  - ${crew}\nredirections:\n  - ${moved}\n`,
  });
  const b = await siteProcess(directory, siteB, {
    links: [{ to: siteA }],
    users: [userAt(siteB, 'bell'), userAt(siteB, 'bob')],
  });
  t.after(() => Promise.all([a.stop('SIGKILL'), b.stop('SIGKILL')]));
  await Promise.all([a.start(), b.start()]);
  return { a, b, siteA, siteB };
}

async function send(from: MtaProcess, ...args: readonly string[]): Promise<string> {
  const sent = await from.command('send', ...args, '--text', 'hello', '--json');
  assert.equal(sent.code, 0, sent.stderr);
  return sent.stdout;
}

async function books(mta: MtaProcess): Promise<void> {
  const { stdout } = await mta.command('store', 'audit', '--json');
  assert.deepEqual(JSON.parse(stdout).listed, []);
}

it('members at two MTAs, the owner hears of the unknown one, the originator of the list', async (t) => {
  const { a, b, siteA, siteB } = await network(t, (here, there) => [
    userAt(here, 'ann'),
    userAt(there, 'bell'),
    userAt(there, 'nobody'),
    userAt(here, 'ANN'),
  ]);
  await send(a, '--from', userAt(siteA, 'eve'), '--to', userAt(siteA, 'crew'), '--request-report');
  await eventually('everybody has theirs', 20_000, async () => {
    const [here, there] = [await a.delivered(), await b.delivered()];
    return here.length >= 3 && there.length >= 1 ? true : undefined;
  });
  const here = await a.delivered();
  const of = (kind: string, to: string) =>
    here.filter((each) => each.kind === kind && each.recipient === userAt(siteA, to));
  assert.equal(of('message', 'ann').length, 1, 'once, though named twice');
  const [toOwner] = of('report', 'boss');
  assert.equal(toOwner.outcomes?.[0].recipient, userAt(siteB, 'nobody'));
  assert.equal(toOwner.outcomes?.[0].nonDelivered?.diagnosticName, 'unrecognised-OR-name');
  const [toOriginator] = of('report', 'eve');
  assert.equal(toOriginator.outcomes?.[0].recipient, userAt(siteA, 'crew'));
  assert.ok(toOriginator.outcomes?.[0].delivered !== undefined);
  assert.equal(here.length, 3, 'and nobody anything else');
  assert.equal((await b.delivered())[0].recipient, userAt(siteB, 'bell'));
  for (const mta of [a, b]) await books(mta);
});

it('a redirected recipient gets it at another MTA; route explain shows both', async (t) => {
  const { a, b, siteA, siteB } = await network(t, () => []);
  await send(b, '--from', userAt(siteB, 'bob'), '--to', userAt(siteA, 'moved'));
  const [got] = await eventually('it comes back to the other user', 20_000, async () => {
    const there = await b.delivered();
    return there.length > 0 ? there : undefined;
  });
  assert.deepEqual([got.kind, got.recipient], ['message', userAt(siteB, 'bell')]);
  const explained = await a.command('route', 'explain', userAt(siteA, 'moved'));
  assert.match(explained.stdout, /is redirected to .*S=bell[\s\S]*goes to link b/);
  const list = await a.command('route', 'explain', userAt(siteA, 'crew'));
  assert.match(list.stdout, /distribution list crew/);
  for (const mta of [a, b]) await books(mta);
});

it('killed in the middle of an expansion, it goes on where it was: each of 1,500 members once', async (t) => {
  const { a, siteA } = await network(t, (here) =>
    Array.from({ length: 1500 }, (_, each) => userAt(here, `m${each}`)),
  );
  await send(a, '--from', userAt(siteA, 'eve'), '--to', userAt(siteA, 'crew'));
  await eventually('some are served', 20_000, async () =>
    (await a.delivered()).length > 100 ? true : undefined,
  );
  await a.stop('SIGKILL');
  await a.start();
  await eventually('all are served', 60_000, async () => {
    const waiting = JSON.parse((await a.command('queue', 'list', '--json')).stdout);
    return waiting.length === 0 ? true : undefined;
  });
  const got = (await a.delivered()).map(({ recipient }) => recipient);
  assert.equal(new Set(got).size, 1500);
  await books(a);
});
