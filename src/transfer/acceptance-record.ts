// What tracking keeps of the moment in which responsibility was taken: by whom it came, the last mark on its
// trace and when it was submitted (ICAO Doc 9880 IIB 3.2.3 asks for them), the subject of a report. Pure.

import { printGlobalDomainIdentifier, printMTSIdentifier } from '../address/index.ts';
import { type Instant, isoTime } from '../base/time.ts';
import { parseUTCTime, type ReportTransferContent, type ReportType } from '../p1/index.ts';
import { describeDiagnostic, describeReason } from '../report/index.ts';
import type { TrackingRecord } from '../store/index.ts';
import type { Arriving } from './arriving.ts';
import { oddTimeOf } from './odd-times.ts';

/** Of how many recipients a record about a report tells. */
const REPORTED_SHOWN_MAX = 20;

/** The detail of the record of an arrival, or of what was submitted or made here. */
export function acceptanceDetail(arriving: Arriving, now: Instant): TrackingRecord['detail'] {
  const { value, link, remote, identity } = arriving;
  const { traceInformation: trace } = value.kind === 'report' ? value.report.envelope : value.envelope;
  const last = trace.at(-1);
  const odd = link === undefined ? undefined : oddTimeOf(value, now);
  return {
    ...(link !== undefined && { link: link.name, peer: link.peer.mta }),
    ...(remote !== undefined && { remote }),
    ...(link !== undefined &&
      last !== undefined && {
        lastTrace: `${printGlobalDomainIdentifier(last.globalDomainIdentifier)} ${timeText(last, now)}`,
        submittedAt: timeText(trace[0], now),
      }),
    ...(odd !== undefined && { oddTime: `${odd.domain} ${odd.time}: ${odd.off}` }),
    ...(value.kind === 'report' && reportDetail(value.report.content)),
    ...identity,
  };
}

/** The subject of a report, and what became of its recipients by their numbers: '1: 1/0, 2: delivered'. */
function reportDetail(content: ReportTransferContent): TrackingRecord['detail'] {
  const shown = content.perRecipientFields.slice(0, REPORTED_SHOWN_MAX).map((fields) => {
    const { reportType } = fields.lastTraceInformation;
    return `${fields.originallySpecifiedRecipientNumber}: ${outcomeText(reportType)}`;
  });
  const more = content.perRecipientFields.length - shown.length;
  const outcomes = `${shown.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
  return { subject: printMTSIdentifier(content.subjectIdentifier), outcomes };
}

function outcomeText(reportType: ReportType): string {
  if (reportType.kind === 'delivery') return 'delivered';
  const { nonDeliveryReasonCode: reason, nonDeliveryDiagnosticCode: diagnostic } = reportType.value;
  const code = describeReason(reason).number;
  return diagnostic === undefined ? `${code}` : `${code}/${describeDiagnostic(diagnostic).number}`;
}

interface TraceElement {
  readonly domainSuppliedInformation: { readonly arrivalTime: string };
}

/** In ISO 8601; as it stands if it is no time. */
function timeText({ domainSuppliedInformation: { arrivalTime } }: TraceElement, now: Instant): string {
  const at = parseUTCTime(arrivalTime, now);
  return at === undefined ? arrivalTime : isoTime(at);
}
