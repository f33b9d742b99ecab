// Who answers for a recipient, and what trace is due, at the border of our domain. Several MTAs may share one
// domain: a link's `sameDomain` says whether the peer is one of them. External trace has one element a
// domain, internal trace one element an MTA and none outside (X.411 06/1999, 12.2.1.1.1.1, 12.2.1.1.1.2,
// 12.3.2.1; table 28).

import { hasBit } from '../asn1/index.ts';
import { eachLightlyInSteps, type Steps } from '../base/steps.ts';
import { type PerRecipientIndicators, perRecipientIndicatorBits } from '../p1/index.ts';

/** Indexes of the recipients that the holder of this copy answers for. The others are only carried along. */
export function* responsibleRecipients(
  perRecipientFields: readonly { readonly perRecipientIndicators: PerRecipientIndicators }[],
): Steps<readonly number[]> {
  const found: number[] = [];
  let index = 0;
  yield* eachLightlyInSteps(perRecipientFields, ({ perRecipientIndicators }) => {
    if (hasBit(perRecipientIndicators, perRecipientIndicatorBits.responsibility)) found.push(index);
    index += 1;
  });
  return found;
}

/** How a message came to this MTA. */
export type Entry = 'submission' | 'same-domain' | 'other-domain';

/** Which trace elements an MTA adds to what it takes in: once each, however often that is retried. */
export function traceOnEntry(entry: Entry): { readonly external: boolean; readonly internal: boolean } {
  return { external: entry !== 'same-domain', internal: true };
}

/** Whether internal trace is taken off, because the message leaves the domain by this link. */
export function stripsInternalTrace(link: { readonly sameDomain: boolean }): boolean {
  return !link.sameDomain;
}
