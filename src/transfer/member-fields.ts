// What a member has from the list that it was found by, as a recipient: the number under which the originator
// knows the list, its requests for reports as the policies on the way leave them, its extensions (X.411
// 06/1999, 14.3.10). A report goes back list by list, and the first of them that is not the originator's to
// ask for ends its way; so each list takes the requests as the one before it has left them, as if it stood
// at another MTA. Pure.

import { eachLightlyInSteps, type Steps } from '../base/steps.ts';
import type { ListConfiguration } from '../config/index.ts';
import {
  type MessageTransferEnvelope,
  perRecipientIndicators,
  type PerRecipientMessageTransferFields,
  readPerRecipientIndicators,
  withExtension,
} from '../p1/index.ts';
import type { QueuedCopy } from '../store/index.ts';

type Requests = Omit<ReturnType<typeof readPerRecipientIndicators>, 'responsibility'>;

/** What is asked of members where the list does not leave it to the originator. */
const own_requests: Readonly<Record<ListConfiguration['reports'], Requests | undefined>> = {
  originator: undefined,
  both: undefined,
  owner: {
    originatorReportRequest: 'non-delivery-report',
    originatingMTAReportRequest: 'non-delivery-report',
  },
  none: { originatorReportRequest: 'no-report', originatingMTAReportRequest: 'non-delivery-report' },
};

/** More is asked for by the greater: first by the originator, then by its MTA. */
const strength = {
  originator: { 'no-report': 0, 'non-delivery-report': 3, report: 6 },
  originatingMTA: { 'non-delivery-report': 0, report: 1, 'audited-report': 2 },
} as const;

/** Whether the originator's requests count for the members. If not, it is told of the list alone. */
export function leavesRequests({ reports }: ListConfiguration): boolean {
  return own_requests[reports] === undefined;
}

/**
 * The recipient of the copy that members take their fields from. Where the originator named the list more
 * than once, the one with which it asked for most: a report bears its number, and is judged by its requests.
 */
export function* numberForMembers(
  { perRecipientFields }: MessageTransferEnvelope,
  { recipients }: QueuedCopy,
): Steps<number> {
  let best = { number: recipients[0].number, asked: -1 };
  if (recipients.length === 1) return best.number;
  yield* eachLightlyInSteps(recipients, ({ number }) => {
    const requests = readPerRecipientIndicators(perRecipientFields[number].perRecipientIndicators);
    const asked =
      strength.originator[requests.originatorReportRequest] +
      strength.originatingMTA[requests.originatingMTAReportRequest];
    if (asked > best.asked) best = { number, asked };
  });
  return best.number;
}

/** The fields of whom these lists lead to, from those of the recipient that is the first of them. */
export function memberFields(
  recipient: PerRecipientMessageTransferFields,
  lists: readonly ListConfiguration[],
): Omit<PerRecipientMessageTransferFields, 'recipientName'> {
  const { recipientName: _, ...fields } = plain(recipient);
  const asked = readPerRecipientIndicators(fields.perRecipientIndicators);
  const last = lists.findLast((list) => !leavesRequests(list));
  const { originatorReportRequest, originatingMTAReportRequest } =
    (last && own_requests[last.reports]) ?? asked;
  let { extensions } = fields;
  for (const name of ['redirection-history', 'originator-requested-alternate-recipient'] as const) {
    extensions = withExtension(extensions, name, undefined);
  }
  const indicators = { responsibility: true, originatorReportRequest, originatingMTAReportRequest };
  return { ...fields, extensions, perRecipientIndicators: perRecipientIndicators(indicators) };
}

function plain(
  fields: PerRecipientMessageTransferFields & { readonly $raw?: unknown },
): PerRecipientMessageTransferFields {
  const { $raw: _, ...rest } = fields;
  return rest;
}
