// Fields that both P1s have, each in its other form: encoded information types, flags, bilateral information,
// trace, report codes (X.419 06/1999, Annex B). Whole envelopes are upgrade.ts and downgrade.ts.

import { bitsOf, type BitString, hasBit, significantBits } from '../asn1/index.ts';
import type { PerDomainBilateralInformation } from './envelopes.ts';
import type { EncodedInformationTypes } from './fields.ts';
import {
  type EncodedInformationTypes1984,
  type NonDeliveredInfo,
  perMessageFlagBits,
  type PerDomainBilateralInfo,
} from './mpdu-1984.ts';
import {
  type NonDeliveryReport,
  nonDeliveryDiagnosticCodes,
  nonDeliveryReasonCodes,
} from './report-fields.ts';
import type { TraceInformation, TraceInformationElement } from './trace.ts';

/** id-eit of X.411: the last arc is the number of the bit that means the same. */
const builtInTypeOid = /^2\.6\.3\.4\.(\d)$/;
const undefined_bit = 0;

/**
 * The types as bits alone. A type that has none becomes the bit `undefined`, as a receiver of 1984 reads what
 * it does not know.
 */
export function downgradeEncodedInformationTypes(
  types: EncodedInformationTypes,
): EncodedInformationTypes1984 {
  const { builtInEncodedInformationTypes: built, g3Facsimile, teletex } = types;
  const extended = types.extendedEncodedInformationTypes ?? [];
  const added = extended.map((oid) => Number(builtInTypeOid.exec(oid)?.[1] ?? undefined_bit));
  return {
    basic: added.length === 0 ? built : bitsOf([...onesOf(built), ...added]),
    ...(significantBits(g3Facsimile) > 0 && { g3NonBasicParams: g3Facsimile }),
    ...(Object.keys(teletex).length > 0 && { teletexNonBasicParams: teletex }),
  };
}

/** The types in the form of 1988; undefined where none are named at all. */
export function upgradeEncodedInformationTypes(
  types: EncodedInformationTypes1984 | undefined,
): EncodedInformationTypes | undefined {
  const bits = types?.basic ?? types?.unmarked;
  if (types === undefined || bits === undefined) return undefined;
  return {
    builtInEncodedInformationTypes: bits,
    g3Facsimile: types.g3NonBasicParams ?? bitsOf([], 0),
    teletex: types.teletexNonBasicParams ?? {},
  };
}

/**
 * The four flags of 1984 among the per-message indicators of 1988; empty, and so left out, where none is
 * set.
 */
export function downgradePerMessageIndicators(indicators: BitString): BitString {
  const flags = Object.values(perMessageFlagBits);
  const set = flags.filter((bit) => hasBit(indicators, bit));
  if (set.length === 0) return bitsOf([], 0);
  return indicators.bits === flags.length ? indicators : bitsOf(set, flags.length);
}

/** The same bits, eight of them: EAN left out those at the end, and later additions are not for 1984. */
export function eightBits(bits: BitString): BitString {
  return bits.bits === 8
    ? bits
    : bitsOf(
        onesOf(bits).filter((bit) => bit < 8),
        8,
      );
}

function onesOf(bits: BitString): readonly number[] {
  const ones: number[] = [];
  for (let bit = 0; bit < significantBits(bits); bit += 1) if (hasBit(bits, bit)) ones.push(bit);
  return ones;
}

/** What is said to administration domains; 1984 cannot name private ones here. */
export function downgradeBilateral(
  information: readonly PerDomainBilateralInformation[],
): readonly PerDomainBilateralInfo[] {
  return information.flatMap(({ countryName, domain, bilateralInformation }) =>
    domain.kind === 'administrationDomainName'
      ? [
          {
            country: countryName,
            administrationDomainName: domain.value,
            bilateralInfo: bilateralInformation,
          },
        ]
      : [],
  );
}

export function upgradeBilateral(
  information: readonly PerDomainBilateralInfo[],
): readonly PerDomainBilateralInformation[] {
  return information.map(({ country, administrationDomainName, bilateralInfo }) => ({
    countryName: country,
    domain: { kind: 'administrationDomainName', value: administrationDomainName },
    bilateralInformation: bilateralInfo,
  }));
}

