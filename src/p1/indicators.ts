// The bits of per-recipient indicators (X.411 06/1999, MTAAbstractService, PerRecipientIndicators): who
// answers for the recipient, what the originating MTA wants reported, what the originator asked for. And the
// per-message bits.

import { type BitString, bitsOf, hasBit } from '../asn1/index.ts';
import { perRecipientIndicatorBits } from './envelopes.ts';
import { perMessageIndicatorBits } from './fields.ts';

export type OriginatorReportRequest = 'no-report' | 'non-delivery-report' | 'report';
export type OriginatingMTAReportRequest = 'non-delivery-report' | 'report' | 'audited-report';

export interface RecipientIndicators {
  /** Whether the MTA that gets this copy answers for the recipient. */
  readonly responsibility: boolean;
  readonly originatingMTAReportRequest: OriginatingMTAReportRequest;
  readonly originatorReportRequest: OriginatorReportRequest;
}

/**
 * The bits as words. Where the originating MTA's bits are both zero, which is not allowed, the least is
 * taken.
 */
export function readPerRecipientIndicators(bits: BitString): RecipientIndicators {
  const has = (name: keyof typeof perRecipientIndicatorBits) => hasBit(bits, perRecipientIndicatorBits[name]);
  const mtaReport = has('originating-MTA-report') ? 'report' : 'non-delivery-report';
  const both = has('originating-MTA-report') && has('originating-MTA-non-delivery-report');
  const originatorNonDelivery = has('originator-non-delivery-report') ? 'non-delivery-report' : 'no-report';
  return {
    responsibility: has('responsibility'),
    originatingMTAReportRequest: both ? 'audited-report' : mtaReport,
    originatorReportRequest: has('originator-report') ? 'report' : originatorNonDelivery,
  };
}

/** The eight bits that say so. */
export function perRecipientIndicators(indicators: RecipientIndicators): BitString {
  const { originatingMTAReportRequest: mta, originatorReportRequest: originator } = indicators;
  const bits: number[] = [];
  if (indicators.responsibility) bits.push(perRecipientIndicatorBits.responsibility);
  if (mta !== 'non-delivery-report') bits.push(perRecipientIndicatorBits['originating-MTA-report']);
  if (mta !== 'report') bits.push(perRecipientIndicatorBits['originating-MTA-non-delivery-report']);
  if (originator === 'report') bits.push(perRecipientIndicatorBits['originator-report']);
  if (originator === 'non-delivery-report') {
    bits.push(perRecipientIndicatorBits['originator-non-delivery-report']);
  }
  return bitsOf(bits, 8);
}

/** The same bits, all others kept, with the responsibility as given. The same object if nothing changes. */
export function withResponsibility(bits: BitString, responsible: boolean): BitString {
  const { responsibility } = perRecipientIndicatorBits;
  if (hasBit(bits, responsibility) === responsible && bits.bits >= 8) return bits;
  const length = Math.max(8, bits.bits);
  const kept: number[] = [];
  for (let bit = 1; bit < bits.bits; bit += 1) if (hasBit(bits, bit)) kept.push(bit);
  return bitsOf(responsible ? [responsibility, ...kept] : kept, length);
}

/** Whether a per-message indicator is set. */
export function hasPerMessageIndicator(bits: BitString, name: keyof typeof perMessageIndicatorBits): boolean {
  return hasBit(bits, perMessageIndicatorBits[name]);
}
