// RT-H7: a changed configuration counts at once, without a restart, for what comes and for what waits; `route
// explain` answers from the running table, and the file may be asked before it is taken over. The old MTA
// recalculated its routes at night, and what was queued stayed where it was.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it, test } from 'node:test';
import { configured, envelopeOf, nameOf } from '../support/transfer.ts';
import { eventually, MtaProcess } from '../support/mta-process.ts';
import { configurationOf, sites, temporaryDirectory, userAt } from '../support/network.ts';
import { reportingMta } from '../support/reporting.ts';

type Costs = Readonly<Record<string, number | undefined>>;

/** Links c, d and e of those costs for P=B; b is only answered. */
const links = (costs: Costs, more = ''): string => `links:
  - { name: b, peer: { mta: MTA-B, password: secret } }
${['c', 'd', 'e']
  .map((name) => {
    const cost = costs[name];
    const spaces = cost === undefined ? [] : [{ address: '/P=B/A= /C=GB/', cost }];
    return `  - name: ${name}
    peer: { mta: MTA-${name}, password: secret, address: ${name}, port: 102 }
    credentials: { mta: MTA-X, password: x-secret }
    addressSpaces: ${JSON.stringify(spaces)}
`;
  })
  .join('')}${more}deliver: []
`;
const head = `
mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: X } }
store: { directory: /nowhere/x }
`;

async function queued(count: number, costs: Costs) {
  const mta = await reportingMta(links(costs));
  for (let index = 0; index < count; index += 1) {
    const domain = envelopeOf([]).messageIdentifier.globalDomainIdentifier;
    const messageIdentifier = { globalDomainIdentifier: domain, localIdentifier: `id-${index}` };
    await mta.take(
      envelopeOf([{ to: `/S=u${index}/P=B/A= /C=GB/` }], { messageIdentifier }),
      new Uint8Array(9),
    );
  }
  const where = (): readonly string[] =>
    [...new Set([...mta.disk.copies.values()].map(({ nextHop }) => nextHop))].sort();
  const settle = async (): Promise<void> => {
    for (let slice = 0; slice < 40; slice += 1) await mta.clock.pass(100);
  };
  const change = async (text: string): Promise<void> => {
    await mta.agent.reconfigure(configured(head + text));
    await settle();
  };
  return { mta, where, change, settle };
}

test('RT-H7: what waits goes where the changed routes lead, all of it', async () => {
  const { mta, where, change } = await queued(120, { c: 1, d: 9 });
  assert.deepEqual(where(), ['link/c']);
  await change(links({ c: 9, d: 1 }));
  assert.deepEqual(where(), ['link/d']);
  assert.equal(mta.disk.copies.size, 120);
  assert.equal(mta.told.filter(([name]) => name === 'rerouted').length, 120);
  const record = mta.disk.tracking.find(({ act }) => act === 'rerouted');
  assert.deepEqual(record?.detail, { from: 'link/c', to: 'link/d', reason: 'the routes have changed' });
  await change(links({ e: 1 }));
  assert.deepEqual(where(), ['link/e'], 'the space moved to a third link');
  assert.deepEqual(mta.reports(), []);
});

test('RT-H7: two changes one after the other: the last counts', async () => {
  const { mta, where, settle } = await queued(120, { c: 1, d: 9, e: 9 });
  await mta.agent.reconfigure(configured(head + links({ c: 9, d: 1, e: 9 })));
  await mta.agent.reconfigure(configured(head + links({ c: 9, d: 9, e: 1 })));
  await settle();
  assert.deepEqual(where(), ['link/e']);
});

test('RT-H7: groups, restrictions and disabling count as costs do', async () => {
  const { where, change } = await queued(3, { c: 1, d: 9 });
  const group =
    'groups: [ { name: g, links: [e], addressSpaces: [ { address: "/S=u1/P=B/A= /C=GB/" } ] } ]\n';
  await change(links({ c: 1, d: 9 }, group));
  assert.deepEqual(where(), ['link/c', 'link/e']);
  const urgent = 'name: c\n    restrictions: { priorities: [urgent] }';
  const small = links({ c: 1, d: 9 }, group).replace('name: c', urgent);
  await change(small);
  assert.deepEqual(where(), ['link/d', 'link/e']);
});

test('RT-H7: where no route leads any more, what waits stays, and is not reported', async () => {
  const { mta, where, change } = await queued(3, { c: 1 });
  await change(links({}));
  assert.deepEqual(where(), ['link/c']);
  assert.deepEqual(mta.reports(), []);
});

test('RT-H7: a change that touches no route moves nothing, also not what an operator moved', async () => {
  const { mta, where, change } = await queued(2, { c: 1, d: 9 });
  for (const id of mta.disk.copies.keys()) {
    assert.ok((await mta.agent.commands.perform(id, { kind: 'reroute', link: 'd' })).done);
  }
  await change(links({ c: 1, d: 9 }).replace('name: c', 'name: c\n    retry: { openInterval: 7s }'));
  assert.deepEqual(where(), ['link/d']);
});

test('RT-H7: the explanation is that of the table that routes, before and after', async () => {
  const { mta, change } = await queued(0, { c: 1, d: 9 });
  const asked = () => mta.agent.explain({ recipient: nameOf('/S=u/P=B/A= /C=GB/') }).json;
  assert.equal(asked().nextHop, 'link/c');
  await change(links({ c: 9, d: 1 }));
  assert.equal(asked().nextHop, 'link/d');
  assert.deepEqual(
    asked().candidates.map(({ name, reason }) => [name, reason]),
    [
      ['d', 'chosen'],
      ['c', 'higher-cost'],
    ],
  );
});

it('RT-H7: real processes: the file is asked first, then taken over, and the queue follows', async (t) => {
  const directory = await temporaryDirectory(t);
  const [siteA, siteB, siteC] = await sites('A', 'B', 'C');
  const far = (cost: number) => [{ address: '/P=FAR/A= /C=GB/', cost }];
  const text = (b: number, c: number) =>
    configurationOf(siteA, {
      links: [
        { to: siteB, spaces: far(b) },
        { to: siteC, spaces: far(c) },
      ],
    });
  const a = await MtaProcess.prepare(join(directory, 'a'), text(1, 9));
  await a.start();
  t.after(async () => {
    await a.stop('SIGKILL');
  });
  const { pid } = a;
  const to = '/S=u/P=FAR/A= /C=GB/';
  const send = await a.command('send', '--from', userAt(siteA), '--to', to, '--text', 'x', '--count', '20');
  assert.equal(send.code, 0, send.stderr);
  const hop = async (...more: string[]) =>
    JSON.parse((await a.command('route', 'explain', to, '--json', ...more)).stdout).nextHop;
  assert.equal(await hop(), 'link/b');
  await writeFile(a.configPath, text(9, 1));
  assert.equal(await hop('--dry-run'), 'link/c', 'as the file has it');
  assert.equal(await hop(), 'link/b', 'as the running MTA has it');
  a.signal('SIGHUP');
  await eventually('the queue of the other link', 20_000, async () => {
    const list = JSON.parse((await a.command('queue', 'list', '--json', '--link', 'c')).stdout);
    return list.length === 20 ? true : undefined;
  });
  assert.equal(await hop(), 'link/c');
  assert.equal(a.pid, pid);
  assert.deepEqual([a.strayLines, a.eventsNamed('internal-error')], [[], []]);
});
