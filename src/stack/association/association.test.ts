// Two associations against each other in memory: open, transfers of every size, close, refusals and aborts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  accepting,
  type Answer,
  bindArgument,
  bindResult,
  cutAt,
  type End,
  exchange,
  inBothModes,
  octets,
  opened,
  sending,
  singly,
} from '../../../test/support/associations.ts';
import { equalOctets, fromLatin1, toHex } from '../../base/octets.ts';
import { seededRandom } from '../../base/random.ts';

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
      connection: { callingUserReference: fromLatin1('test'), commonReference: fromLatin1('260101000000Z') },
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
      connection: { callingUserReference: fromLatin1('test'), commonReference: fromLatin1('260101000000Z') },
    },
  ]);
});

inBothModes(
  'X.228: the lower checkpoint size, where 0 is no limit; the lower window, never less than 1',
  (mode) => {
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
        mode,
        asked: { checkpointSize: asked[0], window: asked[1] },
        responderOptions: { offer: { checkpointSize: offered[0], window: offered[1] } },
      });
      exchange(a, b);
      const [confirm] = a.heard;
      assert(confirm.kind === 'RTOPENcnf+');
      assert.deepEqual([confirm.checkpointSize, confirm.window], agreed);
    }
  },
);

inBothModes('APDUs of 1 octet to 1 MB, checkpoint sizes 0 to 64, windows 1 to 5', (mode) => {
  for (const checkpointSize of [0, 1, 2, 30, 64]) {
    for (const window of [1, 3, 5]) {
      const apdus = [1, 2, 1011, 1012, 1013, 1014, 2048, 30 * 1024, 70_000, 300_000].map(apduOf);
      if (window === 3) apdus.push(apduOf(1_000_000));
      const { a, b } = opened({
        mode,
        initiator: sending(apdus),
        asked: { checkpointSize, window },
        responderOptions: { offer: { checkpointSize, window } },
      });
      exchange(a, b);
      assertTransferred(a, b, apdus, `checkpoint ${checkpointSize}, window ${window}`);
    }
  }
});

inBothModes('octets that are supplied when asked for, never more than were asked', (mode) => {
  for (const first of [0, 1, 1000, 5000]) {
    const apdus = [apduOf(10_000), apduOf(100), apduOf(200_000)];
    const { a, b } = opened({
      mode,
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

inBothModes('an APDU no longer than a checkpoint goes out in one step', (mode) => {
  const { a, b } = opened({ mode, responderOptions: { offer: { checkpointSize: 30, window: 3 } } });
  exchange(a, b);
  const apdu = apduOf(2000);
  a.request({ kind: 'RTTRreq', octetsTotal: 2000, first: [apdu], transferTime_ms: 1000 });
  b.feed({ kind: 'octets', octets: a.takeSent() });
  assert.ok(equalOctets(b.received()[0], apdu));
  assert.deepEqual(b.kinds().slice(-2), ['RTbeginind', 'RTTRind']);
});

inBothModes(
  'no more points are unconfirmed than the window allows, and each confirmation lets one more go',
  (mode) => {
    const answers: number[] = [];
    const holding: Answer = (indication, end) => {
      if (indication.kind !== 'RTcheckpointind') return accepting(indication, end);
      answers.push(indication.serialNumber);
      return [];
    };
    const { a, b } = opened({
      mode,
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
    // The EXTERNAL of normal mode.
    const wrapping = mode === 'normal' ? 11 : 0;
    const confirmed = a.heard.filter((indication) => indication.kind === 'RTconfirmedind');
    assert.deepEqual(
      confirmed.map(({ serialNumber, octetsConfirmed }) => [serialNumber, octetsConfirmed]),
      [
        [1, 1024 - wrapping],
        [4, 4096 - wrapping],
      ],
    );
    // Nothing is confirmed to the sender before it is secured.
    assert.ok(!a.kinds().includes('RTTRcnf+'));
  },
);

inBothModes('activity identifiers are INTEGERs that rise', (mode) => {
  const apdus = Array.from({ length: 130 }, () => apduOf(5));
  const { a, b } = opened({ mode, initiator: sending(apdus) });
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

inBothModes('a small exchange at every split, and one octet at a time', (mode) => {
  const apdus = [apduOf(1), apduOf(1500)];
  for (let at = 1; at < 1600; at += at < 250 ? 1 : 7) {
    const { a, b } = opened({ mode, initiator: sending(apdus) });
    exchange(a, b, cutAt(at));
    assertTransferred(a, b, apdus, `cut at ${at}`);
  }
  const { a, b } = opened({ mode, initiator: sending(apdus) });
  exchange(a, b, singly);
  assertTransferred(a, b, apdus, 'singly');
});
