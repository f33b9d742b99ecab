// Whether the way that was found for a recipient will do: what is critical for delivery and not known here
// (X.411 06/1999, table 27), what a probe's subject would have to become, what a peer of 1984 cannot be
// told. Recipients that were redirected are told from the others. Pure.

import { eachInSteps, type Steps } from '../base/steps.ts';
import { type EncodedInformationTypes, type ExtensionField, unsupportedCritical } from '../p1/index.ts';
import { nonDelivery, type RecipientOutcome } from '../report/index.ts';
import { nextHopKey, type RouteDecision, type RoutedRecipient } from '../routing/index.ts';
import { conversionCause } from './conversion-verdict.ts';
import type { JudgeParts } from './draft.ts';
import { nonDelivered } from './judge-outcomes.ts';
import { speaks1984, undowngradable } from './peer-protocol.ts';
import { probeConversion } from './probe-conversion.ts';
import type { Subject } from './replaced-recipients.ts';
import type { Resolved } from './resolve-recipients.ts';

export interface SortedRecipients {
  readonly plain: readonly RoutedRecipient[];
  readonly redirected: readonly RoutedRecipient[];
  /** Those whose way will not do. */
  readonly unfit: readonly RecipientOutcome[];
  /** Of a probe: what the types of its subject would become, by recipient. */
  readonly made: ReadonlyMap<number, EncodedInformationTypes>;
}

/** Those that have a way, redirected ones apart, and those whose way will not do. */
export function* sortRecipients(
  parts: JudgeParts,
  { value, decisions, steps }: Resolved,
  contentLength: number,
): Steps<SortedRecipients> {
  const unfit: RecipientOutcome[] = [];
  const tooNew = yield* unfitFor1984(parts, value, decisions);
  const convert = probeConversion(parts.configuration, value, contentLength);
  const isCritical = criticalForDelivery(value);
  const made = new Map<number, EncodedInformationTypes>();
  const plain: RoutedRecipient[] = [];
  const redirected: RoutedRecipient[] = [];
  yield* eachInSteps(decisions, ([recipient, decision]) => {
    const why1984 = tooNew.get(recipient);
    const conversion = convert(recipient, decision);
    if (conversion.kind === 'converted') made.set(recipient, conversion.encodedInformationTypes);
    if (decision.kind === 'deliver' && isCritical(recipient)) {
      unfit.push(nonDelivered(recipient, nonDelivery('unsupported-critical-function')));
    } else if (conversion.kind === 'failed') {
      const cause = nonDelivery(conversionCause(conversion));
      unfit.push(nonDelivered(recipient, cause, conversion.explanation));
    } else if (why1984 !== undefined)
      unfit.push(nonDelivered(recipient, nonDelivery('unable-to-downgrade'), why1984));
    else if (steps.has(recipient)) redirected.push({ recipient, decision });
    else plain.push({ recipient, decision });
  });
  return { plain, redirected, unfit, made };
}

/**
 * What keeps recipients from a peer of 1984, of those whose way leads to one. That is the verdict: no
 * other way is looked for, but that of an alternate.
 */
function* unfitFor1984(
  { configuration }: JudgeParts,
  value: Subject,
  decisions: Resolved['decisions'],
): Steps<ReadonlyMap<number, string>> {
  const links = configuration.links.filter(({ mode }) => speaks1984(mode));
  const hops = new Set(links.map(({ name }) => nextHopKey({ kind: 'link', name })));
  const leadsTo1984 = (decision: RouteDecision | undefined): boolean =>
    decision?.kind === 'link' && hops.has(decision.nextHop);
  const unfit = new Map<number, string>();
  if (hops.size === 0 || ![...decisions.values()].some(leadsTo1984)) return unfit;
  const failures = yield* undowngradable(value, 'x410-1984');
  yield* eachInSteps(failures, ({ index, explanation }) => {
    if (leadsTo1984(decisions.get(index))) unfit.set(index, explanation);
  });
  return unfit;
}

/**
 * Whether the message or a recipient asks for what no delivery here does (X.411 06/1999, table 27). What the
 * message asks for is looked at once.
 */
function criticalForDelivery({ envelope }: Subject): (recipient: number) => boolean {
  const asks = (fields: readonly ExtensionField[]): boolean =>
    unsupportedCritical(fields, 'for-delivery').length > 0;
  const message = asks(envelope.extensions);
  return (recipient) => message || asks(envelope.perRecipientFields[recipient].extensions);
}
