// Two associations against each other in memory: open, transfers of every size, close, refusals and aborts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  accepting,
  type Answer,
  bindArgument,
  bindError,
  bindResult,
  cutAt,
  End,
  exchange,
  octets,
  opened,
  optionsOf,
  sending,
  singly,
} from '../../../test/support/associations.ts';
import { equalOctets, toHex } from '../../base/octets.ts';
import { seededRandom } from '../../base/random.ts';
import { instant } from '../../base/time.ts';
import type { RTRefused } from '../rtse/service.ts';

const random = seededRandom(1);

/** An APDU of `length` octets: one element where there is room for it. */
function apduOf(length: number): Uint8Array {
  return random.octets(length);
}

function assertTransferred(a: End, b: End, apdus: readonly Uint8Array[], where: string): void {
  assert.deepEqual([...a.others, ...b.others], [], where);
  const received = b.received();
  assert.equal(received.length, apdus.length, where);
  for (const [index, apdu] of apdus.entries()) assert.ok(equalOctets(received[index], apdu), where);
  assert.deepEqual(a.terminals(), ['RTCLOSEcnf'], where);
  assert.deepEqual(b.terminals(), [], where);
  assert.ok(a.closed !== undefined && b.closed !== undefined, where);
  for (const end of [a, b]) assert.equal(end.association.nextTimeout(), undefined, where);
}

test('open: bind argument and result, what was proposed and what is agreed, selectors', () => {
  const { a, b } = opened({
    asked: { checkpointSize: 30, window: 5 },
    initiatorOptions: {
      called: { transport: octets('3539'), session: octets('0102'), presentation: octets('aabb') },
      calling: { transport: octets('3132'), session: octets('03'), presentation: octets('cc') },
    },
    responderOptions: { offer: { checkpointSize: 10, window: 7 } },
  });
  exchange(a, b);
  assert.deepEqual(b.heard, [
    {
      kind: 'RTOPENind',
      mode: 'normal',
      checkpointSize: 30,
      window: 5,
      dialogueMode: 'monologue',
      initialTurn: 'initiator',
      applicationProtocol: undefined,
      recover: undefined,
      userData: bindArgument,
      answered: { checkpointSize: 10, window: 5 },
      selectors: {
        called: { transport: octets('3539'), session: octets('0102'), presentation: octets('aabb') },
        calling: { transport: octets('3132'), session: octets('03'), presentation: octets('cc') },
      },
    },
  ]);
  assert.deepEqual(a.heard, [
    {
      kind: 'RTOPENcnf+',
      checkpointSize: 10,
      window: 5,
      dialogueMode: 'monologue',
      initialTurn: 'initiator',
      userData: bindResult,
    },
  ]);
});

test('X.228: the lower checkpoint size, where 0 is no limit; the lower window, never less than 1', () => {
  const cases: readonly [asked: [number, number], offered: [number, number], agreed: [number, number]][] = [
    [
      [0, 3],
      [0, 3],
      [0, 3],
    ],
    [
      [0, 3],
      [30, 5],
      [30, 3],
    ],
    [
      [30, 5],
      [0, 3],
      [30, 3],
    ],
    [
      [64, 1],
      [30, 9],
      [30, 1],
    ],
    [
      [1, 0],
      [30, 5],
      [1, 1],
    ],
  ];
  for (const [asked, offered, agreed] of cases) {
    const { a, b } = opened({
      asked: { checkpointSize: asked[0], window: asked[1] },
      responderOptions: { offer: { checkpointSize: offered[0], window: offered[1] } },
    });
    exchange(a, b);
    const [confirm] = a.heard;
    assert(confirm.kind === 'RTOPENcnf+');
    assert.deepEqual([confirm.checkpointSize, confirm.window], agreed);
  }
});

test('APDUs of 1 octet to 1 MB, checkpoint sizes 0 to 64, windows 1 to 5', () => {
  for (const checkpointSize of [0, 1, 2, 30, 64]) {
    for (const window of [1, 3, 5]) {
      const apdus = [1, 2, 1011, 1012, 1013, 1014, 2048, 30 * 1024, 70_000, 300_000].map(apduOf);
      if (window === 3) apdus.push(apduOf(1_000_000));
      const { a, b } = opened({
        initiator: sending(apdus),
        asked: { checkpointSize, window },
        responderOptions: { offer: { checkpointSize, window } },
      });
      exchange(a, b);
      assertTransferred(a, b, apdus, `checkpoint ${checkpointSize}, window ${window}`);
    }
  }
});

test('octets that are supplied when asked for, never more than were asked', () => {
  for (const first of [0, 1, 1000, 5000]) {
    const apdus = [apduOf(10_000), apduOf(100), apduOf(200_000)];
    const { a, b } = opened({
      initiator: sending(apdus, first),
      asked: { checkpointSize: 2, window: 2 },
      responderOptions: { offer: { checkpointSize: 0, window: 9 } },
    });
    exchange(a, b);
    assertTransferred(a, b, apdus, `first ${first}`);
    for (const indication of a.heard) {
      if (indication.kind === 'RTsupplyind') assert.ok(indication.octets_max <= 2048);
    }
  }
});

