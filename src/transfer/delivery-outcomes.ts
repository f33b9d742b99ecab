// From what local delivery says to the outcomes of X.411: the report on a delivered copy, where one was asked
// for. Pure.

import type { Steps } from '../base/steps.ts';
import type { Instant } from '../base/time.ts';
import { nonDelivery, type RecipientOutcome } from '../report/index.ts';
import { type Judgement, type JudgeParts, newDraft } from './draft.ts';
import { judgeEndedInSteps } from './judge-ended.ts';
import { nonDelivered } from './judge-outcomes.ts';
import type { DeliverySubject, RecipientDelivery } from './local-delivery.ts';

/** The judgement on the recipients of a copy that has been delivered, or cannot be. */
export function* deliveryOutcomes(
  parts: JudgeParts,
  delivered: {
    readonly subject: DeliverySubject;
    readonly outcomes: readonly RecipientDelivery[];
    readonly now: Instant;
  },
): Steps<Judgement> {
  const { subject, now } = delivered;
  const { copy, value, content } = subject;
  if (value.kind === 'report') return newDraft();
  const outcomes = delivered.outcomes.map(outcomeOf);
  const about = value.kind === 'message' ? { ...value, content } : value;
  return yield* judgeEndedInSteps(
    parts,
    { subject: about, outcomes, place: { message: copy.message }, arrivedAt: copy.acceptedAt, copy },
    now,
  );
}

function outcomeOf(delivery: RecipientDelivery): RecipientOutcome {
  if (delivery.kind !== 'failed') {
    const types = delivery.kind === 'delivered' ? delivery.converted?.types : undefined;
    return {
      kind: 'delivered',
      recipient: delivery.recipient,
      deliveredAt: delivery.at,
      ...(types !== undefined && { convertedEncodedInformationTypes: types }),
    };
  }
  const { code, detail, cause = 'delivery-failed' } = delivery.failure;
  return nonDelivered(delivery.recipient, nonDelivery(cause), `${code}: ${detail}`);
}
