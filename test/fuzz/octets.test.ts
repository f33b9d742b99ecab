// Every decoder against hostile octets: a hundred thousand cases here, ten million each night (`npm run
// nightly`); and every case that ever failed, again.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex } from '../../src/base/octets.ts';
import { keptCases } from './kept.ts';
import { minimised } from './minimise.ts';
import { decoders, fault, fuzz, report } from './octets.ts';

/** Cases that must be reached, all decoders together, and by the one that gets fewest. */
const cases_floor = 100_000;
const cases_of_each_floor = 800;
const time_ms_max = 40_000;

test('octets: a value or a typed error, in bounded time and memory', (t) => {
  const seed = Number(process.env.FUZZ_SEED ?? 20_261_121);
  const began = performance.now();
  const run = fuzz({ cases: cases_floor, seed });
  const took = performance.now() - began;
  t.diagnostic(`floor ${cases_floor} cases in ${time_ms_max} ms; took ${Math.round(took)} ms`);
  for (const line of report(run).split('\n')) t.diagnostic(line);
  assert.deepEqual(
    run.failures.map(({ decoder, message, octets }) => `${decoder}: ${message} ${toHex(octets)}`),
    [],
  );
  let total = 0;
  for (const { name } of decoders) {
    const count = run.counts.get(name);
    assert.ok(count !== undefined && count.cases >= cases_of_each_floor, `${name}: ${count?.cases} cases`);
    assert.ok(count.values > 0 && (name === 'ber' || count.values < count.cases), `${name} sees both kinds`);
    total += count.cases;
  }
  assert.ok(total >= cases_floor, `${total} cases`);
  assert.ok(took <= time_ms_max, `${took} ms`);
});

test('every case that once failed', (t) => {
  const cases = keptCases();
  t.diagnostic(`${cases.length} kept cases`);
  for (const { file, decoder: name, octets } of cases) {
    const decoder = decoders.find((each) => each.name === name);
    assert.ok(decoder !== undefined, `${file}: there is no decoder ${name}`);
    assert.equal(fault(decoder, octets), undefined, file);
  }
});

test('a failing case is made as small as it can be', () => {
  const whole = Uint8Array.from({ length: 500 }, (_, index) => index & 0xff);
  const small = minimised(whole, (octets) => octets.includes(0x30) && octets.includes(0x84));
  assert.deepEqual([...small], [0x30, 0x84]);
});

test('a decoder that throws is caught, with its case', () => {
  const careless = {
    name: 'careless',
    weight: 1,
    valid: () => Uint8Array.of(1),
    take: (octets: Uint8Array): boolean => {
      if (octets.length > 3 && octets[2] === 7) throw new RangeError('beyond the end');
      return true;
    },
  };
  assert.equal(fault(careless, Uint8Array.of(1, 2, 7, 4)), 'RangeError: beyond the end');
  assert.equal(fault(careless, Uint8Array.of(1, 2, 3, 4)), undefined);
});
