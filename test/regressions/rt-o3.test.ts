// RT-O3: a change of a list's members counts within the configured time, deletion too; where a list cannot be
// expanded the report says dl-expansion-failure and the event says which file. And what else keeps a list
// from being expanded has its own diagnostic. One MTA with its lists in real files.

import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { MemberFiles } from '../../src/delivery/index.ts';
import { makeExtension } from '../../src/p1/index.ts';
import { type MemoryDisk, memoryDisk } from '../../src/store/memory/store.ts';
import { agentInHand, type AgentInHand } from '../support/agent-in-hand.ts';
import { checkBooks, expanded, sendTo, waiting } from '../support/lists.ts';
import { temporaryDirectory } from '../support/network.ts';
import { configured } from '../support/transfer.ts';

const at = (surname: string, prmd = 'C'): string => `/S=${surname}/P=${prmd}/A= /C=GB/`;
const crew = at('crew', 'X');

async function room(t: TestContext): Promise<{ mta: AgentInHand; disk: MemoryDisk; file: string }> {
  const file = join(await temporaryDirectory(t), 'crew.txt');
  const disk = memoryDisk();
  const configuration = configured(`
mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: X } }
links:
  - { name: b, peer: { mta: MTA-B }, addressSpaces: [ { address: "/P=B/A= /C=GB/" } ] }
  - { name: c, peer: { mta: MTA-C }, addressSpaces: [ { address: "/P=C/A= /C=GB/" } ] }
lists:
  - { name: crew, address: "${crew}", file: "${file}", ttl: 60s, submit: [ "/P=B/A= /C=GB/" ] }
  - { name: closed, address: "${at('closed', 'X')}", members: [], submit: [ "/P=X/A= /C=GB/" ] }
`);
  const mta = await agentInHand({ disk, configuration, members: (parts) => new MemberFiles(parts) });
  t.after(() => mta.agent.stop(mta.clock.now()));
  return { mta, disk, file };
}

/** Waits for real files, too. */
async function settled(mta: AgentInHand): Promise<void> {
  for (let round = 0; round < 1000; round += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    await mta.clock.pass(0);
    const counts = await mta.store.counts();
    if (!counts.some(({ nextHop }) => nextHop.startsWith('list/'))) return;
  }
  assert.fail('the expansion does not end');
}

const members = (disk: MemoryDisk): readonly string[] => [...waiting(disk).keys()].sort();

async function forget(mta: AgentInHand, disk: MemoryDisk): Promise<void> {
  const copies = [...disk.copies.keys()];
  assert.ok((await mta.store.commit({ finish: copies, onBehalfOf: 'test' })).ok);
}

test('RT-O3 members that come and members that go count within the ttl', async (t) => {
  const { mta, disk, file } = await room(t);
  await writeFile(file, `${at('one')}\n${at('two')}\n`);
  await sendTo(mta, [{ to: crew }]);
  await settled(mta);
  assert.deepEqual(members(disk), [at('one'), at('two')]);
  await forget(mta, disk);
  await writeFile(file, `${at('two')}\n${at('three')}\n`);
  await mta.clock.pass(60_000);
  await sendTo(mta, [{ to: crew }], { traceInformation: [] });
  await settled(mta);
  assert.deepEqual(members(disk), [at('three'), at('two')]);
});

test('RT-O3 a missing file: dl-expansion-failure, and an event that names it', async (t) => {
  const { mta, disk, file } = await room(t);
  await rm(file, { force: true });
  await sendTo(mta, [{ to: crew }, { to: at('other') }]);
  await settled(mta);
  assert.deepEqual(members(disk), [at('other')]);
  const [told] = mta.eventsNamed('non-delivery');
  assert.match(String(told.diagnostic), /^30 /);
  assert.match(String(told.supplementary), /crew.*file of its members is missing/);
  assert.deepEqual(
    mta.eventsNamed('list-unavailable').map(({ list, file: named }) => [list, named]),
    [['crew', file]],
  );
  checkBooks(disk);
});

test('a list that may not be expanded, or not by this originator, says so at once', async (t) => {
  const { mta, disk } = await room(t);
  await sendTo(mta, [{ to: at('closed', 'X') }]);
  assert.match(String(mta.eventsNamed('non-delivery')[0].diagnostic), /no-dl-submit-permission/);
  const extensions = [makeExtension('dl-expansion-prohibited', 'dl-expansion-prohibited')];
  await sendTo(mta, [{ to: crew }], { extensions, traceInformation: [] });
  assert.match(String(mta.eventsNamed('non-delivery')[1].diagnostic), /dl-expansion-prohibited/);
  await expanded(mta);
  assert.deepEqual(members(disk), []);
  checkBooks(disk);
});
