// Interruption, discarding and resumption of activities (X.228 7.4 to 7.8), two associations in memory: on
// the same association after an exception, and on another after a loss, by a recover bind. Nothing that was
// confirmed is sent again, and nothing that was secured is told again.

import assert from 'node:assert/strict';
import {
  type Answer,
  accepting,
  bindResult,
  type End,
  exchange,
  inBothModes,
  opened,
} from '../../../test/support/associations.ts';
import { concat, equalOctets } from '../../base/octets.ts';
import { after, millis } from '../../base/time.ts';
import type { RTIndication, RTRequest } from './index.ts';

const apdu = Uint8Array.from({ length: 20_000 }, (_, index) => index * 7);

interface Kept {
  readonly serialNumber: number;
  readonly octets: number;
  readonly resumption: string;
}

/** A responder's user with a disk: keeps points, and takes up what it kept. */
class Receiver {
  octets: Uint8Array = new Uint8Array(0);
  kept: Kept | undefined;
  resumed: Extract<RTIndication, { kind: 'RTresumeind' }>[] = [];
  completed = 0;
  secured = false;
  /** The checkpoint at which it cannot go on. */
  failsAt: number | undefined;

  readonly answer: Answer = (indication, end) => {
    switch (indication.kind) {
      case 'RTOPENind':
        return [{ kind: 'RTOPENrsp+', userData: bindResult }];
      case 'RTbeginind':
        this.octets = new Uint8Array(0);
        return [];
      case 'RTdataind':
        this.octets = concat([this.octets, indication.octets]);
        return [];
      case 'RTcheckpointind':
        return this.#checkpoint(indication);
      case 'RTresumeind':
        return this.#resume(indication);
      case 'RTTRind':
        this.completed += 1;
        this.secured = true;
        return [{ kind: 'RTTRrsp+' }];
      default:
        return accepting(indication, end);
    }
  };

  #checkpoint({ serialNumber, resumption }: Extract<RTIndication, { kind: 'RTcheckpointind' }>) {
    if (serialNumber === this.failsAt) {
      this.failsAt = undefined;
      return [{ kind: 'RTTRrsp-', transient: true, detail: 'full' }] satisfies RTRequest[];
    }
    assert(resumption !== undefined);
    this.kept = { serialNumber, octets: this.octets.length, resumption };
    return [{ kind: 'RTsecured', serialNumber }] satisfies RTRequest[];
  }

  #resume(indication: Extract<RTIndication, { kind: 'RTresumeind' }>): readonly RTRequest[] {
    this.resumed.push(indication);
    const { transfer } = indication;
    if (this.secured) return [{ kind: 'RTresumersp+', transfer }];
    if (this.kept === undefined) return [{ kind: 'RTresumersp-', transfer }];
    assert.equal(indication.serialNumber, this.kept.serialNumber);
    this.octets = this.octets.slice(0, this.kept.octets);
    return [{ kind: 'RTresumersp+', resumption: this.kept.resumption, transfer }];
  }
}

type Confirmed = Extract<RTIndication, { kind: 'RTconfirmedind' }>;

function lastConfirmed(end: End): Confirmed {
  const confirmed = end.heard.filter((each): each is Confirmed => each.kind === 'RTconfirmedind').at(-1);
  assert(confirmed?.activity !== undefined, 'a point was confirmed');
  return confirmed;
}

function connectionOf(end: End): Extract<RTIndication, { kind: 'RTOPENcnf+' }>['connection'] {
  const open = end.heard.find((each) => each.kind === 'RTOPENcnf+');
  assert(open?.kind === 'RTOPENcnf+');
  return open.connection;
}

function whole(transferTime_ms = 600_000): RTRequest {
  return { kind: 'RTTRreq', octetsTotal: apdu.length, first: [apdu], transferTime_ms };
}

function rest(point: Confirmed, connection?: ReturnType<typeof connectionOf>): RTRequest {
  const { serialNumber, octetsConfirmed, activity } = point;
  assert(activity !== undefined);
  const resume = { activity, serialNumber, octetsConfirmed, ...(connection !== undefined && { connection }) };
  const first = [apdu.subarray(octetsConfirmed)];
  return { kind: 'RTTRreq', octetsTotal: apdu.length, first, transferTime_ms: 600_000, resume };
}

