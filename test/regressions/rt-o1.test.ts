// RT-O1: nested lists with cycles, 30 deep, 100,000 members with duplicates: each member gets the message
// once, the history says by which lists, time and memory are bounded, and a death in the middle changes none
// of that. One MTA on a memory store; what is judged is what lies in its queue.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Configuration } from '../../src/config/index.ts';
import { readExtension } from '../../src/p1/index.ts';
import { printORAddress } from '../../src/address/index.ts';
import { auditEntry, emptyCount } from '../../src/store/index.ts';
import { entriesOf } from '../../src/store/memory/entries.ts';
import { type MemoryDisk, memoryDisk } from '../../src/store/memory/store.ts';
import { decodeStored } from '../../src/transfer/index.ts';
import { agentInHand, type AgentInHand } from '../support/agent-in-hand.ts';
import { ClockInHand, configured, envelopeOf } from '../support/transfer.ts';

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

/** Stands still for ever after so many callbacks, as the clock of a process that died. */
class DyingClock extends ClockInHand {
  #left = 5;

  override schedule(at: number, callback: () => void): () => void {
    return super.schedule(at, () => {
      this.#left -= 1;
      if (this.#left >= 0) callback();
    });
  }
}

async function sendTo(mta: AgentInHand, ...to: readonly string[]): Promise<void> {
  const envelope = envelopeOf(to.map((each) => ({ to: each })));
  const value = { envelope, content: new Uint8Array(100) };
  assert.deepEqual(await mta.arrive('b', { kind: 'message', value }), { ok: true });
}

/** Time passes until nothing waits for a list. */
async function expanded(mta: AgentInHand): Promise<void> {
  for (let round = 0; round < 100_000; round += 1) {
    await mta.clock.pass(0);
    const counts = await mta.store.counts();
    if (!counts.some(({ nextHop }) => nextHop.startsWith('list/'))) return;
  }
  assert.fail('the expansion does not end');
}

/** Who waits for a next hop, with the lists that led there. */
function waiting(disk: MemoryDisk): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const copy of disk.copies.values()) {
    const stored = decodeStored(copy.message.fields);
    assert.ok(stored.ok);
    if (stored.value.kind !== 'message') continue;
    const history = readExtension(stored.value.envelope.extensions, 'dl-expansion-history');
    assert.ok(history.ok);
    const by = (history.value ?? []).map(({ dl }) => printORAddress(dl));
    for (const number of copy.recipients) {
      const address = copy.message.fields.recipients[number];
      assert.ok(!found.has(address), `${address} twice`);
      found.set(address, by);
    }
  }
  return found;
}

function checkBooks(disk: MemoryDisk): void {
  const entries = entriesOf(disk, 0, Number.POSITIVE_INFINITY);
  const count = emptyCount();
  assert.deepEqual(
    entries.flatMap((entry) => auditEntry(entry, count)),
    [],
  );
}

test('RT-O1 nested lists in a circle, members of several: each once, by the first way', async () => {
  const disk = memoryDisk();
  const lists = {
    a: [at('one'), list('b'), at('two'), at('ONE')],
    b: [list('c'), at('two'), at('three')],
    c: [list('a'), list('c'), at('four')],
  };
  const mta = await agentInHand({ disk, configuration: withLists(lists) });
  await sendTo(mta, list('a'));
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
  await sendTo(mta, list('l0'));
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
    const mta = await agentInHand({ disk, configuration, clock: new DyingClock() });
    if (lives === 0) await sendTo(mta, list('big'));
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
  await sendTo(mta, list('big'));
  await expanded(mta);
  assert.equal(waiting(disk).size, 50_000);
  await mta.agent.stop(mta.clock.now());
});
