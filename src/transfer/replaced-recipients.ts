// What an envelope says of other recipients in the place of those that it names, and how it says that one was
// redirected (X.411 06/1999, 8.2.1.1.1.4 to .6; redirection-history 8.3.1.1.1.4). An extension that cannot be
// read says nothing. Pure.

import { hasPerMessageIndicator } from '../p1/index.ts';
import { formatUTCTime, readExtension, withExtension } from '../p1/index.ts';
import type { Instant } from '../base/time.ts';
import type { RedirectionStep, ResolutionRequest } from '../routing/index.ts';
import type { StoredValue } from './stored-value.ts';

export type Subject = Extract<StoredValue, { kind: 'message' | 'probe' }>;
type Envelope = Subject['envelope'];
type Fields = Envelope['perRecipientFields'][number];

/** What holds for every recipient of an envelope. */
export function wishesOf(
  envelope: Envelope,
): Pick<
  ResolutionRequest,
  'reassignmentProhibited' | 'alternateAllowed' | 'expansionProhibited' | 'expanded'
> {
  const { extensions, perMessageIndicators } = envelope;
  const reassignment = readExtension(extensions, 'recipient-reassignment-prohibited');
  const expansion = readExtension(extensions, 'dl-expansion-prohibited');
  const expanded = readExtension(extensions, 'dl-expansion-history');
  return {
    reassignmentProhibited: reassignment.ok && reassignment.value === 'recipient-reassignment-prohibited',
    alternateAllowed: hasPerMessageIndicator(perMessageIndicators, 'alternate-recipient-allowed'),
    expansionProhibited: expansion.ok && expansion.value === 'dl-expansion-prohibited',
    expanded: expanded.ok ? (expanded.value ?? []).map(({ dl }) => dl) : [],
  };
}

/** What holds for one recipient. */
export function historyOf(fields: Fields): Pick<ResolutionRequest, 'history' | 'requestedAlternate'> {
  if (fields.extensions.length === 0) return {};
  const history = readExtension(fields.extensions, 'redirection-history');
  const alternate = readExtension(fields.extensions, 'originator-requested-alternate-recipient');
  return {
    history: history.ok
      ? (history.value ?? []).map(({ intendedRecipientName }) => intendedRecipientName.intendedRecipient)
      : [],
    ...(alternate.ok && { requestedAlternate: alternate.value }),
  };
}

/** Whether the originator requested an alternate for it that has not been used. */
export function hasAlternate(fields: Fields): boolean {
  return historyOf(fields).requestedAlternate !== undefined;
}

/** The fields of a recipient that was redirected: another name, and a longer history. */
export function redirectedFields(
  { $raw: _, ...fields }: Fields & { readonly $raw?: unknown },
  steps: readonly RedirectionStep[],
  now: Instant,
): Fields {
  const before = readExtension(fields.extensions, 'redirection-history');
  const redirectionTime = formatUTCTime(now);
  const history = [
    ...(before.ok ? (before.value ?? []) : []),
    ...steps.map(({ from, reason }) => ({
      intendedRecipientName: { intendedRecipient: from, redirectionTime },
      redirectionReason: reason,
    })),
  ];
  const used = steps.some(({ reason }) => reason === 'originator-requested-alternate-recipient');
  const kept = used
    ? withExtension(fields.extensions, 'originator-requested-alternate-recipient', undefined)
    : fields.extensions;
  return {
    ...fields,
    recipientName: steps.at(-1)?.to ?? fields.recipientName,
    extensions: withExtension(kept, 'redirection-history', history),
  };
}

/** The same with other fields for some recipients. */
export function withFields(value: Subject, replaced: ReadonlyMap<number, Fields>): Subject {
  if (replaced.size === 0) return value;
  const perRecipientFields = value.envelope.perRecipientFields.map(
    (fields, index) => replaced.get(index) ?? fields,
  );
  return value.kind === 'message'
    ? { kind: 'message', envelope: { ...value.envelope, perRecipientFields } }
    : { kind: 'probe', envelope: { ...value.envelope, perRecipientFields } };
}
