// How associations end, two against each other in memory: refusals, aborts of either user, transfers that
// fail, deadlines. And who has the turn.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  accepting,
  type Answer,
  bindError,
  End,
  exchange,
  inBothModes,
  octets,
  opened,
  optionsOf,
} from '../../../test/support/associations.ts';
import { concat, equalOctets, toHex } from '../../base/octets.ts';
import { seededRandom } from '../../base/random.ts';
import { instant } from '../../base/time.ts';
import type { RTRefused } from '../rtse/service.ts';

const random = seededRandom(1);

/** An APDU of `length` octets: one element where there is room for it. */
function apduOf(length: number): Uint8Array {
  return random.octets(length);
}

/** The refusal that the initiator hears when the responder answers the open with `answer`. */
function refusalOf(answer: Answer, changes: Parameters<typeof opened>[0] = {}): RTRefused {
  const { a, b } = opened({ ...changes, responder: answer });
  exchange(a, b);
  assert.deepEqual(a.terminals(), ['RTOPENcnf-']);
  assert.ok(a.closed !== undefined && b.closed !== undefined);
  assert.deepEqual([a.association.nextTimeout(), b.association.nextTimeout()], [undefined, undefined]);
  const confirm = a.heard.at(-1);
  assert(confirm?.kind === 'RTOPENcnf-');
  return confirm.refused;
}

test('refusals: the bind error of the user, the refusals of RTSE', () => {
  const refusing =
    (refuse: Extract<Parameters<End['request']>[0], { kind: 'RTOPENrsp-' }>['refuse']): Answer =>
    (indication) =>
      indication.kind === 'RTOPENind' ? [{ kind: 'RTOPENrsp-', refuse }] : [];
  assert.deepEqual(refusalOf(refusing({ kind: 'bind-error', userData: bindError })), {
    layer: 'user',
    reason: 'bind-error',
    transient: false,
    userData: bindError,
  });
  assert.deepEqual(refusalOf(refusing({ kind: 'bind-error', userData: bindError, transient: true })), {
    layer: 'user',
    reason: 'bind-error',
    transient: true,
    userData: bindError,
  });
  assert.equal(refusalOf(refusing({ kind: 'rts-busy' })).transient, true);
  assert.equal(refusalOf(refusing({ kind: 'validation-failure' })).transient, false);
  assert.equal(refusalOf(refusing({ kind: 'unacceptable-dialogue-mode' })).layer, 'rtse');
});

test('refusals: a refusal is REFUSE with CPR, AARE (rejected) and RTORJ', () => {
  const { a, b } = opened({
    responder: () => [{ kind: 'RTOPENrsp-', refuse: { kind: 'bind-error', userData: bindError } }],
  });
  b.feed({ kind: 'octets', octets: a.takeSent() });
  a.feed({ kind: 'octets', octets: b.takeSent() });
  b.feed({ kind: 'octets', octets: a.takeSent() });
  // RF (12), then CPR with its result list, AARE with result 1 and service-user, RTORJ with the bind error.
  const refuse = toHex(b.takeSent());
  assert.match(refuse, /^0300.{4}02f0800c/);
  assert.match(refuse, /30..a51b(300780010081025101){3}61..30..020101a0..61..a106060456000106a203020101/);
  assert.match(refuse, /be..28..06025101020103a0..b207a105b203020102$/);
});

test('refusals: an unknown transport selector', () => {
  const refused = refusalOf(accepting, {
    initiatorOptions: { called: { transport: octets('42') } },
    responderOptions: { acceptsTransportSelector: (called) => called === undefined },
  });
  assert.equal(refused.layer, 'transport');
  assert.match(refused.reason, /address-unknown/);
});

