// What of a report its originator is told. The originating MTA may have asked for more than the originator
// did: a report that nobody asked to see ends at the originating domain (X.411 06/1999, 8.2.1.1.1.22,
// 12.2.1.1.1.7 and 14.3.4).

import { filterInSteps, type Steps } from '../base/steps.ts';
import {
  type PerRecipientReportTransferFields,
  readPerRecipientIndicators,
  type ReportTransferContent,
} from '../p1/index.ts';

/** The outcomes that the originator asked for. If there is none, the report is consumed and not delivered. */
export function outcomesForOriginator(
  content: ReportTransferContent,
): Steps<readonly PerRecipientReportTransferFields[]> {
  return filterInSteps(content.perRecipientFields, (fields) => {
    const asked = readPerRecipientIndicators(fields.perRecipientIndicators).originatorReportRequest;
    if (asked === 'no-report') return false;
    return asked === 'report' || fields.lastTraceInformation.reportType.kind === 'nonDelivery';
  });
}
