// The tables of codes: complete, and each of our causes with the code that the standard has for it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nonDeliveryDiagnosticCodes, nonDeliveryReasonCodes } from '../p1/index.ts';
import { nonDelivery, type nonDeliveryCauses } from './causes.ts';
import { describeDiagnostic, describeReason, diagnosticMeanings, reasonMeanings } from './codes.ts';

test('X.411 (1999): nine reasons from 0 to 8, 79 diagnostics from 0 to 78, each with a meaning', () => {
  const numbers = (table: Readonly<Record<string, number>>) => Object.values(table).sort((a, b) => a - b);
  assert.deepEqual(
    numbers(nonDeliveryReasonCodes),
    Array.from({ length: 9 }, (_, index) => index),
  );
  assert.deepEqual(
    numbers(nonDeliveryDiagnosticCodes),
    Array.from({ length: 79 }, (_, index) => index),
  );
  for (const meaning of [...Object.values(reasonMeanings), ...Object.values(diagnosticMeanings)]) {
    assert.match(meaning, /^[A-Z].*\.$/);
  }
});

test('codes are described by number and name; unknown ones as what they are', () => {
  assert.deepEqual(
    [describeReason('unable-to-transfer').number, describeDiagnostic('loop-detected').number],
    [1, 3],
  );
  assert.deepEqual([describeDiagnostic(99).number, describeDiagnostic(99).name], [99, '99']);
  assert.equal(describeReason(20).name, '20');
});

test('causes are reported with the code that says them', () => {
  const rows: readonly (readonly [keyof typeof nonDeliveryCauses, number, number | undefined])[] = [
    ['unknown-user', 1, 0],
    ['no-route', 1, 0],
    ['expired', 1, 5],
    ['content-too-long', 1, 7],
    ['loop-detected', 1, 3],
    ['too-many-recipients', 1, 16],
    ['unsupported-critical-function', 1, 18],
    ['unable-to-downgrade', 1, 47],
    ['restricted-delivery', 5, undefined],
    ['conversion-impractical', 2, 8],
    ['implicit-conversion-prohibited', 2, 9],
  ];
  for (const [cause, reason, diagnostic] of rows) {
    const codes = nonDelivery(cause);
    assert.equal(typeof codes.reason === 'string' ? nonDeliveryReasonCodes[codes.reason] : -1, reason, cause);
    const { diagnostic: name } = codes;
    const number = typeof name === 'string' ? nonDeliveryDiagnosticCodes[name] : name;
    assert.equal(number, diagnostic, cause);
  }
});