inBothModes('aborts: of either user, at any time; with user data in normal mode', (mode) => {
  const userData = octets('040161');
  // X.228 9: X.410-1984 mode has no room for user data in its RTAB.
  const told = mode === 'normal' ? userData : new Uint8Array(0);
  for (const [from, to] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const { a, b } = opened({ mode });
    exchange(a, b);
    const ends = [a, b];
    ends[from].request({ kind: 'RTUABreq', userData });
    exchange(a, b);
    assert.deepEqual(ends[to].heard.at(-1), { kind: 'RTUABind', userData: told });
    assert.deepEqual(ends[from].terminals(), []);
    assert.ok(a.closed !== undefined && b.closed !== undefined);
    // Nothing is said, and nothing minded, after the end.
    ends[to].request({ kind: 'RTTRrsp+' });
    ends[from].request({ kind: 'RTCLOSEreq' });
    assert.deepEqual([a.association.nextTimeout(), b.association.nextTimeout()], [undefined, undefined]);
  }
});

inBothModes('aborts: while the open is not answered, and before it is asked', (mode) => {
  const { a, b } = opened({ mode, responder: () => [] });
  exchange(a, b);
  a.request({ kind: 'RTUABreq' });
  exchange(a, b);
  // Before contexts are agreed normal mode has nothing to say an RTAB in.
  const aborted = mode === 'normal' ? 'RTPABind' : 'RTUABind';
  assert.deepEqual([a.kinds(), b.kinds()], [[], ['RTOPENind', aborted]]);

  const second = opened({ mode, responder: () => [{ kind: 'RTUABreq' }] });
  exchange(second.a, second.b);
  assert.deepEqual(second.a.terminals(), ['RTOPENcnf-']);

  const waiting = new End(optionsOf('responder'), accepting);
  waiting.feed({ kind: 'connected' });
  waiting.request({ kind: 'RTUABreq' });
  assert.deepEqual([waiting.kinds(), waiting.closed], [[], 'abrupt']);
});

inBothModes('a transfer that its receiver cannot take: later, or never', (mode) => {
  for (const transient of [true, false]) {
    const refusing: Answer = (indication, end) =>
      indication.kind === 'RTTRind'
        ? [{ kind: 'RTTRrsp-', transient, detail: 'the disk is full' }]
        : accepting(indication, end);
    const { a, b } = opened({ mode, responder: refusing });
    exchange(a, b);
    a.request({ kind: 'RTTRreq', octetsTotal: 10, first: [apduOf(10)], transferTime_ms: 1000 });
    exchange(a, b);
    const last = a.heard.at(-1);
    assert(last?.kind === 'RTTRcnf-');
    assert.equal(last.transient, transient);
    // The association stands: the next transfer begins.
    a.request({ kind: 'RTTRreq', octetsTotal: 10, first: [apduOf(10)], transferTime_ms: 1000 });
    exchange(a, b);
    assert.equal(a.kinds().filter((kind) => kind === 'RTTRcnf-').length, 2);
    assert.deepEqual([...a.others, ...b.others], []);
  }
});

inBothModes(
  'a transfer refused in its middle is interrupted after a confirmed point, else discarded',
  (mode) => {
    for (const confirmed of [true, false]) {
      const refusing: Answer = (indication, end) => {
        if (indication.kind !== 'RTcheckpointind') return accepting(indication, end);
        if (confirmed && indication.serialNumber === 1) return accepting(indication, end);
        return [{ kind: 'RTTRrsp-', transient: true, detail: 'full', transfer: 1 }];
      };
      const { a, b } = opened({ mode, responder: refusing });
      exchange(a, b);
      a.request({ kind: 'RTTRreq', octetsTotal: 9000, first: [apduOf(9000)], transferTime_ms: 1000 });
      exchange(a, b);
      assert.equal(a.heard.at(-1)?.kind, 'RTTRcnf-');
      assert.deepEqual([...a.others, ...b.others], []);
      assert.deepEqual([a.association.states().rtse, b.association.states().rtse], ['turn', 'noTurn']);
    }
  },
);

inBothModes('a sender whose spool fails discards; the receiver forgets and goes on', (mode) => {
  const failing: Answer = (indication) =>
    indication.kind === 'RTsupplyind' ? [{ kind: 'RTsupplyfailed' }] : [];
  const { a, b } = opened({ mode, initiator: failing });
  exchange(a, b);
  a.request({ kind: 'RTTRreq', octetsTotal: 9000, first: [apduOf(2000)], transferTime_ms: 1000 });
  exchange(a, b);
  assert.equal(a.heard.at(-1)?.kind, 'RTTRcnf-');
  assert.equal(b.heard.at(-1)?.kind, 'RTdiscardind');
  // A late answer for the transfer that is gone is not taken for one of the next.
  a.request({ kind: 'RTTRreq', octetsTotal: 5, first: [apduOf(5)], transferTime_ms: 1000 });
  b.feed({ kind: 'octets', octets: a.takeSent() });
  assert.deepEqual(b.kinds().slice(-2), ['RTbeginind', 'RTTRind']);
});

