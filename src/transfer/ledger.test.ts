// The ledger: what must be written down is, sooner or later; and the store alone decides who was first with a
// copy.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  arrivingMessage,
  ClockInHand,
  envelopeOf,
  judgeParts,
  listening,
  now,
} from '../../test/support/transfer.ts';
import {
  type CommitResult,
  openMemoryStore,
  type SpoolResult,
  type Store,
  type Transition,
} from '../store/index.ts';
import { judgeArrival } from './judge-arrival.ts';
import { Ledger } from './ledger.ts';

function bench() {
  const clock = new ClockInHand();
  const memory = openMemoryStore({ now: () => clock.now() });
  const refusals: CommitResult[] = [];
  const store: Store = Object.assign(Object.create(memory) as Store, {
    commit: async (transition: Transition) => refusals.shift() ?? memory.commit(transition),
    claim: memory.claim.bind(memory),
    unclaim: memory.unclaim.bind(memory),
    show: memory.show.bind(memory),
  });
  const { told, emit } = listening();
  const ledger = new Ledger({ store, clock, emit, owner: 'me', directory: '/d' });
  return { clock, ledger, refusals, told };
}

const full: CommitResult = { ok: false, refusal: { kind: 'no-space', detail: 'full' } };
const broken: CommitResult = { ok: false, refusal: { kind: 'failed', detail: 'EIO' } };
const over: CommitResult = { ok: false, refusal: { kind: 'ended', detail: 'the store ended' } };
const { create } = judgeArrival(
  judgeParts(),
  arrivingMessage(envelopeOf([{ to: '/S=u/P=C/A= /C=GB/' }])),
  now,
);

test('a commit that must happen is tried until it stands; a full disk is told once', async () => {
  const { clock, ledger, refusals, told } = bench();
  refusals.push(full, broken, full);
  let done = false;
  const result = ledger.commitSurely({ create }).finally(() => {
    done = true;
  });
  for (let second = 0; second < 3; second += 1) {
    await clock.pass(0);
    assert.deepEqual([done, ledger.waiting], [false, 1]);
    await clock.pass(1000);
  }
  assert.ok((await result).ok);
  assert.equal(ledger.waiting, 0);
  const names = (): string[] => told.map(([name]) => name);
  assert.deepEqual(names(), ['store-full', 'store-failed']);
  await clock.pass(9000);
  refusals.push(full);
  assert.equal((await ledger.commit({ create })).ok, false);
  await clock.pass(20_000);
  assert.deepEqual(names(), ['store-full', 'store-failed'], 'it still refuses now and then');
  assert.ok((await ledger.commit({ create })).ok);
  await clock.pass(9999);
  assert.equal(names().length, 2);
  await clock.pass(1);
  assert.deepEqual(names(), ['store-full', 'store-failed', 'store-space-back']);
  assert.equal(clock.pending, 0);
});

test('what a spool is refused is told, once; what was given up is not', async () => {
  const { ledger, told } = bench();
  const refusal: SpoolResult = { ok: false, refusal: { kind: 'no-space', detail: 'full' } };
  const opened = async () => {
    const spool = await openMemoryStore().openSpool();
    return Object.assign(spool, { write: async () => refusal, sync: async () => refusal });
  };
  Object.assign(ledger.store, { openSpool: opened });
  const given = await ledger.spools.openSpool();
  await given.discard();
  assert.deepEqual([await given.write(new Uint8Array(1)), told], [refusal, []]);
  const spool = await ledger.spools.openSpool();
  await spool.write(new Uint8Array(1));
  await spool.sync();
  assert.deepEqual(told, [['store-full', { directory: '/d', detail: 'full' }]]);
});

test('one that has become void is not tried again', async () => {
  const { clock, ledger } = bench();
  const result = await ledger.commitSurely({ finish: [99] });
  assert.ok(!result.ok && result.refusal.kind === 'no-such-copy');
  assert.equal(clock.pending, 0);
});

test('a store that has ended is not asked again: nobody waits for it for ever', async () => {
  const { clock, ledger, refusals, told } = bench();
  refusals.push(broken, over);
  const result = ledger.commitSurely({ create });
  await clock.pass(0);
  await clock.pass(1000);
  assert.deepEqual(await result, over);
  assert.equal(ledger.waiting, 0);
  assert.equal(clock.pending, 0);
  assert.deepEqual(
    told.map(([name]) => name),
    ['store-failed'],
    'its end is told by whoever opened it',
  );
});

test('a refusal that need not be overcome is returned at once', async () => {
  const { ledger, refusals } = bench();
  refusals.push(full);
  assert.equal((await ledger.commit({ create })).ok, false);
});

test('an outsider is refused while a copy is claimed, and ends no claim; the holder may', async () => {
  const { ledger } = bench();
  const created = await ledger.commit({ create });
  assert.ok(created.ok);
  const [copy] = created.created[0].copies;
  const asked = { ...ledger.claim, now, limit: 5, nextHop: 'link/c' };
  assert.equal((await ledger.store.claim(asked)).length, 1);
  const hold = { place: [{ copy, state: 'held' }] } as const;
  const busy = await ledger.commit(hold, 'outsider');
  assert.ok(!busy.ok && busy.refusal.kind === 'busy');
  const attempts = [{ copy, at: now, error: 'lost', counts: false }];
  assert.ok((await ledger.commit({ attempts }, 'outsider')).ok);
  assert.equal((await ledger.store.claim(asked)).length, 0, 'still claimed');
  assert.ok((await ledger.commit({ attempts })).ok);
  assert.equal((await ledger.store.claim(asked)).length, 1, 'the holder gave it back');
  await ledger.unclaim([copy]);
  assert.ok((await ledger.commit(hold, 'outsider')).ok);
});