/** Octets go over until the receiver has `count` points; then the connection is lost to both. */
function loseAfter(a: End, b: End, count: number): void {
  for (;;) {
    const points = b.kinds().filter((kind) => kind === 'RTcheckpointind').length;
    if (points >= count) break;
    const fromA = a.takeSent();
    for (const octet of [fromA.subarray(0, 1000), fromA.subarray(1000)]) {
      if (octet.length > 0) b.feed({ kind: 'octets', octets: octet });
    }
    const fromB = b.takeSent();
    assert(fromA.length + fromB.length > 0, 'something is sent');
    if (fromB.length > 0) a.feed({ kind: 'octets', octets: fromB });
  }
  a.takeSent();
  const confirmations = b.takeSent();
  if (confirmations.length > 0) a.feed({ kind: 'octets', octets: confirmations });
  a.takeSent();
  a.feed({ kind: 'lost', detail: 'cut' });
  b.feed({ kind: 'lost', detail: 'cut' });
}

inBothModes(
  'X.228 7.5, 7.6: an exception interrupts, and the activity goes on from the confirmed point',
  (mode) => {
    const receiver = new Receiver();
    receiver.failsAt = 4;
    const { a, b } = opened({ mode, responder: receiver.answer, asked: { checkpointSize: 1, window: 1 } });
    exchange(a, b);
    a.request(whole());
    exchange(a, b);
    const failed = a.heard.at(-1);
    assert(failed?.kind === 'RTTRcnf-');
    assert.equal(failed.resumable, true);
    assert.equal(failed.transient, true);
    const point = lastConfirmed(a);
    assert.equal(point.serialNumber, 3);
    a.request(rest(point));
    exchange(a, b);
    assert.equal(a.kinds().at(-1), 'RTTRcnf+');
    assert.ok(equalOctets(receiver.octets, apdu));
    assert.equal(receiver.resumed[0]?.oldConnection, undefined);
    assert.deepEqual(receiver.resumed[0]?.oldActivity, Uint8Array.of(2, 1, 1));
    assert.deepEqual(receiver.resumed[0]?.activity, Uint8Array.of(2, 1, 2));
    // Numbers go on where they stopped.
    assert.equal(lastConfirmed(a).serialNumber, 19);
    a.request({ kind: 'RTCLOSEreq' });
    exchange(a, b);
    assert.deepEqual(a.others, []);
    assert.deepEqual(b.others, []);
  },
);

for (const points of [1, 2, 7, 15]) {
  inBothModes(
    `X.228 7.8: after a loss with ${points} points, recover bind and resumption carry the rest`,
    (mode) => {
      const receiver = new Receiver();
      const first = opened({ mode, responder: receiver.answer, asked: { checkpointSize: 1, window: 3 } });
      exchange(first.a, first.b);
      first.a.request(whole());
      loseAfter(first.a, first.b, points);
      const point = lastConfirmed(first.a);
      const before = receiver.octets.length;
      const recover = connectionOf(first.a);
      assert(recover !== undefined);
      const second = opened({
        mode,
        responder: receiver.answer,
        asked: { checkpointSize: 1, window: 3, recover, userData: new Uint8Array(0) },
      });
      exchange(second.a, second.b);
      const heard = second.b.heard[0];
      assert(heard?.kind === 'RTOPENind');
      assert.deepEqual(heard.recover, { ...recover, additionalReference: undefined });
      const open = second.a.heard[0];
      assert(open?.kind === 'RTOPENcnf+');
      assert.deepEqual([open.checkpointSize, open.window], [1, 3], 'the same result as on the original');
      second.a.request(rest(point, recover));
      exchange(second.a, second.b);
      assert.equal(second.a.kinds().at(-1), 'RTTRcnf+');
      assert.ok(equalOctets(receiver.octets, apdu));
      assert.equal(receiver.completed, 1);
      assert.deepEqual(receiver.resumed[0]?.oldConnection, recover);
      assert.equal(receiver.resumed[0]?.serialNumber, point.serialNumber);
      assert.ok(point.serialNumber >= points);
      const octetsAgain = second.b.heard.reduce(
        (sum, each) => sum + (each.kind === 'RTdataind' ? each.octets.length : 0),
        0,
      );
      assert.equal(octetsAgain, apdu.length - point.octetsConfirmed, 'only what was not confirmed is sent');
      assert.ok(before >= point.octetsConfirmed);
    },
  );
}