inBothModes('an answer that names a transfer is for no other', (mode) => {
  const silent: Answer = (indication, end) =>
    indication.kind === 'RTTRind' ? [] : accepting(indication, end);
  const { a, b } = opened({ mode, responder: silent });
  exchange(a, b);
  a.request({ kind: 'RTTRreq', octetsTotal: 5, first: [apduOf(5)], transferTime_ms: 1000 });
  exchange(a, b);
  b.request({ kind: 'RTTRrsp+', transfer: 7 });
  exchange(a, b);
  assert.ok(!a.kinds().includes('RTTRcnf+'));
  b.request({ kind: 'RTTRrsp+', transfer: 1 });
  exchange(a, b);
  assert.ok(a.kinds().includes('RTTRcnf+'));
});

inBothModes('two-way alternate: the turn is asked for with a priority, given, and used', (mode) => {
  const { a, b } = opened({ mode, asked: { dialogueMode: 'two-way-alternate' } });
  exchange(a, b);
  b.request({ kind: 'RTTPreq', priority: 1 });
  exchange(a, b);
  assert.deepEqual(a.heard.at(-1), { kind: 'RTTPind', priority: 1 });
  a.request({ kind: 'RTTGreq' });
  exchange(a, b);
  assert.deepEqual(b.heard.at(-1), { kind: 'RTTGind' });
  const apdu = apduOf(3000);
  b.request({ kind: 'RTTRreq', octetsTotal: apdu.length, first: [apdu], transferTime_ms: 1000 });
  exchange(a, b);
  a.request({ kind: 'RTsecured', serialNumber: 1 });
  a.request({ kind: 'RTsecured', serialNumber: 2 });
  a.request({ kind: 'RTTRrsp+' });
  exchange(a, b);
  assert.ok(equalOctets(a.received()[0], apdu));
  assert.equal(b.heard.at(-1)?.kind, 'RTTRcnf+');
  assert.deepEqual([...a.others, ...b.others], []);
});

inBothModes('the responder may have the first turn', (mode) => {
  const { a, b } = opened({ mode, asked: { initialTurn: 'responder' } });
  exchange(a, b);
  assert.deepEqual([a.association.states().rtse, b.association.states().rtse], ['noTurn', 'turn']);
});

inBothModes(
  'deadlines: an open that is not answered, a silent peer, a release without an answer, idleness',
  (mode) => {
    const answered = opened({ mode, responder: () => [] });
    exchange(answered.a, answered.b);
    expire(answered.a);
    expire(answered.b);
    assert.deepEqual([answered.a.terminals(), answered.b.terminals()], [['RTOPENcnf-'], ['RTPABind']]);

    const silent: Answer = (indication, end) =>
      indication.kind === 'RTTRind' ? [] : accepting(indication, end);
    const transfer = opened({ mode, responder: silent });
    exchange(transfer.a, transfer.b);
    transfer.a.request({ kind: 'RTTRreq', octetsTotal: 5, first: [apduOf(5)], transferTime_ms: 0 });
    exchange(transfer.a, transfer.b);
    expire(transfer.a);
    const abort = transfer.a.heard.at(-1);
    assert(abort?.kind === 'RTPABind');
    assert.equal(abort.abort.reason, 'timeout');

    const release = opened({
      mode,
      responder: (indication) => (indication.kind === 'RTCLOSEind' ? [] : accepting(indication, release.b)),
    });
    exchange(release.a, release.b);
    release.a.request({ kind: 'RTCLOSEreq' });
    exchange(release.a, release.b);
    expire(release.a);
    assert.deepEqual(release.a.terminals(), ['RTPABind']);

    const idle = opened({ mode });
    exchange(idle.a, idle.b);
    assert.equal(idle.a.association.nextTimeout(), undefined);
    assert.equal(idle.b.association.nextTimeout(), idle.b.now + 300_000);
    expire(idle.b);
    assert.deepEqual(idle.b.terminals(), ['RTPABind']);
  },
);