test('an APDU no longer than a checkpoint goes out in one step', () => {
  const { a, b } = opened({ responderOptions: { offer: { checkpointSize: 30, window: 3 } } });
  exchange(a, b);
  const apdu = apduOf(2000);
  a.request({ kind: 'RTTRreq', octetsTotal: 2000, first: [apdu], transferTime_ms: 1000 });
  b.feed({ kind: 'octets', octets: a.takeSent() });
  assert.ok(equalOctets(b.received()[0], apdu));
  assert.deepEqual(b.kinds().slice(-2), ['RTbeginind', 'RTTRind']);
});

test('no more points are unconfirmed than the window allows, and each confirmation lets one more go', () => {
  const answers: number[] = [];
  const holding: Answer = (indication, end) => {
    if (indication.kind !== 'RTcheckpointind') return accepting(indication, end);
    answers.push(indication.serialNumber);
    return [];
  };
  const { a, b } = opened({
    responder: holding,
    responderOptions: { offer: { checkpointSize: 1, window: 3 } },
  });
  exchange(a, b);
  const apdu = apduOf(10 * 1024);
  a.request({ kind: 'RTTRreq', octetsTotal: apdu.length, first: [apdu], transferTime_ms: 1000 });
  exchange(a, b);
  assert.deepEqual(answers, [1, 2, 3]);
  b.request({ kind: 'RTsecured', serialNumber: 1 });
  exchange(a, b);
  assert.deepEqual(answers, [1, 2, 3, 4]);
  // A later point stands for those before it.
  b.request({ kind: 'RTsecured', serialNumber: 4 });
  exchange(a, b);
  assert.deepEqual(answers, [1, 2, 3, 4, 5, 6, 7]);
  const confirmed = a.heard.filter((indication) => indication.kind === 'RTconfirmedind');
  assert.deepEqual(
    confirmed.map(({ serialNumber, octetsConfirmed }) => [serialNumber, octetsConfirmed]),
    [
      [1, 1024 - 11],
      [4, 4096 - 11],
    ],
  );
  // Nothing is confirmed to the sender before it is secured.
  assert.ok(!a.kinds().includes('RTTRcnf+'));
});

test('activity identifiers are INTEGERs that rise', () => {
  const apdus = Array.from({ length: 130 }, () => apduOf(5));
  const { a, b } = opened({ initiator: sending(apdus) });
  exchange(a, b);
  const seen = b.heard.flatMap((indication) =>
    indication.kind === 'RTbeginind' ? [[toHex(indication.activity), indication.transfer]] : [],
  );
  assert.deepEqual(seen.slice(0, 2), [
    ['020101', 1],
    ['020102', 2],
  ]);
  assert.deepEqual(seen.slice(126, 129), [
    ['02017f', 127],
    ['02020080', 128],
    ['02020081', 129],
  ]);
});

test('a small exchange at every split, and one octet at a time', () => {
  const apdus = [apduOf(1), apduOf(1500)];
  for (let at = 1; at < 1600; at += at < 250 ? 1 : 7) {
    const { a, b } = opened({ initiator: sending(apdus) });
    exchange(a, b, cutAt(at));
    assertTransferred(a, b, apdus, `cut at ${at}`);
  }
  const { a, b } = opened({ initiator: sending(apdus) });
  exchange(a, b, singly);
  assertTransferred(a, b, apdus, 'singly');
});

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

test('X.410-1984 mode: a call in it is recognised and refused; we do not call in it', (t) => {
  t.diagnostic('X.410-1984 mode itself is of a later release');
  const { a, b } = opened({ initiatorOptions: { mode: 'x410-1984' } });
  exchange(a, b);
  const [confirm] = a.heard;
  assert(confirm.kind === 'RTOPENcnf-');
  assert.deepEqual([a.terminals(), confirm.refused.transient, a.closed], [['RTOPENcnf-'], false, 'abrupt']);
});

test('aborts: of either user, at any time, with user data', () => {
  const userData = octets('040161');
  for (const [from, to] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const { a, b } = opened();
    exchange(a, b);
    const ends = [a, b];
    ends[from].request({ kind: 'RTUABreq', userData });
    exchange(a, b);
    assert.deepEqual(ends[to].heard.at(-1), { kind: 'RTUABind', userData });
    assert.deepEqual(ends[from].terminals(), []);
    assert.ok(a.closed !== undefined && b.closed !== undefined);
    // Nothing is said, and nothing minded, after the end.
    ends[to].request({ kind: 'RTTRrsp+' });
    ends[from].request({ kind: 'RTCLOSEreq' });
    assert.deepEqual([a.association.nextTimeout(), b.association.nextTimeout()], [undefined, undefined]);
  }
});