inBothModes(
  'an activity that is secured already is confirmed again, and nothing is told to the user',
  (mode) => {
    const receiver = new Receiver();
    const first = opened({ mode, responder: receiver.answer, asked: { checkpointSize: 1, window: 3 } });
    exchange(first.a, first.b);
    first.a.request(whole());
    loseAfter(first.a, first.b, 5);
    receiver.secured = true;
    const recover = connectionOf(first.a);
    assert(recover !== undefined);
    const second = opened({
      mode,
      responder: receiver.answer,
      asked: { checkpointSize: 1, window: 3, recover },
    });
    exchange(second.a, second.b);
    second.a.request(rest(lastConfirmed(first.a), recover));
    exchange(second.a, second.b);
    assert.equal(second.a.kinds().at(-1), 'RTTRcnf+');
    assert.equal(receiver.completed, 0);
    assert.deepEqual(second.b.kinds(), ['RTOPENind', 'RTresumeind']);
    // The next activity is a new one.
    receiver.secured = false;
    second.a.request(whole());
    exchange(second.a, second.b);
    assert.equal(receiver.completed, 1);
    assert.ok(equalOctets(receiver.octets, apdu));
  },
);

inBothModes(
  'an activity that is not known is excepted: the sender discards it and the association stands',
  (mode) => {
    const receiver = new Receiver();
    const { a, b } = opened({ mode, responder: receiver.answer, asked: { checkpointSize: 1, window: 3 } });
    exchange(a, b);
    const activity = Uint8Array.of(2, 1, 9);
    a.request(rest({ kind: 'RTconfirmedind', serialNumber: 3, octetsConfirmed: 3000, activity }));
    exchange(a, b);
    const failed = a.heard.at(-1);
    assert(failed?.kind === 'RTTRcnf-');
    assert.equal(failed.resumable, false);
    a.request(whole());
    exchange(a, b);
    assert.equal(a.kinds().at(-1), 'RTTRcnf+');
    assert.ok(equalOctets(receiver.octets, apdu));
  },
);

inBothModes('what comes while the user looks for the point waits, in order', (mode) => {
  const slow: Answer = (indication, end) =>
    indication.kind === 'RTresumeind' ? [] : accepting(indication, end);
  const activity = Uint8Array.of(2, 1, 9);
  const point: Confirmed = { kind: 'RTconfirmedind', serialNumber: 3, octetsConfirmed: 3000, activity };
  const one = opened({ mode, responder: slow, asked: { checkpointSize: 1, window: 3 } });
  exchange(one.a, one.b);
  one.a.request(rest(point));
  exchange(one.a, one.b);
  assert.deepEqual(one.b.kinds(), ['RTOPENind', 'RTresumeind']);
  one.b.request({ kind: 'RTresumersp+' });
  exchange(one.a, one.b);
  assert.equal(one.a.kinds().at(-1), 'RTTRcnf+');
  const other = opened({ mode, responder: slow, asked: { checkpointSize: 1, window: 3 } });
  exchange(other.a, other.b);
  other.a.request(rest(point));
  exchange(other.a, other.b);
  other.a.request({ kind: 'RTUABreq' });
  exchange(other.a, other.b);
  assert.deepEqual(other.b.kinds(), ['RTOPENind', 'RTresumeind']);
  other.b.request({ kind: 'RTresumersp+' });
  assert.equal(other.b.kinds().at(-1), 'RTUABind');
});

inBothModes(
  'X.218: a transfer that takes longer than its time is discarded, confirmed points or not',
  (mode) => {
    const slow: Answer = (indication, end) =>
      indication.kind === 'RTcheckpointind' && indication.serialNumber > 2 ? [] : accepting(indication, end);
    const { a, b } = opened({ mode, responder: slow, asked: { checkpointSize: 1, window: 2 } });
    exchange(a, b);
    a.request(whole(30_000));
    exchange(a, b);
    a.now = after(a.now, millis(30_000));
    a.feed({ kind: 'timer' });
    exchange(a, b);
    const failed = a.heard.at(-1);
    assert(failed?.kind === 'RTTRcnf-');
    assert.deepEqual([failed.transient, failed.resumable], [true, false]);
    assert.match(failed.detail, /transfer time/);
    const told = b.heard.at(-1);
    assert(told?.kind === 'RTdiscardind');
    assert.equal(told.resumable, false);
  },
);
