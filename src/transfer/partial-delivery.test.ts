// One outcome for each recipient of a copy in local delivery (law 10), whatever becomes of the others: who
// has it has it once, and a copy goes on for those alone who wait.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeliveryBench as Bench, done, userNamed } from '../../test/support/delivery-bench.ts';
import { textContent } from '../../test/support/ipm.ts';
import { arrivingMessage, envelopeOf, now, ours, promptly, quiet } from '../../test/support/transfer.ts';
import { ConverterInSteps } from './content-converter.ts';
import { ConvertingDelivery } from './converting-delivery.ts';
import type { LocalFailure, RecipientDelivery } from './local-delivery.ts';

type Verdict = 'delivered' | 'full' | 'no-room' | 'too-large';

const failures: Readonly<Record<Exclude<Verdict, 'delivered'>, LocalFailure>> = {
  full: { lasting: 'temporary', code: 'ENOSPC', detail: 'full' },
  'no-room': { lasting: 'temporary', code: 'conversion', detail: 'no room', noRoom: true },
  'too-large': { lasting: 'permanent', code: 'EFBIG', detail: 'too large' },
};

/** Answers for each recipient as its name says, and notes whom it was asked for. */
function byName(verdicts: Readonly<Record<string, Verdict>>, asked: string[] = []): Bench['answer'] {
  return async (copy) =>
    copy.recipients.map(({ number: recipient, address }): RecipientDelivery => {
      const [, name = ''] = /S=([a-z]+)/.exec(address) ?? [];
      asked.push(name);
      const verdict = verdicts[name] ?? 'delivered';
      if (verdict === 'delivered') return { kind: 'delivered', recipient, at: now };
      return { kind: 'failed', recipient, failure: failures[verdict] };
    });
}

test('law 10: who has it has it once and for all; the copy goes on for the others alone', async () => {
  const bench = new Bench();
  const asked: string[] = [];
  bench.answer = byName({ two: 'full', three: 'too-large' }, asked);
  await bench.queueFor(['one', 'two', 'three'], 'report');
  bench.runner.start();
  await quiet();
  const [first, ...none] = bench.waits();
  assert.deepEqual(none, []);
  assert.deepEqual(first.recipients, [{ number: 1, address: userNamed('two') }]);
  assert.deepEqual(bench.tracked('delivered'), [userNamed('one')]);
  assert.deepEqual(bench.tracked('reported'), [userNamed('three')]);
  assert.deepEqual(bench.created, ['report']);
  for (let minutes = 0; minutes < 60; minutes += 1) await bench.clock.pass(60_000);
  assert.deepEqual(asked.slice(0, 3), ['one', 'two', 'three']);
  assert.deepEqual(new Set(asked.slice(3)), new Set(['two']), 'only who has no outcome is tried again');
  bench.answer = byName({}, asked);
  await bench.clock.pass(60_000);
  assert.deepEqual(bench.waits(), []);
  assert.deepEqual(bench.tracked('delivered'), [userNamed('one'), userNamed('two')]);
  assert.deepEqual(bench.tracked('reported'), [userNamed('three')]);
  const told = bench.heard.told.filter(([name]) => name === 'delivered').map(([, each]) => each.recipient);
  assert.deepEqual(told, [userNamed('one'), userNamed('two')]);
});

test('what goes on for some keeps its attempts, waits for its time, and says whom it waits for', async () => {
  const bench = new Bench();
  bench.answer = byName({ one: 'full', two: 'full' });
  await bench.queueFor(['one', 'two'], 'non-delivery-report');
  bench.runner.start();
  await quiet();
  bench.answer = byName({ two: 'full' });
  await bench.clock.pass(60_000);
  const [rest] = bench.waits();
  const { attempts, lastAttemptAt, lastError, notBefore, state } = rest;
  assert.deepEqual(
    { attempts, lastAttemptAt, lastError, notBefore, state },
    {
      attempts: 2,
      lastAttemptAt: now + 60_000,
      lastError: 'ENOSPC: full',
      notBefore: now + 120_000,
      state: 'queued',
    },
  );
  const [, fields] = bench.heard.told.findLast(([name]) => name === 'delivery-failed') ?? assert.fail();
  assert.equal(fields.recipient, userNamed('two'));
  await bench.clock.pass(30_000);
  assert.equal(bench.delivered.length, 2, 'not before its time');
  assert.notEqual(rest.copy, bench.delivered[0], 'who read the copy before may not end it with the outcomes');
  bench.answer = () => Promise.reject(new Error('poison'));
  for (let again = 0; again < 5; again += 1) await bench.clock.pass(60_000);
  assert.deepEqual([bench.waits()[0].copy, bench.waits()[0].state], [rest.copy, 'quarantined']);
  assert.deepEqual(bench.tracked('quarantined'), [userNamed('two')]);
});

