// Every state of each machine against every event, the absent cells too: a received PDU is a protocol error,
// a request our own mistake, an event of the past ignored. Session and RTSE are driven here by their
// scenarios; transport, presentation and association control by the tests of their rooms, whose tables are
// counted here.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AssertionError } from '../../src/base/assert.ts';
import { acseTable } from '../../src/stack/acse/table.ts';
import { cellsOf } from '../../src/stack/kernel/table.ts';
import { presentationTable } from '../../src/stack/presentation/table.ts';
import { rtseTable } from '../../src/stack/rtse/table.ts';
import { spduForms } from '../../src/stack/session/spdu.ts';
import type { SessionEvent, SessionState } from '../../src/stack/session/states.ts';
import { sessionTable } from '../../src/stack/session/table.ts';
import { transportTable } from '../../src/stack/transport/table.ts';
import { everything, type Heard, Scenario, setups, variants } from '../support/rtse-scenario.ts';
import { fire, inputs, machineAfter, ways } from '../support/session-scenario.ts';
import type { AnyTable } from './compare.ts';

/** Counts what came of each pair of state and event, and keeps the reasons of those that were not reached. */
class Coverage {
  readonly counts = new Map<string, number>();
  readonly unreached = new Map<string, string[]>();

  add(outcome: string): void {
    this.counts.set(outcome, (this.counts.get(outcome) ?? 0) + 1);
  }

  miss(reason: string, pair: string): void {
    this.unreached.set(reason, [...(this.unreached.get(reason) ?? []), pair]);
  }

  lines(): readonly string[] {
    const counted = [...this.counts].map(([outcome, count]) => `${outcome}: ${count}`);
    const missed = [...this.unreached].map(
      ([reason, pairs]) => `not reached, ${reason}: ${pairs.length} (${pairs.join(', ')})`,
    );
    return [...counted, ...missed];
  }
}

const isPdu = (event: string): boolean => Object.hasOwn(spduForms, event);

/** A session event without a cell, in the first conversation that leads to the state. */
function driveAbsent(state: SessionState, event: SessionEvent, coverage: Coverage): void {
  const where = `${state} ${event}`;
  const machine = machineAfter(ways[state][0]);
  const [input] = inputs[event];
  assert.ok(input !== undefined, where);
  if (where === 'STA18 SPTreq') {
    coverage.miss('the machine may hold it until GTA', where);
    return;
  }
  if (input.from === 'above') {
    assert.throws(() => fire(machine, input), AssertionError, where);
    coverage.add('request without a cell: assertion');
    return;
  }
  if (event.startsWith('TIM') && machine.nextTimeout() !== undefined) {
    coverage.miss('one deadline runs at a time, and it is another', where);
    return;
  }
  const said = fire(machine, input);
  if (isPdu(event) && state !== 'STA01B') {
    assert.ok(
      said.some(({ to }) => to === 'log'),
      where,
    );
    assert.match(machine.state, /^STA(01|16)$/, where);
    coverage.add('PDU without a cell: protocol error');
    return;
  }
  assert.deepEqual(said, [], where);
  assert.equal(machine.state, state, where);
  coverage.add('event of the past: ignored');
}

test('session: every state against every event', (t) => {
  const coverage = new Coverage();
  for (const state of Object.keys(ways) as SessionState[]) {
    for (const event of Object.keys(inputs) as SessionEvent[]) {
      if (sessionTable[state][event] === undefined) {
        driveAbsent(state, event, coverage);
        continue;
      }
      // What a cell does is the room's own test; here only that something takes it without harm.
      for (const way of ways[state]) {
        for (const input of inputs[event]) driveCell(machineAfter(way), input, `${state} ${event}`);
      }
      coverage.add('cell');
    }
  }
  for (const line of coverage.lines()) t.diagnostic(line);
  const pairs = Object.keys(ways).length * Object.keys(inputs).length;
  const driven = [...coverage.counts.values()].reduce((sum, count) => sum + count, 0);
  const missed = [...coverage.unreached.values()].flat().length;
  assert.equal(driven + missed, pairs);
  assert.ok(missed <= 20, `${missed} pairs were not reached`);
});

