// Secure, then acknowledge (design law 4): what one association may tell its peer, and when; and what becomes
// of an activity that comes to nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { envelopeOf, HandleInHand, promptly, quiet } from '../../test/support/transfer.ts';
import { concat } from '../base/octets.ts';
import { encodeMTSAPDU, type EnvelopePrefix } from '../p1/index.ts';
import { openMemoryStore } from '../store/index.ts';
import { memoryDisk } from '../store/memory/store.ts';
import { Slices } from './slices.ts';
import type { IntakeParts, TakenIn } from './taken-in.ts';
import { type AcceptVerdict, TransferIn } from './transfer-in.ts';

class Bench {
  readonly handle = new HandleInHand();
  readonly disk = memoryDisk();
  readonly taken: TakenIn[] = [];
  readonly failures: string[] = [];
  readonly mistakes: string[] = [];
  readonly transfers: TransferIn;
  /** Ends the acceptance that is under way. */
  verdict: (verdict: AcceptVerdict | Error) => void = () => {};

  constructor(syncs?: Promise<unknown>, more: Partial<IntakeParts> = {}) {
    const store = openMemoryStore({ disk: this.disk });
    this.transfers = new TransferIn({
      handle: this.handle,
      intake: {
        inlineOctetsMax: 1000,
        contentOctetsMax: 1_000_000,
        store: {
          openSpool: async () => {
            const spool = await store.openSpool();
            return { ...spool, sync: () => Promise.resolve(syncs).then(() => spool.sync()) };
          },
        },
        ...more,
      },
      accept: (taken) => {
        this.taken.push(taken);
        return new Promise((resolve, reject) => {
          this.verdict = (verdict) => (verdict instanceof Error ? reject(verdict) : resolve(verdict));
        });
      },
      failed: (octets, detail) => this.failures.push(`${octets} ${detail}`),
      mistaken: (error) => this.mistakes.push(String(error)),
    });
  }

  begin(): void {
    this.transfers.handle({ kind: 'RTbeginind', activity: Uint8Array.of(1), transfer: 1 });
  }

  data(octets: Uint8Array): void {
    this.transfers.handle({ kind: 'RTdataind', octets });
  }

  async end(): Promise<void> {
    this.transfers.handle({ kind: 'RTTRind', octetsTotal: 0 });
    await quiet();
  }
}

const apdu = (octets: number): Uint8Array =>
  encodeMTSAPDU({
    kind: 'message',
    value: {
      envelope: envelopeOf([{ to: '/S=one/P=X/A= /C=GB/' }]),
      content: new Uint8Array(octets).fill(7),
    },
  });

test('the end is confirmed only after the message has been secured', async () => {
  const bench = new Bench();
  bench.begin();
  bench.data(apdu(10));
  await bench.end();
  assert.deepEqual(bench.handle.kinds, []);
  bench.verdict({ ok: true });
  await quiet();
  assert.deepEqual(bench.handle.kinds, ['RTTRrsp+']);
  assert.equal(bench.transfers.transfers, 1);
  assert.equal(bench.transfers.active, false);
});

for (const transient of [true, false]) {
  test(`what cannot be taken is refused, ${transient ? 'for now' : 'for good'}`, async () => {
    const bench = new Bench();
    bench.begin();
    bench.data(Uint8Array.of(1, 2, 3));
    await bench.end();
    bench.verdict({ ok: false, transient, detail: 'why' });
    await quiet();
    const [request] = bench.handle.requests;
    assert.ok(request.kind === 'RTTRrsp-');
    assert.deepEqual([request.transient, request.detail], [transient, 'why']);
    assert.equal(bench.transfers.transfers, 0);
  });
}

test('a mistake of ours refuses this one for now, and the next is taken', async () => {
  const bench = new Bench();
  bench.begin();
  bench.data(apdu(1));
  await bench.end();
  bench.verdict(new Error('a contradiction'));
  await quiet();
  assert.deepEqual(bench.handle.kinds, ['RTTRrsp-']);
  bench.begin();
  bench.data(apdu(1));
  await bench.end();
  bench.verdict({ ok: true });
  await quiet();
  assert.deepEqual(bench.handle.kinds, ['RTTRrsp-', 'RTTRrsp+']);
});

