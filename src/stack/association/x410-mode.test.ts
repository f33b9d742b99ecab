// X.410-1984 mode on the wire (X.228 9, X.226 8.2): the octets of every PDU that differs from normal mode,
// the real exchange of a capture from both sides, and what becomes of calls in the wrong mode.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import {
  accepting,
  type Answer,
  End,
  exchange,
  octets,
  opened,
  optionsOf,
  singly,
} from '../../../test/support/associations.ts';
import { tcpStreams } from '../../../test/support/pcap.ts';
import { concat, equalOctets, toHex } from '../../base/octets.ts';
import type { RTIndication, RTRequest } from './index.ts';

const mode = 'x410-1984';

/** MTABind of the capture: {[1] {[0] "pp-mta", [1] "pp-pass"}}, and its result. */
const bindOfPP = octets('a113800670702d6d7461a109160770702d70617373');
const resultOfPP = octets('a113800674732d6d7461a109160774732d70617373');

const referenceOfPP = {
  userReference: octets('1402766d'),
  commonReference: octets('170d3236313132303233343832335a'),
};

/** Both sides of the capture; skips aloud where it is not there. */
function recorded(t: TestContext): { initiator: Uint8Array; responder: Uint8Array } | undefined {
  const capture = new URL('../../../../shared/reference/captures/84-x410-message.pcap', import.meta.url);
  if (!existsSync(capture.pathname)) {
    t.skip(`${capture.pathname} not found`);
    return undefined;
  }
  const [initiator, responder] = tcpStreams(capture.pathname);
  return { initiator: initiator.octets, responder: responder.octets };
}

/** The TPKTs in `whole`. */
function packetsOf(whole: Uint8Array): Uint8Array[] {
  const packets: Uint8Array[] = [];
  for (let at = 0; at < whole.length; ) {
    const length = (whole[at + 2] << 8) | whole[at + 3];
    packets.push(whole.subarray(at, at + length));
    at += length;
  }
  return packets;
}

/** The one APDU of the capture: behind GIVE TOKENS and DATA TRANSFER in the fourth packet. */
function recordedApdu(initiator: Uint8Array): Uint8Array {
  return packetsOf(initiator)[3].subarray(11);
}

const asPP: Answer = (indication, end) =>
  indication.kind === 'RTOPENind'
    ? [{ kind: 'RTOPENrsp+', userData: resultOfPP }]
    : accepting(indication, end);

function replayed(pieces: readonly Uint8Array[]): End {
  const end = new End(optionsOf('responder'), asPP);
  end.feed({ kind: 'connected' });
  for (const piece of pieces) end.feed({ kind: 'octets', octets: piece });
  return end;
}

test('84-x410-message: taken at every split; the APDU is the octets of the DATA TRANSFER', (t) => {
  const streams = recorded(t);
  if (streams === undefined) return;
  const { initiator } = streams;
  const apdu = recordedApdu(initiator);
  const ways = [[initiator], singly(initiator)];
  for (let at = 1; at < initiator.length; at += 1) {
    ways.push([initiator.subarray(0, at), initiator.subarray(at)]);
  }
  for (const [index, pieces] of ways.entries()) {
    const end = replayed(pieces);
    assert.deepEqual(end.others, [], `way ${index}`);
    assert.deepEqual(end.kinds(), ['RTOPENind', 'RTbeginind', 'RTTRind', 'RTCLOSEind'], `way ${index}`);
    assert.ok(equalOctets(end.received()[0], apdu), `way ${index}`);
    assert.equal(end.closed, 'orderly', `way ${index}`);
  }
});

test('84-x410-message: the open says what the capture shows, and is answered as PP answered it', (t) => {
  const streams = recorded(t);
  if (streams === undefined) return;
  const end = replayed([streams.initiator]);
  const [open] = end.heard;
  assert(open.kind === 'RTOPENind');
  const { checkpointSize, window, dialogueMode, applicationProtocol, userData, selectors } = open;
  assert.deepEqual(
    [open.mode, checkpointSize, window, dialogueMode, applicationProtocol],
    [mode, 63, 3, 'monologue', 1],
  );
  assert.equal(toHex(userData), toHex(bindOfPP));
  assert.deepEqual([selectors.called.session, selectors.calling.session], [undefined, undefined]);
  // Octet for octet what PP answered.
  const answered = [end.takeSent(), streams.responder].map((sent) => toHex(packetsOf(sent)[1]).slice(-80));
  assert.equal(answered[0], answered[1]);
  assert.match(answered[0], /^3126a003800100a11f800101810103a217a015a1/);
});

