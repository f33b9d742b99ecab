// Two session machines against each other over two transport machines, and the clauses that one table cell
// does not show: tokens, exceptions, deadlines, refusals, concatenation, segmenting, overflow.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { concat, fromHex } from '../../base/octets.ts';
import { instant } from '../../base/time.ts';
import {
  above,
  connect,
  fire,
  machineAfter,
  peer,
  timers,
  tsdu,
  ways,
} from '../../../test/support/session-scenario.ts';
import { converse, StackEnd } from '../../../test/support/stack-end.ts';
import type { SessionOptions } from './machine.ts';
import type { SessionIndication, SessionRequest } from './service.ts';
import type { SessionState } from './states.ts';

const hex = (text: string): Uint8Array => fromHex(text) ?? assert.fail(text);
const activity = hex('020101');

function pair(options: Partial<SessionOptions> = {}, asked: Partial<typeof connect> = {}) {
  const a = new StackEnd({ role: 'initiator', reference: 1 }, options);
  const b = new StackEnd({ role: 'responder', reference: 2 }, options);
  b.user = (indication) => {
    if (indication.kind !== 'SCONind') return;
    const { requirements, tokens, identifier } = indication;
    b.request({ kind: 'SCONrsp+', identifier, requirements, tokens, userData: [hex('a2')] });
  };
  a.request({ kind: 'SCONreq', ...connect, ...asked });
  converse(a, b);
  assert.deepEqual([a.session.state, b.session.state], ['STA713', 'STA713']);
  const say = (end: StackEnd, ...requests: readonly SessionRequest[]): void => {
    for (const request of requests) {
      end.request(request);
      converse(a, b);
    }
  };
  return { a, b, say };
}

const kinds = (end: StackEnd): string[] => end.indications.map(({ kind }) => kind);
const last = (end: StackEnd): SessionIndication => end.indications[end.indications.length - 1];

test('connect, an activity with points, its end, and release', () => {
  const { a, b, say } = pair();
  const data = [hex('aabb'), hex('cc')];
  say(a, { kind: 'SACTSreq', activity }, { kind: 'SDTreq', userData: data });
  assert.deepEqual(last(b), { kind: 'SDTind', userData: concat(data) });
  say(a, { kind: 'SSYNmreq' }, { kind: 'SSYNmreq' }, { kind: 'SSYNmreq' });
  assert.deepEqual(last(a), { kind: 'SSYNmlocal', serialNumber: 3 });
  say(b, { kind: 'SSYNmrsp', serialNumber: 2 });
  assert.deepEqual(last(a), { kind: 'SSYNmcnf', serialNumber: 2, userData: hex('') });
  say(a, { kind: 'SACTEreq' });
  assert.deepEqual(last(b), { kind: 'SACTEind', serialNumber: 4, userData: hex('') });
  say(b, { kind: 'SSYNmrsp', serialNumber: 3 }, { kind: 'SACTErsp' });
  assert.deepEqual(kinds(a).slice(-2), ['SSYNmcnf', 'SACTEcnf']);
  say(a, { kind: 'SRELreq', userData: [hex('61')] });
  assert.deepEqual(last(b), { kind: 'SRELind', userData: hex('61') });
  say(b, { kind: 'SRELrsp+', userData: [hex('62')] });
  assert.deepEqual(last(a), { kind: 'SRELcnf+', userData: hex('62') });
  assert.deepEqual([a.session.state, b.session.state, b.closed], ['STA01', 'STA01', true]);
  assert.deepEqual([...a.violations, ...b.violations], []);
  assert.deepEqual([a.session.nextTimeout(), b.session.nextTimeout()], [undefined, undefined]);
});

test('a second activity counts from one again', () => {
  const { a, b, say } = pair();
  for (let round = 0; round < 3; round += 1) {
    say(a, { kind: 'SACTSreq', activity }, { kind: 'SSYNmreq' }, { kind: 'SACTEreq' });
    say(b, { kind: 'SACTErsp' });
    assert.deepEqual(a.indications[a.indications.length - 2], { kind: 'SSYNmlocal', serialNumber: 2 });
  }
});

test('the turn: please, control, and back', () => {
  const { a, b, say } = pair();
  say(b, { kind: 'SPTreq', tokens: ['data'], userData: [hex('020105')] });
  assert.deepEqual(last(a), { kind: 'SPTind', tokens: ['data'], userData: hex('020105') });
  say(a, { kind: 'SCGreq' });
  assert.deepEqual(last(b), { kind: 'SCGind' });
  assert.equal(a.session.state, 'STA713');
  say(b, { kind: 'SACTSreq', activity }, { kind: 'SACTEreq' });
  say(a, { kind: 'SACTErsp' });
  say(b, { kind: 'STGreq', tokens: ['data', 'synchronize-minor', 'major-activity'] });
  assert.equal(last(a).kind, 'STGind');
  say(a, { kind: 'SRELreq' });
  say(b, { kind: 'SRELrsp+' });
  assert.deepEqual([...a.violations, ...b.violations], []);
});