test('an attempt counts where one fails though another waits for room; for room alone not', async () => {
  const bench = new Bench();
  bench.answer = byName({ two: 'no-room', three: 'full' });
  await bench.queueFor(['one', 'two', 'three'], 'non-delivery-report');
  bench.runner.start();
  await quiet();
  assert.deepEqual([bench.waits()[0].attempts, bench.waits()[0].lastError], [1, 'ENOSPC: full']);
  bench.answer = byName({ two: 'no-room' });
  for (let minutes = 0; minutes < 3; minutes += 1) await bench.clock.pass(60_000);
  const [rest] = bench.waits();
  assert.deepEqual(rest.recipients, [{ number: 1, address: userNamed('two') }]);
  assert.deepEqual([rest.attempts, rest.lastError], [1, 'no room']);
  assert.equal(bench.heard.told.filter(([name]) => name === 'conversion-postponed').length, 1);
});

test('whoever read the copy before its outcomes can end nothing of it any more', async () => {
  const bench = new Bench();
  bench.answer = byName({ two: 'full' });
  await bench.queueFor(['one', 'two'], 'non-delivery-report');
  const [read] = bench.waits();
  bench.runner.start();
  await quiet();
  const ended = await bench.ledger.commit({ finish: [read.copy] }, 'outsider');
  assert.deepEqual(ended, { ok: false, refusal: { kind: 'no-such-copy', copies: [read.copy] } });
  const [rest] = bench.waits();
  assert.ok((await bench.ledger.commit({ place: [{ copy: rest.copy, state: 'held' }] }, 'outsider')).ok);
});

test('RT-C5: a conversion that waits for room, however long, holds up nobody else', async () => {
  const bench = new Bench();
  const inbox: string[] = [];
  let short: string | undefined = 'too little free';
  const { store } = bench.ledger;
  const delivery = new ConvertingDelivery({
    conversion: ours.deliver[0].conversion,
    emit: bench.heard.emit,
    store,
    spools: store,
    room: () => short,
    clock: promptly,
    converter: new ConverterInSteps(promptly),
    dumps: undefined,
    delivery: {
      deliver: async (copy) => {
        inbox.push(...copy.recipients.map(({ address }) => address));
        return done(copy);
      },
    },
  });
  bench.answer = (copy, value) => delivery.deliver(copy, value);
  const { content: octets, encodedInformationTypes } = textContent('plain '.repeat(14_000));
  const plain = envelopeOf([{ to: userNamed('one') }, { to: userNamed('two') }], {
    originalEncodedInformationTypes: encodedInformationTypes,
  });
  const [one, two] = plain.perRecipientFields;
  const perRecipientFields = [{ ...one, explicitConversion: 'ia5-text-to-teletex' as const }, two];
  const message = arrivingMessage({ ...plain, perRecipientFields });
  await bench.take({ ...message, content: { kind: 'inline', octets }, contentLength: octets.length });
  bench.runner.start();
  await quiet();
  for (let minutes = 0; minutes < 60; minutes += 1) await bench.clock.pass(60_000);
  assert.deepEqual(inbox, [userNamed('two')]);
  assert.deepEqual(bench.tracked('delivered'), [userNamed('two')]);
  assert.deepEqual([bench.waits()[0].attempts, bench.waits()[0].recipients.length], [0, 1]);
  short = undefined;
  await bench.clock.pass(60_000);
  for (let turns = 0; bench.waits().length > 0 && turns < 100; turns += 1) await quiet();
  assert.deepEqual(inbox, [userNamed('two'), userNamed('one')]);
  assert.deepEqual(bench.waits(), []);
});
