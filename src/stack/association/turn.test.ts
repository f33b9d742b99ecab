// The turn of a two-way alternate association (X.228 7.5, X.225 5.4): requests that cross a gift, requests
// made before a gift is acknowledged, and requests where there is no turn to ask for.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exchange, inBothModes, type Mode, octets, opened } from '../../../test/support/associations.ts';

function alternating(mode: Mode) {
  const { a, b } = opened({ mode, asked: { dialogueMode: 'two-way-alternate' } });
  exchange(a, b);
  return { a, b };
}

inBothModes(
  'a higher priority that crosses the gift asks for what is on its way: nothing is broken',
  (mode) => {
    const { a, b } = alternating(mode);
    b.request({ kind: 'RTTPreq', priority: 2 });
    exchange(a, b);
    a.request({ kind: 'RTTGreq' });
    b.request({ kind: 'RTTPreq', priority: 1 });
    exchange(a, b);
    assert.deepEqual(a.kinds(), ['RTOPENcnf+', 'RTTPind']);
    assert.deepEqual(b.kinds(), ['RTOPENind', 'RTTGind']);
    assert.deepEqual([a.association.states().rtse, b.association.states().rtse], ['noTurn', 'turn']);
  },
);

inBothModes('asked for again before the gift is acknowledged: the request is not lost', (mode) => {
  const { a, b } = alternating(mode);
  a.request({ kind: 'RTTGreq' });
  a.request({ kind: 'RTTPreq', priority: 3 });
  exchange(a, b);
  assert.deepEqual(b.kinds(), ['RTOPENind', 'RTTGind', 'RTTPind']);
  b.request({ kind: 'RTTGreq' });
  exchange(a, b);
  assert.equal(a.heard.at(-1)?.kind, 'RTTGind');
  assert.deepEqual([a.association.states().rtse, b.association.states().rtse], ['turn', 'noTurn']);
});

test('in a monologue there is no turn to ask for: the association is aborted', () => {
  const { a, b } = opened({ mode: 'x410-1984' });
  exchange(a, b);
  // PLEASE TOKENS for the data token, with an RTTP of priority 5, as ISODE encodes it.
  a.feed({ kind: 'octets', octets: octets('0300001102f080 0208100101c103020105') });
  assert.deepEqual(a.kinds(), ['RTOPENcnf+', 'RTPABind']);
  const [violation] = a.others;
  assert.ok(violation.kind === 'violation' && violation.violation.layer === 'rtse');
  assert.equal(violation.violation.got, 'PTPind');
  exchange(a, b);
  assert.equal(b.terminals().length, 1);
});

test('PLEASE TOKENS for no token, as PP sends it before its answers, asks for nothing', () => {
  const { a, b } = opened();
  exchange(a, b);
  a.feed({ kind: 'octets', octets: octets('0300000902f080 0200') });
  assert.deepEqual(a.kinds(), ['RTOPENcnf+']);
  assert.deepEqual(
    a.others.map((each) => each.kind === 'tolerance' && each.name),
    ['emptyTokensAlone'],
  );
});
