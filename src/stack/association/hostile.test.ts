// Octets that no peer of good will sends: never an exception, always one end, bounded work.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handedOver } from '../../../test/fuzz/good-exchange.ts';
import {
  accepting,
  End,
  exchange,
  inBothModes,
  type Mode,
  octets,
  opened,
  optionsOf,
  sending,
} from '../../../test/support/associations.ts';
import { concat } from '../../base/octets.ts';
import { type Random, seededRandom } from '../../base/random.ts';

const apdus = [octets('a003020101'), new Uint8Array(2500).fill(0x61)];

const goodExchange = (mode: Mode) => handedOver(opened({ mode, initiator: sending(apdus) }));

/** One octet changed, taken out, put in or repeated; or a run of them replaced. */
function mutated(whole: Uint8Array, random: Random): Uint8Array {
  const at = random.between(0, whole.length - 1);
  const before = whole.subarray(0, at);
  const after = whole.subarray(at + 1);
  switch (random.between(0, 4)) {
    case 0:
      return concat([before, Uint8Array.of(random.between(0, 255)), after]);
    case 1:
      return concat([before, Uint8Array.of(whole[at] ^ (1 << random.between(0, 7))), after]);
    case 2:
      return concat([before, after]);
    case 3:
      return concat([before, random.octets(random.between(1, 6)), whole.subarray(at)]);
    default:
      return concat([whole.subarray(0, at), whole.subarray(random.between(0, whole.length - 1))]);
  }
}

function assertSane(end: End, where: string): void {
  assert.ok(end.terminals().length <= 1, `${where}: ${end.terminals()}`);
  if (end.closed === undefined) {
    end.feed({ kind: 'lost', detail: 'over' });
  }
  const closedItself = end.kinds().some((kind) => kind === 'RTCLOSEind');
  assert.ok(end.terminals().length === 1 || closedItself, where);
  assert.equal(end.association.nextTimeout(), undefined, where);
}

inBothModes('mutated octets of an initiator never throw, and end in one way', (mode) => {
  const random = seededRandom(88);
  const { toResponder } = goodExchange(mode);
  const whole = concat(toResponder);
  for (let round = 0; round < 4000; round += 1) {
    const end = new End(optionsOf('responder'), accepting);
    end.feed({ kind: 'connected' });
    end.feed({ kind: 'octets', octets: mutated(whole, random) });
    assertSane(end, `round ${round}`);
  }
});

inBothModes('mutated octets of a responder never throw, and end in one way', (mode) => {
  const random = seededRandom(89);
  const { toInitiator } = goodExchange(mode);
  for (let round = 0; round < 4000; round += 1) {
    const changed = random.between(0, toInitiator.length - 1);
    const a = new End(optionsOf('initiator', { mode }), sending(apdus));
    a.feed({ kind: 'connected' });
    a.request({
      kind: 'RTOPENreq',
      checkpointSize: 30,
      window: 5,
      dialogueMode: 'monologue',
      initialTurn: 'initiator',
      userData: octets('b000'),
    });
    for (const [index, piece] of toInitiator.entries()) {
      a.feed({ kind: 'octets', octets: index === changed ? mutated(piece, random) : piece });
    }
    assertSane(a, `round ${round}`);
  }
});

test('random octets', () => {
  const random = seededRandom(90);
  for (let round = 0; round < 500; round += 1) {
    const end = new End(optionsOf('responder'), accepting);
    end.feed({ kind: 'connected' });
    end.feed({ kind: 'octets', octets: random.octets(random.between(1, 300)) });
    assertSane(end, `round ${round}`);
  }
});

test('a framing error closes, and says what was due and what came', () => {
  for (const hex of ['0300000600', '0200000702f080', '03000000']) {
    const { a, b } = opened();
    exchange(a, b);
    b.feed({ kind: 'octets', octets: octets(hex) });
    assert.deepEqual([b.terminals(), b.closed], [['RTPABind'], 'abrupt']);
    const [output] = b.others;
    assert(output.kind === 'violation');
    assert.deepEqual([output.violation.layer, output.violation.clause], ['tpkt', 'RFC 1006 6']);
  }
});

test('a TSDU beyond the limit, and a peer that runs ahead without end', () => {
  const { a, b } = opened({
    responderOptions: { limits: { tpdu_octets_max: 65_531, tsdu_octets_max: 10_000 } },
  });
  exchange(a, b);
  const part = concat([octets('0300ffff02f000'), new Uint8Array(65_528)]);
  b.feed({ kind: 'octets', octets: part });
  assert.equal(b.terminals().length, 1);

  const ahead = opened({ responder: () => [] });
  exchange(ahead.a, ahead.b);
  const tiny = octets('0300000902f0800100');
  const flood = new Uint8Array(tiny.length * 1000);
  for (let at = 0; at < flood.length; at += tiny.length) flood.set(tiny, at);
  for (let round = 0; round < 100 && ahead.b.closed === undefined; round += 1) {
    ahead.b.feed({ kind: 'octets', octets: flood });
  }
  assert.deepEqual([ahead.b.terminals(), ahead.b.closed], [['RTPABind'], 'abrupt']);
});

test('a CP in X.410-1984 mode without a readable RTORQ is refused in its own form', () => {
  for (const parameters of ['', 'a100', 'a10d800100820100a305a00302010084', 'a203020100']) {
    const end = new End(optionsOf('responder'), accepting);
    end.feed({ kind: 'connected' });
    const value = octets(`a003800100${parameters}`);
    const cp = concat([Uint8Array.of(0x31, value.length), value]);
    const items = concat([octets('050613010016010214020249'), Uint8Array.of(0xc1, cp.length), cp]);
    const cn = concat([Uint8Array.of(0x0d, items.length), items]);
    const tsdu = concat([octets('02f080'), cn]);
    const packet = concat([Uint8Array.of(3, 0, 0, tsdu.length + 4), tsdu]);
    end.feed({ kind: 'octets', octets: concat([octets('0300000b06e00000000100'), packet]) });
    assert.deepEqual(end.terminals(), ['RTPABind'], parameters);
    assert.equal(end.others.length, 1, parameters);
  }
});
