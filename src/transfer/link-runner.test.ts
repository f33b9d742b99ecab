// One link driven from end to end of its life: claims, associations, outcomes. The scheduler's decisions have
// tests of their own; here it is what is done about them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LinkBench as Bench } from '../../test/support/link-bench.ts';
import { linkNamed, now, quiet, storeWith } from '../../test/support/transfer.ts';
import { after, millis } from '../base/time.ts';
import type { Store } from '../store/index.ts';

const link = linkNamed('c');

test('what waits is claimed, transferred, and finished when the peer has confirmed it', async () => {
  const bench = new Bench();
  await bench.queue(2);
  assert.equal(bench.network.dials.length, 1);
  const { handle, user } = bench.network.open(link);
  await quiet();
  assert.deepEqual(handle.kinds, ['RTOPENreq', 'RTTRreq']);
  user.onIndication({ kind: 'RTTRcnf+' });
  const [, told] = bench.heard.told.find(([name]) => name === 'transfer-out') ?? [];
  assert.deepEqual([told?.link, told?.remote, told?.association], ['c', handle.peerAddress, handle.id]);
  await quiet();
  assert.equal(bench.disk.copies.size, 1);
  user.onIndication({ kind: 'RTTRcnf+' });
  await quiet();
  assert.equal(bench.disk.copies.size, 0);
  assert.deepEqual(
    bench.disk.tracking.map(({ act }) => act).filter((act) => act === 'transferred-out'),
    ['transferred-out', 'transferred-out'],
  );
});

test('a copy whose transfer was lost stays ours, and is not claimed a second time', async () => {
  const bench = new Bench();
  const [copy] = await bench.queue(1);
  const first = bench.network.open(link);
  first.user.onClosed('ECONNRESET');
  await quiet();
  assert.equal(await bench.free(), 0);
  bench.runner.tell({ kind: 'copies-waiting', priority: 'normal', copies: 1 });
  await bench.clock.pass(3000);
  const second = bench.network.open(link);
  await quiet();
  assert.equal(second.handle.kinds.filter((kind) => kind === 'RTTRreq').length, 1);
  assert.equal(bench.disk.copies.get(copy)?.attempts, 0, 'a loss does not count');
  second.user.onIndication({ kind: 'RTTRcnf+' });
  await quiet();
  assert.equal(bench.disk.copies.size, 0);
});

test('a refusal for now is written down, gives the copy back, and is tried again', async () => {
  const bench = new Bench();
  const [copy] = await bench.queue(1);
  const { handle, user } = bench.network.open(link);
  user.onIndication({ kind: 'RTTRcnf-', transient: true, detail: 'busy' });
  await quiet();
  assert.deepEqual(
    [bench.disk.copies.get(copy)?.attempts, bench.disk.copies.get(copy)?.lastError],
    [1, 'busy'],
  );
  await bench.clock.pass(link.retry.transferInterval * 1.2);
  assert.equal(handle.kinds.filter((kind) => kind === 'RTTRreq').length, 2);
});

test('a refusal for good ends the copy and nothing else', async () => {
  const bench = new Bench();
  const [copy] = await bench.queue(2);
  const { handle, user } = bench.network.open(link);
  user.onIndication({ kind: 'RTTRcnf-', transient: false, detail: 'never' });
  await quiet();
  assert.deepEqual(bench.ended, [`${copy} refused-by-peer`]);
  assert.equal(handle.kinds.filter((kind) => kind === 'RTTRreq').length, 2, 'the next one goes');
});

test('while nobody can be called the claims are given up, and the call is tried again', async () => {
  const bench = new Bench();
  await bench.queue(3);
  bench.network.fail('ECONNREFUSED');
  await quiet();
  assert.equal(await bench.free(), 3);
  assert.equal(bench.network.dials.length, 0);
  await bench.clock.pass(link.retry.openInterval * 1.2);
  assert.equal(bench.network.dials.length, 1);
  bench.network.open(link);
  await quiet();
  assert.equal(await bench.free(), 0);
});

