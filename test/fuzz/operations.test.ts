// Operations at random, thousands of associations from one seed; and the bugs that this must find, planted
// by wrapping.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heapInUse } from './bounded.ts';
import { fuzzOperations, operationsReport, startOfWorlds } from './operations.ts';
import { tampered } from '../support/association-end.ts';

const associations_floor = 5000;
const transfers_floor = 2000;
const time_ms_max = 40_000;
const growth_octets_max = 16 * 1024 * 1024;

test('random operations: one end, no early acknowledgement, only what was given whole is confirmed', (t) => {
  const seed = Number(process.env.FUZZ_SEED ?? 20_261_121);
  fuzzOperations({ cases: 500, seed: seed + 1 });
  const before = heapInUse();
  const began = performance.now();
  const run = fuzzOperations({ cases: associations_floor, seed });
  const took = performance.now() - began;
  const growth = heapInUse() - before;
  t.diagnostic(`floor ${associations_floor} associations in ${time_ms_max} ms; took ${Math.round(took)} ms`);
  for (const line of operationsReport(run).split('\n')) t.diagnostic(line);
  assert.deepEqual(run.failures, []);
  assert.ok(
    run.associations >= associations_floor && run.transfers >= transfers_floor,
    operationsReport(run),
  );
  assert.ok(run.orderly > 500 && run.contained > 500, 'good and bad ends both occur');
  assert.ok(growth <= growth_octets_max, `${growth} octets remain`);
  assert.ok(took <= time_ms_max, `${took} ms`);
});

/** An association whose inputs and outputs go through somebody else's hands. */
test('planted: an acknowledgement before security is caught', () => {
  const run = fuzzOperations({
    cases: 300,
    seed: 1,
    planted: {
      kinds: ['calm'],
      // The stack is told that the APDU is secured as soon as it is whole, before the user has said so.
      machine: (machine, role) =>
        role === 'initiator'
          ? machine
          : tampered(machine, (outputs) => {
              const whole = outputs.some((each) => each.kind === 'user' && each.primitive.kind === 'RTTRind');
              if (!whole) return outputs;
              const early = { kind: 'user', primitive: { kind: 'RTTRrsp+' } } as const;
              return [...outputs, ...machine.handle(early, startOfWorlds)];
            }),
    },
  });
  const said = run.failures.flatMap(({ breaches }) => breaches);
  assert.ok(said.includes('an end of activity is acknowledged before it is secured'), said.join('\n'));
});

test('planted: a turn that is lost on the way up is caught', () => {
  const run = fuzzOperations({
    cases: 300,
    seed: 2,
    planted: {
      kinds: ['calm'],
      machine: (machine) =>
        tampered(machine, (outputs) =>
          outputs.filter((each) => each.kind !== 'user' || each.primitive.kind !== 'RTTGind'),
        ),
    },
  });
  const said = run.failures.flatMap(({ breaches }) => breaches);
  assert.ok(
    said.some((each) => /transfers are confirmed|a calm world ends with/.test(each)),
    said.join('\n'),
  );
});

test('planted: a confirmation of what was not given whole is caught', () => {
  const run = fuzzOperations({
    cases: 300,
    seed: 3,
    planted: {
      kinds: ['calm'],
      // One octet of what comes up is changed.
      machine: (machine) =>
        tampered(machine, (outputs) =>
          outputs.map((each) => {
            if (each.kind !== 'user' || each.primitive.kind !== 'RTdataind') return each;
            const octets = each.primitive.octets.slice();
            octets[octets.length - 1] ^= 1;
            return { ...each, primitive: { ...each.primitive, octets } };
          }),
        ),
    },
  });
  const said = run.failures.flatMap(({ breaches }) => breaches);
  assert.ok(said.includes('confirmed, but not given whole'), said.join('\n'));
});

test('planted: a second end, and a timer after the end, are caught', () => {
  const run = fuzzOperations({
    cases: 50,
    seed: 4,
    planted: {
      machine: (machine) => ({
        ...tampered(machine, (outputs) =>
          outputs.flatMap((each) =>
            each.kind === 'user' && each.primitive.kind === 'RTPABind' ? [each, each] : [each],
          ),
        ),
        nextTimeout: () => machine.nextTimeout() ?? startOfWorlds,
      }),
    },
  });
  const said = run.failures.flatMap(({ breaches }) => breaches).join('\n');
  assert.match(said, /heard 2 ends/);
  assert.match(said, /has a timer after the end/);
});