test('84-x410-message: what the responder sent answers an initiator of ours, at every split', (t) => {
  const streams = recorded(t);
  if (streams === undefined) return;
  const apdu = recordedApdu(streams.initiator);
  const requests: Partial<Record<RTIndication['kind'], RTRequest>> = {
    'RTOPENcnf+': { kind: 'RTTRreq', octetsTotal: apdu.length, first: [apdu], transferTime_ms: 1000 },
    'RTTRcnf+': { kind: 'RTCLOSEreq' },
  };
  for (let at = 0; at < 60; at += 1) {
    const end = new End(optionsOf('initiator', { mode, connectionReference: referenceOfPP }), ({ kind }) => {
      const request = requests[kind];
      return request === undefined ? [] : [request];
    });
    end.feed({ kind: 'connected' });
    const asked = {
      checkpointSize: 63,
      window: 3,
      dialogueMode: 'monologue',
      applicationProtocol: 1,
    } as const;
    end.request({ kind: 'RTOPENreq', ...asked, initialTurn: 'initiator', userData: bindOfPP });
    const sent: Uint8Array[] = [end.takeSent()];
    for (const [index, packet] of packetsOf(streams.responder).entries()) {
      const answer = packet.slice();
      // The CC of the capture answers another reference than ours.
      if (index === 0) answer.set(sent[0].subarray(8, 10), 6);
      end.feed({ kind: 'octets', octets: answer.subarray(0, at) });
      end.feed({ kind: 'octets', octets: answer.subarray(at) });
      sent.push(end.takeSent());
    }
    assert.deepEqual([end.kinds(), end.others], [['RTOPENcnf+', 'RTTRcnf+', 'RTCLOSEcnf'], []], `at ${at}`);
    const ours = packetsOf(concat(sent));
    const theirs = packetsOf(streams.initiator);
    // The same PDUs from AS to FN, octet for octet but for a TSDU size and the name of the token item.
    assert.ok(toHex(ours[1]).endsWith(`a125${'80013f810103820100'}${toHex(theirs[1]).slice(-56)}`));
    assert.equal(toHex(concat(ours).subarray(-apdu.length - 40)).includes(toHex(apdu)), true);
    assert.equal(toHex(ours.at(-1) ?? octets('')), toHex(theirs[5]));
  }
});

/** The SPDU in the last packet that was sent, without TPKT and DT. */
function lastSpdu(end: End): string {
  return toHex(packetsOf(end.takeSent()).at(-1)?.subarray(7) ?? octets(''));
}

/** Two ends with the association open and everything said so far taken away. */
function open(answer: Answer = accepting): { a: End; b: End } {
  const ends = opened({ mode, responder: answer, asked: { dialogueMode: 'two-way-alternate' } });
  exchange(ends.a, ends.b);
  return ends;
}

test('octets: refusals are REFUSE with {[0] refuse reason}, and what the initiator makes of them', () => {
  const refusals = [
    [{ kind: 'rts-busy' }, '00', true],
    [{ kind: 'cannot-recover' }, '01', true],
    [{ kind: 'validation-failure' }, '02', false],
    [{ kind: 'unacceptable-dialogue-mode' }, '03', false],
    [{ kind: 'bind-error', userData: octets('b203020102') }, '02', false],
    [{ kind: 'bind-error', userData: octets('b203020100'), transient: true }, '00', true],
  ] as const;
  for (const [refuse, reason, transient] of refusals) {
    const { a, b } = opened({ mode, responder: () => [{ kind: 'RTOPENrsp-', refuse }] });
    b.feed({ kind: 'octets', octets: a.takeSent() });
    a.feed({ kind: 'octets', octets: b.takeSent() });
    b.feed({ kind: 'octets', octets: a.takeSent() });
    const refused = b.takeSent();
    // Reason code 2, user data follow, with the SET.
    assert.ok(toHex(refused).endsWith(`32060231038001${reason}`), toHex(refused));
    a.feed({ kind: 'octets', octets: refused });
    const confirm = a.heard.at(-1);
    assert(confirm?.kind === 'RTOPENcnf-');
    assert.deepEqual([confirm.refused.layer, confirm.refused.transient], ['rtse', transient]);
    assert.equal(
      confirm.refused.reason,
      refuse.kind === 'bind-error' ? (transient ? 'rts-busy' : 'validation-failure') : refuse.kind,
    );
  }
});