test('what waits is counted in the store when a call fails, without what went elsewhere', async () => {
  const bench = new Bench();
  const [copy] = await bench.queue(3);
  bench.network.fail('ECONNREFUSED');
  await quiet();
  await bench.ledger.commit({ place: [{ copy, nextHop: 'link/b' }] }, 'outsider');
  await bench.clock.pass(link.retry.openInterval * 1.2);
  bench.network.fail('ECONNREFUSED');
  await quiet();
  const failed = bench.heard.told.filter(([name]) => name === 'link-open-failed');
  assert.deepEqual(
    failed.map(([, { link: name, queued, attempts }]) => [name, queued, attempts]),
    [
      ['c', 3, 1],
      ['c', 2, 2],
    ],
  );
});

test('a waiting copy can be taken away, one in transfer cannot', async () => {
  const bench = new Bench();
  const [inTransfer, waiting] = await bench.queue(2);
  bench.network.open(link);
  assert.equal(await bench.runner.letGo(inTransfer), false);
  assert.equal(await bench.runner.letGo(waiting), true);
  assert.equal(await bench.free(), 1);
});

test('a copy that is being claimed is not taken away: the store says that it is busy', async () => {
  const held: { release?: () => void } = {};
  const bench = new Bench((store) => {
    const nextDue: Store['nextDue'] = async (hop, at) => {
      await new Promise<void>((resolve) => {
        held.release = resolve;
      });
      return store.nextDue(hop, at);
    };
    return storeWith(store, { nextDue });
  });
  const [copy] = await bench.queue(1);
  assert.equal(await bench.runner.letGo(copy), true, 'it is not here yet');
  const hold = await bench.ledger.commit({ place: [{ copy, state: 'held' }] }, 'outsider');
  assert.ok(!hold.ok && hold.refusal.kind === 'busy');
  held.release?.();
  await quiet();
  bench.network.open(link);
  await quiet();
  assert.equal(await bench.runner.letGo(copy), false);
});

test('a store that does not answer is asked again', async () => {
  let broken = true;
  const bench = new Bench((store) =>
    storeWith(store, {
      claim: (request) => (broken ? Promise.reject(new Error('EIO')) : store.claim(request)),
    }),
  );
  await bench.queue(1);
  bench.network.open(link);
  broken = false;
  await bench.clock.pass(1500);
  assert.equal(bench.runner.snapshot().associations.transferring, 1);
});

test('stopping lets the transfer end, closes, and leaves no claim and no timer', async () => {
  const bench = new Bench();
  await bench.queue(3);
  const { handle, user } = bench.network.open(link);
  let stopped = false;
  const stopping = bench.runner.stop(after(now, millis(60_000))).then(() => {
    stopped = true;
  });
  await quiet();
  assert.equal(stopped, false);
  user.onIndication({ kind: 'RTTRcnf+' });
  assert.equal(handle.kinds.at(-1), 'RTCLOSEreq');
  user.onIndication({ kind: 'RTCLOSEcnf' });
  user.onClosed('closed');
  await stopping;
  assert.equal(await bench.free(), 2);
  assert.equal(bench.clock.pending, 0);
});

test('whoever does not end by the limit is broken off', async () => {
  const bench = new Bench();
  await bench.queue(1);
  const { handle } = bench.network.open(link);
  const stopping = bench.runner.stop(after(now, millis(5000)));
  await bench.clock.pass(5000);
  await stopping;
  assert.notEqual(handle.destroyed, undefined);
});

test('stopping while it dials gives the dial up', async () => {
  const bench = new Bench();
  await bench.queue(1);
  await bench.runner.stop(after(now, millis(5000)));
  assert.equal(bench.network.givenUp, 1);
  assert.equal(await bench.free(), 1);
});

test('a mistake in what others do for a link is an event and no unhandled rejection', async () => {
  const bench = new Bench();
  const failing = bench.another({ endCopy: () => Promise.reject(new Error('a contradiction')) });
  await bench.secure(1);
  failing.tell({ kind: 'copies-waiting', priority: 'normal', copies: 1 });
  await quiet();
  bench.network.open(link).user.onIndication({ kind: 'RTTRcnf-', transient: false, detail: 'never' });
  await quiet();
  assert.ok(bench.heard.told.some(([name]) => name === 'internal-error'));
});
