// What becomes of recipients of a stored message or probe whose way has ended: the alternates that their
// originator requested take their places, whatever the reason was (X.411 06/1999, 8.2.1.1.1.5, 14.3.6); the
// others are reported. Who is redirected so is put on its way as if the message had just come in: a message
// of its own under the same MTS identifier, with the history and the mark in our trace, in the transition
// that ends the copy. Pure. Invariant: each recipient is in a copy, or has one outcome.

import { printORAddress } from '../address/index.ts';
import { eachInSteps, type Steps } from '../base/steps.ts';
import type { Instant } from '../base/time.ts';
import { nonDelivery, type RecipientOutcome } from '../report/index.ts';
import { leadsBack } from '../routing/index.ts';
import type { Arriving, EndedRecipients } from './arriving.ts';
import { describeInSteps } from './describe.ts';
import { type Draft, type Judgement, type JudgeParts, newDraft } from './draft.ts';
import { nonDelivered, reportOn } from './judge-outcomes.ts';
import { historyOf, type Subject } from './replaced-recipients.ts';
import { routeSubject } from './route-subject.ts';

/** Judges recipients whose way has ended: on to their alternates, or the report on them, if asked for. */
export function* judgeEndedInSteps(
  parts: JudgeParts,
  ended: EndedRecipients,
  now: Instant,
): Steps<Judgement> {
  const draft = newDraft();
  yield* endRecipients(parts, { ended, now }, draft);
  return draft;
}

/** The same, added to a draft. */
export function* endRecipients(
  parts: JudgeParts,
  { ended, now }: { readonly ended: EndedRecipients; readonly now: Instant },
  draft: Draft,
): Steps<void> {
  const { subject, copy } = ended;
  if (copy === undefined) return yield* reportOn(parts, { ended, now }, draft);
  const outcomes: RecipientOutcome[] = [];
  const alternates = new Set<number>();
  yield* eachInSteps(ended.outcomes, (outcome) => {
    const after = outcome.kind === 'delivered' ? outcome : alternateTo(subject, outcome);
    if (after === 'alternate') alternates.add(outcome.recipient);
    else outcomes.push(after);
  });
  if (alternates.size > 0) {
    const value: Subject =
      subject.kind === 'message'
        ? { kind: 'message', envelope: subject.envelope }
        : { kind: 'probe', envelope: subject.envelope };
    const detail = { reason: 'originator-requested-alternate-recipient' };
    const { content, contentLength, acceptedAt, message } = copy;
    const toReturn = subject.kind === 'message' ? subject.content : undefined;
    const arriving: Arriving = {
      value,
      content,
      contentLength,
      toReturn,
      acceptedAt,
      reassigned: { message, detail },
    };
    const description = ended.description ?? (yield* describeInSteps(value));
    const routing = { arriving, value, description, failure: undefined, now, reassigned: alternates };
    yield* routeSubject(parts, routing, draft);
  }
  yield* reportOn(parts, { ended: { ...ended, outcomes }, now }, draft);
}

/** Whether an alternate takes the place; if not, the outcome: the same, or that it would go in a circle. */
function alternateTo(
  { envelope }: EndedRecipients['subject'],
  outcome: Extract<RecipientOutcome, { kind: 'non-delivered' }>,
): 'alternate' | RecipientOutcome {
  const { recipient, supplementaryInformation = '' } = outcome;
  const fields = envelope.perRecipientFields[recipient];
  const { history, requestedAlternate: to } = historyOf(fields);
  if (to === undefined) return outcome;
  if (!leadsBack({ recipient: fields.recipientName, history }, to)) return 'alternate';
  const said = `its alternate ${printORAddress(to)} had it before; ${supplementaryInformation}`;
  return nonDelivered(recipient, nonDelivery('redirection-loop'), said);
}