/**
 * The trace without what 1984 does not have: other actions and extended encoded information types. With
 * `since-last-expansion`, also without what lies before the last element that tells of a redirection or an
 * expansion, which a 1984 domain would take for a loop (RFC 1615, annex A).
 */
export function downgradeTrace(
  trace: TraceInformation,
  reach: 'whole' | 'since-last-expansion',
): TraceInformation {
  const last = trace.findLastIndex((element) => hasOtherActions(element));
  const kept = reach === 'whole' || last < 0 ? trace : trace.slice(last);
  return kept.map(downgradeTraceElement);
}

function hasOtherActions({ domainSuppliedInformation }: TraceInformationElement): boolean {
  return significantBits(domainSuppliedInformation.otherActions) > 0;
}

function downgradeTraceElement(element: TraceInformationElement): TraceInformationElement {
  const { domainSuppliedInformation: supplied, globalDomainIdentifier } = element;
  const { convertedEncodedInformationTypes: converted } = supplied;
  const extended = converted?.extendedEncodedInformationTypes !== undefined;
  const more = supplied.otherActions.bits > 0 || extended || converted?.unknown !== undefined;
  if (!more && supplied.unknown === undefined && element.unknown === undefined) return element;
  const { arrivalTime, routingAction, attemptedDomain, deferredTime } = supplied;
  return {
    globalDomainIdentifier,
    domainSuppliedInformation: {
      arrivalTime,
      routingAction,
      ...(attemptedDomain !== undefined && { attemptedDomain }),
      ...(deferredTime !== undefined && { deferredTime }),
      ...(converted !== undefined && {
        convertedEncodedInformationTypes: upgradeEncodedInformationTypes(
          downgradeEncodedInformationTypes(converted),
        ),
      }),
      otherActions: bitsOf([], 0),
    },
  };
}

const reason_max_1984 = nonDeliveryReasonCodes['conversion-not-performed'];
const diagnostic_max_1984 = nonDeliveryDiagnosticCodes['invalid-arguments'];

/** Diagnostics of 1988 for which 1984 has a word that means nearly the same. */
const nearestDiagnostic: ReadonlyMap<string, keyof typeof nonDeliveryDiagnosticCodes> = new Map([
  ['content-syntax-error', 'invalid-arguments'],
  ['size-constraint-violation', 'invalid-arguments'],
  ['protocol-violation', 'invalid-arguments'],
  ['conversion-with-loss-prohibited', 'conversion-impractical'],
  ['line-too-long', 'conversion-impractical'],
  ['page-split', 'conversion-impractical'],
  ['pictorial-symbol-loss', 'conversion-impractical'],
  ['punctuation-symbol-loss', 'conversion-impractical'],
  ['alphabetic-character-loss', 'conversion-impractical'],
  ['multiple-information-loss', 'conversion-impractical'],
  ['undeliverable-mail-recipient-unknown', 'unrecognised-OR-name'],
  ['redirection-loop-detected', 'loop-detected'],
]);

/**
 * The report in the codes of 1984: `unable-to-transfer` for a later reason, no diagnostic for a later one.
 */
export function downgradeNonDelivery(report: NonDeliveryReport): NonDeliveredInfo {
  const { nonDeliveryReasonCode: reason, nonDeliveryDiagnosticCode: diagnostic } = report;
  const known = numberOf(reason, nonDeliveryReasonCodes) <= reason_max_1984;
  const reasonCode = known ? reason : 'unable-to-transfer';
  if (diagnostic === undefined) return { reasonCode };
  if (numberOf(diagnostic, nonDeliveryDiagnosticCodes) <= diagnostic_max_1984) {
    return { reasonCode, diagnosticCode: diagnostic };
  }
  const nearest = nearestDiagnostic.get(`${diagnostic}`);
  return nearest === undefined ? { reasonCode } : { reasonCode, diagnosticCode: nearest };
}

function numberOf<N extends string>(code: N | number, names: Readonly<Record<N, number>>): number {
  return typeof code === 'number' ? code : names[code];
}
