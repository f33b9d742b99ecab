// RT-O1: nested lists with cycles, 30 deep, 100,000 members with duplicates: each member gets the message
// once, the history says by which lists, time and memory are bounded, and a death in the middle changes none
// of that. One MTA on a memory store; what is judged is what lies in its queue.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Configuration } from '../../src/config/index.ts';
import { memoryDisk } from '../../src/store/memory/store.ts';
import { agentInHand } from '../support/agent-in-hand.ts';
import { checkBooks, DyingClock, expanded, sendTo, waiting } from '../support/lists.ts';
import { configured } from '../support/transfer.ts';

const at = (surname: string, prmd = 'C'): string => `/S=${surname}/P=${prmd}/A= /C=GB/`;
const list = (name: string): string => at(`list-${name}`, 'X');

/** Our MTA with these lists; every other address goes to C. */
function withLists(lists: Readonly<Record<string, readonly string[]>>, more = ''): Configuration {
  const entries = Object.entries(lists).map(
    ([name, members]) =>
      `  - { name: "${name}", address: "${list(name)}", members: ${JSON.stringify(members)} ${more} }`,
  );
  return configured(`
mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: X } }
links:
  - { name: b, peer: { mta: MTA-B }, addressSpaces: [ { address: "/P=B/A= /C=GB/" } ] }
  - { name: c, peer: { mta: MTA-C }, addressSpaces: [ { address: "/P=C/A= /C=GB/" } ] }
deliver: [ { name: x, addressSpace: "/P=X/A= /C=GB/", users: [] } ]
lists:
${entries.join('\n')}
`);
}

test('RT-O1 nested lists in a circle, members of several: each once, by the first way', async () => {
  const disk = memoryDisk();
  const lists = {
    a: [at('one'), list('b'), at('two'), at('ONE')],
    b: [list('c'), at('two'), at('three')],
    c: [list('a'), list('c'), at('four')],
  };
  const mta = await agentInHand({ disk, configuration: withLists(lists) });
  await sendTo(mta, [{ to: list('a') }]);
  await expanded(mta);
  assert.deepEqual(
    [...waiting(disk)].sort(([a], [b]) => (a < b ? -1 : 1)),
    [
      [at('four'), [list('a'), list('b'), list('c')]],
      [at('one'), [list('a')]],
      [at('three'), [list('a'), list('b')]],
      [at('two'), [list('a')]],
    ],
  );
  assert.deepEqual(mta.eventsNamed('list-expanded')[0].members, 4);
  checkBooks(disk);
  await mta.agent.stop(mta.clock.now());
});

test('RT-O1 thirty lists deep', async () => {
  const disk = memoryDisk();
  const lists = Object.fromEntries(
    Array.from({ length: 30 }, (_, depth) => [`l${depth}`, [at(`u${depth}`), list(`l${(depth + 1) % 30}`)]]),
  );
  const mta = await agentInHand({ disk, configuration: withLists(lists) });
  await sendTo(mta, [{ to: list('l0') }]);
  await expanded(mta);
  const found = waiting(disk);
  assert.equal(found.size, 30);
  assert.equal(found.get(at('u29'))?.length, 30);
  await mta.agent.stop(mta.clock.now());
});

test('RT-O1 a death between any two slices neither loses nor doubles a member', async () => {
  const members = Array.from({ length: 1000 }, (_, each) => at(`m${each}`));
  const disk = memoryDisk();
  const configuration = withLists({ big: members });
  let lives = 0;
  for (let done = false; !done; lives += 1) {
    const mta = await agentInHand({ disk, configuration, clock: new DyingClock(5 + lives) });
    if (lives === 0) await sendTo(mta, [{ to: list('big') }]);
    await mta.clock.pass(0);
    done = ![...disk.copies.values()].some(({ nextHop }) => nextHop === 'list/big');
    checkBooks(disk);
    assert.ok(lives < 100);
  }
  assert.ok(lives > 3, `${lives} lives`);
  assert.equal(waiting(disk).size, 1000);
  assert.equal(disk.recovery.size, 0, 'no progress is left behind');
});

test('RT-O1 100,000 members, every one twice: each once, in bounded time', async () => {
  const members = Array.from({ length: 100_000 }, (_, each) => at(`m${each >> 1}`));
  const disk = memoryDisk();
  const mta = await agentInHand({ disk, configuration: withLists({ big: members }) });
  await sendTo(mta, [{ to: list('big') }]);
  await expanded(mta);
  assert.equal(waiting(disk).size, 50_000);
  await mta.agent.stop(mta.clock.now());
});
