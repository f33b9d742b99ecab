// What governs a downgrade to 1984, what it yields, and the rules on extensions that messages, probes and
// reports share (X.419 06/1999, Annex B).

import type { Raw } from '../asn1/index.ts';
import { type ExtensionField, extensionTypeOf } from './extension-field.ts';
import { extensionNameOf, isCritical } from './extensions.ts';
import { internalTrace1984 } from './internal-trace-1984.ts';
import type { NameDowngradeOptions } from './or-name-1984.ts';
import { readInternalTrace } from './trace-procedures.ts';

export interface DowngradeOptions extends NameDowngradeOptions {
  /** Internal trace: left out (default), or as the MOTIS drafts had it, for peers that know it. */
  readonly internalTrace?: 'strip' | 'motis';
  /** Bilateral information to administration domains: kept (default), or left out. */
  readonly bilateralInformation?: 'keep' | 'strip';
  /** Trace: all of it (default), or from the last redirection or expansion on (RFC 1615, annex A). */
  readonly trace?: 'whole' | 'since-last-expansion';
  /**
   * What an extension critical for delivery means, which no MTA of 1984 heeds: a refusal (default), or
   * nothing. Critical for transfer is always a refusal.
   */
  readonly criticalForDelivery?: 'refuse' | 'drop';
}

/** A recipient that cannot be reached through P1 of 1984. */
export interface DowngradeFailure {
  /** Its place in `perRecipientFields`. */
  readonly index: number;
  readonly nonDeliveryReasonCode: 'unable-to-transfer';
  readonly nonDeliveryDiagnosticCode: 'unable-to-downgrade';
  /** For people: what 1984 cannot say. */
  readonly explanation: string;
}

export interface Downgraded<T> {
  /** For all but the failed recipients; undefined where none is left, or where a report cannot be said. */
  readonly value: T | undefined;
  /**
   * The recipients to report on: only those for which this copy has the responsibility. Of a report, the
   * recipients that it can no longer tell of.
   */
  readonly failed: readonly DowngradeFailure[];
}

/** Why the extensions forbid the downgrade: undefined if they do not. */
export function criticalOf(
  extensions: readonly ExtensionField[],
  options: DowngradeOptions,
): string | undefined {
  for (const field of extensions) {
    const forDelivery = isCritical(field, 'for-delivery') && options.criticalForDelivery !== 'drop';
    if (!isCritical(field, 'for-transfer') && !forDelivery) continue;
    const type = extensionTypeOf(field);
    const name = extensionNameOf(field) ?? (type === undefined ? 'of no known form' : `${type.value}`);
    return `critical extension ${name} has no form in 1984`;
  }
  return undefined;
}

/** The internal trace as an element of its own, where the link asks for it. */
export function internalTraceOf(
  extensions: readonly ExtensionField[],
  options: DowngradeOptions,
): readonly Raw[] {
  if (options.internalTrace !== 'motis') return [];
  const trace = readInternalTrace(extensions);
  const element = trace.ok ? internalTrace1984(trace.value) : undefined;
  return element === undefined ? [] : [element];
}

export function failure(index: number, explanation: string): DowngradeFailure {
  return {
    index,
    nonDeliveryReasonCode: 'unable-to-transfer',
    nonDeliveryDiagnosticCode: 'unable-to-downgrade',
    explanation,
  };
}
