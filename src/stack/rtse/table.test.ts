// Every state of the RTSE machine against everything that it can hear: every branch of the table is taken,
// and where there is no cell the outcome is the one that the table's header says.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everything, type Heard, Scenario, setups, variants } from '../../../test/support/rtse-scenario.ts';
import { watchTable } from '../../../test/support/table-coverage.ts';
import { AssertionError } from '../../base/assert.ts';
import { cellsOf } from '../kernel/table.ts';
import { rtseStates } from './states.ts';
import { rtseTable } from './table.ts';

const coverage = watchTable(rtseTable);

function nameOf(heard: Heard): string {
  if (heard === 'timer') return 'timer';
  return 'above' in heard ? heard.above.kind : heard.below.kind;
}

/** Which of our roles the way into a state is that of. */
function roleOf(name: string): 'initiator' | 'responder' {
  return /received|receiving|repeating|no turn|turn of a responder|excepted/.test(name)
    ? 'responder'
    : 'initiator';
}

function brought(name: string, steps: readonly Heard[], role = roleOf(name)): Scenario {
  const scenario = new Scenario(role);
  for (const step of steps) scenario.hear(step);
  return scenario;
}

function terminals(scenario: Scenario): string[] {
  const ends = ['RTPABind', 'RTUABind', 'RTOPENcnf-', 'RTCLOSEcnf'];
  return scenario.said.flatMap((output) =>
    output.to === 'above' && ends.includes(output.primitive.kind) ? [output.primitive.kind] : [],
  );
}

test('every state is reached by its way', () => {
  const reached = new Set<string>();
  for (const variant of variants) {
    for (const [name, state, steps] of setups(variant)) {
      assert.equal(brought(name, steps).machine.state, state, name);
      reached.add(state);
    }
  }
  assert.deepEqual([...reached].sort(), Object.keys(rtseStates).sort());
});

test('every state against everything that it can hear', (t) => {
  let cases = 0;
  for (const variant of variants) {
    for (const [name, state, steps] of setups(variant)) {
      const roles =
        state === 'idle' || state === 'connected' ? (['initiator', 'responder'] as const) : [roleOf(name)];
      for (const role of roles) {
        for (const heard of everything(variant)) {
          const where = `${name} (${role}), ${nameOf(heard)}`;
          if (nameOf(heard) === 'AASCcnf+' && role === 'responder') continue;
          assertOutcome(brought(name, steps, role), heard, where);
          cases += 1;
        }
      }
    }
  }
  t.diagnostic(`${cases} cases over ${cellsOf(rtseTable).length} cells, ${coverage.all.length} branches`);
  assert.ok(cases > 10_000);
});

test('every branch of every cell was taken', () => {
  assert.deepEqual(coverage.missed(), []);
  assert.ok(coverage.all.length >= 200, `${coverage.all.length} branches`);
});

function assertOutcome(scenario: Scenario, heard: Heard, where: string): void {
  const before = scenario.machine.state;
  try {
    scenario.hear(heard);
  } catch (cause) {
    // A request out of place is our mistake; whatever the peer does is not.
    assert.ok(cause instanceof AssertionError && heard !== 'timer', `${where}: ${cause}`);
    assert.ok('above' in heard || nameOf(heard) === 'AASCcnf+', `${where}: ${cause}`);
    return;
  }
  const { state } = scenario.machine;
  assert.ok(terminals(scenario).length <= 1, where);
  if (state === 'ended') {
    assert.equal(scenario.machine.nextTimeout(), undefined, where);
    assert.deepEqual(scenario.hear({ above: { kind: 'RTUABreq' } }), [], where);
  } else {
    assert.deepEqual(terminals(scenario), [], where);
  }
  if (before === 'ended') assert.equal(scenario.said.length, 0, where);
}
