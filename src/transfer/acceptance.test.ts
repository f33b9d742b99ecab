// What of an arrival is remembered where our own fault breaks off its acceptance: what was not secured is
// judged anew when it comes again, what was secured is confirmed and not taken twice. Nobody waits for an end
// that has been.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ClockInHand,
  envelopeOf,
  judgeParts,
  linkNamed,
  listening,
  quiet,
} from '../../test/support/transfer.ts';
import { millis } from '../base/time.ts';
import { encodeMTSAPDU } from '../p1/index.ts';
import { openMemoryStore } from '../store/index.ts';
import { Acceptance } from './acceptance.ts';
import { Duplicates } from './duplicates.ts';
import { Hops } from './hops.ts';
import { judgeArrivalInSteps } from './judge-arrival.ts';
import { Ledger } from './ledger.ts';

const from = { link: linkNamed('b'), remote: 'b:1', association: 1 };
const envelope = envelopeOf([{ to: '/S=u/P=C/A= /C=GB/' }]);
const octets = encodeMTSAPDU({ kind: 'message', value: { envelope, content: Uint8Array.of(1, 2, 3) } });

/** An MTA that B transfers one message to; `judge` and `created`, told which time it is, may fail. */
function bench(fault: { readonly [part in 'judge' | 'created']?: (time: number) => void }) {
  const clock = new ClockInHand();
  const { emit } = listening();
  const store = openMemoryStore({ now: () => clock.now() });
  const ledger = new Ledger({ store, clock, emit, owner: 'me', directory: '/d' });
  const hops = new Hops(ledger);
  const times = { judge: 0, created: 0 };
  hops.created = () => {
    times.created += 1;
    fault.created?.(times.created);
  };
  const acceptance = new Acceptance({
    ...{ ledger, clock, emit, hops },
    judge: (arriving, at) => {
      times.judge += 1;
      fault.judge?.(times.judge);
      return judgeArrivalInSteps(judgeParts(), arriving, at);
    },
    duplicates: new Duplicates(() => ({ window: millis(60_000), messages: 100 })),
  });
  /** How one more transfer of the message ends, or that it does not. */
  const arrive = (): Promise<string> => {
    const ended = acceptance.transferred({ kind: 'whole', octets }, { octets: octets.length }, from).then(
      (verdict) => (verdict.ok ? 'confirmed' : 'refused'),
      (error: Error) => error.message,
    );
    return Promise.race([ended, quiet().then(() => 'open')]);
  };
  /** How often it was judged, and the copies that came of it. */
  const made = async (): Promise<readonly number[]> => [times.judge, (await store.list({})).length];
  return { arrive, made, acceptance };
}

/** Fails while `fails` says so of the time. */
function contradiction(fails: (time: number) => boolean): (time: number) => void {
  return (time) => {
    if (fails(time)) throw new Error('a contradiction');
  };
}

test('a fault before it is secured: what comes again is judged again, each time', async () => {
  const { arrive, made } = bench({ judge: contradiction((time) => time <= 2) });
  assert.equal(await arrive(), 'a contradiction');
  assert.equal(await arrive(), 'a contradiction');
  assert.equal(await arrive(), 'confirmed');
  assert.deepEqual(await made(), [3, 1]);
  assert.equal(await arrive(), 'confirmed');
  assert.deepEqual(await made(), [3, 1], 'it was known by then');
});

test('a fault after it is secured: what comes again is confirmed, and not taken twice', async () => {
  const { arrive, made } = bench({ created: contradiction((time) => time === 1) });
  assert.equal(await arrive(), 'a contradiction');
  assert.deepEqual(await made(), [1, 1]);
  assert.equal(await arrive(), 'confirmed');
  assert.deepEqual(await made(), [1, 1]);
});

test('the same that waits for the end of the first is judged itself where that fails', async () => {
  const { arrive, made } = bench({ judge: contradiction((time) => time === 1) });
  assert.deepEqual(await Promise.all([arrive(), arrive()]), ['a contradiction', 'confirmed']);
  assert.deepEqual(await made(), [2, 1]);
});

test('what is spooled leaves no spool where it was broken off before it was secured', async () => {
  const { acceptance } = bench({ judge: contradiction(() => true) });
  let discarded = 0;
  const discard = async (): Promise<void> => {
    discarded += 1;
  };
  const spooled = { kind: 'spooled', envelope, spool: 's', contentLength: 10, discard } as const;
  const taken = { ...spooled, front: octets };
  await assert.rejects(acceptance.transferred(taken, { octets: 10 }, from), /a contradiction/);
  assert.equal(discarded, 1);
});
