// RT-D4: poison at the head of a link's queue. What waits behind it passes at once; the poison has a retry
// clock of its own, harms neither the association nor the link's health, and is set aside at the third
// failure. (The same for deliveries: src/transfer/delivery-runner.test.ts.)

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../src/base/random.ts';
import { openMemoryStore, type QueuedCopy, type Store } from '../../src/store/index.ts';
import { memoryDisk } from '../../src/store/memory/store.ts';
import { MessageTransferAgent } from '../../src/transfer/index.ts';
import { NetworkInHand } from '../support/dialling.ts';
import { DumpsInMemory, InHandInMemory } from '../support/in-hand.ts';
import {
  arrivingMessage,
  ClockInHand,
  domainNamed,
  envelopeOf,
  linkNamed,
  listening,
  ours,
  quiet,
  storeWith,
} from '../support/transfer.ts';

/** A copy whose recipients cannot be looked at while it is encoded for a peer. */
function poisoned(copy: QueuedCopy): QueuedCopy {
  const { recipients, ...rest } = copy;
  return Object.defineProperty({ ...rest } as QueuedCopy, 'recipients', {
    enumerable: true,
    get: () => {
      if (new Error().stack?.includes('/outgoing.ts') === true) throw new Error('a contradiction');
      return recipients;
    },
  });
}

/** A store in which the first copy is poison. */
function poisonedStore(store: Store): Store {
  const claim: Store['claim'] = async (request) =>
    (await store.claim(request)).map((copy) => (isFirst(copy) ? poisoned(copy) : copy));
  return storeWith(store, { claim });
}

function isFirst({ mtsIdentifier }: QueuedCopy): boolean {
  return mtsIdentifier.endsWith(';m0');
}

test('RT-D4: poison at the head of a link: later messages pass, it has its own clock', async () => {
  const disk = memoryDisk();
  const clock = new ClockInHand();
  const network = new NetworkInHand();
  const { told, emit } = listening();
  const inHand = new InHandInMemory();
  const dumps = new DumpsInMemory();
  const agent = new MessageTransferAgent({
    configuration: ours,
    store: poisonedStore(openMemoryStore({ disk, now: () => clock.now() })),
    clock,
    network,
    emit,
    random: seededRandom(1),
    owner: 'me',
    identifier: () => ({ globalDomainIdentifier: domainNamed('X'), localIdentifier: 'r' }),
    delivery: () => ({ deliver: async () => [] }),
    inHand,
    dumps,
  });
  // Before the start, so that all of it is claimed from the store, the poison first.
  for (let n = 0; n < 5; n += 1) {
    const messageIdentifier = { globalDomainIdentifier: domainNamed('A'), localIdentifier: `m${n}` };
    const envelope = envelopeOf([{ to: '/S=u/P=C/A= /C=GB/' }], { messageIdentifier });
    const result = await agent.submit(arrivingMessage(envelope, { from: 'here' }));
    assert.ok(result.ok);
  }
  await agent.start();
  await quiet();
  const link = linkNamed('c');
  const { handle, user } = network.open(link);
  for (let sent = 0; sent < 4; sent += 1) {
    await quiet();
    user.onIndication({ kind: 'RTTRcnf+' });
  }
  await quiet();
  const [poison, ...others] = [...disk.copies.values()];
  assert.equal(others.length, 0, 'all others have passed, on the same association');
  assert.equal(handle.kinds.filter((kind) => kind === 'RTTRreq').length, 4);
  assert.deepEqual([poison.attempts, poison.notBefore], [1, clock.now() + 60_000]);
  assert.equal(agent.hops.links.get('c')?.health, 'healthy');
  for (let again = 0; again < 2; again += 1) await clock.pass(61_000);
  const [aside] = [...disk.copies.values()];
  assert.equal(aside.state, 'quarantined');
  assert.match(String(aside.lastError), /^failed 3 times in transfer-out: Error: a contradiction; dump: /);
  assert.equal(told.filter(([name]) => name === 'quarantined').length, 1);
  assert.equal(agent.hops.links.get('c')?.health, 'healthy');
  assert.equal(handle.destroyed, undefined);
  // Never by itself again; when an operator releases it, once more, from the first strike.
  const taken = (): number => inHand.taken.filter(({ stage }) => stage === 'transfer-out').length;
  const before = taken();
  await clock.pass(3_600_000);
  assert.equal(taken(), before);
  assert.deepEqual(await agent.commands.perform(aside.id, { kind: 'release' }), {
    copy: aside.id,
    done: true,
  });
  await clock.pass(0);
  network.open(link);
  await quiet();
  assert.equal(taken(), before + 1);
  assert.equal(disk.copies.get(aside.id)?.state, 'queued');
});