test('the turn is wanted back before the peer has acknowledged it: asked for after GTA', () => {
  const { a, b, say } = pair();
  a.request({ kind: 'SCGreq' });
  assert.equal(a.session.state, 'STA18');
  a.request({ kind: 'SPTreq', tokens: ['data'], userData: [hex('020101')] });
  assert.equal(a.session.state, 'STA18');
  converse(a, b);
  assert.equal(a.session.state, 'STA713');
  assert.deepEqual(kinds(b).slice(-2), ['SCGind', 'SPTind']);
  say(b, { kind: 'SCGreq' });
  assert.deepEqual(last(a), { kind: 'SCGind' });
  a.request({ kind: 'SCGreq' });
  a.request({ kind: 'SPTreq', tokens: ['data'] });
  a.request({ kind: 'SUABreq' });
  converse(a, b);
  assert.equal(last(b).kind, 'SUABind');
  assert.deepEqual([...a.violations, ...b.violations], []);
});

for (const [what, request, answer, wanted] of [
  ['interrupt', 'SACTIreq', 'SACTIrsp', 'SACTIcnf'],
  ['discard', 'SACTDreq', 'SACTDrsp', 'SACTDcnf'],
] as const) {
  test(`${what} after an exception: what was under way is thrown away, then a new activity`, () => {
    const { a, b, say } = pair();
    say(a, { kind: 'SACTSreq', activity });
    b.request({ kind: 'SUERreq', reason: 'user-receiving-ability-jeopardized' });
    a.request({ kind: 'SDTreq', userData: [activity] });
    a.request({ kind: 'SSYNmreq' });
    converse(a, b);
    assert.equal(last(a).kind, 'SUERind');
    assert.equal(kinds(b).includes('SDTind'), false);
    say(a, { kind: request, reason: 'unrecoverable-procedural-error' });
    say(b, { kind: answer });
    assert.equal(last(a).kind, wanted);
    say(a, { kind: 'SACTSreq', activity });
    assert.equal(last(b).kind, 'SACTSind');
    assert.deepEqual([...a.violations, ...b.violations], []);
  });
}

test('an exception is also cured by giving the data token', () => {
  const { a, b, say } = pair();
  say(a, { kind: 'SACTSreq', activity });
  say(b, { kind: 'SUERreq', reason: 'demand-data-token' });
  say(a, { kind: 'STGreq', tokens: ['data'] });
  assert.deepEqual([a.session.state, b.session.state], ['STA713', 'STA713']);
  say(b, { kind: 'SDTreq', userData: [activity] });
  assert.equal(last(a).kind, 'SDTind');
});

test('7.9: abort by the user, with its data, from either side', () => {
  for (const side of ['a', 'b'] as const) {
    const ends = pair();
    const [from, to] = side === 'a' ? [ends.a, ends.b] : [ends.b, ends.a];
    ends.say(from, { kind: 'SUABreq', userData: [hex('640102')] });
    assert.deepEqual(last(to), { kind: 'SUABind', userData: hex('640102') });
    assert.deepEqual([from.session.state, to.session.state], ['STA01', 'STA01']);
  }
});

