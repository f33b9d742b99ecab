// RT-O1, the bound on time: while a list of 100,000 is expanded, from its file into the embedded store, the
// event loop goes on. `LIST_MEMBERS=n` asks for another size.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { MemberFiles } from '../../src/delivery/index.ts';
import { seededRandom } from '../../src/base/random.ts';
import { systemClock } from '../../src/net/index.ts';
import { openSqliteStore } from '../../src/store/index.ts';
import { MessageTransferAgent } from '../../src/transfer/index.ts';
import { eventually } from '../support/mta-process.ts';
import { temporaryDirectory } from '../support/network.ts';
import { arrivingMessage, configured, domainNamed, envelopeOf, listening } from '../support/transfer.ts';

const members_count = Number(process.env.LIST_MEMBERS ?? 100_000);

test('RT-O1 the event loop goes on under the expansion of a large list', async (t) => {
  const directory = await temporaryDirectory(t);
  const file = join(directory, 'all.txt');
  const lines = Array.from({ length: members_count }, (_, each) => `/S=m${each}/O=org/P=C/A= /C=GB/`);
  await writeFile(file, lines.join('\n'));
  const configuration = configured(`
mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: X } }
store: { directory: ${directory}/store }
links:
  - { name: b, peer: { mta: MTA-B }, addressSpaces: [ { address: "/P=B/A= /C=GB/" } ] }
  - { name: c, peer: { mta: MTA-C }, addressSpaces: [ { address: "/P=C/A= /C=GB/" } ] }
lists: [ { name: all, address: "/S=all/P=X/A= /C=GB/", file: "${file}" } ]
`);
  const clock = systemClock();
  const { told, emit } = listening();
  const store = await openSqliteStore({ directory: join(directory, 'store'), inlineOctetsMax: 65_536 });
  const agent = new MessageTransferAgent({
    configuration,
    store,
    clock,
    network: { dial: () => () => undefined },
    emit,
    random: seededRandom(1),
    owner: 'test',
    identifier: () => ({ globalDomainIdentifier: domainNamed('X'), localIdentifier: 'report' }),
    delivery: () => ({ deliver: () => new Promise(() => undefined) }),
    members: new MemberFiles({ clock, emit }),
  });
  await agent.start();
  const steps = stepsOfThisThread();
  const startedAt = performance.now();
  const { link: _, ...arriving } = arrivingMessage(envelopeOf([{ to: '/S=all/P=X/A= /C=GB/' }]));
  assert.ok((await agent.submit(arriving)).ok);
  const [, done] = await eventually('the list is expanded', 120_000, () =>
    told.find(([name]) => name === 'list-expanded'),
  );
  const taken = steps.end();
  assert.equal(done.members, members_count);
  const counts = await store.counts();
  assert.ok(counts.every(({ nextHop }) => nextHop === 'link/c'));
  const at = (part: number): number => taken[Math.floor((taken.length - 1) * part)];
  const [p50, p99, max] = [at(0.5), at(0.99), at(1)];
  const seconds = (performance.now() - startedAt) / 1000;
  t.diagnostic(`${members_count} members in ${seconds.toFixed(1)} s; p50 ${p50}, p99 ${p99}, max ${max} ms`);
  assert.ok(p99 < 10, `p99 ${p99} ms`);
  await agent.stop(clock.now());
  await store.close();
});

/** What each turn of the event loop took of the processor, in milliseconds, whoever else is busy. */
function stepsOfThisThread(): { end(): readonly number[] } {
  const taken: number[] = [];
  let before = process.threadCpuUsage();
  let ended = false;
  const turn = (): void => {
    const now = process.threadCpuUsage();
    taken.push((now.user + now.system - before.user - before.system) / 1000);
    before = process.threadCpuUsage();
    if (!ended) setTimeout(turn, 0);
  };
  setTimeout(turn, 0);
  return {
    end: () => {
      ended = true;
      return [...taken].sort((a, b) => a - b);
    },
  };
}
