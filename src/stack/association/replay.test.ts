// The octets of real initiators, replayed into a responder: the APDU that comes out is the one that went
// in, at every split, and what is answered is what the real responder answered.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import {
  accepting,
  type Answer,
  End,
  octets,
  optionsOf,
  singly,
} from '../../../test/support/associations.ts';
import { type TcpStream, tcpStreams } from '../../../test/support/pcap.ts';
import { toHex } from '../../base/octets.ts';

const captures = new URL('../../../../shared/reference/captures/', import.meta.url);

/** Both directions of a capture; skips aloud where the capture is not there. */
function streamsOf(t: TestContext, name: string): readonly [TcpStream, TcpStream] | undefined {
  const path = new URL(name, captures).pathname;
  if (!existsSync(path)) {
    t.skip(`${path} not found`);
    return undefined;
  }
  const [initiator, responder] = tcpStreams(path);
  return [initiator, responder];
}

/** Where the TPKTs in `octets` begin. */
function packetStarts(whole: Uint8Array): number[] {
  const starts: number[] = [];
  for (let at = 0; at < whole.length; at += (whole[at + 2] << 8) | whole[at + 3]) starts.push(at);
  return starts;
}

function replay(pieces: readonly Uint8Array[], answer: Answer = accepting): End {
  const end = new End(optionsOf('responder'), answer);
  end.feed({ kind: 'connected' });
  for (const piece of pieces) end.feed({ kind: 'octets', octets: piece });
  return end;
}

function sha256(value: Uint8Array): string {
  return createHash('sha256').update(value).digest('hex');
}

/** What an MTA must have heard of a message that came and a release. */
function assertOneMessage(end: End, hash: string, where: string): void {
  // PP has one point more than the window under way, where the answers do not come between.
  const others = end.others.filter((each) => each.kind !== 'tolerance' || each.name !== 'pointsBeyondWindow');
  assert.deepEqual(others, [], where);
  const kinds = end.kinds().filter((kind) => kind !== 'RTcheckpointind');
  assert.deepEqual(kinds, ['RTOPENind', 'RTbeginind', 'RTTRind', 'RTCLOSEind'], where);
  const [apdu] = end.received();
  assert.equal(sha256(apdu), hash, where);
  assert.equal(end.closed, 'orderly', where);
}

/**
 * The APDU as it must come out: the value of the EXTERNAL, taken from the RTTRs of the capture by their
 * framing.
 */
function apduIn(initiator: Uint8Array): Uint8Array {
  const parts: number[] = [];
  for (const start of packetStarts(initiator)) {
    const end = start + ((initiator[start + 2] << 8) | initiator[start + 3]);
    const tsdu = initiator.subarray(start + 7, end);
    const marker = toHex(tsdu).indexOf('0100010061803080020103a08004');
    if (marker !== 0) continue;
    const lengthAt = 14;
    const count = tsdu[lengthAt] & 0x7f;
    const from = tsdu[lengthAt] < 0x80 ? lengthAt + 1 : lengthAt + 1 + count;
    parts.push(...tsdu.subarray(from, tsdu.length - 6));
  }
  // EXTERNAL, indefinite: 28 80 02 01 05 A0 80 … 00 00 00 00.
  assert.equal(toHex(Uint8Array.from(parts.slice(0, 7))), '2880020105a080');
  return Uint8Array.from(parts.slice(7, -4));
}

test('88-normal-message: the APDU is complete at every split and one octet at a time', (t) => {
  const streams = streamsOf(t, '88-normal-message.pcap');
  if (streams === undefined) return;
  const whole = streams[0].octets;
  const apdu = apduIn(whole);
  assert.equal(apdu.length, 658);
  const hash = sha256(apdu);
  assertOneMessage(replay([whole]), hash, 'whole');
  assertOneMessage(replay(singly(whole)), hash, 'singly');
  for (let at = 1; at < whole.length; at += 1) {
    assertOneMessage(replay([whole.subarray(0, at), whole.subarray(at)]), hash, `split at ${at}`);
  }
});

test('88-normal-100k: complete one octet at a time and at every PDU boundary ± 8', (t) => {
  const streams = streamsOf(t, '88-normal-100k.pcap');
  if (streams === undefined) return;
  const whole = streams[0].octets;
  const apdu = apduIn(whole);
  assert.ok(apdu.length > 100_000);
  const hash = sha256(apdu);
  assertOneMessage(replay([whole]), hash, 'whole');
  assertOneMessage(replay(singly(whole)), hash, 'singly');
  for (const start of packetStarts(whole)) {
    for (let at = Math.max(1, start - 8); at <= Math.min(whole.length - 1, start + 8); at += 1) {
      assertOneMessage(replay([whole.subarray(0, at), whole.subarray(at)]), hash, `split at ${at}`);
    }
  }
});

