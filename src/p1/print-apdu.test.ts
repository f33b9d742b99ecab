// Extensions printed with their names, criticality and values.

import assert from 'node:assert/strict';
import test from 'node:test';
import { arbitrary, bitsOf } from '../asn1/index.ts';
import { seededRandom } from '../base/random.ts';
import { MTSAPDU } from './envelopes.ts';
import { extensionTypeRaw } from './extension-field.ts';
import { makeExtension } from './extensions.ts';
import { printExtension, printMTSAPDU } from './print-apdu.ts';

test('a known extension prints its value, an unknown one its elements', () => {
  assert.equal(
    printExtension(makeExtension('dl-expansion-prohibited', 'dl-expansion-prohibited')),
    'dl-expansion-prohibited (critical for-delivery)\n  dl-expansion-prohibited',
  );
  const unknown = {
    type: extensionTypeRaw({ kind: 'privateExtension', value: '1.2.3' }),
    criticality: bitsOf([], 0),
  };
  assert.equal(printExtension(unknown), 'privateExtension 1.2.3\n  NULL');
  const malformed = { ...makeExtension('dl-expansion-prohibited', 0), value: unknown.type };
  assert.match(printExtension(malformed), /^dl-expansion-prohibited .*\n {2}\[3\]/);
});

test('anything prints', () => {
  const random = seededRandom(5);
  for (let run = 0; run < 60; run += 1) {
    assert.ok(printMTSAPDU(arbitrary(MTSAPDU, random, { size_max: 2 })).length > 0);
  }
});
