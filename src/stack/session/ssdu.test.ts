// X.225 6.3.5: segmenting and its limits.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { concat, totalOctets } from '../../base/octets.ts';
import { encodeSpdu } from './spdu-encoder.ts';
import type { ReceivedSpdu, SpduToSend } from './spdu.ts';
import { segmentSsdu, SsduReassembly } from './ssdu.ts';

const heard = (spdu: SpduToSend): ReceivedSpdu => ({ ...spdu, userData: concat(spdu.userData ?? []) });

test('segments fit the TSDU and come together again', () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 });
  fc.assert(
    fc.property(pieces, fc.integer({ min: 16, max: 100 }), (ssdu, size) => {
      const reassembly = new SsduReassembly(10_000);
      const segments = segmentSsdu(ssdu, size);
      for (const segment of segments) assert.ok(totalOctets(encodeSpdu(segment)) <= size);
      const results = segments.map((segment) => reassembly.take(heard(segment)));
      const last = results.pop();
      assert.ok(typeof last === 'object');
      assert.deepEqual(last.userData, concat(ssdu));
      assert.ok(results.every((result) => result === undefined));
      assert.equal(reassembly.octetsHeld, 0);
    }),
  );
});

test('without a negotiated size nothing is cut, and nothing is copied', () => {
  const userData = [new Uint8Array(100_000)];
  assert.deepEqual(segmentSsdu(userData, 0), [{ kind: 'DT', userData }]);
});

const part = (enclosure: number, octets = 1): ReceivedSpdu => ({
  kind: 'DT',
  enclosure,
  userData: new Uint8Array(octets),
});

test('an SPDU of another kind within the segments is an error; AI throws them away', () => {
  const reassembly = new SsduReassembly(100);
  assert.equal(reassembly.take(part(1)), undefined);
  assert.equal(reassembly.take({ kind: 'MIP', serialNumber: 1 }), 'MIP within the segments of a DT');
  assert.deepEqual(reassembly.take({ kind: 'AI' }), { kind: 'AI' });
  assert.equal(reassembly.octetsHeld, 0);
});

test('what is held is bounded, in octets and in segments', () => {
  const reassembly = new SsduReassembly(10);
  reassembly.take(part(1, 6));
  assert.equal(reassembly.take(part(0, 6)), 'an SSDU longer than 10 octets');
  const many = new SsduReassembly(1000);
  many.take(part(1, 1));
  const answers = Array.from({ length: 200 }, () => many.take(part(0, 1)));
  assert.ok(answers.includes('too many segments'));
});
