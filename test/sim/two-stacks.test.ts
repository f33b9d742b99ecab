// Two stacks in simulation, thousands of associations from one seed: every transfer completes or is
// resumed, nothing is there twice beyond what X.228 allows, nothing is left; and the bugs that this must
// find, planted. TWO_STACKS=n in the environment asks for that many associations.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heapInUse } from '../fuzz/bounded.ts';
import { startOfTest } from '../support/associations.ts';
import { playTwoStacks, twoStacksReport } from './two-stacks.ts';
import { tampered } from '../support/association-end.ts';

const associations_floor = Number(process.env.TWO_STACKS ?? 5000);
const time_ms_max = 60_000 + associations_floor * 4;
const growth_octets_max = 16 * 1024 * 1024;

test('every transfer completes or is resumed, once, and nothing is left', (t) => {
  const seed = Number(process.env.FUZZ_SEED ?? 20_261_121);
  playTwoStacks({ associations: 300, seed: seed + 1 });
  const before = heapInUse();
  const began = performance.now();
  const run = playTwoStacks({ associations: associations_floor, seed });
  const took = performance.now() - began;
  const growth = heapInUse() - before;
  for (const line of twoStacksReport(run).split('\n')) t.diagnostic(line);
  t.diagnostic(`${Math.round(took)} ms`);
  assert.deepEqual(run.failures, [], twoStacksReport(run));
  assert.ok(run.associations >= associations_floor);
  // What it is about did happen.
  const least = associations_floor / 1000;
  for (const count of [
    'recoveries',
    'refusedConnects',
    'deaths',
    'orderly',
    'resumed',
    'repeated',
  ] as const) {
    assert.ok(run[count] >= least, `${count}: ${run[count]}`);
  }
  assert.ok(run.transfers > associations_floor / 3, twoStacksReport(run));
  assert.ok(growth <= growth_octets_max, `${growth} octets remain`);
  assert.ok(took <= time_ms_max, `${took} ms`);
});

/** An association whose outputs go through somebody else's hands. */
function said(run: ReturnType<typeof playTwoStacks>): string {
  return run.failures.flatMap(({ breaches }) => breaches).join('\n');
}

test('planted: an end that is confirmed before it is secured is caught', () => {
  const run = playTwoStacks({
    associations: 500,
    seed: 1,
    planted: {
      machine: (machine) =>
        tampered(machine, (outputs) => {
          const whole = outputs.some((each) => each.kind === 'user' && each.primitive.kind === 'RTTRind');
          if (!whole) return outputs;
          const early = { kind: 'user', primitive: { kind: 'RTTRrsp+' } } as const;
          return [...outputs, ...machine.handle(early, startOfTest)];
        }),
    },
  });
  assert.match(said(run), /an APDU is confirmed and not secured/);
});

test('planted: a point that is confirmed before it is secured is caught', () => {
  const run = playTwoStacks({
    associations: 500,
    seed: 2,
    planted: {
      machine: (machine) =>
        tampered(machine, (outputs) =>
          outputs.flatMap((each) => {
            if (each.kind !== 'user' || each.primitive.kind !== 'RTcheckpointind') return [each];
            const { serialNumber } = each.primitive;
            const early = { kind: 'user', primitive: { kind: 'RTsecured', serialNumber } } as const;
            return [each, ...machine.handle(early, startOfTest)];
          }),
        ),
    },
  });
  assert.match(said(run), /point \d+ of .* is confirmed and not secured/);
});

test('planted: a lost turn is caught', () => {
  const run = playTwoStacks({
    associations: 500,
    seed: 3,
    planted: {
      machine: (machine) =>
        tampered(machine, (outputs) =>
          outputs.filter((each) => each.kind !== 'user' || each.primitive.kind !== 'RTTGind'),
        ),
    },
  });
  assert.match(said(run), /in calm weather ends with|not over/);
});

test('planted: a receiver that forgets what it secured whole is caught', () => {
  const run = playTwoStacks({
    associations: 3000,
    seed: 4,
    planted: {
      site: (site) => {
        site.forgetsWhole = true;
      },
    },
  });
  assert.match(said(run), /was confirmed, and is not there/);
});

test('planted: a timer that outlives its association is caught', () => {
  const run = playTwoStacks({
    associations: 50,
    seed: 5,
    planted: {
      machine: (machine) => ({
        ...tampered(machine, (outputs) => outputs),
        nextTimeout: () => machine.nextTimeout() ?? startOfTest,
      }),
    },
  });
  assert.match(said(run), /a timer after the end/);
});

test('the same seed plays the same world', () => {
  const [first, again] = [6, 6].map((seed) => playTwoStacks({ associations: 200, seed }));
  assert.deepEqual(again, first);
});
