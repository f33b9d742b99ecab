// Transfer-out on one association: content supplied as it is asked for, and exactly one outcome for each
// copy. And what goes out: responsibility, trace, content as it was stored.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  copyOfMessage,
  domainNamed,
  envelopeOf,
  HandleInHand,
  now,
  ours,
  quiet,
} from '../../test/support/transfer.ts';
import { concat, equalOctets, totalOctets } from '../base/octets.ts';
import {
  decodeMTSAPDU,
  internalTrace,
  internalTraceElement,
  readInternalTrace,
  readPerRecipientIndicators,
} from '../p1/index.ts';
import type { QueuedCopy } from '../store/index.ts';
import { outgoingApdu } from './outgoing.ts';
import { type OutboundPoint, type TransferOutcome, TransferOut } from './transfer-out.ts';

const traced = internalTrace([], internalTraceElement(ours.mta, { arrivalTime: now }));
assert.ok(traced.ok);
const envelope = envelopeOf([{ to: '/S=a/P=B/A= /C=GB/' }, { to: '/S=b/P=C/A= /C=GB/' }], {
  extensions: traced.value,
});

function copyOf(content: Uint8Array, more: Partial<QueuedCopy> = {}): QueuedCopy {
  const recipients = [{ number: 1, address: '/S=b/P=C/A= /C=GB/' }];
  return copyOfMessage(envelope, content, { recipients, ...more });
}

const spooled = (octets: number): QueuedCopy =>
  copyOf(new Uint8Array(octets), { content: { kind: 'spooled', spool: 's', octets_count: octets } });

class Bench {
  readonly handle = new HandleInHand();
  readonly outcomes: TransferOutcome[] = [];
  readonly out: TransferOut;
  readonly asked: number[] = [];

  constructor(content?: Uint8Array, answer?: (offset: number) => Promise<Uint8Array | undefined>) {
    this.out = new TransferOut({
      handle: this.handle,
      link: { sameDomain: false, mode: 'normal' },
      transferTime_ms: () => 1000,
      store: {
        readContent: (message, offset, octets_max) => {
          assert.equal(message, 7);
          this.asked.push(offset);
          return answer?.(offset) ?? Promise.resolve(content?.slice(offset, offset + octets_max));
        },
      },
    });
  }

  start(copy: QueuedCopy): void {
    this.out.start(copy, (outcome) => this.outcomes.push(outcome));
  }

  get supplied(): Uint8Array {
    return concat([
      ...this.handle.requests.flatMap((request) => (request.kind === 'RTsupply' ? [request.octets] : [])),
      new Uint8Array(),
    ]);
  }
}

test('a small message is given whole, and its length is exact', () => {
  const bench = new Bench();
  bench.start(copyOf(Uint8Array.of(1, 2, 3)));
  const [request] = bench.handle.requests;
  assert.ok(request.kind === 'RTTRreq');
  assert.equal(totalOctets(request.first), request.octetsTotal);
  const apdu = decodeMTSAPDU(concat(request.first));
  assert.ok(apdu.ok && apdu.value.kind === 'message');
  assert.ok(equalOctets(apdu.value.value.content, Uint8Array.of(1, 2, 3)));
});

test('only the recipients of the copy are the peer’s responsibility (X.411 14.3.3)', () => {
  const out = outgoingApdu(copyOf(new Uint8Array(1)), { sameDomain: true, mode: 'normal' });
  assert.ok(out.kind === 'apdu');
  const apdu = decodeMTSAPDU(concat([out.head, new Uint8Array(1)]));
  assert.ok(apdu.ok && apdu.value.kind === 'message');
  assert.deepEqual(
    apdu.value.value.envelope.perRecipientFields.map(
      (fields) => readPerRecipientIndicators(fields.perRecipientIndicators).responsibility,
    ),
    [false, true],
  );
});

test('internal trace stays within the domain; external trace goes along', () => {
  for (const [sameDomain, names] of [
    [true, ['MTA-X']],
    [false, []],
  ] as const) {
    const out = outgoingApdu(copyOf(new Uint8Array()), { sameDomain, mode: 'normal' });
    assert.ok(out.kind === 'apdu');
    const apdu = decodeMTSAPDU(out.head);
    assert.ok(apdu.ok && apdu.value.kind === 'message');
    const internal = readInternalTrace(apdu.value.value.envelope.extensions);
    assert.ok(internal.ok);
    assert.deepEqual(
      internal.value.map(({ mtaName }) => mtaName),
      names,
    );
    assert.deepEqual(apdu.value.value.envelope.traceInformation[0].globalDomainIdentifier, domainNamed('B'));
  }
});

test('large content is supplied in pieces as they are asked for', async () => {
  const content = Uint8Array.from({ length: 5000 }, (_, index) => index % 256);
  const bench = new Bench(content);
  bench.start(spooled(5000));
  const [request] = bench.handle.requests;
  assert.ok(request.kind === 'RTTRreq');
  assert.equal(request.octetsTotal, totalOctets(request.first) + 5000);
  while (bench.supplied.length < 5000) {
    bench.out.handle({ kind: 'RTsupplyind', octets_max: 1024 });
    await quiet();
  }
  assert.ok(equalOctets(bench.supplied, content));
  bench.out.handle({ kind: 'RTTRcnf+' });
  assert.deepEqual(bench.outcomes, [{ kind: 'sent', octets: request.octetsTotal }]);
  assert.equal(bench.out.active, false);
});

