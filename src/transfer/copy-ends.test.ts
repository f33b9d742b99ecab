// What a start finds expired: ended before links take anything up, the copies of a message in one report; and
// a disk that takes nothing holds up the start for no longer than a second.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ClockInHand,
  envelopeOf,
  judgeParts,
  listening,
  now,
  quiet,
  storeWith,
} from '../../test/support/transfer.ts';
import { after, millis } from '../base/time.ts';
import { type NewMessage, openMemoryStore, type Store } from '../store/index.ts';
import { CopyEnds } from './copy-ends.ts';
import type { EndedRecipients } from './arriving.ts';
import { Hops } from './hops.ts';
import { judgeEndedInSteps } from './judge-ended.ts';
import { Ledger } from './ledger.ts';
import { encodeStored } from './stored-value.ts';
import { Strikes } from './strikes.ts';

const to = ['/S=u/P=C/A= /C=GB/', '/S=v/P=D/A= /C=GB/'];
const message: NewMessage = {
  kind: 'message',
  mtsIdentifier: '/P=B/A= /C=GB/;id-1',
  priority: 'normal',
  originator: '/S=Sender/P=B/A= /C=GB/',
  recipients: to,
  contentLength: 0,
  acceptedAt: now,
  expiresAt: after(now, millis(1000)),
  envelope: encodeStored({ kind: 'message', envelope: envelopeOf(to.map((each) => ({ to: each }))) }),
  content: { kind: 'none' },
  copies: [
    { nextHop: 'link/c', recipients: [0] },
    { nextHop: 'link/d', recipients: [1] },
  ],
};

async function bench(refuses: () => boolean = () => false) {
  const clock = new ClockInHand();
  const { emit, told } = listening();
  const memory = openMemoryStore({ now: () => clock.now() });
  assert.ok((await memory.commit({ create: [message] })).ok);
  const commit: Store['commit'] = async (transition) =>
    refuses() ? { ok: false, refusal: { kind: 'no-space', detail: 'full' } } : memory.commit(transition);
  const store = storeWith(memory, { commit });
  const ledger = new Ledger({ store, clock, emit, owner: 'me', directory: '/d' });
  const strikes = new Strikes({ ledger, clock, emit });
  const judged: EndedRecipients[] = [];
  const ends = new CopyEnds({
    ledger,
    strikes,
    clock,
    emit,
    hops: new Hops(ledger),
    returnedOctetsMax: () => 0,
    judge: (ended, at) => {
      judged.push(ended);
      return judgeEndedInSteps(judgeParts(), ended, at);
    },
  });
  const copies = async () => (await memory.list({})).filter(({ kind }) => kind === 'message');
  return { ends, clock, copies, judged, told };
}

test('what has expired is ended before anything else, the copies of a message together', async () => {
  const { ends, clock, copies, judged } = await bench();
  await clock.pass(60_000);
  await ends.endExpiredAtStart();
  assert.deepEqual(
    judged.map(({ outcomes }) => outcomes.map(({ recipient }) => recipient)),
    [[0, 1]],
  );
  assert.deepEqual(await copies(), []);
  assert.equal(clock.pending, 0, 'nothing is waited for any more');
});

test('what has not expired stays, and a start does not wait', async () => {
  const { ends, copies, judged } = await bench();
  await ends.endExpiredAtStart();
  assert.deepEqual([judged, (await copies()).length], [[], 2]);
});

test('a disk that takes nothing holds up a start for a second; then it ends what it can', async () => {
  let full = true;
  const { ends, clock, copies, judged, told } = await bench(() => full);
  await clock.pass(60_000);
  let started = false;
  void ends.endExpiredAtStart().then(() => {
    started = true;
  });
  await clock.pass(999);
  assert.equal(started, false);
  await clock.pass(1);
  await quiet();
  assert.equal(started, true);
  assert.ok(told.some(([name]) => name === 'store-full'));
  full = false;
  await clock.pass(2000);
  assert.deepEqual([judged.length, await copies()], [1, []]);
});
