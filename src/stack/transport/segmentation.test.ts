// X.224 6.3: a TSDU becomes DT TPDUs of the negotiated size, without copies.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { concat, totalOctets } from '../../base/octets.ts';
import { TsduReassembly } from './reassembly.ts';
import { segmentTsdu } from './segmentation.ts';
import { decodeTpdu } from './tpdu-codec.ts';

test('what is cut comes together again, and no TPDU is too large', () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 6 });
  fc.assert(
    fc.property(pieces, fc.integer({ min: 128, max: 600 }), (tsdu, size) => {
      const reassembly = new TsduReassembly(10_000);
      const tpdus = segmentTsdu(tsdu, size);
      const results = tpdus.map((tpdu) => {
        assert.ok(totalOctets(tpdu) <= size);
        const decoded = decodeTpdu(concat(tpdu));
        assert.ok(decoded.ok && decoded.value.kind === 'DT');
        return reassembly.take(decoded.value);
      });
      assert.deepEqual(results.pop(), concat(tsdu));
      assert.ok(results.every((result) => result === undefined));
    }),
  );
});

test('a long piece goes down as it is', () => {
  const long = new Uint8Array(1000);
  const [tpdu] = segmentTsdu([Uint8Array.of(1, 0, 1, 0), long], 65_531);
  assert.equal(tpdu.length, 2);
  assert.equal(tpdu[1], long);
});
