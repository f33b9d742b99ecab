// Cells of X.225 Annex A that no conversation of RTSE needs, but that a peer may enter: tokens asked for or
// given at odd moments, exceptions that cross a token, and what still comes after the end.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { above, fire, inputs, machineAfter, peer, ways } from '../../../test/support/session-scenario.ts';
import type { SessionInput } from './machine.ts';
import type { SessionState } from './states.ts';

/** The kinds of what the machine says to its user, and its state after it, for inputs from `state` on. */
function heard(state: SessionState, ...more: readonly SessionInput[]): readonly string[] {
  const machine = machineAfter(ways[state][0]);
  const said = more.flatMap((input) => fire(machine, input));
  const up = said.flatMap((output) => (output.to === 'above' ? [output.primitive.kind] : []));
  return [...up, machine.state];
}

const serving = ways.STA713[3] ?? [];
const dataTokenGiven = peer({ kind: 'GT', tokens: 1 });
const exception = peer({ kind: 'ED', reason: 0 });

test('STA19 is the side that reported an exception, STA20 the side that hears of it', () => {
  const reporter = machineAfter(serving);
  fire(reporter, above({ kind: 'SUERreq', reason: 'no-specific-reason' }));
  assert.equal(reporter.state, 'STA19');
  const told = machineAfter(ways.STA713[2] ?? []);
  fire(told, exception);
  assert.equal(told.state, 'STA20');
});

test('STA03: the peer may still ask for tokens, which are ours', () => {
  assert.deepEqual(heard('STA03', peer({ kind: 'PT', tokens: 1 })), ['SPTind', 'STA03']);
  assert.deepEqual(heard('STA03', peer({ kind: 'PT' })), ['STA03']);
});

test('STA09: who is asked to release may ask for tokens first', () => {
  const machine = machineAfter(ways.STA09[0]);
  const said = fire(machine, above({ kind: 'SPTreq', tokens: ['data'] }));
  assert.ok(said.some((output) => output.to === 'below' && output.primitive.kind === 'TDTreq'));
  assert.equal(machine.state, 'STA09');
});

test('STA10B: the peer may give tokens while it waits for our answer', () => {
  assert.deepEqual(heard('STA10B', dataTokenGiven), ['STGind', 'STA10B']);
});

test('STA713: an exception that finds the data token with the peer is told, and nothing is due', () => {
  const machine = machineAfter(serving);
  assert.deepEqual(
    fire(machine, exception).map((output) => (output.to === 'above' ? output.primitive.kind : output.to)),
    ['SUERind'],
  );
  assert.equal(machine.state, 'STA713');
});

test('STA19: a PT is discarded; an exception of the provider or the peer is told', () => {
  assert.deepEqual(heard('STA19', peer({ kind: 'PT', tokens: 1 })), ['STA19']);
  assert.deepEqual(heard('STA19', peer({ kind: 'ER' })), ['SPERind', 'STA19']);
  assert.deepEqual(heard('STA19', exception), ['SUERind', 'STA19']);
});

test('STA19: the answer to a point of ours counts, but is not told', () => {
  assert.ok(ways.STA19[1] !== undefined);
  const machine = machineAfter(ways.STA19[1]);
  assert.deepEqual(fire(machine, peer({ kind: 'MIA', serialNumber: 1 })), []);
  assert.equal(machine.state, 'STA19');
});

test('STA20: a peer that holds the other tokens may give them', () => {
  const machine = machineAfter([...serving, dataTokenGiven, exception]);
  const said = fire(machine, peer({ kind: 'GT', tokens: 4 }));
  assert.deepEqual(
    said.map((output) => (output.to === 'above' ? output.primitive.kind : output.to)),
    ['STGind'],
  );
  assert.equal(machine.state, 'STA20');
});

test('STA20: a peer that holds the activity token may interrupt or discard', () => {
  for (const [input, state] of [
    [inputs.AI[0], 'STA11B'],
    [inputs.AD[0], 'STA11C'],
  ] as const) {
    const machine = machineAfter([...serving, dataTokenGiven, exception]);
    assert.equal(machine.state, 'STA20');
    assert.ok(input !== undefined);
    fire(machine, input);
    assert.equal(machine.state, state);
  }
});

test('STA16: a CN after the end has nothing to hope for', () => {
  const machine = machineAfter(ways.STA16[0]);
  const [cn] = inputs.CN;
  assert.ok(cn !== undefined);
  assert.deepEqual(
    fire(machine, cn).map((output) => (output.to === 'below' ? output.primitive.kind : output.to)),
    ['TDISreq'],
  );
  assert.equal(machine.state, 'STA01');
});