function driveCell(
  machine: ReturnType<typeof machineAfter>,
  input: Parameters<typeof fire>[1],
  where: string,
): void {
  try {
    const said = fire(machine, input);
    assert.ok(said.filter(({ to }) => to === 'log').length <= 1, where);
  } catch (cause) {
    // A request whose predicate does not hold in this conversation is our own mistake.
    assert.ok(cause instanceof AssertionError && input.from === 'above', `${where}: ${cause}`);
  }
}

function kindOf(heard: Heard): string {
  if (heard === 'timer') return 'timer';
  return 'above' in heard ? heard.above.kind : heard.below.kind;
}

const ourRole = /received|receiving|repeating|no turn|turn of a responder|excepted/;

/** The category 0 SPDUs that precede others name no token, and say nothing. */
function saysNothing(heard: Heard): boolean {
  if (heard === 'timer' || 'above' in heard) return false;
  return 'tokens' in heard.below && Array.isArray(heard.below.tokens) && heard.below.tokens.length === 0;
}

/** What RTSE makes of something that has no cell; undefined if it has one. */
function absentOutcome(way: readonly [string, string, readonly Heard[]], heard: Heard): string | undefined {
  const [name, state, steps] = way;
  if (saysNothing(heard)) return undefined;
  const row = (rtseTable as AnyTable)[state] ?? {};
  const kind = kindOf(heard);
  const events = kind === 'PDTind' ? ['RTTR', 'APDUinvalid'] : [kind];
  if (events.some((event) => row[event] !== undefined)) return undefined;
  const role = ourRole.test(name) ? 'responder' : 'initiator';
  // Association control confirms nothing that was not asked; if it did, that would be our own mistake.
  const asked = role === 'initiator' && state !== 'idle' && state !== 'connected';
  if (kind === 'AASCcnf+' && !asked) return undefined;
  const scenario = new Scenario(role);
  for (const step of steps) scenario.hear(step);
  if (heard === 'timer') {
    if (scenario.machine.nextTimeout() !== undefined) return undefined;
    assert.deepEqual(scenario.hear(heard), [], `${name}, timer`);
    return 'event of the past: ignored';
  }
  return 'above' in heard || state === 'ended'
    ? ofUser(scenario, heard, name)
    : ofPeer(scenario, heard, name);
}

function ofUser(scenario: Scenario, heard: Heard, name: string): string {
  if (scenario.machine.state === 'ended') {
    assert.deepEqual(scenario.hear(heard), [], `${name}, ${kindOf(heard)}`);
    return 'after the end: dropped';
  }
  assert.throws(() => scenario.hear(heard), AssertionError, `${name}, ${kindOf(heard)}`);
  return 'request without a cell: assertion';
}

function ofPeer(scenario: Scenario, heard: Heard, name: string): string {
  const before = scenario.machine.state;
  const said = scenario.hear(heard);
  const where = `${name}, ${kindOf(heard)}`;
  assert.equal(scenario.machine.state, 'ended', where);
  assert.equal(scenario.machine.nextTimeout(), undefined, where);
  assert.ok(
    said.some(({ to }) => to === 'log'),
    where,
  );
  const associated = before !== 'idle' && before !== 'connected';
  const aborted = said.some((output) => output.to === 'below' && output.primitive.kind === 'AABRreq');
  assert.ok(aborted || !associated, `${where}: the peer hears of it`);
  return 'PDU without a cell: protocol error';
}

test('RTSE: every state against everything that it can hear without a cell', (t) => {
  const coverage = new Coverage();
  const seen = new Set<string>();
  for (const variant of variants) {
    for (const way of setups(variant)) {
      for (const heard of everything(variant)) {
        const outcome = absentOutcome(way, heard);
        const pair = `${way[1]} ${kindOf(heard)}`;
        if (outcome === undefined || seen.has(pair)) continue;
        seen.add(pair);
        coverage.add(outcome);
      }
    }
  }
  for (const line of coverage.lines()) t.diagnostic(line);
  assert.ok(seen.size > 150, `${seen.size} pairs`);
});

test('the cells of every table, counted', (t) => {
  const tables = { sessionTable, transportTable, presentationTable, acseTable, rtseTable };
  for (const [name, table] of Object.entries<AnyTable>(tables)) {
    const cells = cellsOf(table);
    const branches = cells.reduce((sum, { cell }) => sum + cell.length, 0);
    t.diagnostic(`${name}: ${Object.keys(table).length} states, ${cells.length} cells, ${branches} branches`);
    assert.ok(cells.length > 25, name);
  }
});