test('nothing is read while the connection is full, and it goes on when that is over', async () => {
  const bench = new Bench(new Uint8Array(5000));
  bench.start(spooled(5000));
  bench.handle.isCongested = true;
  bench.out.handle({ kind: 'RTsupplyind', octets_max: 1024 });
  await quiet();
  assert.deepEqual(bench.asked, []);
  bench.handle.isCongested = false;
  bench.out.writable();
  bench.out.writable();
  await quiet();
  assert.deepEqual(bench.asked, [0], 'once for what was asked once');
});

for (const [why, answer] of [
  ['is gone', () => Promise.resolve(undefined)],
  ['ends too soon', () => Promise.resolve(new Uint8Array())],
  ['cannot be read', () => Promise.reject(new Error('EIO'))],
] as const) {
  test(`content that ${why} ends the transfer, not the association`, async () => {
    const bench = new Bench(undefined, answer);
    bench.start(spooled(5000));
    bench.out.handle({ kind: 'RTsupplyind', octets_max: 1024 });
    await quiet();
    assert.equal(bench.handle.kinds.at(-1), 'RTsupplyfailed');
    assert.deepEqual(bench.outcomes, [], 'not before the activity has been discarded');
    bench.out.handle({ kind: 'RTTRcnf-', transient: true, detail: 'discarded' });
    assert.deepEqual(
      bench.outcomes.map(({ kind }) => kind),
      ['unreadable'],
    );
  });
}

test('a refusal says whether to try again', () => {
  const bench = new Bench();
  for (const transient of [true, false]) {
    bench.start(copyOf(new Uint8Array(1)));
    bench.out.handle({ kind: 'RTTRcnf-', transient, detail: 'no' });
    assert.deepEqual(bench.outcomes.at(-1), { kind: 'refused', transient, detail: 'no' });
  }
});

test('a loss is told once, and whether a checkpoint had been confirmed', () => {
  const bench = new Bench();
  bench.start(copyOf(new Uint8Array(1)));
  bench.out.lost('reset');
  bench.out.lost('again');
  bench.start(copyOf(new Uint8Array(1)));
  bench.out.handle({ kind: 'RTconfirmedind', serialNumber: 1, octetsConfirmed: 10 });
  bench.out.lost('reset');
  assert.deepEqual(bench.outcomes, [
    { kind: 'lost', progressed: false, detail: 'reset' },
    { kind: 'lost', progressed: true, detail: 'reset' },
  ]);
});

test('octets that were being read when the association was lost go nowhere', async () => {
  const bench = new Bench(new Uint8Array(5000));
  bench.start(spooled(5000));
  bench.out.handle({ kind: 'RTsupplyind', octets_max: 1024 });
  bench.out.lost('reset');
  await quiet();
  assert.equal(bench.supplied.length, 0);
});

test('an envelope that cannot be read is our own trouble, told at once', () => {
  const bench = new Bench();
  bench.start(copyOf(new Uint8Array(1), { envelope: Uint8Array.of(1, 2, 3) }));
  assert.deepEqual(
    bench.outcomes.map(({ kind }) => kind),
    ['unreadable'],
  );
  assert.deepEqual(bench.handle.requests, []);
});

for (const mode of ['normal', 'x410-1988', 'x410-1984'] as const) {
  test(`${mode}: a broken transfer goes on with the same octets, and begins anew with others`, () => {
    const connection = { callingUserReference: Uint8Array.of(1), commonReference: Uint8Array.of(2) };
    const points: OutboundPoint[] = [];
    const outcomes: TransferOutcome[] = [];
    const begin = (copy: QueuedCopy, from?: OutboundPoint): HandleInHand => {
      const handle = new HandleInHand();
      const out = new TransferOut({
        handle,
        link: { sameDomain: true, mode },
        store: { readContent: () => Promise.resolve(undefined) },
        transferTime_ms: () => 1000,
        connection: () => connection,
        confirmed: (_, point) => points.push(point),
      });
      out.start(copy, (outcome) => outcomes.push(outcome), { from });
      if (from === undefined) {
        const activity = Uint8Array.of(2, 1, 1);
        out.handle({ kind: 'RTconfirmedind', serialNumber: 1, octetsConfirmed: 50, activity });
      }
      return handle;
    };
    const request = (handle: HandleInHand) => {
      const [first] = handle.requests;
      assert(first.kind === 'RTTRreq');
      return { resume: first.resume, octets: concat(first.first), octetsTotal: first.octetsTotal };
    };
    const content = Uint8Array.of(1, 2, 3);
    const before = request(begin(copyOf(content)));
    const [point] = points;
    // After a restart the copy is read from the store again: the same octets come of it.
    const again = request(begin(copyOf(content.slice()), point));
    assert.deepEqual(again.resume, { activity: point.activity, serialNumber: 1, octetsConfirmed: 50 });
    assert.ok(equalOctets(again.octets, before.octets.subarray(50)));
    // Another responsibility: as many octets, and not the same ones.
    const other = request(begin(copyOf(content, { recipients: [{ number: 0, address: 'a' }] }), point));
    assert.equal(other.octetsTotal, before.octetsTotal);
    assert.equal(other.resume, undefined);
    assert.equal(other.octets.length, other.octetsTotal);
    assert.deepEqual(outcomes, []);
  });
}
