// Negotiation of the defined context set (X.226 6.2): which of the proposed presentation contexts stand, and
// which were refused and why. Not here: the PPDUs that carry it.

import type { CPType, ResultList } from './ppdu.ts';
import {
  BASIC_ENCODING,
  type ContextRefusal,
  type NegotiatedContext,
  type PresentationContext,
} from './service.ts';

type ProposedList = NonNullable<
  NonNullable<CPType['normalModeParameters']>['presentationContextDefinitionList']
>;

/** Contexts above this number are refused one by one; an MTA needs three. */
export const contexts_max = 32;

/** The responder's half: decides on every context that a CP proposes, in order. */
export function decideContexts(
  proposed: ProposedList | undefined,
  supports: (abstractSyntax: string) => boolean,
): readonly NegotiatedContext[] {
  const taken = new Set<number>();
  return (proposed ?? []).map((item, index): NegotiatedContext => {
    const identifier = item.presentationContextIdentifier;
    const abstractSyntax = item.abstractSyntaxName;
    const refusal = ((): ContextRefusal | undefined => {
      if (index >= contexts_max) return 'local-limit-on-DCS-exceeded';
      // X.226 6.2.4.2: identifiers of the initiator are odd, and each is used once.
      if (identifier < 1 || identifier % 2 === 0 || taken.has(identifier)) return 'reason-not-specified';
      if (!supports(abstractSyntax)) return 'abstract-syntax-not-supported';
      if (!item.transferSyntaxNameList.includes(BASIC_ENCODING)) {
        return 'proposed-transfer-syntaxes-not-supported';
      }
      return undefined;
    })();
    if (refusal !== undefined) return { identifier, abstractSyntax, accepted: false, refusal };
    taken.add(identifier);
    return { identifier, abstractSyntax, accepted: true };
  });
}

/** The result list that says what `decideContexts` decided. */
export function resultList(contexts: readonly NegotiatedContext[]): ResultList {
  return contexts.map(({ accepted, refusal }) =>
    accepted
      ? { result: 'acceptance', transferSyntaxName: BASIC_ENCODING }
      : {
          result: 'provider-rejection',
          providerReason: refusal === 'user-rejection' ? 'reason-not-specified' : refusal,
        },
  );
}

/** The initiator's half: what a CPA or CPR says of our proposal; undefined if its list is not as long. */
export function readResults(
  proposed: readonly PresentationContext[],
  results: ResultList | undefined,
): readonly NegotiatedContext[] | undefined {
  if (results === undefined || results.length !== proposed.length) return undefined;
  return proposed.map(({ identifier, abstractSyntax }, index): NegotiatedContext => {
    const result = results[index];
    if (result.result === 'acceptance') return { identifier, abstractSyntax, accepted: true };
    const refusal =
      result.result === 'user-rejection'
        ? 'user-rejection'
        : (result.providerReason ?? 'reason-not-specified');
    return { identifier, abstractSyntax, accepted: false, refusal };
  });
}

/** The identifiers that may be used from now on. */
export function definedContextSet(contexts: readonly NegotiatedContext[]): ReadonlySet<number> {
  return new Set(contexts.filter(({ accepted }) => accepted).map(({ identifier }) => identifier));
}