test('88-normal-100k: every checkpoint is confirmed once it is secured, with the octets so far', (t) => {
  const streams = streamsOf(t, '88-normal-100k.pcap');
  if (streams === undefined) return;
  const whole = streams[0].octets;
  const end = replay(packetStarts(whole).map((at, index, all) => whole.subarray(at, all[index + 1])));
  const points = end.heard.filter((indication) => indication.kind === 'RTcheckpointind');
  assert.equal(points.length, 103);
  for (const [index, point] of points.entries()) {
    // 7 octets of every APDU's wrapping come before it.
    assert.deepEqual(
      { serialNumber: point.serialNumber, octetsSoFar: point.octetsSoFar },
      { serialNumber: index + 1, octetsSoFar: 1024 * (index + 1) - 7 },
    );
  }
  // Minor sync acks and the activity end ack, each behind PLEASE TOKENS, as the real responder sent them.
  const answered = toHex(end.takeSent());
  assert.equal(answered.match(/0200(32|2a)0[345]2a/g)?.length, 104);
});

test('p1-bind: both sides, up to the release', (t) => {
  const streams = streamsOf(t, 'p1-bind.pcap');
  if (streams === undefined) return;
  const [initiator, responder] = streams;
  for (let at = 1; at < initiator.octets.length; at += 1) {
    const end = replay([initiator.octets.subarray(0, at), initiator.octets.subarray(at)]);
    assert.deepEqual([end.kinds(), end.others], [['RTOPENind', 'RTCLOSEind'], []]);
    const [open] = end.heard;
    assert(open.kind === 'RTOPENind');
    assert.equal(open.checkpointSize, 63);
    assert.equal(open.window, 3);
    assert.equal(Buffer.from(open.selectors.called.transport ?? []).toString(), 'X400-88');
    assert.equal(Buffer.from(open.selectors.calling.transport ?? []).toString(), 'X400-88');
    assert.match(Buffer.from(open.userData).toString('latin1'), /percival\.smhs\.co\.uk.*excalibur/s);
  }
  // The other side: the responder's octets answer an initiator of ours.
  const options = optionsOf('initiator', {
    connectionReference: {
      userReference: octets('0408506572636976616c'),
      commonReference: octets('170d3035313030313134343835325a'),
    },
  });
  for (let at = 1; at < responder.octets.length; at += 1) {
    const end = new End(options, (indication) =>
      indication.kind === 'RTOPENcnf+' ? [{ kind: 'RTCLOSEreq' }] : [],
    );
    end.feed({ kind: 'connected' });
    end.request({
      kind: 'RTOPENreq',
      checkpointSize: 63,
      window: 3,
      dialogueMode: 'monologue',
      initialTurn: 'initiator',
      userData: octets('b0020500'),
    });
    // The CC of the capture answers another reference than ours.
    const answers = responder.octets.slice();
    answers.set(end.takeSent().subarray(8, 10), 6);
    end.feed({ kind: 'octets', octets: answers.subarray(0, at) });
    end.feed({ kind: 'octets', octets: answers.subarray(at) });
    assert.deepEqual([end.kinds(), end.others], [['RTOPENcnf+'], []]);
    const [confirm] = end.heard;
    assert(confirm.kind === 'RTOPENcnf+');
    assert.match(Buffer.from(confirm.userData).toString('latin1'), /guinevere\.smhs\.co\.uk.*merlin/s);
    assert.match(toHex(end.takeSent()), /620380010+$/);
  }
});

test('the answer to the open has, octet for octet, the presentation data that PP answered', (t) => {
  const streams = streamsOf(t, '88-normal-message.pcap');
  if (streams === undefined) return;
  const [initiator, responder] = streams;
  const bindResult = octets('b115a113800674732d6d7461a109040774732d70617373');
  const end = replay([initiator.octets], (indication, self) =>
    indication.kind === 'RTOPENind'
      ? [{ kind: 'RTOPENrsp+', userData: bindResult }]
      : accepting(indication, self),
  );
  const cpa = /c1753173.*?74732d70617373/;
  const expected = cpa.exec(toHex(responder.octets))?.[0];
  assert.ok(expected !== undefined);
  assert.equal(cpa.exec(toHex(end.takeSent()))?.[0], expected);
});