inBothModes('deadlines: the transfer time ends a transfer, not the association', (mode) => {
  const silent: Answer = (indication, end) =>
    indication.kind === 'RTTRind' ? [] : accepting(indication, end);
  const { a, b } = opened({ mode, responder: silent });
  exchange(a, b);
  a.request({ kind: 'RTTRreq', octetsTotal: 5, first: [apduOf(5)], transferTime_ms: 1000 });
  exchange(a, b);
  assert.equal(a.association.nextTimeout(), a.now + 1000);
  a.now = instant(a.now + 1000);
  a.feed({ kind: 'timer' });
  exchange(a, b);
  assert.deepEqual([a.heard.at(-1)?.kind, b.heard.at(-1)?.kind], ['RTTRcnf-', 'RTdiscardind']);
  // The answer of the receiver's user comes too late, and is nobody's mistake.
  b.request({ kind: 'RTTRrsp+', transfer: 1 });
  exchange(a, b);
  assert.deepEqual([a.association.states().rtse, b.association.states().rtse], ['turn', 'noTurn']);
});

/** Lets time pass until nothing waits for it. */
function expire(end: End): void {
  for (let next = end.association.nextTimeout(); next !== undefined; next = end.association.nextTimeout()) {
    end.now = next;
    end.feed({ kind: 'timer' });
  }
  assert.ok(end.closed !== undefined);
}

/** A packet with a DT whose TSDU is `hex`. */
function packetOf(hex: string): Uint8Array {
  const tsdu = octets(hex);
  return concat([Uint8Array.of(3, 0, 0, 7 + tsdu.length, 2, 0xf0, 0x80), tsdu]);
}

test('aborts of every layer of the peer: one terminal indication, and it says whose abort it was', () => {
  /** AB of a user with a PPDU as its user data. */
  const abort = (ppdu: string): Uint8Array => {
    const octetCount = (ppdu.length / 2).toString(16).padStart(2, '0');
    return packetOf(`19${(5 + ppdu.length / 2).toString(16).padStart(2, '0')}110103c1${octetCount}${ppdu}`);
  };
  const aru = (apdu: string): string => {
    const count = apdu.length / 2;
    const hex = (more: number): string => (count + more).toString(16).padStart(2, '0');
    return `a0${hex(9)}61${hex(7)}30${hex(5)}020101a0${hex(0)}${apdu}`;
  };
  const cases: readonly (readonly [string, Uint8Array, string, string])[] = [
    ['DR of transport', octets('0300000b068000010001' + '80'), 'network', 'connection-lost'],
    ['ER of transport', octets('0300000a0570000100' + '00'), 'network', 'connection-lost'],
    ['AB of the session provider', packetOf('1903110105'), 'peer-provider', 'protocol-error'],
    ['ARP of presentation', abort('3003800102'), 'peer-provider', 'protocol-error'],
    ['ABRT of the ACSE provider', abort(aru('6403800101')), 'peer-provider', 'protocol-error'],
    [
      'RTAB of RTSE',
      abort(aru('6415800100be10280e06025101020103a005b603800103')),
      'peer-provider',
      'temporary-problem',
    ],
  ];
  for (const [name, packet, by, reason] of cases) {
    for (const busy of [false, true]) {
      const { a, b } = opened();
      exchange(a, b);
      if (busy) {
        a.request({ kind: 'RTTRreq', octetsTotal: 9000, first: [apduOf(2000)], transferTime_ms: 0 });
        exchange(a, b);
      }
      b.feed({ kind: 'octets', octets: packet });
      const last = b.heard.at(-1);
      assert(last?.kind === 'RTPABind', `${name}: ${b.kinds()}`);
      assert.deepEqual([b.terminals().length, last.abort.by, last.abort.reason], [1, by, reason], name);
      exchange(a, b);
      expire(b);
    }
  }
});
