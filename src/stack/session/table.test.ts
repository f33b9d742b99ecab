// Every cell of the state table, counted and driven through the machine's door; and every absent cell: a
// protocol error for an SPDU, an assertion for a request (design law 2; X.225 A.4).

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AssertionError } from '../../base/assert.ts';
import { cellsOf } from '../kernel/table.ts';

import { fire, inputs, machineAfter, ways } from '../../../test/support/session-scenario.ts';
import { spduForms } from './spdu.ts';
import type { SessionEvent, SessionState } from './states.ts';
import { sessionTable } from './table.ts';

const states = Object.keys(ways) as SessionState[];
const events = Object.keys(inputs) as SessionEvent[];

/** Notes each branch when its actions are asked for, which happens when it is taken. */
const taken: object[] = [];
const watched = new Set<object>();
for (const { cell } of cellsOf(sessionTable)) {
  for (const branch of cell) {
    if (watched.has(branch)) continue;
    watched.add(branch);
    const actions = branch.do;
    Object.defineProperty(branch, 'do', {
      get: () => {
        taken.push(branch);
        return actions;
      },
    });
  }
}

test('each conversation leads to its state', () => {
  for (const state of states) {
    for (const way of ways[state]) assert.equal(machineAfter(way).state, state);
  }
});

test('every branch of every cell is driven, and leads where it says', (t) => {
  const missed: string[] = [];
  let cells = 0;
  let branches = 0;
  for (const { state, event, cell } of cellsOf(sessionTable)) {
    cells += 1;
    const driven = new Set<object>();
    for (const way of ways[state]) {
      for (const input of inputs[event]) {
        const machine = machineAfter(way);
        taken.length = 0;
        try {
          fire(machine, input);
        } catch (error) {
          assert(error instanceof AssertionError);
          continue;
        }
        const branch = cell.find((candidate) => candidate === taken[0]);
        if (branch === undefined) continue;
        driven.add(branch);
        assert.equal(machine.state, branch.next ?? state, `${event} in ${state}`);
      }
    }
    branches += cell.length;
    for (const [index, branch] of cell.entries()) {
      if (!driven.has(branch)) missed.push(`${state} ${event} ${index} ${branch.when ?? ''}`);
    }
  }
  assert.deepEqual(missed, []);
  t.diagnostic(`${cells} cells, ${branches} branches`);
  assert.ok(cells > 200, `${cells} cells`);
});

test('an SPDU without a cell ends the connection and nothing but it', () => {
  const quiet: SessionState[] = ['STA01', 'STA16', 'STA01B'];
  for (const state of states.filter((name) => !quiet.includes(name))) {
    for (const event of events) {
      if (!Object.hasOwn(spduForms, event) || sessionTable[state][event] !== undefined) continue;
      const machine = machineAfter(ways[state][0]);
      const outputs = fire(machine, inputs[event][0]);
      const violations = outputs.filter(({ to }) => to === 'log');
      assert.equal(violations.length, 1, `${event} in ${state}`);
      assert.match(machine.state, /^STA(01|16)$/);
      assert.ok(outputs.some((output) => output.to === 'below'));
    }
  }
});

test('before the transport connection stands no SPDU can come, and one that did would be passed over', () => {
  const machine = machineAfter(ways.STA01B[0]);
  for (const event of events.filter((name) => Object.hasOwn(spduForms, name))) {
    assert.deepEqual(fire(machine, inputs[event][0]), []);
  }
  assert.equal(machine.state, 'STA01B');
});

test('a request without a cell is our own mistake', () => {
  for (const state of states) {
    for (const event of events) {
      const input = inputs[event][0];
      if (input.from !== 'above' || sessionTable[state][event] !== undefined) continue;
      // Said after GTA: the user cannot know that it has not come yet.
      if (state === 'STA18' && event === 'SPTreq') continue;
      assert.throws(() => fire(machineAfter(ways[state][0]), input), AssertionError, `${event} in ${state}`);
    }
  }
});

test('events of the past are passed over: a deadline or a transport event without a cell', () => {
  for (const state of states) {
    for (const event of ['TCONind', 'TCONcnf', 'TIM open', 'TIM release', 'TIM abort'] as const) {
      if (sessionTable[state][event] !== undefined) continue;
      if (event.startsWith('TIM') && machineAfter(ways[state][0]).nextTimeout() !== undefined) continue;
      const machine = machineAfter(ways[state][0]);
      assert.deepEqual(fire(machine, inputs[event][0]), []);
      assert.equal(machine.state, state);
    }
  }
});