test('aborts: while the open is not answered, and before it is asked', () => {
  const { a, b } = opened({ responder: () => [] });
  exchange(a, b);
  a.request({ kind: 'RTUABreq' });
  exchange(a, b);
  assert.deepEqual([a.kinds(), b.kinds()], [[], ['RTOPENind', 'RTPABind']]);

  const second = opened({ responder: () => [{ kind: 'RTUABreq' }] });
  exchange(second.a, second.b);
  assert.deepEqual(second.a.terminals(), ['RTOPENcnf-']);

  const waiting = new End(optionsOf('responder'), accepting);
  waiting.feed({ kind: 'connected' });
  waiting.request({ kind: 'RTUABreq' });
  assert.deepEqual([waiting.kinds(), waiting.closed], [[], 'abrupt']);
});

test('a transfer that its receiver cannot take: later, or never', () => {
  for (const transient of [true, false]) {
    const refusing: Answer = (indication, end) =>
      indication.kind === 'RTTRind'
        ? [{ kind: 'RTTRrsp-', transient, detail: 'the disk is full' }]
        : accepting(indication, end);
    const { a, b } = opened({ responder: refusing });
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

test('a transfer refused in its middle is interrupted if a point was confirmed, and discarded if none', () => {
  for (const confirmed of [true, false]) {
    const refusing: Answer = (indication, end) => {
      if (indication.kind !== 'RTcheckpointind') return accepting(indication, end);
      if (confirmed && indication.serialNumber === 1) return accepting(indication, end);
      return [{ kind: 'RTTRrsp-', transient: true, detail: 'full', transfer: 1 }];
    };
    const { a, b } = opened({ responder: refusing });
    exchange(a, b);
    a.request({ kind: 'RTTRreq', octetsTotal: 9000, first: [apduOf(9000)], transferTime_ms: 1000 });
    exchange(a, b);
    assert.equal(a.heard.at(-1)?.kind, 'RTTRcnf-');
    assert.deepEqual([...a.others, ...b.others], []);
    assert.deepEqual([a.association.states().rtse, b.association.states().rtse], ['turn', 'noTurn']);
  }
});

test('a sender whose spool fails discards; the receiver forgets and goes on', () => {
  const failing: Answer = (indication) =>
    indication.kind === 'RTsupplyind' ? [{ kind: 'RTsupplyfailed' }] : [];
  const { a, b } = opened({ initiator: failing });
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

test('an answer that names a transfer is for no other', () => {
  const silent: Answer = (indication, end) =>
    indication.kind === 'RTTRind' ? [] : accepting(indication, end);
  const { a, b } = opened({ responder: silent });
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

test('two-way alternate: the turn is asked for with a priority, given, and used', () => {
  const { a, b } = opened({ asked: { dialogueMode: 'two-way-alternate' } });
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

test('the responder may have the first turn', () => {
  const { a, b } = opened({ asked: { initialTurn: 'responder' } });
  exchange(a, b);
  assert.deepEqual([a.association.states().rtse, b.association.states().rtse], ['noTurn', 'turn']);
});

test('deadlines: an open that is not answered, a silent peer, a release without an answer, idleness', () => {
  const answered = opened({ responder: () => [] });
  exchange(answered.a, answered.b);
  expire(answered.a);
  expire(answered.b);
  assert.deepEqual([answered.a.terminals(), answered.b.terminals()], [['RTOPENcnf-'], ['RTPABind']]);

  const silent: Answer = (indication, end) =>
    indication.kind === 'RTTRind' ? [] : accepting(indication, end);
  const transfer = opened({ responder: silent });
  exchange(transfer.a, transfer.b);
  transfer.a.request({ kind: 'RTTRreq', octetsTotal: 5, first: [apduOf(5)], transferTime_ms: 0 });
  exchange(transfer.a, transfer.b);
  expire(transfer.a);
  const abort = transfer.a.heard.at(-1);
  assert(abort?.kind === 'RTPABind');
  assert.equal(abort.abort.reason, 'timeout');

  const release = opened({
    responder: (indication) => (indication.kind === 'RTCLOSEind' ? [] : accepting(indication, release.b)),
  });
  exchange(release.a, release.b);
  release.a.request({ kind: 'RTCLOSEreq' });
  exchange(release.a, release.b);
  expire(release.a);
  assert.deepEqual(release.a.terminals(), ['RTPABind']);

  const idle = opened();
  exchange(idle.a, idle.b);
  assert.equal(idle.a.association.nextTimeout(), undefined);
  assert.equal(idle.b.association.nextTimeout(), idle.b.now + 300_000);
  expire(idle.b);
  assert.deepEqual(idle.b.terminals(), ['RTPABind']);
});

test('deadlines: the transfer time ends a transfer, not the association', () => {
  const silent: Answer = (indication, end) =>
    indication.kind === 'RTTRind' ? [] : accepting(indication, end);
  const { a, b } = opened({ responder: silent });
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