test('checkpoints are confirmed in order, each after the disk has its octets', async () => {
  let synced: (value: unknown) => void = () => {};
  const bench = new Bench(
    new Promise((resolve) => {
      synced = resolve;
    }),
  );
  bench.begin();
  bench.data(apdu(5000).subarray(0, 3000));
  bench.transfers.handle({ kind: 'RTcheckpointind', serialNumber: 1, octetsSoFar: 2000 });
  bench.transfers.handle({ kind: 'RTcheckpointind', serialNumber: 2, octetsSoFar: 3000 });
  await quiet();
  assert.deepEqual(bench.handle.kinds, []);
  synced(undefined);
  await quiet();
  assert.deepEqual(
    bench.handle.requests.map((request) => request.kind === 'RTsecured' && request.serialNumber),
    [1, 2],
  );
});

test('a checkpoint of an activity that is gone is not answered', async () => {
  const bench = new Bench();
  bench.begin();
  bench.data(apdu(5000).subarray(0, 3000));
  bench.transfers.handle({ kind: 'RTcheckpointind', serialNumber: 1, octetsSoFar: 2000 });
  bench.transfers.handle({ kind: 'RTdiscardind', detail: 'discarded' });
  bench.begin();
  await quiet();
  assert.deepEqual(bench.handle.kinds, []);
});

test('an activity that comes to nothing leaves no spool', async () => {
  const bench = new Bench();
  bench.begin();
  bench.data(apdu(5000).subarray(0, 3000));
  await quiet();
  assert.equal(bench.disk.spools.size, 1);
  bench.transfers.lost('reset');
  await quiet();
  assert.equal(bench.disk.spools.size, 0);
  assert.deepEqual(bench.failures, ['3000 reset']);
});

test('a spool in the hands of the commit stays when the association is lost', async () => {
  const bench = new Bench();
  bench.begin();
  bench.data(apdu(5000));
  await bench.end();
  assert.equal(bench.taken[0].kind, 'spooled');
  bench.transfers.lost('reset');
  await quiet();
  assert.equal(bench.disk.spools.size, 1);
  assert.deepEqual(bench.failures, [], 'it has not come to nothing');
  bench.verdict({ ok: true });
  await quiet();
  assert.deepEqual(bench.handle.kinds, [], 'nobody is left to be told');
  assert.equal(bench.disk.spools.size, 1);
});

test('a peer that is faster than the disk is held back until it has caught up', async () => {
  const bench = new Bench();
  bench.begin();
  bench.data(apdu(900_000).subarray(0, 3000));
  bench.data(concat([new Uint8Array(600_000)]));
  bench.data(new Uint8Array(290_000));
  assert.deepEqual(bench.handle.reading, []);
  const big = new Bench();
  big.begin();
  big.data(apdu(3_000_000).subarray(0, 3000));
  for (let piece = 0; piece < 3; piece += 1) big.data(new Uint8Array(600_000));
  // Content beyond the limit is not kept, so nothing waits for the disk.
  assert.deepEqual(big.handle.reading, []);
});

test('a fault of ours after a long search is told, and who waits behind it goes on', async () => {
  const bench = new Bench(undefined, {
    slices: new Slices(promptly),
    *envelopePrefix() {
      yield;
      // A contradiction: a message without what a message has.
      return { kind: 'message' } as EnvelopePrefix;
    },
  });
  bench.begin();
  bench.data(apdu(5000).subarray(0, 3000));
  bench.transfers.handle({ kind: 'RTcheckpointind', serialNumber: 1, octetsSoFar: 3000 });
  bench.data(new Uint8Array(1000));
  await bench.end();
  assert.match(bench.mistakes.join(), /TypeError/);
});