test('octets: a recover bind and its answer name the lost association, as a real peer does', () => {
  const recover = {
    callingUserReference: octets('506572636976616c'),
    commonReference: octets('3035313030313134353130385a'),
  };
  const named = 'a1191408506572636976616c170d3035313030313134353130385a';
  const { a, b } = opened({ mode, asked: { recover, userData: new Uint8Array(0) } });
  b.feed({ kind: 'octets', octets: a.takeSent() });
  a.feed({ kind: 'octets', octets: b.takeSent() });
  const asked = a.takeSent();
  assert.ok(toHex(asked).includes(`a31b${named}`), toHex(asked));
  b.feed({ kind: 'octets', octets: asked });
  const answered = b.takeSent();
  assert.ok(toHex(answered).endsWith(`a21b${named}`), toHex(answered));
  a.feed({ kind: 'octets', octets: answered });
  assert.deepEqual(a.kinds(), ['RTOPENcnf+']);
  const [heard] = b.heard;
  assert(heard.kind === 'RTOPENind');
  assert.deepEqual(heard.recover, { ...recover, additionalReference: undefined });

  // X.225 8.3.19: the activity goes on under its old name, of the old connection.
  const resume = { activity: octets('020101'), serialNumber: 3, octetsConfirmed: 3000, connection: recover };
  const first = [new Uint8Array(10)];
  a.request({ kind: 'RTTRreq', octetsTotal: 3010, first, transferTime_ms: 1000, resume });
  const link = '0a0a1408506572636976616c0b0f170d3035313030313134353130385a29030201012a0133';
  const sent = toHex(a.takeSent());
  assert.ok(sent.includes(`1d2c2125${link}2903020101`), sent);
});

test('octets: aborts are AB with the SET of RTAB; the turn is asked for with the bare priority', () => {
  const aborting = open();
  aborting.a.request({ kind: 'RTUABreq', userData: octets('0500') });
  assert.equal(lastSpdu(aborting.a), '190a110103c1053103800106');

  const { a, b } = open();
  b.request({ kind: 'RTTPreq', priority: 1 });
  assert.match(lastSpdu(b), /^0208100101c103020101$/);
  a.request({ kind: 'RTCLOSEreq' });
  assert.equal(lastSpdu(a), '0903110101');
});

test('octets: a release has no user data, and neither has its answer', () => {
  const { a, b } = open();
  a.request({ kind: 'RTCLOSEreq' });
  b.feed({ kind: 'octets', octets: a.takeSent() });
  assert.equal(lastSpdu(b), '0a00');
});

test('a call in one mode that is answered in the other is no answer', () => {
  for (const [asked, other] of [
    ['normal', mode],
    [mode, 'normal'],
  ] as const) {
    const { a } = opened({ mode: asked });
    const answering = new End(optionsOf('responder'), accepting);
    answering.feed({ kind: 'connected' });
    // Both responders are asked in their own mode; the answer of one goes to the caller of the other.
    const cr = a.takeSent();
    answering.feed({ kind: 'octets', octets: cr });
    a.feed({ kind: 'octets', octets: answering.takeSent() });
    a.takeSent();
    const ac = answerIn(other);
    a.feed({ kind: 'octets', octets: ac });
    assert.deepEqual(a.terminals(), ['RTOPENcnf-'], asked);
    assert.equal(a.others.length, 1, asked);
  }
});

/** The AC packet of a responder that was called in `called` mode. */
function answerIn(called: 'normal' | 'x410-1984'): Uint8Array {
  const { a, b } = opened({ mode: called });
  b.feed({ kind: 'octets', octets: a.takeSent() });
  a.feed({ kind: 'octets', octets: b.takeSent() });
  b.feed({ kind: 'octets', octets: a.takeSent() });
  return b.takeSent();
}
