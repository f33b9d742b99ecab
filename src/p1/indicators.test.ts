// The bits of indicators as words.

import assert from 'node:assert/strict';
import test from 'node:test';
import { bitsOf } from '../asn1/index.ts';
import {
  hasPerMessageIndicator,
  perRecipientIndicators,
  readPerRecipientIndicators,
  withResponsibility,
} from './indicators.ts';

test('every combination is read back, in eight bits', () => {
  for (const responsibility of [true, false]) {
    for (const originatingMTAReportRequest of ['non-delivery-report', 'report', 'audited-report'] as const) {
      for (const originatorReportRequest of ['no-report', 'non-delivery-report', 'report'] as const) {
        const indicators = { responsibility, originatingMTAReportRequest, originatorReportRequest };
        const bits = perRecipientIndicators(indicators);
        assert.equal(bits.bits, 8);
        assert.deepEqual(readPerRecipientIndicators(bits), indicators);
      }
    }
  }
});

test('the bits of a real peer: nine of them, A8 00', () => {
  const bits = { octets: Uint8Array.of(0xa8, 0), bits: 9 };
  assert.deepEqual(readPerRecipientIndicators(bits), {
    responsibility: true,
    originatingMTAReportRequest: 'non-delivery-report',
    originatorReportRequest: 'non-delivery-report',
  });
  const without = withResponsibility(bits, false);
  assert.deepEqual(without, { octets: Uint8Array.of(0x28, 0), bits: 9 });
  assert.deepEqual(withResponsibility(without, true), bits);
  assert.equal(withResponsibility(bits, true), bits);
});

test('per-message indicators by name', () => {
  const bits = bitsOf([2, 3]);
  assert.ok(hasPerMessageIndicator(bits, 'alternate-recipient-allowed'));
  assert.ok(!hasPerMessageIndicator(bits, 'service-message'));
});