test('a protocol error: AB to the peer, S-P-ABORT to both users, everything after it discarded', () => {
  const { a, b, say } = pair();
  say(a, { kind: 'SACTSreq', activity });
  const machine = machineAfter(ways.STA713[3]);
  const outputs = fire(machine, peer({ kind: 'MIP', serialNumber: 9 }));
  assert.deepEqual(
    outputs.map(({ to }) => to),
    ['log', 'below', 'above'],
  );
  assert.ok(outputs[0].to === 'log');
  assert.match(outputs[0].violation.got, /^MIP 9 \(V\(A\) 1, V\(M\) 2/);
  assert.match(outputs[0].violation.expected, /MIP/);
  assert.deepEqual(fire(machine, peer({ kind: 'MIP', serialNumber: 2 })), []);
  assert.equal(machine.nextTimeout(), 1_000_000 + timers.abort_ms);
  assert.deepEqual(fire(machine, peer({ kind: 'AA' })), [{ to: 'below', primitive: { kind: 'TDISreq' } }]);
  b.lose();
  assert.deepEqual(last(b), { kind: 'SPABind', cause: 'transport-lost', detail: 'closed' });
  assert.equal(b.session.state, 'STA01');
});

test('refusal: by the user with data, and for the version', () => {
  const machine = machineAfter(ways.STA02A[0]);
  const outputs = fire(machine, peer({ kind: 'RF', reason: 2, userData: [hex('aa')] }));
  assert.deepEqual(outputs, [
    { to: 'above', primitive: { kind: 'SCONcnf-', reason: 'user-data-follows', userData: hex('aa') } },
    { to: 'below', primitive: { kind: 'TDISreq' } },
  ]);
  const acceptor = machineAfter(ways.STA01C[0]);
  const refused = fire(acceptor, peer({ kind: 'CN', versions: 4 }));
  assert.deepEqual(
    refused.map(({ to }) => to),
    ['log', 'below'],
  );
  assert.equal(acceptor.state, 'STA16');
});

test('deadlines: each in its state, and none in data transfer', () => {
  const durations: Partial<Record<SessionState, number>> = {
    STA01B: timers.open_ms,
    STA01C: timers.open_ms,
    STA01D: timers.open_ms,
    STA02A: timers.open_ms,
    STA02B: timers.open_ms,
    STA03: timers.release_ms,
    STA16: timers.abort_ms,
  };
  for (const state of Object.keys(ways) as SessionState[]) {
    const machine = machineAfter(ways[state][0]);
    const duration = durations[state];
    const due = duration === undefined ? undefined : 1_000_000 + duration;
    assert.equal(machine.nextTimeout(), due, state);
    if (due === undefined) continue;
    assert.deepEqual(machine.handle({ from: 'timer' }, instant(due - 1)), []);
    assert.notDeepEqual(machine.handle({ from: 'timer' }, instant(due)), []);
  }
});

test('6.3.5: segments when both ends ask for them', () => {
  const { a, b, say } = pair({ tsdu_octets_max: 60 });
  const data = new Uint8Array(1000).map((_, index) => index);
  say(
    a,
    { kind: 'SACTSreq', activity },
    { kind: 'SDTreq', userData: [data.subarray(0, 10), data.subarray(10)] },
  );
  assert.deepEqual(last(b), { kind: 'SDTind', userData: data });
  assert.equal(kinds(b).filter((kind) => kind === 'SDTind').length, 1);
});

test('7.1: connect data of 20,000 octets go over OA and CDO', () => {
  const userData = new Uint8Array(20_000).map((_, index) => index * 7);
  const { b } = pair({}, { userData: [userData.subarray(0, 5), userData.subarray(5)] });
  const indication = b.indications[0];
  assert.ok(indication.kind === 'SCONind');
  assert.deepEqual(indication.userData, userData);
});

test('CDO without end is bounded', () => {
  const machine = machineAfter(ways.STA01D[0]);
  const piece = peer({ kind: 'CDO', enclosure: 0, userData: [new Uint8Array(65_000)] });
  for (let count = 0; count < 2 ** 24 / 65_000 + 1; count += 1) fire(machine, piece);
  assert.equal(machine.state, 'STA01');
});

test('extended concatenation: a request that crossed an interruption in its TSDU is passed over', () => {
  const machine = machineAfter(ways.STA713[3]);
  const outputs = fire(machine, tsdu(hex('0100 31032a0132 19 03 320100')));
  assert.deepEqual(
    outputs.map((output) => (output.to === 'above' ? output.primitive.kind : output.to)),
    ['SSYNmind', 'SACTIind'],
  );
  assert.deepEqual(fire(machine, above({ kind: 'SSYNmrsp', serialNumber: 2 })), []);
});

test('user data go down without a copy', () => {
  const { a, say } = pair();
  say(a, { kind: 'SACTSreq', activity });
  const machine = machineAfter(ways.STA713[2]);
  const piece = new Uint8Array(5000);
  const [output] = fire(machine, above({ kind: 'SDTreq', userData: [piece] }));
  assert.ok(output.to === 'below' && output.primitive.kind === 'TDTreq');
  assert.equal(output.primitive.tsdu[1], piece);
});

test('any TSDUs in any state: never an exception', () => {
  const all = Object.values(ways).flat();
  fc.assert(
    fc.property(
      fc.constantFrom(...all),
      fc.array(fc.uint8Array({ maxLength: 24 }), { maxLength: 5 }),
      (way, octets) => {
        const machine = machineAfter(way);
        for (const value of octets) fire(machine, tsdu(value));
      },
    ),
    { numRuns: 300 },
  );
});
