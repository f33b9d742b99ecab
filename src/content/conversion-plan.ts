// What a conversion may do, and what can come of it (X.408; X.411 06/1999, 8.2.1.1.1.27 to .30, 14.3.5).
// Types, and the one place that says what a plan forbids. Pure.

import type { EncodedInformationTypes } from '../p1/index.ts';
import type { BodyFailure, TextRules } from './convert-body.ts';
import { lossInWords, type LossVerdict, lossVerdict, type TextLoss } from './text-loss.ts';

export interface ConversionPlan extends TextRules {
  /** Whether this conversion may be made at all; an explicit one is asked for, so it may. */
  readonly permitted: boolean;
  /** Whether it may lose information. */
  readonly withLoss: boolean;
}

export type ConversionFailureKind = 'prohibited' | 'with-loss-prohibited' | BodyFailure['kind'];

export type Conversion =
  /** Relay or deliver what came. */
  | { readonly kind: 'unneeded' }
  | (ConvertedInto & { readonly kind: 'converted'; readonly content: Uint8Array })
  | FailedConversion;

export interface FailedConversion {
  readonly kind: 'failed';
  readonly why: ConversionFailureKind;
  readonly explanation: string;
  /** What would have been lost, where that is the reason; counted, where the text is known. */
  readonly lost?: LossVerdict;
  readonly loss?: TextLoss;
}

/** What a conversion made, beside the octets. */
export interface ConvertedInto {
  readonly encodedInformationTypes: EncodedInformationTypes;
  /** Whether it has body parts that P2 of 1984 does not know. */
  readonly needsP22: boolean;
  readonly parts_count: number;
  readonly loss: TextLoss;
}

/**
 * Why the plan does not let a content be converted with this loss, if so. As long as there is more to come
 * (`soFar`), one kind of loss alone is no verdict yet: another would be another one.
 */
export function forbidden(
  plan: ConversionPlan,
  loss: TextLoss,
  known: 'soFar' | 'whole',
): FailedConversion | undefined {
  if (!plan.permitted) {
    const explanation = 'the originator prohibits implicit conversion, and a text would have to be converted';
    return { kind: 'failed', why: 'prohibited', explanation };
  }
  const lost = plan.withLoss ? undefined : lossVerdict(loss);
  if (lost === undefined || (known === 'soFar' && lost !== 'several')) return undefined;
  return { kind: 'failed', why: 'with-loss-prohibited', explanation: lossInWords(loss), lost, loss };
}
