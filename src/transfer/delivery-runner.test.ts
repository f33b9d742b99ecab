// Local delivery of one space: outcomes and reports in one transition, a directory in trouble, and an orderly
// stop.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeliveryBench as Bench, done } from '../../test/support/delivery-bench.ts';
import { envelopeOf, judgeParts, nameOf, now, quiet } from '../../test/support/transfer.ts';
import { after, millis } from '../base/time.ts';
import type { QueuedCopy } from '../store/index.ts';
import { judgeOutcomes } from './judge-outcomes.ts';
import type { RecipientDelivery } from './local-delivery.ts';

const failure = (lasting: 'temporary' | 'permanent') => async (copy: QueuedCopy) =>
  copy.recipients.map(
    ({ number }): RecipientDelivery => ({
      kind: 'failed',
      recipient: number,
      failure: { lasting, code: 'ENOSPC', detail: 'full' },
    }),
  );

test('everything that waits is delivered, each copy once, and finished', async () => {
  const bench = new Bench();
  await bench.queue(50);
  bench.runner.start();
  await quiet();
  assert.equal(new Set(bench.delivered).size, 50);
  assert.equal(bench.delivered.length, 50);
  assert.equal(bench.disk.copies.size, 0);
  assert.ok(bench.disk.tracking.some(({ act }) => act === 'delivered'));
});

test('a report that was asked for is created with the delivery', async () => {
  const bench = new Bench();
  await bench.queue(1, 'report');
  bench.runner.start();
  await quiet();
  assert.deepEqual(bench.created, ['report']);
});

test('a directory in trouble is told, and tried again later', async () => {
  const bench = new Bench();
  bench.answer = failure('temporary');
  await bench.queue(1);
  bench.runner.start();
  await quiet();
  assert.equal(bench.disk.copies.size, 1);
  assert.ok(bench.heard.told.some(([name]) => name === 'delivery-failed'));
  bench.answer = async (copy) => done(copy);
  await bench.clock.pass(30_000);
  assert.equal(bench.disk.copies.size, 1, 'not before its time');
  await bench.clock.pass(31_000);
  assert.equal(bench.disk.copies.size, 0);
});

test('what waits for room on our disk is no failure: told once, not counted, tried again', async () => {
  const bench = new Bench();
  bench.answer = async (copy) =>
    copy.recipients.map(({ number }) => ({
      kind: 'failed',
      recipient: number,
      failure: { lasting: 'temporary', code: 'conversion', detail: 'no room', noRoom: true },
    }));
  await bench.queue(1);
  bench.runner.start();
  await quiet();
  await bench.clock.pass(61_000);
  assert.equal(bench.delivered.length, 2);
  assert.deepEqual(
    bench.heard.told.map(([name]) => name),
    ['conversion-postponed'],
  );
  const [copy] = bench.disk.copies.values();
  assert.deepEqual([copy.attempts, copy.lastError], [0, 'no room']);
  bench.answer = async (each) => done(each);
  await bench.clock.pass(61_000);
  assert.equal(bench.disk.copies.size, 0);
});

test('what can never be delivered is reported', async () => {
  const bench = new Bench();
  bench.answer = failure('permanent');
  await bench.queue(1);
  bench.runner.start();
  await quiet();
  assert.equal(bench.disk.messages.size, 1, 'the report');
  assert.deepEqual(bench.created, ['report']);
});

test('a report that can never be delivered becomes a dead letter, and is not reported on', async () => {
  const bench = new Bench();
  bench.answer = failure('permanent');
  const ended = {
    subject: { kind: 'message', envelope: envelopeOf([{ to: '/S=u/P=C/A= /C=GB/' }]) },
    outcomes: [{ kind: 'non-delivered', recipient: 0, reason: 'unable-to-transfer' }],
    place: { message: 1 },
    arrivedAt: now,
  } as const;
  const toUs = { ...ended.subject.envelope, originatorName: nameOf('/S=one/P=X/A= /C=GB/') };
  const { create } = judgeOutcomes(
    judgeParts(),
    { ...ended, subject: { ...ended.subject, envelope: toUs } },
    now,
  );
  assert.ok((await bench.ledger.commit({ create })).ok);
  bench.runner.start();
  await quiet();
  assert.deepEqual(bench.dead, ['cannot be delivered: ENOSPC: full']);
  assert.deepEqual(bench.created, []);
});

test('copies that come while others are being claimed are not forgotten', async () => {
  const bench = new Bench();
  bench.runner.start();
  await bench.queue(1);
  bench.runner.waiting();
  await quiet();
  assert.equal(bench.disk.copies.size, 0);
});

test('a delivery that breaks its word is a mistake, told, and tried again', async () => {
  const bench = new Bench();
  bench.answer = () => Promise.reject(new Error('a contradiction'));
  await bench.queue(1);
  bench.runner.start();
  await quiet();
  assert.ok(bench.heard.told.some(([name]) => name === 'internal-error'));
  bench.answer = async (copy) => done(copy);
  await bench.clock.pass(61_000);
  assert.equal(bench.disk.copies.size, 0);
});

test('stopping waits for what is in delivery, takes up nothing more, and leaves no timer', async () => {
  const bench = new Bench();
  const release: (() => void)[] = [];
  bench.answer = async (copy) => {
    await new Promise<void>((resolve) => {
      release.push(resolve);
    });
    return done(copy);
  };
  await bench.queue(20);
  bench.runner.start();
  await quiet();
  let stopped = false;
  const stopping = bench.runner.stop(after(now, millis(60_000))).then(() => {
    stopped = true;
  });
  await quiet();
  assert.deepEqual([stopped, release.length], [false, 16]);
  for (const each of release) each();
  await stopping;
  await quiet();
  assert.equal(bench.disk.copies.size, 4);
  assert.equal(bench.clock.pending, 0);
  assert.equal(bench.runner.wouldTake(), false);
  const asked = { owner: 'next', until: bench.ledger.claim.until, now, limit: 9, nextHop: bench.runner.hop };
  assert.equal((await bench.ledger.store.claim(asked)).length, 4, 'unclaimed');
});

test('RT-D4 poison at the head: later copies pass, it has its own clock, thrice sets it aside', async () => {
  const bench = new Bench();
  await bench.queue(3);
  const [poison] = bench.disk.copies.keys();
  bench.answer = async (copy) => {
    if (copy.copy === poison) throw new Error('poison');
    return done(copy);
  };
  bench.runner.start();
  await bench.clock.pass(0);
  assert.deepEqual([...bench.disk.copies.keys()], [poison]);
  assert.equal(bench.disk.copies.get(poison)?.notBefore, now + 60_000);
  for (let again = 0; again < 5; again += 1) await bench.clock.pass(60_000);
  assert.equal(bench.disk.copies.get(poison)?.state, 'quarantined');
  assert.equal(bench.delivered.filter((copy) => copy === poison).length, 3);
  assert.equal(bench.disk.strikes.size, 0);
  assert.equal(bench.heard.told.filter(([name]) => name === 'quarantined').length, 1);
});
